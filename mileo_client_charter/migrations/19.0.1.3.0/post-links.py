"""What opens in a client's name is taken out of the messages of threads, which our own people read too."""

# As tools/links.py has it; PostgreSQL's \w knows every letter.
OPENS = r"(/charter/(l|s|calendar)/)[\w.~%=-]+"


def migrate(cr, version):
    cr.execute(
        r"UPDATE mail_message SET body = regexp_replace(body, %(opens)s, '\1*', 'g') WHERE body ~ %(opens)s",
        {"opens": OPENS},
    )

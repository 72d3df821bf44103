"""Notices say when they became known, and vulnerabilities when they were published: for those there are, when they were written."""


def migrate(cr, version):
    cr.execute("UPDATE charter_notice SET known_on = create_date::date, published_on = create_date::date")

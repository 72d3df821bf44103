"""Mails about a commitment say whether its time is over when they are written; a company's own words stay."""

# (template, column): [(as released before, as now)], in each language
WORDS = {
    ("mail_promise_opened", "subject"): [
        ("To do by {{ object._due_text() }}", "{{ object._due_phrase() }}"),
        ("À faire avant le {{ object._due_text() }}", "{{ object._due_phrase() }}"),
    ],
    ("mail_promise_due", "body_html"): [
        (
            "is due soon",
            '<t t-if="object._is_past_due()">is past its due time</t><t t-else="">is due soon</t>',
        ),
        (
            "arrive bientôt à échéance",
            '<t t-if="object._is_past_due()">a dépassé son échéance</t><t t-else="">arrive bientôt à échéance</t>',
        ),
    ],
}


def migrate(cr, version):
    for (name, column), pairs in WORDS.items():
        for old, new in pairs:
            cr.execute(
                f"""
                UPDATE mail_template AS template
                   SET {column} = (SELECT jsonb_object_agg(lang, CASE WHEN strpos(said, %(new)s) = 0
                                                              THEN replace(said, %(old)s, %(new)s) ELSE said END)
                                     FROM jsonb_each_text(template.{column}) AS each(lang, said))
                  FROM ir_model_data AS known
                 WHERE known.model = 'mail.template' AND known.res_id = template.id AND known.name = %(name)s
                   AND known.module = 'mileo_client_charter' AND template.{column} IS NOT NULL
                """,  # noqa: S608  (columns of this file)
                {"old": old, "new": new, "name": name},
            )

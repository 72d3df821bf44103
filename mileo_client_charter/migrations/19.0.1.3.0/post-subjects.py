"""Subjects of emails that were the same for two documents, or for two steps of one, name which (RFC 5322, 3.6.5).

Templates are not updated with the addon (``noupdate``); a subject a company has written itself stays.
"""

import json

OLD = {
    "mail_feedback_invitation": (
        ("en_US", "Your feedback on our intervention: {{ object.intervention_id.name }}"),
        ("fr_FR", "Votre avis sur notre intervention\u00a0: {{ object.intervention_id.name }}"),
    ),
    "mail_feedback_reminder": (
        ("en_US", "Reminder: your feedback on our intervention: {{ object.intervention_id.name }}"),
        (
            "fr_FR",
            "Relance\u00a0: votre avis sur notre intervention\u00a0: {{ object.intervention_id.name }}",
        ),
    ),
    "mail_feedback_outcome": (
        ("en_US", "What we have done with your feedback"),
        ("fr_FR", "La suite donnée à votre avis"),
    ),
    "mail_escalation_received": (
        ("en_US", "{{ object.reference }}: we have received your escalation"),
        ("fr_FR", "{{ object.reference }}\u00a0: nous avons reçu votre escalade"),
    ),
}
NEW = {
    "mail_feedback_invitation": (
        "Your feedback on our intervention {{ object.intervention_id.reference }}: {{ object.intervention_id.name }}",
        "Votre avis sur notre intervention {{ object.intervention_id.reference }}\u00a0: {{ object.intervention_id.name }}",
    ),
    "mail_feedback_reminder": (
        "Reminder: your feedback on our intervention {{ object.intervention_id.reference }}: {{ object.intervention_id.name }}",
        "Relance\u00a0: votre avis sur notre intervention {{ object.intervention_id.reference }}\u00a0: {{ object.intervention_id.name }}",
    ),
    "mail_feedback_outcome": (
        "What we have done with your feedback: {{ object.name }}",
        "La suite donnée à votre avis\u00a0: {{ object.name }}",
    ),
    "mail_escalation_received": (
        "{{ object.reference }}: {{ object._charter_received_words() }}",
        "{{ object.reference }}\u00a0: {{ object._charter_received_words() }}",
    ),
}  # fmt: skip


def migrate(cr, version):
    for name, subjects in OLD.items():
        for (lang, old), new in zip(subjects, NEW[name], strict=True):
            cr.execute(
                """
                UPDATE mail_template AS template SET subject = template.subject || %s::jsonb
                  FROM ir_model_data AS known
                 WHERE known.model = 'mail.template' AND known.res_id = template.id
                   AND known.module = 'mileo_client_charter' AND known.name = %s AND template.subject ->> %s = %s
                """,
                [json.dumps({lang: new}), name, lang, old],
            )
    # A day in a sentence has its month in letters.
    cr.execute(
        """
        UPDATE mail_template AS template
           SET body_html = replace(body_html::text, 'format_date(action.date_deadline)',
                                   'format_date(action.date_deadline, date_format=''d MMMM y'')')::jsonb
          FROM ir_model_data AS known
         WHERE known.model = 'mail.template' AND known.res_id = template.id AND known.module = 'mileo_client_charter'
           AND known.name IN ('mail_feedback_outcome', 'mail_review_minutes')
        """
    )

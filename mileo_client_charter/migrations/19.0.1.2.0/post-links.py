"""Mails to clients lead to no login any more: those that still do, or name no number to call, are taken from the addon again.

They are not updated with the addon (``noupdate``), so that a company's own words stay. One that was rewritten without a link to the
portal, and has the footer of its own, is left as it is.
"""

from odoo import SUPERUSER_ID, api

TEMPLATES = (
    "mail_feedback_invitation", "mail_feedback_reminder", "mail_feedback_outcome", "mail_escalation_received", "mail_escalation_answer",
)  # fmt: skip
# Where the addon keeps them now: Odoo reads a template again from the file it noted when it was made.
FILES = (
    "data/feedback/charter_feedback_mail.xml",
    "data/feedback/charter_escalation_mail.xml",
    "data/ledger/charter_obligation_mail.xml",
)
# Circles of 56 px stuck out of a telephone's column.
WALLS = ("_get_portal_url()", "object.get_base_url() + '/charter/%s'", "border-radius:28px")


def migrate(cr, version):
    for path in FILES:
        cr.execute(
            "UPDATE mail_template SET template_fs = %s WHERE template_fs = %s",
            [f"mileo_client_charter/{path}", f"mileo_client_charter/data/{path.rpartition('/')[2]}"],
        )
    env = api.Environment(cr, SUPERUSER_ID, {})
    for name in TEMPLATES:
        template = env.ref(f"mileo_client_charter.{name}", raise_if_not_found=False)
        if template and any(wall in (template.body_html or "") for wall in WALLS):
            template.reset_template()
    # Clients read a survey that did not reach them as one they were asked.
    rule = env.ref("mileo_client_charter.rule_feedback_portal", raise_if_not_found=False)
    if rule:
        rule.domain_force = rule.domain_force.replace(
            "('sent', 'answered', 'expired')", "('sent', 'failed', 'answered', 'expired')"
        )

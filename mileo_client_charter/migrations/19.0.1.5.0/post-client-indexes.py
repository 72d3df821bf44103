"""Drop the indexes on the client alone where one on the client and the state has taken their place: Odoo keeps them."""

from odoo.tools import SQL

REPLACED = (
    "charter_escalation__partner_id_index",
    "charter_feedback__partner_id_index",
    "charter_intervention__commercial_partner_id_index",
    "charter_report__partner_id_index",
    "charter_review__partner_id_index",
)


def migrate(cr, version):
    for name in REPLACED:
        cr.execute(SQL("DROP INDEX IF EXISTS %s", SQL.identifier(name)))

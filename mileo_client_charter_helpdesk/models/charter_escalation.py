from odoo import fields, models


class CharterEscalation(models.Model):
    _inherit = "charter.escalation"

    ticket_id = fields.Many2one(
        "helpdesk.ticket",
        index="btree_not_null",
        readonly=True,
        copy=False,
        charter_engine=True,
        groups="base.group_user",
    )

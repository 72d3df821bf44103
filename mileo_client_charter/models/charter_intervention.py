from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .charter_service_level import PRIORITIES


class CharterIntervention(models.Model):
    """Work done for a client. Closing it asks the client's contacts how it went (article 02)."""

    _name = "charter.intervention"
    _description = "Intervention"
    _inherit = ["charter.engine.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "reported_at desc, id desc"

    name = fields.Char("Summary", required=True, tracking=True)
    reference = fields.Char(readonly=True, copy=False)
    partner_id = fields.Many2one(
        "res.partner", "Client", required=True, index=True, ondelete="restrict", tracking=True
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id", store=True, index=True
    )
    contract_id = fields.Many2one(
        "contract.contract",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('commercial_partner_id', '=', commercial_partner_id)]",
    )
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    user_id = fields.Many2one(
        "res.users",
        "Technician",
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        tracking=True,
    )
    priority = fields.Selection(PRIORITIES, default="1", required=True)
    reported_at = fields.Datetime(required=True, default=fields.Datetime.now)
    responded_at = fields.Datetime()
    resolved_at = fields.Datetime(readonly=True, copy=False, charter_engine=True)
    state = fields.Selection(
        [("open", "Open"), ("closed", "Closed")],
        default="open",
        required=True,
        copy=False,
        tracking=True,
        charter_engine=True,
    )
    closing_cycle = fields.Integer(
        readonly=True, copy=False, charter_engine=True, help="How many times it has been closed."
    )
    description = fields.Html()
    contact_ids = fields.Many2many(
        "res.partner",
        string="Survey these contacts",
        domain="[('commercial_partner_id', '=', commercial_partner_id)]",
        help="Who was concerned; empty: every contact of the client.",
    )
    feedback_ids = fields.One2many("charter.feedback", "intervention_id")
    feedback_count = fields.Integer(compute="_compute_feedback_count")

    @api.depends("feedback_ids")
    def _compute_feedback_count(self):
        for intervention in self:
            intervention.feedback_count = len(intervention.feedback_ids)

    @api.depends("reference", "name")
    def _compute_display_name(self):
        for intervention in self:
            intervention.display_name = f"{intervention.reference or ''} {intervention.name or ''}".strip()

    @api.constrains("reported_at", "responded_at")
    def _check_moments(self):
        for intervention in self:
            if intervention.responded_at and intervention.responded_at < intervention.reported_at:
                raise ValidationError(
                    self.env._("Responded at: it comes before the moment the intervention was reported.")
                )

    @api.constrains("partner_id", "company_id", "contract_id")
    def _check_same_company(self):
        for intervention in self:
            for related in (intervention.partner_id, intervention.contract_id):
                if related.company_id and related.company_id != intervention.company_id:
                    raise ValidationError(
                        self.env._("%(record)s belongs to %(company)s: choose it in that company.",
                                   record=related.display_name, company=related.company_id.name)
                    )  # fmt: skip
            if intervention.contract_id and (
                intervention.contract_id.commercial_partner_id
                != intervention.partner_id.commercial_partner_id
            ):
                raise ValidationError(self.env._("Contract: it is another client's."))

    @api.model_create_multi
    def create(self, vals_list):
        sequence = self.env["ir.sequence"].sudo()
        for vals in vals_list:
            company = vals.get("company_id") or self.env.company.id
            vals["reference"] = sequence.with_company(company).next_by_code("charter.intervention")
        return super().create(vals_list)

    def action_close(self):
        """The work is done: surveys are planned, one for each contact and closing.

        :raise ValidationError: closed already
        """
        for intervention in self:
            intervention.check_access("write")
            if intervention.state == "closed":
                raise ValidationError(self.env._("%s is closed already.", intervention.display_name))
            now = intervention._charter_now()
            intervention._charter_engine().write(
                {
                    "state": "closed",
                    "resolved_at": now,
                    "responded_at": intervention.responded_at or now,
                    "closing_cycle": intervention.closing_cycle + 1,
                }
            )
            self.env["charter.feedback"]._plan_for_closing(intervention)

    def action_reopen(self):
        """The work goes on: surveys not yet sent are called off; the next closing plans its own."""
        for intervention in self:
            intervention.check_access("write")
            if intervention.state != "closed":
                raise ValidationError(self.env._("%s is not closed.", intervention.display_name))
            intervention._charter_engine().write({"state": "open", "resolved_at": False})
            intervention.feedback_ids.sudo()._skip_planned(self.env._("The intervention was reopened."))

    def action_feedback(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("mileo_client_charter.action_charter_feedback")
        return {**action, "domain": [("intervention_id", "=", self.id)], "context": {}}

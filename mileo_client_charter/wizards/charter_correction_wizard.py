from odoo import Command, api, fields, models
from odoo.exceptions import ValidationError


class CharterCorrectionWizard(models.TransientModel):
    """Correct what is on record: what is there, what is right, and why.

    One field for each recorded field of the addon, of the same name; the form shows those of the document concerned.
    """

    _name = "charter.correction.wizard"
    _description = "Correct what is on record"

    res_model = fields.Char(required=True, readonly=True)
    res_id = fields.Integer(required=True, readonly=True)
    record_name = fields.Char("Document", readonly=True)
    shown = fields.Char(readonly=True, help="Names of the fields of this document, between commas.")
    for_client = fields.Boolean(readonly=True)
    partner_id = fields.Many2one("res.partner", "Client", readonly=True)
    reason = fields.Text("Why it is corrected", help="Required: it stays on record with your name.")

    said_at = fields.Datetime(
        "Reported on", help="When the client reported it; the time limit of the charter runs from then."
    )
    name = fields.Char("Subject or action")
    description = fields.Text("What happened")
    door = fields.Selection(selection=lambda self: self._doors(), string="Channel")
    contact_id = fields.Many2one("res.partner", domain="[('commercial_partner_id', '=', partner_id)]")
    feedback_id = fields.Many2one("charter.feedback", domain="[('partner_id', '=', partner_id)]")
    rating = fields.Char("Rating (1–5)")
    nps = fields.Char("Would recommend (0–10)")
    comment = fields.Text("Client's comment")
    wishes = fields.Text()
    work_done = fields.Text()
    equipment_ids = fields.Many2many("charter.equipment", domain="[('partner_id', '=', partner_id)]")
    user_id = fields.Many2one("res.users", "Who", domain="[('share', '=', False)]")
    date_deadline = fields.Date("For")
    causes = fields.Text()
    agreed_contact_id = fields.Many2one(
        "res.partner", "Agreed by", domain="[('commercial_partner_id', '=', partner_id)]"
    )
    agreement = fields.Text("What the client agreed to")
    declined_contact_id = fields.Many2one(
        "res.partner", "Declined by", domain="[('commercial_partner_id', '=', partner_id)]"
    )
    decline_words = fields.Text("How the client declined")
    attended_ids = fields.Many2many(
        "res.partner",
        string="Who attended for the client",
        domain="[('commercial_partner_id', '=', partner_id)]",
    )
    achievements = fields.Text("What was achieved this year")
    performance = fields.Text("Performance figures")
    satisfaction = fields.Text("Overall satisfaction")
    outlook = fields.Text("The coming year")

    @api.model
    def _doors(self):
        return self.env["charter.escalation"]._fields["door"]._description_selection(self.env)

    @api.model
    def _open_for(self, record):
        """Return the action that opens the dialogue on ``record``, filled with what is on record.

        :raise ValidationError: nothing is on record yet
        :raise AccessError: not this user's to correct
        """
        record.ensure_one()
        names = record._charter_correctable()
        if not names:
            raise ValidationError(
                self.env._("“%s”: nothing is on record yet; it can still be edited.", record.display_name)
            )
        names = record._charter_open_to(names) or names
        record._charter_may_correct(names)
        kinds = record._charter_recorded_fields()
        wizard = self.create(
            {
                "res_model": record._name,
                "res_id": record.id,
                "record_name": record.display_name,
                "shown": f",{','.join(names)},",
                "for_client": any(kinds[name] == "client" for name in names),
                "partner_id": record._charter_correction_client().id,
                **{name: self._as_written(self._present(record, name)) for name in names},
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Correct"),
            "res_model": self._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }

    @api.model
    def _present(self, record, name):
        """Return what is on record in ``name``, as the field of the same name here takes it."""
        value = record[name]
        if isinstance(value, models.BaseModel):
            return sorted(value.ids) if self._fields[name].type == "many2many" else value.id
        typed = self._fields[name].type == "char" or record._fields[name].type == "html"
        return record._charter_recorded_value(name) if typed else value

    @api.model
    def _as_written(self, value):
        return [Command.set(value)] if isinstance(value, list) else value

    def action_confirm(self):
        self.ensure_one()
        record = self.env[self.res_model].browse(self.res_id)
        values = {}
        for name in self.shown.strip(",").split(","):
            value = self[name]
            if isinstance(value, models.BaseModel):
                value = sorted(value.ids) if self._fields[name].type == "many2many" else value.id
            if (value or False) != (self._present(record, name) or False):
                values[name] = self._as_written(value)
        if not values:
            raise ValidationError(self.env._("Nothing is changed: write what is right, then correct."))
        record._charter_correct(values, self.reason)
        return {"type": "ir.actions.act_window_close"}

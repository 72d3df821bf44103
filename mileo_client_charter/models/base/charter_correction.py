"""Corrections of what is on record: what was there, what is right, who corrected it, when and why, each a row of its own."""

from odoo import api, fields, models
from odoo.tools.translate import LazyTranslate

from .charter_format import day_text, moment_text
from .charter_words import LongWords
from .client_document import Sheet

_lt = LazyTranslate(__name__)


class CharterCorrection(models.Model):
    """What was on record, what is right, who corrected it, when and why. Moments are naive UTC."""

    _name = "charter.correction"
    _description = "Correction of what is on record"
    _inherit = ["charter.engine.mixin"]
    _charter_engine_only = True
    _charter_export = Sheet("corrections", ("what", "before", "after", "reason", "corrected_at"))
    _order = "corrected_at desc, id desc"
    _rec_name = "field_name"

    res_model = fields.Char("Document model", required=True, readonly=True)
    res_id = fields.Many2oneReference("Document", model_field="res_model", required=True, readonly=True)
    partner_id = fields.Many2one(
        "res.partner", "Client", required=True, ondelete="restrict", readonly=True, index=True
    )
    company_id = fields.Many2one("res.company", required=True, ondelete="restrict", readonly=True)
    field_name = fields.Char("Technical name of the field", required=True, readonly=True)
    before = fields.Text("Recorded before", readonly=True)
    after = fields.Text("Recorded after", readonly=True)
    reason = LongWords(required=True, readonly=True)
    user_id = fields.Many2one("res.users", "Corrected by", required=True, ondelete="restrict", readonly=True)
    corrected_at = fields.Datetime("Corrected on", required=True, readonly=True)
    for_client = fields.Boolean("The client reads it", readonly=True)
    what = fields.Char(compute="_compute_words")
    before_text = fields.Text("Before", compute="_compute_words")
    after_text = fields.Text("After", compute="_compute_words")

    _document_idx = models.Index("(res_model, res_id)")

    @api.depends("res_model", "field_name", "before", "after")
    @api.depends_context("lang")
    def _compute_words(self):
        for row in self:
            # The addon whose document it was may be gone.
            field = row.res_model in self.env and self.env[row.res_model]._fields.get(row.field_name)
            row.what = row._what(field)
            row.before_text, row.after_text = (
                row._in_words(field, value) for value in (row.before, row.after)
            )

    def _what(self, field):
        return field._description_string(self.env) if field else self.field_name

    def _in_words(self, field, value):
        if not value:
            return "—"
        if field and field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, value)
        if field and field.type == "date":
            return day_text(self.env, value, "d MMMM y")
        if field and field.type == "datetime":
            tz = self.company_id.sudo()._charter_tz()
            # Until 19.0.1.1.0 the zone was written behind it; what is sealed is read as it is.
            return moment_text(self.env, value.removesuffix(" UTC"), tz, "d MMMM y, HH:mm")
        return value

    @api.model
    def _note(self, record, client, changes, reason, for_client):
        """Keep what was corrected in ``record``, by whoever is logged in, now.

        :param client: commercial entity whose record it is
        :param changes: {field: (before, after)}, as texts
        :param for_client: {field: whether the client reads it}
        :return: the rows
        """
        return self._charter_engine().create(
            [
                {
                    "res_model": record._name,
                    "res_id": record.id,
                    "partner_id": client.id,
                    "company_id": record.company_id.id,
                    "field_name": name,
                    "before": before,
                    "after": after,
                    "reason": reason,
                    "user_id": self.env.uid,
                    "corrected_at": self._charter_now(),
                    "for_client": for_client[name],
                }
                for name, (before, after) in changes.items()
            ]
        )

    @api.model
    def _forget(self, records):
        """Remove the words of these records for good; that something was corrected, when and by whom stays."""
        rows = self.sudo().search([("res_model", "=", records._name), ("res_id", "in", records.ids)])
        rows._charter_engine().write({"before": False, "after": False, "reason": _lt("Anonymised")})

"""Evidence and history name people by a key; who reads them sees the name of today."""

from odoo import api, fields, models

from ...tools import people


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _charter_key(self):
        """“[contact 12]”, in the order of the records: how texts that are kept for good name these contacts."""
        return ", ".join(people.key("contact", partner.id) for partner in self) or "—"


class ResUsers(models.Model):
    _inherit = "res.users"

    def _charter_key(self):
        """“[user 3]”: how texts that are kept for good name these users."""
        return ", ".join(people.key("user", user.id) for user in self) or "—"


class CharterObligation(models.Model):
    _inherit = "charter.obligation"

    evidence_text = fields.Text("What shows it", compute="_compute_people_text", groups="base.group_user")
    history_text = fields.Text("Changes", compute="_compute_people_text", groups="base.group_user")

    @api.depends("evidence", "history")
    @api.depends_context("lang", "tz")
    def _compute_people_text(self):
        texts = [text for row in self for text in (row.evidence, row.history) if text]
        names = self._people_named(texts)
        for row in self:
            row.evidence_text = people.named(row.evidence, names)
            row.history_text = people.named(row.history, names)

    @api.model
    def _people_named(self, texts):
        """{(kind, id): present name} of the keys in ``texts``; who reads the promise reads who kept it."""
        wanted = {"contact": set(), "user": set()}
        for text in texts:
            for kind, number in people.KEY.findall(text):
                wanted[kind].add(int(number))
        return {
            (kind, record.id): record.name or ""
            for kind, model in (("contact", "res.partner"), ("user", "res.users"))
            for record in self.env[model].sudo().browse(wanted[kind]).exists()
        }

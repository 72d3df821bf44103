"""What a client reads of its own devices in a notice: what was updated since it was informed is said to be."""

from odoo import models

from ...tools.versions import AFFECTED
from ..base.charter_format import day_text


class CharterNoticeLine(models.Model):
    _inherit = "charter.notice.line"

    def _devices_said(self):
        """Return what this client reads of the devices named to it: [{words, since, is_done}], as of now."""
        self.ensure_one()
        return self._devices_of(self.sudo().equipment_ids, self.sudo().notice_id._advisories())

    def _devices_of(self, equipment, advisories):
        found = {}
        for one in self._concerns_of(advisories).filtered(lambda row: row.equipment_id in equipment):
            found.setdefault(one.equipment_id, one.browse())
            found[one.equipment_id] |= one
        rows = []
        for one in equipment.sudo():
            since = self._since(found.get(one))
            named = f"{one.name} ({one.serial})" if one.serial else one.name
            words = [named, advisories and one.firmware, one.site_id.name]
            rows.append({"words": " · ".join(filter(None, words)), "since": since, "is_done": bool(since)})
        return rows

    def _since(self, concerns):
        """Return what became of a device since, in the reader's words; nothing while something is left to be done."""
        if not concerns or "open" in concerns.mapped("state"):
            return ""
        days = list(filter(None, concerns.mapped("updated_on")))
        if days:
            return self.env._("updated on %s", day_text(self.env, max(days), "d MMMM y"))
        return self.env._("not concerned any more")

    def _concerns_of(self, advisories):
        """Return what was found on this client's devices: affected and not updated, or answered after it was informed."""
        return (
            self.env["charter.advisory.concern"]
            .sudo()
            .search(
                [
                    ("advisory_id", "in", advisories.ids),
                    ("partner_id", "=", self.partner_id.id),
                    ("company_id", "=", self.company_id.id),
                    ("same_as_id", "=", False),
                    "|",
                    "&",
                    ("state", "=", "open"),
                    ("answer", "=", AFFECTED),
                    "&",
                    ("state", "!=", "open"),
                    ("told_at", "!=", False),
                ],
                order="severity, advisory_id, id",
            )
        )

    def _advisory_rows(self):
        """Return what this client reads of each advisory of a week: its own devices, and the remedy. Nothing for other notices."""
        self.ensure_one()
        concerns = self._concerns_of(self.sudo().notice_id.advisory_ids)
        labels = dict(self.env["charter.advisory"]._fields["severity"]._description_selection(self.env))
        rows = []
        for advisory, mine in concerns.grouped("advisory_id").items():
            one = advisory.with_context(lang=self.env.lang)
            rows.append(
                {
                    "name": one._title(),
                    "reference": " · ".join([one.publisher, one.identifier]),
                    "severity": labels.get(one.severity, ""),
                    "equipment": self._devices_of(mine.equipment_id, advisory),
                    "advice": one._advice(),
                }
            )
        return rows

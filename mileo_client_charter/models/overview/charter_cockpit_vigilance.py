"""Devices that somebody has to look at, on *Today*: the texts of an advisory do not decide them."""

from datetime import date

from odoo import api, models
from odoo.fields import Domain

from ..base.charter_format import day_text
from .charter_cockpit import ROWS

LOOK = Domain("state", "=", "open") & Domain("answer", "=", "look")


class CharterCockpit(models.AbstractModel):
    _inherit = "charter.cockpit"

    @api.model
    def _page_manager(self):
        figures, blocks = super()._page_manager()
        title = self.env._("Devices for me to look at")
        mine = LOOK & Domain("look_user_id", "=", self.env.uid)
        block = self._look_block(mine, title)
        return [*figures, self._look_figure(mine, title)], [blocks[0], block, *blocks[1:]]

    @api.model
    def _page_operations(self):
        figures, blocks = super()._page_operations()
        waiting = LOOK & (Domain("look_user_id", "=", False) | Domain("look_by", "<", self._today()))
        block = self._look_block(
            waiting, self.env._("Devices to look at, past their day or without anybody who looks")
        )
        return [*figures, self._look_figure(LOOK, self.env._("Devices to look at"))], [*blocks, block]

    @api.model
    def _look_figure(self, domain, label):
        """Return the figure of the devices of ``domain``: all that wait, and of those how many are past their day, on every page.

        “Overdue” on these pages counts commitments, and these are none.
        """
        domain &= Domain("company_id", "in", self.env.companies.ids)
        concern = self.env["charter.advisory.concern"]
        number = concern.search_count(domain)
        past = concern.search_count(domain & Domain("look_by", "<", self._today())) if number else 0
        return self._figure(
            "look",
            label,
            number,
            self._list(label, "charter.advisory.concern", domain),
            "danger" if past else "",
            self.env._("%s past their day", past) if past else "",
        )

    @api.model
    def _look_block(self, domain, title):
        """Return the devices of ``domain`` by advisory, the most pressing first; one statement, and one for the names."""
        domain &= Domain("company_id", "in", self.env.companies.ids)
        found = self.env["charter.advisory.concern"]._read_group(
            domain, ["advisory_id"], ["__count", "partner_id:count_distinct", "look_by:min"]
        )
        found.sort(key=lambda row: (row[3] or date.max, row[0].id))
        self.env["charter.advisory"].browse(row[0].id for row in found[:ROWS]).fetch(["identifier", "name"])
        return self._block(
            "look",
            title,
            self.env._("No device is to be looked at."),
            groups=[{"title": "", "rows": [self._look_row(domain, *row) for row in found[:ROWS]]}],
            action=self._list(title, "charter.advisory.concern", domain),
            count=sum(row[1] for row in found),
        )

    @api.model
    def _look_row(self, domain, advisory, devices, clients, day):
        over = bool(day) and day < self._today()
        words = (
            self.env._("1 device to look at")
            if devices == 1
            else self.env._("%(number)s devices to look at", number=devices)
            if clients == 1
            else self.env._(
                "%(number)s devices to look at, at %(clients)s clients", number=devices, clients=clients
            )
        )
        row = self._row(
            advisory,
            advisory.display_name,
            when=day_text(self.env, day, "d MMM") if day else "",
            lines=[words],
            tone="danger" if over else "",
            badge=self.env._("Past its day") if over else "",
        )
        rows = self._list(
            advisory.display_name,
            "charter.advisory.concern",
            domain & Domain("advisory_id", "=", advisory.id),
        )
        return {**row, "action": rows}

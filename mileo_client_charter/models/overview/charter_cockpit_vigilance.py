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
        mine = LOOK & Domain("look_user_id", "=", self.env.uid)
        block, past = self._look_block(mine, self.env._("Devices for me to look at"))
        return [*figures, self._look_figure(block, past)], [blocks[0], block, *blocks[1:]]

    @api.model
    def _page_operations(self):
        figures, blocks = super()._page_operations()
        waiting = LOOK & (Domain("look_user_id", "=", False) | Domain("look_by", "<", self._today()))
        block, past = self._look_block(
            waiting, self.env._("Devices to look at, past their day or without anybody who looks")
        )
        return [*figures, self._look_figure(block, past)], [*blocks, block]

    @api.model
    def _look_figure(self, block, past):
        """Return the figure of the devices: “overdue” on this page counts commitments, and these are none."""
        return self._figure(
            "look",
            self.env._("Devices to look at"),
            block["count"],
            block["action"],
            "danger" if past else "",
            self.env._("%s past their day", past) if past else "",
        )

    @api.model
    def _look_block(self, domain, title):
        """Return the devices of ``domain`` by advisory, the most pressing first; two statements, and one for the names.

        :return: (block, how many devices are past their day)
        """
        domain &= Domain("company_id", "in", self.env.companies.ids)
        found = self.env["charter.advisory.concern"]._read_group(
            domain, ["advisory_id"], ["__count", "partner_id:count_distinct", "look_by:min"]
        )
        found.sort(key=lambda row: (row[3] or date.max, row[0].id))
        self.env["charter.advisory"].browse(row[0].id for row in found[:ROWS]).fetch(["identifier", "name"])
        past = Domain("look_by", "<", self._today())
        over = self.env["charter.advisory.concern"].search_count(domain & past) if found else 0
        block = self._block(
            "look",
            title,
            self.env._("No device is to be looked at."),
            groups=[{"title": "", "rows": [self._look_row(domain, *row) for row in found[:ROWS]]}],
            action=self._list(title, "charter.advisory.concern", domain),
            count=sum(row[1] for row in found),
        )
        return block, over

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

"""Before a report is sent: which of its outages may have ended long ago, and what they make of its figures."""

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from .charter_report import UNSENT


class CharterReport(models.Model):
    _inherit = "charter.report"  # pylint: disable=consider-merging-classes-inherited

    unsure_outages = fields.Text(
        "Outages whose end is not known",
        compute="_compute_unsure_outages",
        groups="mileo_client_charter.group_charter_user",
    )

    @api.depends("state", "contract_id", "first_day", "last_day", "computed_at")
    @api.depends_context("lang", "tz", "uid")
    def _compute_unsure_outages(self):
        for report in self:
            outages = report._unsure_outages() if report.state in UNSENT else None
            report.unsure_outages = report._unsure_words(outages) if outages else False

    def _unsure_outages(self):
        """The outages of this report's period and contract that are to mend, as far as this user may read them."""
        self.ensure_one()
        outages = self.env["charter.outage"]
        if not outages.has_access("read"):
            return outages
        start, end = self._unsure_period()
        return outages.search(
            outages._unsure_domain(self.company_id)
            & Domain("contract_id", "=", self.contract_id.id)
            & Domain("start_at", "<", end)
            & (Domain("end_at", "=", False) | Domain("end_at", ">", start))
        )

    def _unsure_period(self):
        period = (self.table or {}).get("figures", {}).get("period", {})
        moments = [fields.Datetime.to_datetime(period.get(name)) for name in ("start_at", "end_at")]
        if not all(moments):
            moments = [fields.Datetime.to_datetime(day) for day in (self.first_day, self.last_day)]
        return moments

    def _unsure_words(self, outages):
        start, end = self._unsure_period()
        lines = [
            self.env._(
                "%(equipment)s: %(words)s.",
                equipment=one.equipment_id.display_name,
                words=one._unsure_words(),
            )
            for one in outages
        ]
        told, without = outages._unsure_effect(start, end, self.contract_id)
        if told and told.ratio is not None:
            lines.append(
                self.env._(
                    "Availability in this report: %(told)s with them, %(without)s without. Correct them, then compute again.",
                    told=self._rate(told.expected - told.down, told.expected, 2),
                    without=self._rate(without.expected - without.down, without.expected, 2),
                )
            )
        return "\n".join(lines)

    def action_unsure_outages(self):
        """The outages to mend of this report. :raise AccessError: not a reader of outages"""
        self.ensure_one()
        self.check_access("read")
        outages = self._unsure_outages()
        if not self.env["charter.outage"].has_access("read"):
            raise AccessError(self.env._("Outages: they are the account team's to read."))
        action = self.env["ir.actions.act_window"]._for_xml_id("mileo_client_charter.action_charter_outage")
        return {**action, "domain": [("id", "in", outages.ids)]}

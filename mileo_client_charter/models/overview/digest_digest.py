"""Two or three figures of the charter in Odoo's own periodic digest."""

from odoo import fields, models
from odoo.exceptions import AccessError

from ...tools.nps import nps
from ..base.charter_format import percent_text


class DigestDigest(models.Model):
    """What a period without data shows is a dash: never 0, never 100 %."""

    _inherit = "digest.digest"

    kpi_charter_kept = fields.Boolean("Commitments met on time")
    kpi_charter_kept_value = fields.Char(compute="_compute_kpi_charter_kept_value")
    kpi_charter_late = fields.Boolean("Missed commitments")
    kpi_charter_late_value = fields.Char(
        "Missed commitments: value", compute="_compute_kpi_charter_late_value"
    )
    kpi_charter_nps = fields.Boolean("NPS of clients")
    kpi_charter_nps_value = fields.Char(compute="_compute_kpi_charter_nps_value")

    def _charter_period(self, date_field):
        """Return the domain of a period and its companies. :raise AccessError: not of the charter's team, who gets no figure"""
        if not self.env.user.has_group("mileo_client_charter.group_charter_user"):
            raise AccessError(self.env._("The charter's figures are for its team."))
        start, end, companies = self._get_kpi_compute_parameters()
        return [("company_id", "in", companies.ids), (date_field, ">=", start), (date_field, "<", end)]

    def _compute_kpi_charter_kept_value(self):
        domain = self._charter_period("due_at")
        [(met, decided)] = self.env["charter.scorecard"]._read_group(domain, [], ["met:sum", "decided:sum"])
        self.kpi_charter_kept_value = (
            self.env._(
                "%(rate)s (%(met)s/%(all)s)", rate=percent_text(self.env, met, decided), met=met, all=decided
            )
            if decided
            else "–"
        )

    def _compute_kpi_charter_late_value(self):
        domain = self._charter_period("breached_at")
        # In words like the others: the digest would praise more of them with a green arrow.
        self.kpi_charter_late_value = str(
            self.env["charter.obligation"].search_count([*domain, ("state", "=", "late")])
        )

    def _compute_kpi_charter_nps_value(self):
        domain = self._charter_period("answered_at")
        [(promoters, detractors, answers)] = self.env["charter.nps.answer"]._read_group(
            domain, [], ["promoter:sum", "detractor:sum", "__count"]
        )
        score = nps(promoters or 0, detractors or 0, answers)
        self.kpi_charter_nps_value = (
            "–" if score is None else self.env._("%(score)s (n = %(n)s)", score=score, n=answers)
        )

    def _get_margin_value(self, value, previous_value=0.0):
        """Return no difference of figures in words: they carry their own n."""
        if isinstance(value, str) or isinstance(previous_value, str):
            return 0.0
        return super()._get_margin_value(value, previous_value)

    def _compute_kpis_actions(self, company, user):
        actions = super()._compute_kpis_actions(company, user)
        menu = self.env.ref("mileo_client_charter.menu_charter_root").id
        for kpi, action in (
            ("kpi_charter_kept", "action_charter_scorecard"),
            ("kpi_charter_late", "action_charter_obligation"),
            ("kpi_charter_nps", "action_charter_nps_answer"),
        ):
            actions[kpi] = f"mileo_client_charter.{action}?menu_id={menu}"
        return actions

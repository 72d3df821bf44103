"""Compare the figures of a report with those of the reports before it: computed from their frozen figures, and frozen with it."""

from collections import defaultdict

from odoo import fields, models
from odoo.tools import SQL

from ...tools.figures import mean, rate
from ...tools.formatted import Formatted
from ..base.charter_format import day_text

# Periods before the report's own, at most.
PERIODS = 5
# Longer than a month: a quarter is named by its first and last month.
MONTH_DAYS = 45


class CharterReport(models.Model):
    _inherit = "charter.report"  # pylint: disable=consider-merging-classes-inherited

    def _earlier_figures(self):
        """Return {report id: [{first_day, last_day, figures}]} of the reports sent before each, the oldest first; one statement.

        Of the same contract and client, as their clients have them: nothing is counted again.
        """
        self.env.flush_all()
        query = SQL(
            """
            SELECT report.id, earlier.first_day, earlier.last_day, earlier.figures
              FROM charter_report AS report
              JOIN LATERAL (
                   SELECT former.first_day, former.last_day, (former."table" -> 'figures') AS figures
                     FROM charter_report AS former
                    WHERE former.contract_id = report.contract_id AND former.partner_id = report.partner_id
                      AND former.state = 'sent' AND former.last_day < report.first_day AND former."table" -> 'figures' IS NOT NULL
                    ORDER BY former.last_day DESC LIMIT %(periods)s) AS earlier ON TRUE
             WHERE report.id = ANY(%(reports)s) ORDER BY report.id, earlier.last_day
            """,
            reports=self.ids,
            periods=PERIODS,
        )
        found = defaultdict(list)
        for number, first_day, last_day, figures in self.env.execute_query(query):
            found[number].append(
                {
                    "first_day": str(first_day),
                    "last_day": str(last_day),
                    "figures": {name: _counts(figures, name) for name in TRENDS},
                }
            )
        return found

    # -- in words --------------------------------------------------------------------------------------

    def _with_trends(self, tiles, table):
        """Return ``tiles`` of the glance, each with ``trend``: [(period, value in words or None, height from 0 to 1 or None)].

        The last one is the report's own; no trend where there was no report before.
        """
        earlier = table.get("trend") or []
        if not earlier:
            return [{**tile, "trend": [], "trend_words": ""} for tile in tiles]
        own = {
            "first_day": table["first_day"],
            "last_day": table["last_day"],
            "figures": {name: _counts(table["figures"], name) for name in TRENDS},
        }
        periods = [*earlier, own]
        names = [self._short_period(one) for one in periods]
        found = []
        for tile in tiles:
            pairs = [one["figures"][tile["name"]] for one in periods]
            values = [self._trend_value(tile["name"], *pair) for pair in pairs]
            parts = _heights(tile["name"], pairs)
            trend = list(zip(names, values, parts, strict=True))
            found.append({**tile, "trend": trend, "trend_words": self._trend_in_words(trend)})
        return found

    def _trend_in_words(self, trend):
        """Return the numbers of a chart as text, and for which periods there are none."""
        words = [
            self.env._("%(period)s: %(value)s", period=period, value=value)
            for period, value, _part in trend
            if value is not None
        ]
        missing = [period for period, value, _part in trend if value is None]
        if len(missing) == len(trend):
            return self.env._("No data in these periods.")
        if missing:
            words.append(self.env._("no data: %s", ", ".join(missing)))
        return " · ".join(words)

    def _short_period(self, period):
        first, last = (fields.Date.to_date(period[name]) for name in ("first_day", "last_day"))
        month = day_text(self.env, last, "MMM y")
        if (last - first).days < MONTH_DAYS:
            return month
        return f"{day_text(self.env, first, 'MMM')} – {month}"

    def _trend_value(self, name, met, total):
        """Return a value as the glance shows it; None where there is no data."""
        if name == "interventions":
            return self._number(met)
        if not total:
            return None
        if name == "satisfaction":
            shown = mean(met, total)
            return Formatted(self._number(shown, 1), shown, "mark")
        return self._rate(met, total, 2 if name == "availability" else 1)


def _counts(figures, name):
    """Return (what is met, of how many) of a figure of a frozen table."""
    return TRENDS[name](figures[name])


def _heights(name, pairs):
    """Return how high each period stands, from 0 to 1; None where there is no data."""
    if name == "interventions":
        top = max(met for met, _total in pairs)
        return [met / top if top else 0 for met, _total in pairs]
    scale = 5 if name == "satisfaction" else 1
    return [None if rate(met, total) is None else met / total / scale for met, total in pairs]


# Figure of the glance -> what it is counted on, of its part of the frozen table.
TRENDS = {
    "interventions": lambda part: (part["done"], 1),
    "response": lambda part: (part["met"], part["total"]),
    "resolution": lambda part: (part["met"], part["total"]),
    "availability": lambda part: (part["expected"] - part["down"], part["expected"]),
    "satisfaction": lambda part: (part["sum"], part["n"]),
    "promises": lambda part: (part["kept"], part["total"]),
}

"""A report as text: its frozen table in the language of the environment, the same for every rendering.

Figures are formatted here and nowhere else, so that the PDF, the spreadsheet, the portal page and the mail cannot
disagree. Moments are in the client's time zone, which is named. The trend compares the figures of the glance with those of
the reports before, computed from their frozen figures and frozen with the report.
"""

from collections import defaultdict
from datetime import timedelta

from markupsafe import Markup
from odoo import fields, models
from odoo.tools import SQL, formatLang

from ...tools.clock import to_local
from ...tools.figures import mean, percent, rate
from ...tools.formatted import Formatted
from ..base.charter_format import day_text, moment_text, percent_text

MOMENT = "d MMM y HH:mm"
NONE = "—"
# Periods of the trend before the report's own, at most.
PERIODS = 5
# Longer than a month: a quarter is named by its first and last month.
MONTH_DAYS = 45


class CharterReport(models.Model):
    _inherit = "charter.report"  # pylint: disable=consider-merging-classes-inherited

    def _view(self):
        """Return everything a rendering shows, as texts.

        :return: dict: ``glance`` (what is seen first), ``sections`` (each with lines and tables), ``contacts``,
            ``recommendations``, ``method``, and the identity of the report
        :raise AccessError: the user may not read this report
        """
        self.ensure_one()
        table = self.table
        if not table:
            return None
        # Reading the table copies it, all of it: it is read once, and every moment needs only the time zone.
        return self.with_context(charter_report_tz=table["figures"]["period"]["tz"])._words(table)

    def _words(self, table):
        return {
            "title": self.env._("Activity report"),
            "client": table["client"],
            "company": table["company"],
            "contract": table["contract"],
            "tier": self._in_language(table["tier"]),
            "period": self._period_text(),
            "days": self.env._(
                "%(first)s to %(last)s, times of %(tz)s",
                first=self._day(table["first_day"]),
                last=self._day(table["last_day"]),
                tz=table["figures"]["period"]["tz"].replace("_", " "),
            ),
            "reference": table["reference"],
            "version": table["version"],
            "correction": table["correction"],
            "unreviewed": table["unreviewed"],
            "as_of": self._moment(table["as_of"]),
            "introduction": table["introduction"],
            "empty": self._is_empty(table),
            "glance": self._with_trends(self._glance(table["figures"]), table),
            "marks": self._marks(table["figures"]["satisfaction"]),
            "sections": [section for section in self._sections(table) if section],
            "contacts": self._contact_lines(table),
            "recommendations": self._advice(table),
            "no_recommendation": table["no_recommendation"],
            "method": list(self.env["charter.figures"]._method().values()),
            "proof": self._proof(),
            "foot": self._foot(table),
        }

    def _proof(self):
        """Return what lets the reader hold the report against what was recorded when it left; None before it has."""
        own = self.sudo()
        if not own.fingerprint or own.state not in ("sent", "superseded"):
            return None
        return {
            "code": own._verification_code(),
            "address": f"{own.get_base_url()}/charter/verify",
            "number": own.seal_number,
            "seal": own.seal or "",
        }

    def _foot(self, table):
        parts = [table["company"], table["client"], self._period_text(), table["reference"]]
        if table["version"] > 1:
            parts.append(self.env._("version %s", table["version"]))
        return " · ".join(parts)

    def _is_empty(self, table):
        figures, details = table["figures"], table["details"]
        return not (
            details["interventions"]
            or details["in_progress"]
            or details["outages"]
            or details["feedback"]
            or details["escalations"]
            or details.get("notices")
            or details.get("corrections")
            or figures["promises"]["total"]
        )

    # -- formats ---------------------------------------------------------------------------------------

    def _in_language(self, texts):
        """Return a text kept in every language it exists in."""
        if isinstance(texts, str):
            return texts
        texts = texts or {}
        return texts.get(self.env.lang) or texts.get("en_US") or next(iter(texts.values()), "")

    def _day(self, value):
        if not value:
            return NONE
        return Formatted(day_text(self.env, value, "d MMMM y"), fields.Date.to_date(value), "day")

    def _moment(self, value):
        if not value:
            return NONE
        tz = self.env.context["charter_report_tz"]
        moment = fields.Datetime.to_datetime(value[:19])
        # A spreadsheet knows no time zone: it shows the local time.
        return Formatted(moment_text(self.env, moment, tz, MOMENT), self._local(value), "moment")

    def _local(self, value):
        """Return a moment of the table (text, naive UTC) as the clocks of the report show it."""
        return to_local(fields.Datetime.to_datetime(value[:19]), self.env.context["charter_report_tz"])

    def _due(self, value):
        """Return a due moment: midnight is the end of the day before, as the ledger says it (``charter.obligation._last_day``)."""
        if not value:
            return NONE
        moment = fields.Datetime.to_datetime(value[:19])
        local = to_local(moment, self.env.context["charter_report_tz"])
        if local.hour or local.minute:
            return self._moment(value)
        return self._day((local - timedelta(days=1)).date())

    def _number(self, value, digits=0):
        return Formatted(formatLang(self.env, value, digits=digits), value, "number")

    def _rate(self, met, total, digits=1):
        """Return “97.5 %”; 100 % is what is complete. A dash when there is nothing to count on."""
        value = percent(met, total, digits)
        if value is None:
            return NONE
        text = percent_text(self.env, met, total, digits)
        return Formatted(text, round(value / 100, digits + 2), "percent2" if digits == 2 else "percent")

    def _duration(self, seconds):
        minutes = int(seconds) // 60
        text = (
            self.env._("%(hours)s h %(minutes)02d min", hours=minutes // 60, minutes=minutes % 60)
            if minutes >= 60
            else self.env._("%s min", minutes)
        )
        return Formatted(text, timedelta(minutes=minutes), "duration")

    def _label(self, model, name, value):
        return dict(self.env[model]._fields[name]._description_selection(self.env)).get(value, value)

    def _outcome_word(self, state):
        return {
            "kept": self.env._("in time"),
            "late": self.env._("missed"),
            "open": self.env._("running"),
            "cancelled": self.env._("not counted"),
        }.get(state, NONE)

    # -- at a glance -----------------------------------------------------------------------------------

    def _glance(self, figures):
        """Return the tiles: label, value, what it is counted on, and the part of the bar that is filled (None: no bar)."""
        done = figures["interventions"]
        tiles = [
            {
                "name": "interventions",
                "label": self.env._("Interventions done"),
                "value": self._number(done["done"]),
                "note": self.env._("%s in progress at the end of the period", done["open_at_end"]),
                "part": None,
            }
        ]
        for label, name in (
            (self.env._("Responded on time"), "response"),
            (self.env._("Resolved on time"), "resolution"),
        ):
            tiles.append(self._tile(name, label, figures[name]["met"], figures[name]["total"]))
        tiles.append(self._availability_tile(figures["availability"]))
        tiles.append(self._satisfaction_tile(figures["satisfaction"]))
        kept = figures["promises"]
        tiles.append(
            self._tile("promises", self.env._("Commitments met on time"), kept["kept"], kept["total"])
        )
        return tiles

    def _tile(self, name, label, met, total):
        return {
            "name": name,
            "label": label,
            "value": self._rate(met, total),
            "note": self.env._("%(met)s of %(total)s", met=met, total=total)
            if total
            else self.env._("None was decided in the period"),
            "part": rate(met, total),
        }

    def _satisfaction_tile(self, answers):
        shown = mean(answers["sum"], answers["n"])
        value, note = NONE, self.env._("No rating received: no mean")
        if shown:
            words = self.env._("%s out of 5", self._number(shown, 1))
            value = Formatted(words, shown, "mark", noted=True)
            note = self.env._("n = %(n)s; surveys sent: %(asked)s", n=answers["n"], asked=answers["asked"])
        return {
            "name": "satisfaction",
            "label": self.env._("Satisfaction"),
            "value": value,
            "note": note,
            "part": rate(answers["sum"], 5 * answers["n"]),
        }

    def _availability_tile(self, figures):
        whole = figures["expected"] + figures["planned"] + figures["no_data"]
        if not figures["equipment"]:
            note = self.env._("No equipment in the contract")
        elif not figures["supervised"]:
            note = self.env._("Not supervised: not measured")
        else:
            note = self.env._("measured over %s of the time", self._rate(figures["expected"], whole))
        up = figures["expected"] - figures["down"]
        return {
            "name": "availability",
            "label": self.env._("Availability"),
            "value": self._rate(up, figures["expected"], 2),
            "note": note,
            "part": up / figures["expected"] if figures["expected"] else None,
        }

    def _marks(self, satisfaction):
        """Return [(mark, how many, part of the tallest)] for the chart; empty when nobody answered."""
        counts = satisfaction["distribution"]
        top = max(counts.values())
        return (
            [(mark, counts[mark], counts[mark] / top) for mark in sorted(counts, reverse=True)] if top else []
        )

    # -- people and advice -----------------------------------------------------------------------------

    def _contact_lines(self, table):
        return [
            {
                "label": self._label("charter.assignment", "role", contact["role"]),
                "name": contact["name"] or self.env._("to be named"),
                "for": contact["usual"] and self.env._("substitute of %s", contact["usual"]),
                "lines": [contact[name] for name in ("function", "phone", "email") if contact[name]],
            }
            for contact in table["contacts"]
        ]

    def _advice(self, table):
        return [
            {
                **row,
                "urgency": self._label("charter.recommendation", "urgency", row["urgency"]),
                "status": self.env._("New")
                if row["state"] == "draft"
                else self._label("charter.recommendation", "state", row["state"]),
                "since": row["proposed_at"]
                and self.env._("proposed on %s", self._day(self._local(row["proposed_at"]).date())),
            }
            for row in table["recommendations"]
        ]

    def _paragraphs(self, text):
        """Return plain text people typed as paragraphs, its line breaks kept."""
        return Markup("<br/>").join((text or "").splitlines())

    # -- the trend: this report's figures beside those before -----------------------------------------------

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

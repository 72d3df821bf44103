"""What general management sees first: commitments met over time, the NPS, clients at risk, renewals at risk with their money."""

from collections import defaultdict

from dateutil.relativedelta import relativedelta
from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.misc import formatLang

from ...tools.clock import to_utc
from ...tools.health import RENEWAL_MONTHS
from ...tools.nps import margin, nps
from ..base.charter_format import day_text, percent_text
from ..feedback.charter_nps import DEFAULT_THRESHOLD
from ..ledger.charter_past_due import over_domain
from ..renewal.charter_renewal import SETTLED
from .charter_cockpit import ROWS

# Months of the two tables; the present one is the last.
MONTHS = 6
RATE_DAYS = 90


class CharterCockpit(models.AbstractModel):
    _inherit = "charter.cockpit"

    @api.model
    def _page_direction(self):
        trouble, in_trouble, clients = self._trouble_block([], self.env._("Clients at risk"))
        renewals, risky, money = self._renewal_block()
        satisfaction, thresholds = self._nps_figure()
        figures = [
            self._rate_figure(),
            satisfaction,
            self._figure(
                "trouble",
                self.env._("Clients at risk"),
                in_trouble,
                trouble["action"],
                "danger" if in_trouble else "success" if clients else "",
                self.env._("of %s clients", clients),
            ),
            self._figure(
                "renewals",
                self.env._("Renewals at risk"),
                risky,
                renewals["action"],
                "danger" if risky else "",
                money,
            ),
        ]
        # What reached general management waits for its own answer, level 1 too where it has it while operations are away.
        escalations, _waiting = self._escalation_block(("2",), mine=True)
        return figures, [escalations, renewals, trouble, self._nps_block(thresholds), self._kept_block()]

    # -- promises kept ----------------------------------------------------------------------------

    @api.model
    def _percent(self, met, decided):
        """Return “92.4 %”, or a dash: where nothing fell due there is no rate."""
        return percent_text(self.env, met, decided) or "–"

    @api.model
    def _rate_figure(self):
        since = self._charter_now() - relativedelta(days=RATE_DAYS)
        domain = Domain("due_at", ">", since) & over_domain(self._charter_now())
        [(met, decided)] = self.env["charter.scorecard"]._read_group(domain, [], ["met:sum", "decided:sum"])
        met, decided = met or 0, decided or 0
        note = (
            self.env._("%(met)s of %(all)s due in 90 days", met=met, all=decided)
            if decided
            else self.env._("nothing fell due in 90 days")
        )
        action = self._list(
            self.env._("Commitments met on time"),
            "charter.scorecard",
            domain,
            views=("pivot", "graph", "list"),
        )
        tone = "" if not decided else "success" if met == decided else "warning"
        return self._figure(
            "rate", self.env._("Commitments met on time"), self._percent(met, decided), action, tone, note
        )

    @api.model
    def _months(self):
        """Return [(first day, first moment, last moment)] of the months shown, naive UTC, as the reader's days go."""
        first = self._today().replace(day=1)
        days = [first - relativedelta(months=back) for back in range(MONTHS - 1, -1, -1)]
        tz = self._tz()
        return [(day, to_utc(day, tz), to_utc(day + relativedelta(months=1), tz)) for day in days]

    @api.model
    def _kept_block(self):
        """Return the kept rate of each commitment, month by month.

        A month is a statement of its own: each adds up its part of an index, where all months together would be sorted.
        """
        months = self._months()
        found = {}
        for day, first, last in months:
            for commitment, met, decided in self.env["charter.scorecard"]._read_group(
                [("due_at", ">=", first), ("due_at", "<", last)],
                ["commitment_id"],
                ["met:sum", "decided:sum"],
            ):
                found.setdefault(commitment, {})[day] = (met, decided)
        self.env["charter.commitment"].browse(one.id for one in found).fetch(["name"])
        title = self.env._("Commitments met on time, by month")
        rows = [
            {
                "key": commitment.id,
                "label": commitment.name,
                "tone": "",
                "cells": [
                    self._kept_cell(commitment, day, first, last, *by_month.get(day, (0, 0)))
                    for day, first, last in months
                ],
            }
            for commitment, by_month in sorted(found.items(), key=lambda item: item[0].id)
        ]
        return self._block(
            "kept",
            title,
            self.env._("No commitment came to a result in these months."),
            table=self._month_table(self.env._("Commitment"), months, rows),
            action=self._list(
                self.env._("On-time rate"), "charter.scorecard", [], views=("pivot", "graph", "list")
            ),
            count=len(rows),
        )

    @api.model
    def _month_table(self, label, months, rows):
        heads = [day_text(self.env, day, "MMM y") for day, _first, _last in months]
        return {"head": [label, *heads], "rows": rows} if rows else None

    @api.model
    def _kept_cell(self, commitment, day, first, last, met, decided):
        domain = [("commitment_id", "=", commitment.id), ("due_at", ">=", first), ("due_at", "<", last)]
        name = day_text(self.env, day, "MMMM y")
        return {
            "key": str(day),
            "value": self._percent(met, decided),
            "note": self.env._("n = %s", decided) if decided else "",
            "tone": "" if not decided else "success" if met == decided else "danger",
            "action": self._list(f"{commitment.name} · {name}", "charter.scorecard", domain, views=("list",))
            if decided
            else None,
        }

    # -- what clients say -------------------------------------------------------------------------

    @api.model
    def _nps_figure(self):
        """Return (the latest answer of each contact in the rolling window, of all clients together; {company id: the NPS to exceed})."""
        self.env["charter.nps"]._flush()
        self.env.cr.execute(
            SQL(
                """SELECT company.id, COALESCE(SUM(promoters), 0)::int, COALESCE(SUM(detractors), 0)::int,
                          COALESCE(SUM(answers), 0)::int, COALESCE(wanted.threshold, %(default)s)
                     FROM unnest(%(companies)s::int[]) AS company(id)
                     LEFT JOIN %(nps_table)s standing ON standing.company_id = company.id
                     LEFT JOIN %(thresholds)s wanted ON wanted.company_id = company.id
                    GROUP BY company.id, wanted.threshold""",
                nps_table=self.env["charter.nps"]._nps_table(self._charter_now()),
                thresholds=self.env["charter.nps"]._thresholds_table(),
                companies=self.env.companies.ids,
                default=DEFAULT_THRESHOLD,
            )
        )
        rows = self.env.cr.fetchall()
        thresholds = {company: threshold for company, *_counts, threshold in rows}
        (promoters, detractors, answers), tone = self._nps_tone([row[:-1] for row in rows], thresholds)
        score = nps(promoters, detractors, answers)
        figure = self._figure(
            "nps",
            self.env._("NPS"),
            "–" if score is None else score,
            self._list(
                self.env._("NPS over time"), "charter.nps.answer", [], views=("pivot", "graph", "list")
            ),
            tone,
            self.env._("no answer yet")
            if score is None
            else self.env._("n = %s, latest answer of each contact", answers),
        )
        return figure, thresholds

    @api.model
    def _nps_tone(self, rows, thresholds):
        """Return ((promoters, detractors, answers), tone) of ``rows`` (company id, promoters, detractors, answers): held against the
        threshold of each company's charter, as the renewal is."""
        counts = [sum(row[place] for row in rows) for place in (1, 2, 3)]
        over = sum(margin(*row[1:], thresholds[row[0]]) for row in rows)
        return counts, "" if not counts[2] else "success" if over > 0 else "danger"

    @api.model
    def _nps_block(self, thresholds):
        """Return every answer in its month. :param thresholds: {company id: the NPS to exceed}"""
        months = self._months()
        answers = self.env["charter.nps.answer"].with_context(tz=self._tz())
        domain = [("answered_at", ">=", months[0][1]), ("answered_at", "<", months[-1][2])]
        found = defaultdict(list)
        for month, *row in answers._read_group(
            [*domain, ("company_id", "in", self.env.companies.ids)],
            ["answered_at:month", "company_id"],
            ["promoter:sum", "detractor:sum", "__count"],
        ):
            found[month.date()].append((row[0].id, *row[1:]))
        cells = []
        for day, first, last in months:
            (promoters, detractors, count), tone = self._nps_tone(found.get(day, []), thresholds)
            month = [("answered_at", ">=", first), ("answered_at", "<", last)]
            title = self.env._("Answers of %s", day_text(self.env, day, "MMMM y"))
            cells.append(
                {
                    "key": str(day),
                    "value": str(nps(promoters, detractors, count)) if count else "–",
                    "note": self.env._("n = %s", count) if count else "",
                    "tone": tone,
                    "action": self._list(title, "charter.nps.answer", month, views=("list",))
                    if count
                    else None,
                }
            )
        rows = [{"key": 0, "label": self.env._("NPS"), "tone": "", "cells": cells}] if found else []
        return self._block(
            "nps",
            self.env._("NPS, by month"),
            self.env._("No answer in these months."),
            table=self._month_table("", months, rows),
            action=self._list(
                self.env._("NPS over time"), "charter.nps.answer", [], views=("pivot", "graph", "list")
            ),
            count=sum(row[-1] for rows_of_month in found.values() for row in rows_of_month),
        )

    # -- renewals ---------------------------------------------------------------------------------

    @api.model
    def _renewal_block(self):
        """Return terms that end within six months and are not a pass today. :return: (block, how many, money in words)"""
        forecast = self.env["charter.renewal.forecast"]
        domain = (
            Domain("verdict", "!=", "pass")
            & Domain("state", "not in", SETTLED)
            & Domain("term_end", "<=", self._today() + relativedelta(months=RENEWAL_MONTHS))
        )
        totals = forecast._read_group(domain, ["currency_id"], ["amount:sum", "__count"])
        count = sum(number for _currency, _amount, number in totals)
        money = " + ".join(
            formatLang(self.env, amount, currency_obj=currency)
            for currency, amount, _number in totals
            if amount
        )
        rows = forecast.search(domain, order="amount desc, term_end, id", limit=ROWS) if count else forecast
        rows.partner_id.fetch(["name"])
        labels = dict(forecast._fields["verdict"]._description_selection(self.env))
        shown = [
            self._row(
                row,
                row.partner_id.name,
                when=day_text(self.env, row.term_end, "d MMM y"),
                lines=[
                    formatLang(self.env, row.amount, currency_obj=row.currency_id) if row.amount else "",
                    row.missing,
                ],
                badge=labels[row.verdict],
                tone="danger" if row.verdict == "fail" else "warning",
                model="charter.renewal" if row.renewal_id else "contract.contract",
                res_id=row.renewal_id.id or row.contract_id.id,
            )
            for row in rows
        ]
        title = self.env._("Renewals at risk")
        block = self._block(
            "renewals",
            title,
            self.env._("All contracts ending within six months meet the renewal condition today."),
            groups=[{"title": "", "rows": shown}],
            action=self._list(title, "charter.renewal.forecast", domain, views=("list", "pivot", "calendar")),
            count=count,
        )
        return block, count, self.env._("%s a year at stake", money) if money else ""

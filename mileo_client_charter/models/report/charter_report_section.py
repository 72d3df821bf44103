"""The sections of a report: what each lists, as texts, from the frozen table."""

import re

from odoo import models

from ...tools.formatted import Formatted
from ...tools.occurrence import parse_key
from ..base.charter_words import in_words
from .charter_report_view import NONE


class CharterReport(models.Model):
    _inherit = "charter.report"  # pylint: disable=consider-merging-classes-inherited

    def _late_outcome(self, row):
        """Return what became of a late promise: when it was done, that it no longer will be, or that it is still owed."""
        if row["done_at"]:
            return self._moment(row["done_at"])
        return self.env._("no longer to be done") if row.get("ended_at") else self.env._("not yet")

    def _sections(self, table):
        """Return [{key, title, lines: [(label, value)], tables: [{title, head, rows}], empty}], in the order they are read.

        What was corrected is a section only where there is something.

        A table may have ``sheet``, a short title, and ``wide``, a function that gives the head and rows of a spreadsheet.
        """
        figures, details = table["figures"], table["details"]
        return [
            self._work_section(figures, details),
            self._level_section(figures),
            self._availability_section(figures["availability"], details),
            self._satisfaction_section(figures, details),
            self._promise_section(figures, details),
            self._correction_section(details),
            self._next_section(details),
        ]

    def _section(self, key, title, lines=(), tables=(), empty=""):
        """Return a section; ``empty`` is said when it has no table."""
        tables = [table for table in tables if table["rows"]]
        return {
            "key": key,
            "title": title,
            "lines": list(lines),
            "tables": tables,
            "empty": "" if tables else empty,
        }

    def _work_section(self, figures, details):
        counts = figures["interventions"]
        lines = [
            (self._label("charter.intervention", "kind", kind), self._number(count))
            for kind, count in sorted(counts["by_kind"].items(), key=lambda item: (-item[1], item[0]))
        ]
        lines += [
            (
                self.env._("Priority: %s", self._label("charter.intervention", "priority", priority)),
                self._number(count),
            )
            for priority, count in sorted(counts["by_priority"].items(), reverse=True)
        ]
        if counts["cancelled"]:
            lines.append((self.env._("Cancelled interventions"), self._number(counts["cancelled"])))
        if counts["without_contract"]:
            lines.append(
                (
                    self.env._("Of which without a contract, counted here once"),
                    self._number(counts["without_contract"]),
                )
            )
        done = {
            "title": self.env._("Done in the period"),
            "wide": lambda: self._work_columns(details["interventions"]),
            "head": [
                self.env._("Intervention"), self.env._("Reported"), self.env._("Solved"),
                self.env._("Answer"), self.env._("Solution"),
            ],
            "rows": [
                [
                    self._work_words(row), self._moment(row["reported_at"]), self._moment(row["resolved_at"]),
                    self._outcome_word(row["response"]), self._outcome_word(row["resolution"]),
                ]
                for row in details["interventions"]
            ],
        }  # fmt: skip
        open_ones = {
            "title": self.env._("In progress at the end of the period"),
            "sheet": self.env._("In progress"),
            "wide": lambda: self._work_columns(details["in_progress"]),
            "head": [self.env._("Intervention"), self.env._("Reported"), self.env._("Answered")],
            "rows": [
                [self._work_words(row), self._moment(row["reported_at"]), self._moment(row["responded_at"])]
                for row in details["in_progress"]
            ],
        }
        return self._section(
            "work",
            self.env._("Interventions"),
            lines,
            [done, open_ones],
            self.env._("No intervention was done or in progress in this period."),
        )

    def _work_words(self, row):
        parts = [f"{row['reference']} {row['name']}".strip()]
        parts.append(self._label("charter.intervention", "kind", row["kind"]))
        parts += [row[name] for name in ("equipment", "technician", "work") if row[name]]
        return " · ".join(parts)

    def _work_columns(self, rows):
        """Return the same rows for a spreadsheet: one fact a column, to sort and filter by."""
        return {
            "head": [
                self.env._("Number"), self.env._("Intervention"), self.env._("Kind"), self.env._("Priority"),
                self.env._("Equipment"), self.env._("Technician"), self.env._("What was done"), self.env._("Reported"),
                self.env._("Answered"), self.env._("Solved"), self.env._("Answer"), self.env._("Solution"),
            ],
            "rows": [
                [
                    row["reference"], row["name"], self._label("charter.intervention", "kind", row["kind"]),
                    self._label("charter.intervention", "priority", row["priority"]),
                    *(row[name] or NONE for name in ("equipment", "technician", "work")),
                    *(self._moment(row[name]) for name in ("reported_at", "responded_at", "resolved_at")),
                    self._outcome_word(row["response"]), self._outcome_word(row["resolution"]),
                ]
                for row in rows
            ],
        }  # fmt: skip

    def _level_section(self, figures):
        rows = []
        for label, name in (
            (self.env._("Time to answer"), "response"),
            (self.env._("Time to solve"), "resolution"),
            (self.env._("Call back after negative feedback"), "callbacks"),
            (self.env._("Outcome sent after negative feedback"), "outcomes"),
        ):
            level = figures[name]
            met = level.get("met", level.get("kept"))
            rows.append(
                [
                    label,
                    self._number(met),
                    self._number(level["total"] - met),
                    self._rate(met, level["total"]),
                    self._number(level["running"]),
                    self._number(level["cancelled"]),
                ]
            )
        paused = figures["paused"]
        lines = []
        if paused["interventions"]:
            lines.append(
                (
                    self.env._("Time paused, given back"),
                    Formatted(
                        self.env._(
                            "%(time)s; interventions: %(count)s",
                            time=self._duration(paused["seconds"]),
                            count=paused["interventions"],
                        ),
                        self._duration(paused["seconds"]).value,
                        "duration",
                        noted=True,
                    ),
                )
            )
        table = {
            "title": "",
            "head": [
                self.env._("Commitment"), self.env._("Met"), self.env._("Missed"), self.env._("Rate"),
                self.env._("Still running"), self.env._("Cancelled"),
            ],
            "rows": rows,
        }  # fmt: skip
        return self._section("levels", self.env._("Service levels"), lines, [table])

    def _availability_section(self, figures, details):
        lines = []
        if figures["supervised"]:
            lines = [
                (self.env._("Expected time, all equipment together"), self._duration(figures["expected"])),
                (self.env._("Time down"), self._duration(figures["down"])),
                (self.env._("Planned maintenance, left out"), self._duration(figures["planned"])),
                (self.env._("No data, left out"), self._duration(figures["no_data"])),
            ]
        equipment = {
            "title": self.env._("Equipment"),
            "head": [self.env._("Equipment"), self.env._("Site"), self.env._("Availability"), self.env._("Time down")],
            "rows": [
                [
                    " · ".join(filter(None, (row["name"], row["serial"]))), row["site"] or NONE,
                    self._rate(row["expected"] - row["down"], row["expected"], 2)
                    if row["supervised"] else self.env._("not measured"),
                    self._duration(row["down"]) if row["supervised"] else NONE,
                ]
                for row in details["equipment"]
            ],
        }  # fmt: skip
        outages = {
            "title": self.env._("Outages and planned maintenance"),
            "sheet": self.env._("Outages"),
            "head": [self.env._("Equipment"), self.env._("What"), self.env._("From"), self.env._("To"), self.env._("Time")],
            "rows": [
                [
                    row["equipment"],
                    " · ".join(filter(None, (self._label("charter.outage", "kind", row["kind"]), row["reason"]))),
                    self._moment(row["start_at"]),
                    self._moment(row["end_at"]) if row["end_at"] else self.env._("not over"),
                    self._duration(row["seconds"]),
                ]
                for row in details["outages"]
            ],
        }  # fmt: skip
        return self._section(
            "availability",
            self.env._("Availability"),
            lines,
            [equipment, outages],
            self.env._("No equipment of this contract is supervised: availability was not measured."),
        )

    def _satisfaction_section(self, figures, details):
        answers, nps = figures["satisfaction"], figures["nps"]
        score = (
            NONE
            if nps["score"] is None
            else Formatted(
                self.env._(
                    "%(score)s (n = %(n)s, since %(day)s)",
                    score=self._number(nps["score"], 0),
                    n=nps["n"],
                    day=self._day(nps["from"]),
                ),
                nps["score"],
                "number",
                noted=True,
            )
        )
        lines = [
            (self.env._("Surveys sent"), self._number(answers["asked"])),
            (self.env._("Surveys held back"), self._number(answers["skipped"])),
            (self.env._("Ratings received"), self._number(answers["n"])),
            (self.env._("Would recommend (NPS)"), score),
            # Reports frozen before answers could be left out do not know how many were.
            *(
                [(self.env._("Answers left out of it, with a reason"), self._number(nps["left_out"]))]
                if nps.get("left_out")
                else []
            ),
        ]
        table = {
            "title": self.env._("Your feedback"),
            "head": [self.env._("On"), self.env._("Who"), self.env._("Rating"), self.env._("Comment")],
            "rows": [
                [
                    self._moment(row["answered_at"]), row["contact"] or NONE,
                    Formatted(self.env._("%s out of 5", row["rating"]), row["rating"], "number") if row["rating"] else NONE,
                    row["comment"] or NONE,
                ]
                for row in details["feedback"]
            ],
        }  # fmt: skip
        return self._section(
            "satisfaction",
            self.env._("Satisfaction"),
            lines,
            [table],
            self.env._("No answer in this period."),
        )

    def _promise_section(self, figures, details):
        kept, raised = figures["promises"], figures["escalations"]
        lines = [
            (self.env._("Kept in time"), self._number(kept["kept"])),
            (self.env._("Late"), self._number(kept["total"] - kept["kept"])),
            (self.env._("Still running"), self._number(kept["running"])),
            (self.env._("Cancelled"), self._number(kept["cancelled"])),
            (self.env._("Escalations raised"), self._number(raised["raised"])),
            (
                self.env._("Escalations not resolved at the end of the period"),
                self._number(raised["open_at_end"]),
            ),
        ]
        tables = [self._late_table(kept), self._late_notice_table(details), self._escalation_table(details)]
        none_late = self.env._("No commitment was missed in this period.") if kept["total"] else ""
        return self._section("promises", self.env._("Commitments"), lines, tables, none_late)

    def _late_table(self, kept):
        return {
            "title": self.env._("Missed commitments"),
            "head": [self.env._("Commitment"), self.env._("Was due"), self.env._("Done")],
            "rows": [
                [
                    " · ".join(
                        filter(
                            None,
                            (
                                self._in_language(row["title"]),
                                row["about"],
                                self._occurrence_words(row["occurrence"]),
                            ),
                        )
                    ),
                    self._due(row["due_at"]),
                    self._late_outcome(row),
                ]
                for row in kept["late_list"]
            ],
        }

    def _escalation_table(self, details):
        return {
            "title": self.env._("Escalations"),
            "head": [self.env._("Escalation"), self.env._("Raised"), self.env._("Answered"), self.env._("Resolved")],
            "rows": [
                [
                    f"{row['reference']} {row['name']}", self._moment(row["raised_at"]),
                    self._moment(row["answered_at"]), self._moment(row["resolved_at"]),
                ]
                for row in details["escalations"]
            ],
        }  # fmt: skip

    def _late_notice_table(self, details):
        return {
            "title": self.env._("Notices given after the time limit, or known too late for it"),
            "sheet": self.env._("Notices sent late"),
            "head": [
                self.env._("Notice"), self.env._("Informed on"), self.env._("Takes effect on"), self.env._("Why not earlier"),
            ],
            "rows": [
                [
                    self._in_language(row["title"]), self._moment(row["sent_at"]),
                    self._day(row["effect_on"]) if row["effect_on"] else self.env._("at once"),
                    in_words(self.env, row["reason"]),
                ]
                # Reports sent before notices were listed have none.
                for row in details.get("notices", ())
            ],
        }  # fmt: skip

    def _correction_section(self, details):
        """Return what an earlier report of this contract said otherwise: both values, why, by whom and when; None for nothing."""
        # Reports sent before corrections were listed have none.
        rows = details.get("corrections")
        if not rows:
            return None
        what, why = self.env._("What"), self.env._("Why")
        before, after = self.env._("Reported before"), self.env._("Corrected to")
        table = {
            "title": "",
            "sheet": self.env._("Corrections"),
            "head": [what, before, after, why, self.env._("Corrected")],
            "wide": lambda: {
                "head": [what, before, after, why, self.env._("Corrected by"), self.env._("Corrected on")],
                "rows": [
                    [*self._correction_cells(row), self._corrected_by(row), self._moment(row["corrected_at"])]
                    for row in rows
                ],
            },
            "rows": [
                [
                    *self._correction_cells(row),
                    self.env._(
                        "%(moment)s, by %(who)s",
                        moment=self._moment(row["corrected_at"]),
                        who=self._corrected_by(row),
                    ),
                ]
                for row in rows
            ],
        }
        return self._section("corrections", self.env._("Corrected since an earlier report"), tables=[table])

    def _correction_cells(self, row):
        # The addon whose document it was may be gone.
        field = row["model"] in self.env and self.env[row["model"]]._fields.get(row["field"])
        what = [row["about"]]
        if row["answered_at"]:
            what = [self.env._("Your feedback of %s", self._moment(row["answered_at"]))]
        if row["title"]:
            what.append(self._in_language(row["title"]))
        else:
            what.append(field._description_string(self.env) if field else row["field"])
        return [
            " · ".join(filter(None, what)),
            self._corrected_value(row, field, row["before"]),
            self._corrected_value(row, field, row["after"]),
            in_words(self.env, row["reason"]),
        ]

    def _corrected_value(self, row, field, value):
        if row["title"]:
            return self._outcome_word(value)
        if not value:
            return NONE
        if field and field.type == "selection":
            return self._label(row["model"], row["field"], value)
        if field and field.type in ("date", "datetime"):
            return self._day(value) if field.type == "date" else self._moment(value)
        return value

    def _corrected_by(self, row):
        if not row["role"]:
            return row["who"]
        return f"{row['who']} ({self._label('charter.assignment', 'role', row['role']).lower()})"

    def _occurrence_words(self, key):
        """Return “October 2026” for 2026-10, the number of a charter as it is; nothing for keys that mean nothing to a client."""
        occurrence = parse_key(key)
        if occurrence.period:
            return self.env["charter.obligation"]._occurrence_in_words(occurrence.subject)
        return occurrence.subject if re.fullmatch(r"v[\d.]+", occurrence.subject) else ""

    def _next_section(self, details):
        coming = {
            "title": self.env._("Our commitments to you"),
            "head": [self.env._("Commitment"), self.env._("By")],
            "rows": [[self._in_language(row["title"]), self._due(row["due_at"])] for row in details["next"]],
        }
        life = {
            "title": self.env._("Dates of your equipment's life"),
            "sheet": self.env._("Life of the equipment"),
            "head": [self.env._("Equipment"), self.env._("What"), self.env._("On")],
            "rows": [
                [
                    row["equipment"],
                    self._label("charter.equipment.milestone", "kind", row["kind"]),
                    self._day(row["date"]),
                ]
                for row in details["milestones"]
            ],
        }
        return self._section(
            "next", self.env._("What comes next"), (), [coming, life], self.env._("Nothing is planned yet.")
        )

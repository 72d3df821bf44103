"""The page of the operations manager: team load, overdue commitments, escalations without answer, reports to send, data
issues.
"""

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.past_due import is_past_due
from ..ledger.charter_past_due import past_due_sql
from .charter_cockpit import ROWS
from .charter_cockpit_manager import BUCKETS

# Owners of the table of load, the most loaded first.
OWNERS = 15
COLUMNS = (*BUCKETS, "month")


class CharterCockpit(models.AbstractModel):
    _inherit = "charter.cockpit"

    @api.model
    def _page_operations(self):
        load = self._load()
        reports, to_send, late_reports = self._report_block([], self.env._("Reports to send"))
        escalations, waiting = self._escalation_block()
        defects, to_mend = self._defect_block()
        breaches, late = self._breach_block(sum(row["late"] for row in load.values()))
        orphans = sum(load.get(None, {}).values())
        figures = [
            self._figure(
                "late", self.env._("Overdue"), late, breaches["action"], "danger" if late else "success"
            ),
            self._figure(
                "escalations", self.env._("Escalations without answer"), waiting, escalations["action"],
                "danger" if waiting else "success",
            ),
            self._figure(
                "reports", self.env._("Reports to send"), to_send, reports["action"],
                "danger" if late_reports else "",
                self.env._("%s past their day", late_reports) if late_reports else "",
            ),
            self._figure(
                "orphans", self.env._("Commitments without an owner"), orphans,
                self._list(
                    self.env._("Commitments without an owner"), "charter.obligation",
                    [("user_id", "=", False), ("is_owed", "=", True)],
                ),
                "danger" if orphans else "success", self.env._("due within 28 days"),
            ),
            self._figure("defects", self.env._("Data issues"), to_mend, defects["action"], "warning" if to_mend else "success"),
        ]  # fmt: skip
        return figures, [self._load_block(load), escalations, breaches, reports, defects]

    # -- the team's load --------------------------------------------------------------------------

    @api.model
    def _load(self):
        """Return {user id or None: {column: promises owed}} within 28 days; one statement."""
        self.env["charter.obligation"].flush_model()
        now = self._charter_now()
        self.env.cr.execute(
            SQL(
                """
                SELECT user_id, count(*) FILTER (WHERE late), count(*) FILTER (WHERE NOT late AND due_at <= %(today)s),
                       count(*) FILTER (WHERE NOT late AND due_at > %(today)s AND due_at <= %(tomorrow)s),
                       count(*) FILTER (WHERE NOT late AND due_at > %(tomorrow)s AND due_at <= %(week)s),
                       count(*) FILTER (WHERE NOT late AND due_at > %(week)s)
                  FROM (SELECT user_id, due_at, %(past_due)s AS late
                          FROM charter_obligation promise
                         WHERE company_id = ANY(%(companies)s)
                           AND (state = 'open' AND due_at <= %(month)s OR %(past_due)s)) owed
                 GROUP BY user_id
                """,
                past_due=past_due_sql("promise", now),
                today=self._midnight(0),
                tomorrow=self._midnight(1),
                week=self._midnight(7),
                month=self._midnight(28),
                companies=self.env.companies.ids,
            )
        )
        return {user: dict(zip(COLUMNS, counts, strict=True)) for user, *counts in self.env.cr.fetchall()}

    @api.model
    def _load_domain(self, column, owner):
        """Return the domain of the promises a cell of the table counts."""
        now = self._charter_now()
        ends = dict(zip(COLUMNS, (now, *(self._midnight(days) for days in (0, 1, 7, 28))), strict=True))
        owned = Domain("user_id", "=", owner or False)
        is_open = owned & Domain("state", "=", "open")
        if column == "late":
            return owned & self.env["charter.obligation"]._past_due_domain()
        first = ends[COLUMNS[COLUMNS.index(column) - 1]]
        return is_open & Domain("due_at", ">", first) & Domain("due_at", "<=", ends[column])

    @api.model
    def _load_block(self, load):
        titles = {**self._due_titles(), "week": self.env._("7 days"), "month": self.env._("28 days")}
        busiest = sorted(load, key=lambda user: -sum(load[user].values()))[:OWNERS]
        users = self.env["res.users"].sudo().browse(user for user in busiest if user)
        users.partner_id.fetch(["name"])
        names = {user.id: user.name for user in users}
        rows = []
        for owner in busiest:
            label = names.get(owner) or self.env._("No one")
            rows.append(
                {
                    "key": owner or 0,
                    "label": label,
                    "tone": "" if owner else "danger",
                    "cells": [
                        {
                            "key": column,
                            "value": load[owner][column] or "",
                            "tone": "danger" if column == "late" and load[owner][column] else "",
                            "action": self._list(
                                f"{label} · {titles[column]}",
                                "charter.obligation",
                                self._load_domain(column, owner),
                            ),
                        }
                        for column in COLUMNS
                    ],
                }
            )
        title = self.env._("Load of the team")
        return self._block(
            "load",
            title,
            self.env._("No commitment is due within 28 days."),
            table={"head": [self.env._("Owner"), *(titles[column] for column in COLUMNS)], "rows": rows}
            if rows
            else None,
            action=self._list(
                title,
                "charter.obligation",
                [("is_owed", "=", True)],
                {"group_by": ["user_id", "due_at:week"]},
                ("pivot", "list", "form"),
            ),
            count=len(load),
        )

    # -- breaches, escalations, defects -----------------------------------------------------------

    @api.model
    def _breach_block(self, late):
        ledger = self.env["charter.obligation"]
        domain = ledger._past_due_domain()
        broken = self.env["charter.obligation"]._late_owed_domain()
        rows = ledger.search(broken, order="breached_at desc, id desc", limit=ROWS) if late else ledger
        self._read_promises(rows)
        rows.user_id.sudo().partner_id.fetch(["name"])
        facts = self._facts(rows)
        block = self._block(
            "breaches",
            self.env._("Latest missed commitments"),
            self.env._("No commitment is overdue."),
            groups=[
                {
                    "title": "",
                    "rows": [self._promise_row(row, owner=True, **facts[row]) for row in rows],
                }
            ],
            action=self._list(self.env._("Overdue"), "charter.obligation", domain),
            count=late,
        )
        return block, late

    @api.model
    def _escalation_block(self, levels=("1", "2"), mine=False):
        """Return escalations nobody has answered, of these levels, the oldest first. :return: (block, how many)

        :param mine: those of any level that are the reader's to answer too
        """
        escalations = self.env["charter.escalation"]
        which = Domain("level", "in", levels)
        if mine:
            which |= Domain("user_id", "=", self.env.uid)
        domain = Domain("state", "in", ("open", "unqualified")) & which
        rows = escalations.search_fetch(domain, order="raised_at, id")
        count, rows = len(rows), rows[:ROWS]
        now = self._charter_now()
        rows.partner_id.fetch(["name"])
        labels = dict(escalations._fields["level"]._description_selection(self.env))
        shown = [
            self._row(
                row,
                row.display_name,
                when=self._day(row.due_at, "d MMM") + " " + self._hour(row.due_at) if row.due_at else "",
                phone=row.phone_to_call,
                lines=[row.partner_id.name or self.env._("client to identify"), labels[row.level]],
                tone="danger" if is_past_due(row.due_at, now) else "warning",
            )
            for row in rows
        ]
        title = self.env._("Escalations without answer")
        block = self._block(
            "escalations",
            title,
            self.env._("No escalation waits for an answer."),
            groups=[{"title": "", "rows": shown}],
            action=self._list(title, "charter.escalation", domain),
            count=count,
        )
        return block, count

    @api.model
    def _defect_block(self):
        defects = self.env["charter.defect"]
        labels = dict(defects._fields["kind"]._description_selection(self.env))
        counts = dict(defects._read_group([], ["kind"], ["__count"]))
        title = self.env._("Data issues")
        rows = [
            {
                "key": kind,
                "title": labels[kind],
                "when": str(count),
                "lines": [],
                "tone": "",
                "badge": "",
                "phone": "",
                "step": None,
                "action": self._list(labels[kind], "charter.defect", [("kind", "=", kind)], views=("list",)),
            }
            for kind, count in counts.items()
        ]
        total = sum(counts.values())
        block = self._block(
            "defects",
            title,
            self.env._("No data issue."),
            groups=[{"title": "", "rows": rows}],
            action=self._list(title, "charter.defect", [], {"group_by": ["kind"]}, ("list",)),
            count=total,
        )
        return block, total

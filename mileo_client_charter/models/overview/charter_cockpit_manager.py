"""The page of an account manager: what is due by hour, clients at risk, absences ahead, reports to review."""

from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.codes import NOTICE_ADVANCE
from ..base.charter_format import day_text
from ..ledger.charter_past_due import past_due_sql
from .charter_cockpit import ROWS

BUCKETS = ("late", "today", "tomorrow", "week")
# Days ahead that absences are shown.
ABSENCES_AHEAD = 30


class CharterCockpit(models.AbstractModel):
    _inherit = "charter.cockpit"

    @api.model
    def _page_manager(self):
        mine = self._my_clients()
        due, counts = self._due_block()
        trouble, in_trouble, clients = self._trouble_block(mine, self.env._("My clients at risk"))
        reports, to_send, late_reports = self._report_block(mine, self.env._("Reports to review and send"))
        figures = [
            *self._due_figures(counts),
            self._figure(
                "trouble",
                self.env._("Clients at risk"),
                in_trouble,
                trouble["action"],
                "danger" if in_trouble else "success" if clients else "",
                self.env._("of %s clients of mine", clients),
            ),
            self._figure(
                "reports",
                self.env._("Reports to send"),
                to_send,
                reports["action"],
                "danger" if late_reports else "",
                self.env._("%s past their day", late_reports) if late_reports else "",
            ),
        ]
        return figures, [due, self._words_block(), trouble, self._absence_block(), reports]

    # -- what is due ------------------------------------------------------------------------------

    @api.model
    def _due_domains(self):
        """Return {bucket: domain} of the promises the reader owes; midnight belongs to the day it ends."""
        now = self._charter_now()
        ends = [now, *(self._midnight(days) for days in (0, 1, 7))]
        mine = Domain("user_id", "=", self.env.uid)
        is_open = mine & Domain("state", "=", "open")
        domains = {"late": mine & self.env["charter.obligation"]._past_due_domain()}
        for bucket, first, last in zip(BUCKETS[1:], ends, ends[1:], strict=False):
            domains[bucket] = is_open & Domain("due_at", ">", first) & Domain("due_at", "<=", last)
        return domains

    @api.model
    def _due_titles(self):
        return {
            "late": self.env._("Overdue"),
            "today": self.env._("Today"),
            "tomorrow": self.env._("Tomorrow"),
            "week": self.env._("In the next seven days"),
        }

    @api.model
    def _due_figures(self, counts):
        titles, domains = self._due_titles(), self._due_domains()
        tones = {"late": "danger", "today": "warning"}
        return [
            self._figure(
                f"due_{bucket}",
                titles[bucket],
                counts.get(bucket, 0),
                self._list(titles[bucket], "charter.obligation", domains[bucket]),
                tones.get(bucket, "") if counts.get(bucket) else "",
            )
            for bucket in BUCKETS
        ]

    @api.model
    def _due_block(self):
        """Return the first promises of each bucket. :return: (block, {bucket: how many})"""
        ids, counts = self._due_ids()
        promises = self.env["charter.obligation"].browse(
            row_id for bucket in BUCKETS for row_id in ids.get(bucket, ())
        )
        self._read_promises(promises)
        phones, facts = self._phones(promises), self._facts(promises)
        titles, domains = self._due_titles(), self._due_domains()
        groups = []
        for bucket in BUCKETS:
            rows = promises.browse(ids.get(bucket, ()))
            groups.append(
                {
                    "title": titles[bucket],
                    "count": counts.get(bucket, 0),
                    "tone": "danger" if bucket == "late" else "",
                    "action": self._list(titles[bucket], "charter.obligation", domains[bucket]),
                    "rows": [
                        self._promise_row(row, bucket, phone=phones.get(row), **facts[row]) for row in rows
                    ],
                }
            )
        title = self.env._("My commitments by due date")
        block = self._block(
            "due",
            title,
            self.env._("Nothing is due within seven days."),
            groups=groups,
            action=self._list(
                title, "charter.obligation", [("user_id", "=", self.env.uid), ("is_owed", "=", True)]
            ),
            count=sum(counts.values()),
        )
        return block, counts

    @api.model
    def _due_ids(self):
        """Return ({bucket: ids of the first, the most urgent first}, {bucket: how many}); one statement."""
        self.env["charter.obligation"].flush_model()
        now = self._charter_now()
        self.env.cr.execute(
            SQL(
                """
                SELECT bucket, id, total FROM (
                       SELECT bucket, id, due_at, count(*) OVER (PARTITION BY bucket) AS total,
                              row_number() OVER (PARTITION BY bucket ORDER BY due_at NULLS FIRST, id) AS place
                         FROM (SELECT promise.id, promise.due_at,
                                      CASE WHEN %(past_due)s THEN 'late'
                                           WHEN promise.due_at <= %(today)s THEN 'today'
                                           WHEN promise.due_at <= %(tomorrow)s THEN 'tomorrow' ELSE 'week' END AS bucket
                                 FROM charter_obligation promise
                                WHERE promise.user_id = %(user)s AND promise.company_id = ANY(%(companies)s)
                                  AND (promise.state = 'open' AND promise.due_at <= %(week)s OR %(past_due)s)) mine) ranked
                 WHERE place <= %(rows)s ORDER BY due_at NULLS FIRST, id
                """,
                past_due=past_due_sql("promise", now),
                today=self._midnight(0),
                tomorrow=self._midnight(1),
                week=self._midnight(7),
                user=self.env.uid,
                companies=self.env.companies.ids,
                rows=ROWS,
            )
        )
        ids, counts = {}, {}
        for bucket, row_id, total in self.env.cr.fetchall():
            ids.setdefault(bucket, []).append(row_id)
            counts[bucket] = total
        return ids, counts

    @api.model
    def _read_promises(self, promises):
        """Read all that rows of promises show, in one statement a model."""
        promises.fetch(
            ["commitment_id", "code", "occurrence", "partner_id", "company_id", "res_model", "res_id", "due_at",
             "state", "done_at", "paused_at", "clock_error", "unit", "user_id"]
        )  # fmt: skip
        promises.commitment_id.sudo().fetch(["name"])
        promises.partner_id.fetch(["name"])

    @api.model
    def _phones(self, promises):
        """Return {promise: number} of those that are kept by a call, or whose client may be called first."""
        found = {}
        models = sorted(set(promises.filtered("res_model").mapped("res_model")) & self.env.registry.keys())
        for model in (name for name in models if "phone_to_call" in self.env[name]._fields):
            mine = promises.filtered(lambda row, model=model: row.res_model == model)
            documents = self.env[model].browse(mine.mapped("res_id")).exists()
            numbers = {document.id: document.phone_to_call for document in documents}
            found.update({row: numbers.get(row.res_id) for row in mine})
        return found

    @api.model
    def _facts(self, promises):
        """Return {promise: what its row says beside its own words}."""
        lacks, kept, named = promises._lacks(), promises._kept_in(), self._named(promises)
        return {
            row: {"lacks": lacks.get(row), "kept": kept.get(row), "document": named.get(row)}
            for row in promises
        }

    @api.model
    def _named(self, promises):
        """Return {promise to inform ahead of time: the document it is met in}: its own words do not say what it is about."""
        found = {}
        ahead = promises.filtered(lambda row: row.code == NOTICE_ADVANCE and row.res_model in self.env)
        for model, mine in ahead.grouped("res_model").items():
            known = {one.id: one for one in self.env[model].browse(mine.mapped("res_id")).exists()}
            found.update({row: known[row.res_id]._charter_worked_on() for row in mine if row.res_id in known})
        return found

    @api.model
    def _step(self, promise):
        """Return what meets the commitment, straight from here: {label, method of its document}; None where it has no such step."""
        document = self.env.get(promise.res_model)
        if (
            not hasattr(document, "_charter_met_by")
            or not promise.is_owed
            or promise.user_id != self.env.user
        ):
            return None
        label, method = document._charter_met_by(promise.code)
        return method and {
            "label": label,
            "name": method,
            "resModel": promise.res_model,
            "resId": promise.res_id,
        }

    @api.model
    def _promise_row(
        self, promise, bucket="late", owner=False, phone=None, lacks=None, kept=None, document=None
    ):
        if bucket in ("today", "tomorrow") and promise.due_at:
            when = self._hour(promise.due_at)
        elif promise.due_at and promise.unit == "hours":
            # Of what is counted in hours, the hour is what matters.
            when = f"{self._day(promise.due_at)} {self._hour(promise.due_at)}"
        elif promise.due_at:
            when = self._day(promise.due_at)
        else:
            when = self.env._("no time")
        missing, mended = lacks or (None, None)
        row = self._row(
            promise,
            promise.display_name,
            when=when,
            lines=[
                document and document.display_name,
                promise.partner_id.name,
                missing,
                promise.user_id.name if owner else "",
            ],
            badge=promise.time_left,
            tone="danger" if bucket == "late" else "",
            phone=phone,
            step=self._step(promise),
            model=document._name if document else promise.res_model,
            res_id=document.id if document else promise.res_id,
        )
        return {**row, "action": mended or kept or row["action"]}

    # -- what clients said ------------------------------------------------------------------------

    @api.model
    def _words_block(self):
        """Return what clients said and nobody has read yet, the oldest day first (article 02)."""
        domain = Domain("user_id", "=", self.env.uid) & Domain("read_at", "=", False)
        words = self.env["charter.word"].search(domain, limit=ROWS)
        words.partner_id.fetch(["name"])
        count = len(words) if len(words) < ROWS else self.env["charter.word"].search_count(domain)
        title = self.env._("Client comments to read")
        return self._block(
            "words",
            title,
            self.env._("You have read everything your clients said."),
            groups=[{"title": "", "rows": [self._word_row(word) for word in words]}],
            action=self._list(title, "charter.word", domain),
            count=count,
        )

    @api.model
    def _word_row(self, word):
        late = word.due_on < self._today()
        return self._row(
            word,
            word.partner_id.name,
            when=day_text(
                self.env, word.due_on, "d MMM" if word.due_on.year == self._today().year else "d MMM y"
            ),
            lines=[self.env["ir.model"]._get(word.res_model).name],
            badge=self.env._("Unread for too long") if late else "",
            tone="danger" if late else "",
            model=word.res_model,
            res_id=word.res_id,
        )

    # -- absences ---------------------------------------------------------------------------------

    @api.model
    def _absence_block(self):
        """Return one's own absences ahead, and those one stands in for."""
        today = self._today()
        domain = (
            Domain("state", "=", "planned")
            & Domain("date_from", "<=", today + timedelta(days=ABSENCES_AHEAD))
            & (Domain("date_to", "=", False) | Domain("date_to", ">=", today))
            & (Domain("user_id", "=", self.env.uid) | Domain("stand_in_id", "=", self.env.uid))
        )
        rows = self.env["charter.absence"].search(domain, order="date_from, id", limit=ROWS)
        (rows.user_id | rows.stand_in_id).sudo().partner_id.fetch(["name"])
        return self._block(
            "absences",
            self.env._("Absences ahead"),
            self.env._("No absence within thirty days concerns you."),
            groups=[{"title": "", "rows": [self._absence_row(row) for row in rows]}],
            action=self._list(self.env._("Absences ahead"), "charter.absence", domain),
            count=len(rows),
        )

    @api.model
    def _absence_row(self, absence):
        name, stand_in = absence.user_id.sudo().name, absence.stand_in_id.sudo().name
        ahead = absence.date_from > self._today()
        if absence.user_id.id != self.env.uid:
            title = (
                self.env._("%s will be away: you are the substitute", name)
                if ahead
                else self.env._("%s is away: you are the substitute", name)
            )
        elif stand_in:
            title = (
                self.env._("You will be away; your substitute: %s", stand_in)
                if ahead
                else self.env._("You are away; your substitute: %s", stand_in)
            )
        else:
            title = (
                self.env._("You will be away and have no substitute")
                if ahead
                else self.env._("You are away and have no substitute")
            )
        first = day_text(self.env, absence.date_from, "d MMM")
        if not absence.date_to:
            when = self.env._("from %s", first)
        else:
            when = f"{first} – {day_text(self.env, absence.date_to, 'd MMM')}"
        return self._row(absence, title, when=when, tone="" if stand_in else "danger")

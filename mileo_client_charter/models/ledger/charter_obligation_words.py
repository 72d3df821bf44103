"""A commitment as text: which one it is, when it is due, and who is named in it, with the names of today."""

from datetime import date, timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ...tools import people
from ...tools.clock import to_local
from ...tools.occurrence import ONBOARDING, event_key, parse_key
from ...tools.past_due import is_past_due
from ..base.charter_format import day_text, local_moments, moment_text
from .charter_obligation import OWED_STATES

DAY = "d MMMM y"


class CharterObligation(models.Model):
    _inherit = "charter.obligation"  # pylint: disable=consider-merging-classes-inherited

    occurrence_text = fields.Char(
        "Which one",
        compute="_compute_occurrence_text",
        groups="base.group_user",
        help="The occurrence in the reader's language, for commitments that come back.",
    )
    due_text = fields.Char("Due", compute="_compute_due_text", groups="base.group_user")

    evidence_text = fields.Text("What shows it", compute="_compute_people_text", groups="base.group_user")
    history_text = fields.Text("Changes", compute="_compute_people_text", groups="base.group_user")

    correction_text = fields.Char("After a correction", compute="_compute_correction_text")

    @api.depends("state", "corrected_at")
    @api.depends_context("lang")
    def _compute_correction_text(self):
        for obligation in self:
            obligation.correction_text = obligation._corrected_words() if obligation.corrected_at else ""

    def _corrected_words(self):
        """Return what a reader is informed of beside the state of a promise whose result was corrected."""
        return {
            "kept": self.env._("Kept after a correction"),
            "late": self.env._("Missed after a correction"),
            "open": self.env._("Not missed any more, after a correction"),
        }.get(self.state, "")

    @api.depends("occurrence")
    @api.depends_context("lang")
    def _compute_occurrence_text(self):
        for obligation in self:
            obligation.occurrence_text = self._occurrence_in_words(obligation.occurrence)

    @api.depends("due_at", "unit")
    @api.depends_context("lang", "tz")
    def _compute_due_text(self):
        for obligation in self:
            obligation.due_text = obligation._due_for_reader()

    @api.model
    def _occurrence_in_words(self, key):
        """Return the key of an occurrence as people read it: “October 2026” for 2026-10, nothing for the only one.

        What only distinguishes rows is no word. A key that is words already, as the version of a charter, stays as
        it is.
        """
        occurrence = parse_key(key)
        if occurrence.subject == ONBOARDING:
            return self.env._("when the contract began")
        if occurrence.number is not None:
            # Cycles of an intervention, tellings of a handover: the first one needs no number.
            return "" if occurrence.number == 1 else self.env._("no. %s", occurrence.number)
        if occurrence.day:
            return day_text(self.env, occurrence.day, DAY)
        if not occurrence.period:
            return event_key(key)
        year, month, quarter = occurrence.period
        if quarter:
            return self.env._("quarter %(quarter)s of %(year)s", quarter=quarter, year=year)
        return day_text(self.env, date(year, month, 1), "MMMM y")

    def _last_day(self):
        """Return the day that ends with the due time, for a promise counted in days or months that is due at midnight; else None.

        “Within 10 days of the end of November” ends as 10 December ends: nobody reads 11 December, 00:00, so.
        """
        self.ensure_one()
        if not self.due_at or self.unit == "hours" or self.due_at.second or self.due_at.minute % 15:
            return None
        local = to_local(self.due_at, self.sudo()._days_tz())
        return None if local.hour or local.minute else local.date() - timedelta(days=1)

    def _days_tz(self):
        """Name of the time zone in which the days of this promise were counted."""
        return self.contract_id.charter_calendar_id.tz or self.company_id._charter_tz()

    def _due_in_words(self, tz=None, pattern="short", day_pattern=DAY):
        """Return the due time in the language of the environment; empty for none.

        :param tz: name of a time zone, the company's by default; a day is that of the promise, wherever it is read
        :param pattern: of a moment
        :param day_pattern: of a day to whose end there is time
        """
        self.ensure_one()
        if not self.due_at:
            return ""
        day = self._last_day()
        if day:
            return day_text(self.env, day, day_pattern)
        tz = tz or self.company_id.sudo()._charter_tz()
        return moment_text(self.env, self.due_at, tz, pattern)

    def _due_for_reader(self):
        """Return the due time for lists and forms of staff: a day, or a moment in the reader's time zone."""
        tz = self.env.context.get("tz") or self.env.user.tz
        return self._due_in_words(tz, pattern=f"{DAY}, HH:mm")

    def _due_text(self):
        """Return the due time for mails to staff and clients, in the company's time zone, or why there is none."""
        self.ensure_one()
        return self._due_in_words() or self.sudo().clock_error or ""

    def _is_past_due(self):
        """Return whether nothing is left of the time of this commitment when a mail about it is written."""
        self.ensure_one()
        return is_past_due(self.due_at, self._charter_now())

    def _due_phrase(self):
        """Return the beginning of a subject: “To do by …”, or “Overdue since …” of what was recorded after its time."""
        self.ensure_one()
        if self._is_past_due():
            return self.env._("Overdue since %s", self._due_text())
        return self.env._("To do by %s", self._due_text())

    @api.model
    def _counts_of(self, client_ids):
        """Return ({client id: commitments that are owed}, {client id: commitments found late}) in one statement."""
        owed, missed = {}, {}
        if not self.has_access("read"):
            return owed, missed
        domain = Domain("partner_id", "in", client_ids) & Domain("state", "in", OWED_STATES)
        for client, state, count, done in self._read_group(
            domain, ["partner_id", "state"], ["__count", "done_at:count"]
        ):
            owed[client.id] = owed.get(client.id, 0) + count - done
            if state == "late":
                missed[client.id] = count
        return owed, missed

    # -- evidence and history name people by a key; who reads them sees the name of today --------------

    @api.depends("evidence", "history")
    @api.depends_context("lang", "tz")
    def _compute_people_text(self):
        texts = [text for row in self for text in (row.evidence, row.history) if text]
        names = self._people_named(texts)
        for row in self:
            row.evidence_text = local_moments(self.env, people.named(row.evidence, names))
            row.history_text = local_moments(self.env, people.named(row.history, names))

    def _charter_sealed_name(self):
        """Return the commitment with the document it comes from, where the reader may see it."""
        name = super()._charter_sealed_name()
        origin = self.env[self.res_model].browse(self.res_id).exists() if self.res_model in self.env else None
        readable = origin and origin._filtered_access("read")
        return f"{name} · {readable.display_name}" if readable else name

    @api.model
    def _people_named(self, texts):
        """Return {(kind, id): present name} of the keys in ``texts``; who reads the promise reads who kept it."""
        wanted = {"contact": set(), "user": set()}
        for text in texts:
            for kind, number in people.KEY.findall(text):
                wanted[kind].add(int(number))
        # A key of a contact that is no more is read as the contact was called then.
        former = {
            ("contact", row.former_id): row.name or row.partner_id.name or ""
            for row in self.env["charter.merged.contact"]
            .sudo()
            .search([("former_id", "in", sorted(wanted["contact"]))])
        }
        return former | {
            (kind, record.id): record.name or ""
            for kind, model in (("contact", "res.partner"), ("user", "res.users"))
            for record in self.env[model].sudo().browse(wanted[kind]).exists()
        }

"""Escalations that need attention: who it is from, an operations manager who is away, an answer that does not come, a client that is
silent (article 03: no dissatisfaction is left without an answer)."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import email_domain_extract
from odoo.tools.sql import escape_psql
from odoo.tools.translate import LazyTranslate

from ...tools.codes import ESCALATION_LEVEL1, ESCALATION_LEVEL2
from ..base.mail_thread import DOUBTED

_lt = LazyTranslate(__name__)

# Days without a word of the client after an answer: then it is asked; then the escalation is closed with that reason.
ASK_AFTER, CLOSE_AFTER = timedelta(days=7), timedelta(days=30)
# Domains of public mailboxes: such a domain does not show which client somebody is a contact of.
PUBLIC_DOMAINS = {
    "gmail.com", "googlemail.com", "outlook.com", "outlook.fr", "hotmail.com", "hotmail.fr", "live.com", "live.fr", "msn.com",
    "yahoo.com", "yahoo.fr", "ymail.com", "icloud.com", "me.com", "mac.com", "aol.com", "gmx.com", "gmx.fr", "gmx.de",
    "proton.me", "protonmail.com", "orange.fr", "wanadoo.fr", "free.fr", "sfr.fr", "neuf.fr", "laposte.net", "bbox.fr",
    "numericable.fr", "mail.com", "zoho.com", "yandex.com",
}  # fmt: skip


class CharterEscalation(models.Model):
    _inherit = "charter.escalation"

    state = fields.Selection(
        selection_add=[("dismissed", "Dismissed")], ondelete={"dismissed": "set default"}
    )
    likely_partner_ids = fields.Many2many(
        "res.partner",
        "charter_escalation_likely_rel",
        "escalation_id",
        "partner_id",
        "Perhaps from",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help=(
            "Clients with contacts in the domain of the sender: their renewal cannot be granted "
            "before this is qualified."
        ),
    )
    qualify_by = fields.Date(
        "To qualify by", readonly=True, copy=False, charter_engine=True, groups="base.group_user"
    )
    reminded_on = fields.Date(readonly=True, copy=False, charter_engine=True, groups="base.group_user")
    offered_at = fields.Datetime(
        "Level 2 offered on", readonly=True, copy=False, charter_engine=True, groups="base.group_user"
    )
    asked_at = fields.Datetime(
        "Client asked on",
        readonly=True,
        copy=False,
        charter_engine=True,
        groups="base.group_user",
        help="When the client was asked whether our answer satisfies it.",
    )
    silent = fields.Boolean(
        "Closed without reaction",
        readonly=True,
        copy=False,
        charter_engine=True,
        groups="base.group_user",
        help="The client has not reacted for a month after our answer; any message opens it again.",
    )
    reopened_count = fields.Integer(
        "Times reopened", readonly=True, copy=False, charter_engine=True, groups="base.group_user"
    )

    # -- who it is from ---------------------------------------------------------------------------

    def _ask_who_it_is(self):
        result = super()._ask_who_it_is()
        self.likely_partner_ids = self._likely_clients(self.email_from)
        self.qualify_by = self.env["charter.word"]._next_working_day(self.company_id, self.raised_at)
        self.activity_ids.write({"date_deadline": self.qualify_by})
        return result

    @api.model
    def _likely_clients(self, sender):
        """Return clients under the charter with a contact in the mail domain of ``sender``; none for a public provider."""
        domain = email_domain_extract(sender or "")
        partners = self.env["res.partner"].sudo()
        if not domain or domain in PUBLIC_DOMAINS:
            return partners
        same = partners.search([("email_normalized", "=like", f"%@{escape_psql(domain)}")])
        contracts = (
            self.env["contract.contract"]
            .sudo()
            .search(
                [
                    ("commercial_partner_id", "in", same.commercial_partner_id.ids),
                    ("charter_tier_id", "!=", False),
                ]
            )
        )
        return contracts.commercial_partner_id

    # -- nobody there -----------------------------------------------------------------------------

    def _give_upwards(self, announce=False):
        """Give what is owed by somebody who is away, without a substitute, to the next level up: level 1 to general management, level 2
        to an administrator of the charter.

        :param announce: notify who has it now; who opens it does so itself
        """
        above = {}
        for escalation in self:
            company = escalation.company_id
            if company not in above:
                answers = self.env["charter.absence"]._answers_today(company)
                vacant = {user for user, holder in answers.items() if not holder}
                stood_in = company._charter_stood_in() if vacant else {}
                above[company] = {user: people[:1] for user, people in stood_in.items() if user in vacant}
            for promise in escalation._charter_owed(ESCALATION_LEVEL1, ESCALATION_LEVEL2):
                user = above[company].get(promise.user_id.id)
                if not user or user == promise.user_id:
                    continue
                before = promise.user_id
                promise._reassign(
                    user,
                    _lt("the operations manager is away, without a substitute")
                    if promise.code == ESCALATION_LEVEL1
                    else _lt("general management is away, without a substitute"),
                )
                promise._move_activities({promise.id: before}, user)
                # A form that is open shows who answers now.
                escalation.invalidate_recordset(["user_id"])
                if announce:
                    promise._charter_announce()

    # -- watching ---------------------------------------------------------------------------------

    @api.model
    def _watch_escalations(self, days):
        """Return what a day's watch of the escalations finds; each is said once a day."""
        now = self._charter_now()
        # A client who answered that it is not satisfied has answered: it is not asked again.
        answered = Domain("state", "=", "answered") & Domain("unsatisfied_at", "=", False)
        silent = answered & Domain("answered_at", "<=", now - CLOSE_AFTER) & Domain("asked_at", "!=", False)
        unasked = answered & Domain("answered_at", "<=", now - ASK_AFTER) & Domain("asked_at", "=", False)

        def waiting(day):
            unsaid = Domain("reminded_on", "=", False) | Domain("reminded_on", "<", day)
            unqualified = Domain("state", "=", "unqualified") & Domain("qualify_by", "<", day) & unsaid
            return Domain.OR([unqualified, Domain("state", "=", "open"), silent, unasked])

        away = self._away_today(days)
        return self.env["charter.word"]._by_day(days, waiting), lambda one, today: one._watch(today, away)

    @api.model
    def _away_today(self, days):
        """Return a function that gives the users who are away today, asked once, and only where an escalation is open."""
        found = []

        def away():
            if not found:
                domain = self.env["charter.word"]._by_day(
                    days,
                    lambda day: (
                        Domain("state", "=", "planned")
                        & Domain("date_from", "<=", day)
                        & (Domain("date_to", "=", False) | Domain("date_to", ">=", day))
                    ),
                )
                found.append(self.env["charter.absence"].sudo().search_fetch(domain, ["user_id"]).user_id)
            return found[0]

        return away

    def _watch(self, today, away):
        """Take the step that is due today on this escalation.

        :param away: function that gives the users who are away today
        """
        if self.state == "unqualified":
            self._remind_to_qualify(today)
        elif self.state == "open":
            if self.user_id in away():
                self._give_upwards(announce=True)
            promise = self._current_promises().get(self.id)
            if self._is_answer_overdue(promise) and self.reminded_on != today:
                self._remind_late(today)
        elif self.asked_at:
            self._close_silent()
        else:
            self._ask_client()

    def _remind_to_qualify(self, today):
        for escalation in self:
            for user in self.env["charter.assignment"]._company_people(
                escalation.company_id, "operations_manager"
            ):
                escalation._charter_remind(
                    user, lambda env, one=escalation: env._("Still to qualify: %s", one.display_name)
                )
            escalation._charter_engine().reminded_on = today

    def _remind_late(self, today):
        """Remind who owes the answer, and general management, every day; offer the client level 2, once."""
        for escalation in self:
            owner = escalation.user_id
            owner = escalation.company_id._charter_stood_in().get(owner.id, owner)
            chiefs = self.env["charter.assignment"]._company_people(
                escalation.company_id, "general_management"
            )
            for user in owner | chiefs:
                escalation._charter_remind(
                    user, lambda env, one=escalation: env._("Not answered yet: %s", one.display_name)
                )
            values = {"reminded_on": today}
            if escalation.level == "1" and not escalation.offered_at and escalation._may_be_written_to():
                escalation._mail_client("mileo_client_charter.mail_escalation_late")
                values["offered_at"] = self._charter_now()
            escalation._charter_engine().write(values)

    def _may_be_written_to(self):
        return not (self.contact_id or self.partner_id)._charter_unreachable(self.partner_id)

    def _ask_client(self):
        """Ask the client, a week after our answer without a word, whether it is satisfied."""
        for escalation in self:
            if escalation._may_be_written_to():
                escalation._mail_client("mileo_client_charter.mail_escalation_ask")
            escalation._charter_engine().asked_at = self._charter_now()

    def _close_silent(self):
        """Close, a month after our answer without a word, with that reason; any word opens it again."""
        for escalation in self:
            escalation._resolve(
                _lt("No reaction from the client for %s days after our answer.", CLOSE_AFTER.days)
            )
            escalation._charter_engine().silent = True

    # -- any word ---------------------------------------------------------------------------------

    def _charter_heard(self, message):
        """Open again what was closed without a word of the client, and give its word to somebody to answer."""
        # An answer to a message of ours is no beginning, also where one of ours noted what had come by another mailbox.
        opening = (
            self.door == "mail"
            and not message.parent_id
            and not (self.message_ids - message).filtered(
                lambda one: one.message_type == "email" and not self._charter_is_ours(one)
            )
        )
        if opening:
            # The mail the escalation began with: its answer is owed already.
            return
        if (self.state == "resolved" and self.silent) or self.state == "dismissed":
            self._reopen_by_word()
        super()._charter_heard(message)

    def _reopen_by_word(self):
        now = self._charter_now()
        escalation = self._charter_engine()
        code = f"escalation.level{escalation.level}"
        count = escalation.reopened_count + 1
        escalation.write(
            {
                "state": "open" if escalation.partner_id else "unqualified",
                "silent": False,
                "resolved_at": False,
                "resolution": False,
                "asked_at": False,
                "reopened_count": count,
            }
        )
        if escalation.partner_id:
            escalation._start_clock(code, now, now)
        else:
            escalation._ask_who_it_is()

    def _charter_word_summary(self, client):
        if self._may_go_to_level2() and self.env.context.get("charter_doubted") is not DOUBTED:
            return _lt("%s wrote: answer, or go to level 2 with its reason", client.display_name)
        return super()._charter_word_summary(client)


class CharterAbsence(models.Model):
    _inherit = "charter.absence"

    @api.model
    def _refresh(self, company):
        """Move escalations that are open with the absence, at its first moment: 24 hours do not wait for the next round."""
        result = super()._refresh(company)
        vacant = [user for user, holder in self._answers_today(company).items() if not holder]
        if vacant:
            owed = (
                self.env["charter.obligation"]
                .sudo()
                .search(
                    [
                        ("company_id", "=", company.id),
                        ("code", "in", (ESCALATION_LEVEL1, ESCALATION_LEVEL2)),
                        ("is_owed", "=", True),
                        ("user_id", "in", vacant),
                    ]
                )
            )
            escalations = self.env["charter.escalation"].sudo().browse(owed.mapped("res_id"))
            escalations._give_upwards(announce=True)
        self.env["charter.escalation"].invalidate_model(["user_id"])
        return result

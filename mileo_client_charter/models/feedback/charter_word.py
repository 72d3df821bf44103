"""Words of a client that nobody has read: each is in somebody's list until it is read, with a day to read it by (article 02)."""

from datetime import timedelta

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import html2plaintext, plaintext2html
from odoo.tools.translate import LazyTranslate

from ...tools.call_asked import asks_for_call
from ...tools.clock import Delay, NoWorkingTime, to_local, to_utc
from ...tools.codes import FEEDBACK_CALLBACK
from ...tools.mail_quote import own_words
from ..base.charter_copy import mail_copy
from ..base.charter_format import day_text
from ..base.client_document import Link

_lt = LazyTranslate(__name__)

ACTIVITY = "mileo_client_charter.activity_word"
SUMMARY_LENGTH = 200


class CharterWord(models.Model):
    """One word of a client that waits to be read: where it is, whose it is to read, by when.

    The words themselves stay where they were said: this row holds none, so that forgetting a person forgets nothing here.
    What has a promise of its own (a call, an answer to an escalation) is in the list of that promise instead.
    """

    _name = "charter.word"
    _description = "Client comment to read"
    _inherit = ["charter.engine.mixin", "charter.link.mixin"]
    _charter_engine_only = True
    _charter_links = {
        "call": Link(14, "mileo_client_charter.link_call", "_link_call_values", "_link_call"),
    }
    _order = "due_on, id"
    _rec_name = "document"

    partner_id = fields.Many2one(
        "res.partner", "Client", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="restrict")
    res_model = fields.Char("Document model", required=True, readonly=True)
    res_id = fields.Many2oneReference("Document no.", model_field="res_model", required=True, readonly=True)
    message_id = fields.Many2one("mail.message", readonly=True, index="btree_not_null", ondelete="set null")
    said_at = fields.Datetime("Reported on", required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", "To read by", required=True, readonly=True, index=True, ondelete="restrict"
    )
    due_on = fields.Date("Due on", required=True, readonly=True, help="The next working day of the company.")
    asks_call = fields.Boolean(
        "Asks for a call",
        readonly=True,
        help="Read from the comment. The client is asked once whether it wants a call; a call is due once it says yes.",
    )
    call_feedback_id = fields.Many2one(
        "charter.feedback", "Call asked for", readonly=True, index="btree_not_null", ondelete="set null"
    )
    read_at = fields.Datetime("Read on", readonly=True)
    read_by_id = fields.Many2one("res.users", "Read by", readonly=True, ondelete="restrict")
    reminded_on = fields.Date("Reminded on", readonly=True)
    document = fields.Char("About", compute="_compute_words")
    words = fields.Text("Client's comment", compute="_compute_words")
    is_late = fields.Boolean("Unread for too long", compute="_compute_is_late")

    _unread_idx = models.Index("(user_id, due_on) WHERE read_at IS NULL")
    _document_idx = models.Index("(res_model, res_id) WHERE read_at IS NULL")

    def _document(self):
        self.ensure_one()
        if self.res_model not in self.env:
            return None
        return self.env[self.res_model].browse(self.res_id).exists() or None

    @api.depends("res_model", "res_id", "message_id")
    @api.depends_context("lang")
    def _compute_words(self):
        for word in self:
            document = word._document()
            readable = document and document.has_access("read")
            word.document = document.display_name if readable else ""
            if not readable:
                word.words = ""
            elif word.message_id:
                word.words = html2plaintext(word.sudo().message_id.body or "").strip()
            else:
                word.words = document._charter_said() if hasattr(document, "_charter_said") else ""

    @api.depends("due_on", "read_at")
    def _compute_is_late(self):
        for word in self:
            today = word.company_id.sudo()._charter_today()
            word.is_late = not word.read_at and word.due_on < today

    # -- hearing ----------------------------------------------------------------------------------

    @api.model
    def _hear(self, document, said_at=None, message=None):
        """Record that a client said something on ``document``: somebody reads it by the next working day.

        :param said_at: naive UTC, now by default  :param message: the mail.message that holds it
        :return: the row, or none for a document that is no client's
        """
        document.ensure_one()
        client, company = document.sudo()._charter_word_about()
        if not client:
            return self.browse()
        said_at = said_at or self._charter_now()
        user = self._reader(document, client, company)
        said = own_words(message.body) if message else document._charter_said()
        word = self._charter_engine().create(
            {
                "partner_id": client.id,
                "company_id": company.id,
                "res_model": document._name,
                "res_id": document.id,
                "message_id": message.id if message else False,
                "said_at": said_at,
                "user_id": user.id,
                "asks_call": asks_for_call(said),
                # What was said days before it was recorded is heard from then on: nothing is late as it is written down.
                "due_on": self._next_working_day(company, max(said_at, self._charter_now())),
            }
        )
        word._put_in_list()
        if message:
            word._ask_about_call(message.author_id)
        return word

    # -- words that ask for a call: the client is asked once, whichever door they came by ---------------

    def _ask_about_call(self, contact):
        """Mail ``contact``, who wrote words that ask for a call, whether we shall call: its yes opens the call-back of article 02.

        A form asks on its own page. Nobody is asked who is not that client's contact, or whose call is owed already.
        """
        self.ensure_one()
        document = self._document()
        if (
            not self.asks_call
            or contact.commercial_partner_id != self.partner_id
            or not contact.email_normalized
        ):
            return
        if document._name == "charter.feedback" and document.followup == "call":
            return
        thread = document.sudo().with_context(lang=contact.lang or self.env.lang)
        word = self.sudo().with_env(thread.env)
        body = thread.env["ir.qweb"]._render(
            "mileo_client_charter.mail_word_call",
            {
                "contact": contact,
                "company": word.company_id,
                "address": word._charter_link("call", contact),
                **word._link_call_values(contact),
            },
        )
        mail_copy(
            thread,
            contact,
            word.company_id,
            thread.env._("%s: shall we call you?", thread.display_name),
            body,
            owed=True,
        )

    def _charter_link_thread(self, contact):
        return self._document()

    def _link_call_values(self, contact):
        day = "" if self.read_at else day_text(self.env, self.due_on, "EEEE d MMMM y")
        return {
            "heading": self.env._("Shall we call you?"),
            "words": own_words(self.message_id.body) if self.message_id else self.words,
            "received": self.env._("We have received your message: we read it by %s.", day)
            if day
            else self.env._("We have received your message."),
            "otherwise": self.env._("Without it, we read your words anyway, by %s.", day) if day else "",
            "delay": self.env["charter.commitment"]._delay_words_in_force(self.company_id, FEEDBACK_CALLBACK),
            "asked": bool(self.call_feedback_id),
        }

    def _link_call(self, contact, form):
        """Open the call the client says it wants: on the feedback it wrote about, else on one of its own words."""
        if self.call_feedback_id:
            return None
        feedback = self._document()
        if feedback is None or feedback._name != "charter.feedback" or not feedback._complete(call_me=True):
            words = self._link_call_values(contact)["words"]
            feedback = self.env["charter.feedback"].sudo()._from_portal(contact, comment=words, call_me=True)
        self._charter_engine().call_feedback_id = feedback
        return " ".join(self._charter_link_said("call", contact))

    def _charter_link_said(self, purpose, contact):
        if not self.call_feedback_id:
            return []
        return [
            self.env._("Recorded: you ask us to call you."),
            *self.call_feedback_id._call_in_words(contact),
        ]

    @api.model
    def _reader(self, document, client, company):
        """Return who answers for what was said: the owner of what the document owes, else the account manager, else operations."""
        owed = (
            self.env["charter.obligation"]
            .sudo()
            .search(
                [("res_model", "=", document._name), ("res_id", "=", document.id), ("user_id", "!=", False)],
                order="id desc",
                limit=1,
            )
        )
        stood_in = company.sudo()._charter_stood_in()
        if owed.user_id.active and document._name == "charter.escalation":
            return stood_in.get(owed.user_id.id, owed.user_id)[:1].sudo()
        assignments = self.env["charter.assignment"].sudo()
        key = (company.id, "account_manager", client.id)
        holder = assignments._holders({key}).get(key)
        users = self.env["res.users"].browse(holder) if holder else assignments.browse().user_id
        users = stood_in.get(users.id, users)[:1] if users else users
        users = users or assignments._company_people(company, "operations_manager")[:1]
        return users.sudo() or self.env.ref("base.user_admin").sudo()

    @api.model
    def _next_working_day(self, company, moment):
        """Return the first working day of ``company`` after the day of ``moment`` (naive UTC)."""
        tz = company._charter_tz()
        tomorrow = to_local(moment, tz).date() + timedelta(days=1)
        start = to_utc(tomorrow, tz)
        question = (start, Delay(0, "hours", "working"), "after")
        [opening] = company.resource_calendar_id.with_company(company)._charter_shift_many([question])
        if isinstance(opening, NoWorkingTime):
            return tomorrow
        return to_local(opening, tz).date()

    def _put_in_list(self):
        """Give one activity a document and reader while something is unread there; later words are put before the others in it."""
        activity_type = self.env.ref(ACTIVITY)
        for word in self:
            document = word.sudo()._document()
            if document is None or "activity_ids" not in document:
                continue
            mine = document.activity_ids.filtered(
                lambda one, user=word.user_id: one.user_id == user and one.activity_type_id == activity_type
            )
            said = plaintext2html((word.words or "")[:SUMMARY_LENGTH])
            if mine and said not in (mine[0].note or "") and len(mine[0].note or "") < 10 * SUMMARY_LENGTH:
                # What came last is read first.
                mine[0].note = Markup("%s%s") % (said, mine[0].note or "")
            elif not mine:
                reader = document.with_context(lang=word.user_id.lang, mail_activity_quick_update=True)
                reader.activity_schedule(
                    ACTIVITY,
                    user_id=word.user_id.id,
                    date_deadline=word.due_on,
                    summary=reader._charter_word_summary(word.partner_id),
                    note=said,
                )

    # -- reading ----------------------------------------------------------------------------------

    def action_read(self):
        """Record that whoever answers for the client has read these words; who and when stays.

        :raise AccessError: not one of the charter's users
        """
        self.check_access("read")
        if not self.env.su and not self.env.user.has_group("mileo_client_charter.group_charter_user"):
            raise AccessError(self.env._("Only the charter's users read what clients say."))
        self._mark_read()

    def _mark_read(self):
        unread = self.filtered(lambda word: not word.read_at)._charter_engine()
        unread.write({"read_at": self._charter_now(), "read_by_id": self.env.uid})
        activity_type = self.env.ref(ACTIVITY)
        for word in unread:
            document = word._document()
            if document is not None and "activity_ids" in document:
                # What is read is in no one's list any more; other words of this document may still wait there.
                waiting = self._unread_of(document).user_id
                document.activity_ids.filtered(
                    lambda one, waiting=waiting: (
                        one.activity_type_id == activity_type and one.user_id not in waiting
                    )
                ).with_context(charter_word_read=True).unlink()

    def _read_in_words(self):
        """Return who reads this word and by when, a sentence in a list; empty where it is read, or there is none."""
        return [
            self.env._(
                "%(who)s reads your words by %(day)s and answers you.",
                who=word.user_id.name,
                day=day_text(self.env, word.due_on, "EEEE d MMMM y"),
            )
            for word in self.sudo()
            if not word.read_at
        ]

    @api.model
    def _unread_of(self, document):
        return self.sudo().search(
            [("res_model", "=", document._name), ("res_id", "in", document.ids), ("read_at", "=", False)]
        )

    @api.model
    def _charter_read_by(self, document):
        """Return for the client by which day the last of its unread words on ``document`` are read, or that this day is over; empty
        when none waits.
        """
        word = self._unread_of(document).sorted("due_on")[-1:]
        if not word:
            return ""
        day = day_text(self.env, word.due_on, "EEEE d MMMM y")
        owed = (
            document.sudo().obligation_ids.filtered("is_owed") if "obligation_ids" in document._fields else ()
        )
        if not word.is_late and any(
            one.due_at and word.company_id._charter_day_at(one.due_at) <= word.due_on for one in owed
        ):
            # The page says when we answer, which is before that day.
            return self.env._("We have received your words.")
        if word.is_late:
            return self.env._(
                "We have received your words. They were to be read by %s and have not been yet: we apologise, and remind "
                "whoever reads them every day.",
                day,
            )
        return self.env._("We have received your words: we read them by %s.", day)

    def action_open_document(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }

    # -- whose they are to read -------------------------------------------------------------------

    @api.model
    def _leave_readers(self, users):
        """Give what ``users``, who are archived, had still to read to whoever answers for it now."""
        for word in self.sudo().search([("read_at", "=", False), ("user_id", "in", users.ids)]):
            document = word._document()
            if document is not None:
                word._pass_on(document)

    def _pass_on(self, document):
        """Put this word in the list of whoever answers for its client today, also where the activity was deleted manually."""
        reader = self._reader(document, self.partner_id, self.company_id)
        if reader != self.user_id:
            self._charter_engine().user_id = reader
        self._put_in_list()

    # -- reminding --------------------------------------------------------------------------------

    @api.model
    def _watch_words(self, days):
        """Give words whose reader has changed to the present one; remind of what is unread past its day, once a day."""

        def waiting(day):
            return Domain("user_id.active", "=", False) | (
                Domain("due_on", "<", day)
                & (Domain("reminded_on", "=", False) | Domain("reminded_on", "<", day))
            )

        unread = Domain("read_at", "=", False) & self._by_day(days, waiting)
        return unread, lambda word, today: word._watch_word(word.company_id, today)

    def _watch_word(self, company, today):
        document = self._document()
        if document is None:
            # What it was said on is gone, with the addon that made it.
            self._mark_read()
            return
        self._pass_on(document)
        if self.due_on < today and self.reminded_on != today:
            self._remind_reader(company, today)

    def _remind_reader(self, company, today):
        """Say once a day to who reads it, and to operations, all that this person has left unread past its day: one mail, not one a comment."""
        reader = self.user_id
        unread = self.sudo().search(
            Domain("read_at", "=", False)
            & Domain("company_id", "=", company.id)
            & Domain("user_id", "=", reader.id)
            & Domain("due_on", "<", today)
        )
        operations = self.env["charter.assignment"]._company_people(company, "operations_manager")
        for user in reader | operations:
            unread._mail_unread(user, reader)
        unread._charter_engine().reminded_on = today

    def _mail_unread(self, user, reader):
        """Remind ``user``, in Odoo or by mail as that user is notified, of these words. :param reader: who has not read them"""
        words = self.with_context(lang=user.lang, mail_notify_force_send=False)
        env = words.env
        kinds = {name: env["ir.model"]._get(name).name for name in set(words.mapped("res_model"))}
        lines = Markup().join(
            Markup('<li><a href="/mail/view?model=%s&amp;res_id=%s">%s</a></li>')
            % (
                word.res_model,
                word.res_id,
                env._(
                    "%(client)s, since %(day)s: %(document)s",
                    client=word.partner_id.display_name,
                    day=day_text(env, word.due_on),
                    document=kinds[word.res_model],
                ),
            )
            for word in words
        )
        if user == reader:
            subject = env._("Client comments you have not read: %s", len(words))
        else:
            subject = env._(
                "Client comments %(reader)s has not read: %(number)s", reader=reader.name, number=len(words)
            )
        env["mail.thread"].message_notify(
            model=self._name,
            res_id=self[0].id,
            partner_ids=user.partner_id.ids,
            subject=subject,
            body=Markup("<p>%s</p><ul>%s</ul>") % (subject, lines),
            author_id=self.company_id.partner_id.id,
            email_layout_xmlid="mail.mail_notification_light",
        )

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import email_normalize, html2plaintext
from odoo.tools.sql import escape_psql
from odoo.tools.translate import LazyTranslate

from ...tools import mail_authentication
from ...tools.words import is_said
from ..base.charter_lock import lock
from ..base.charter_words import Words
from ..base.client_document import Message, Sheet
from ..base.mail_thread import AuthenticationResults

_lt = LazyTranslate(__name__)

# A mail that says it is older came from a clock that is wrong.
MAIL_DELAY = timedelta(days=7)
LEVELS = [("1", "Level 1 · operations manager"), ("2", "Level 2 · general management")]


class CharterEscalation(models.Model):
    """A client's formal complaint, from any door, with the same clock (article 03).

    Level 1 goes to the operations manager; the client accepts the answer or goes to level 2, general
    management, also when level 1 is overdue. It is a complaint until it is resolved, and it is resolved
    only after an answer the client received.
    """

    _name = "charter.escalation"
    # An answer of a machine is no word of a client: it starts no clock (article 03).
    _charter_takes_automatic_mail = False
    _description = "Escalation"
    _inherit = ["charter.said.mixin", "mail.thread", "mail.activity.mixin"]
    _charter_messages = {"answer": Message("mileo_client_charter.mail_escalation_answer", "_record_answer")}
    _charter_export = Sheet(
        "escalations",
        ("reference", "name", "description", "contact_id", "level", "state", "raised_at", "answered_at", "answer",
         "resolved_at", "resolution"),
    )  # fmt: skip
    _charter_retention = "charter_complaints_months"
    _charter_title = "NULLIF(CONCAT_WS(' ', {row}.reference, {row}.name), '')"
    _order = "is_complaint desc, raised_at desc, id desc"
    _mail_post_access = "read"

    reference = fields.Char(readonly=True, copy=False, charter_engine=True)
    name = fields.Char("Subject", required=True, charter_recorded="client")
    description = fields.Text("What happened", charter_recorded="client")
    partner_id = fields.Many2one("res.partner", "Client", index=True, ondelete="restrict")
    contact_id = fields.Many2one("res.partner", ondelete="restrict", charter_recorded="client")
    email_from = fields.Char("Received from", readonly=True, charter_engine=True, groups="base.group_user")
    doubt = fields.Char(
        "Why it waits",
        readonly=True,
        copy=False,
        charter_engine=True,
        groups="base.group_user",
        help="Why a mail that names a client as its sender was not taken as that client's: no clock runs until somebody "
        "has chosen the client, and then it counts from the mail.",
    )
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    contract_id = fields.Many2one("contract.contract", index="btree_not_null", ondelete="restrict")
    feedback_id = fields.Many2one(
        "charter.feedback", index="btree_not_null", ondelete="restrict", charter_recorded="client"
    )
    door = fields.Selection(
        [
            ("portal", "Client portal"),
            ("mail", "E-mail"),
            ("phone", "Phone"),
            ("letter", "Letter or meeting"),
        ],
        "Channel",
        required=True,
        default="phone",
        charter_recorded="client",
    )
    level = fields.Selection(
        LEVELS, required=True, default="1", readonly=True, copy=False, charter_engine=True, tracking=True
    )
    state = fields.Selection(
        [
            ("unqualified", "Client to identify"),
            ("open", "Waiting for our answer"),
            ("answered", "Answered"),
            ("resolved", "Resolved"),
        ],
        required=True,
        default="open",
        readonly=True,
        copy=False,
        charter_engine=True,
        tracking=True,
    )
    is_complaint = fields.Boolean(
        "Formal complaint",
        compute="_compute_is_complaint",
        store=True,
        charter_engine=True,
        help="Until the escalation is resolved.",
    )
    raised_at = fields.Datetime("Recorded on", readonly=True, copy=False, charter_engine=True)
    level2_at = fields.Datetime("Level 2 since", readonly=True, copy=False, charter_engine=True)
    level2_recorded_at = fields.Datetime(
        "Level 2 recorded on", readonly=True, copy=False, charter_engine=True
    )
    level2_reason = fields.Text("Why level 2", readonly=True, copy=False, charter_engine=True)
    answered_at = fields.Datetime(readonly=True, copy=False, charter_engine=True)
    answer = fields.Html("Our answer", readonly=True, copy=False, charter_engine=True)
    resolved_at = fields.Datetime(readonly=True, copy=False, charter_engine=True)
    resolution = Words("How it was resolved", readonly=True, copy=False, charter_engine=True)
    user_id = fields.Many2one(
        "res.users",
        "Answers",
        compute="_compute_user_id",
        search="_search_user_id",
        groups="base.group_user",
    )
    due_at = fields.Datetime("Answer due", compute="_compute_due_at")
    due_text = fields.Char("Answer due by", compute="_compute_due_at", groups="base.group_user")
    time_left = fields.Char(compute="_compute_due_at", groups="base.group_user")
    phone_to_call = fields.Char("Phone", compute="_compute_phone_to_call", groups="base.group_user")

    _complaint_idx = models.Index("(partner_id) WHERE is_complaint")

    # -- readings ---------------------------------------------------------------------------------

    def _charter_origin(self):
        return self.env._("Your escalation"), f"/my/charter/escalation/{self.id}"

    def _charter_said(self):
        return self.description or ""

    def _charter_partner(self):
        self.ensure_one()
        return self.partner_id.commercial_partner_id

    @api.depends("reference", "name")
    def _compute_display_name(self):
        for escalation in self:
            escalation.display_name = f"{escalation.reference or ''} {escalation.name or ''}".strip()

    @api.depends("state")
    def _compute_is_complaint(self):
        for escalation in self:
            escalation.is_complaint = escalation.state not in ("resolved", "dismissed")

    def _current_promises(self):
        """{escalation id: the promise of its present level}, read as the engine."""
        rows = (
            self.env["charter.obligation"]
            .sudo()
            .search_fetch(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("code", "like", "escalation.level"),
                ],
                ["res_id", "due_at", "user_id", "unit", "company_id", "contract_id"],
                order="code, id",
            )
        )
        return {row.res_id: row for row in rows}

    def _compute_user_id(self):
        promises = self._current_promises()
        for escalation in self:
            escalation.user_id = promises[escalation.id].user_id if escalation.id in promises else False

    @api.model
    def _search_user_id(self, operator, value):
        rows = self.env["charter.obligation"].search(
            [("res_model", "=", self._name), ("user_id", operator, value)]
        )
        return [("id", "in", rows.mapped("res_id"))]

    @api.depends("contact_id.phone", "partner_id.phone")
    def _compute_phone_to_call(self):
        for escalation in self:
            escalation.phone_to_call = escalation.contact_id.phone or escalation.partner_id.phone

    @api.depends_context("lang", "tz")
    def _compute_due_at(self):
        promises = self._current_promises()
        for escalation in self:
            promise = escalation.state == "open" and promises.get(escalation.id)
            escalation.due_at = promise and promise.due_at
            escalation.due_text = promise and promise._due_for_reader()
            escalation.time_left = promise and promise.time_left

    @api.constrains("partner_id", "contact_id", "company_id", "contract_id", "feedback_id")
    def _check_client(self):
        for escalation in self:
            client = escalation.partner_id.commercial_partner_id
            if escalation.contact_id and escalation.contact_id.commercial_partner_id != client:
                raise ValidationError(
                    self.env._("Contact: choose a contact of %s.", client.display_name or "—")
                )
            if escalation.contract_id and escalation.contract_id.commercial_partner_id != client:
                raise ValidationError(
                    self.env._("Contract: choose a contract of %s.", client.display_name or "—")
                )
            if escalation.feedback_id and escalation.feedback_id.partner_id != client:
                raise ValidationError(self.env._("Feedback: choose one of %s.", client.display_name or "—"))
            if client.company_id and client.company_id != escalation.company_id:
                raise ValidationError(self.env._("Client: it belongs to another company."))

    # -- raising ----------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Every door ends here, so the clock starts the same from each."""
        vals_list = [self._with_client(vals) for vals in vals_list]
        moments = [self._charter_said_moment(vals.pop("said_at", None)) for vals in vals_list]
        escalations = super().create(vals_list)
        for escalation, said_at in zip(escalations, moments, strict=True):
            engine = escalation._charter_engine()
            now = escalation._charter_now()
            engine.write(
                {
                    "reference": self.env["ir.sequence"].sudo().with_company(escalation.company_id)
                    .next_by_code("charter.escalation"),
                    "raised_at": now,
                    "said_at": said_at,
                    "state": "open" if escalation.partner_id else "unqualified",
                }
            )  # fmt: skip
            if escalation.partner_id:
                engine._start_clock("escalation.level1", said_at, now)
            else:
                engine._ask_who_it_is()
            engine._charter_mark_late(said_at, now, _lt("The escalation"))
        return escalations

    def write(self, vals):
        if self._charter_is_engine() or not vals.keys() & {"partner_id", "company_id"}:
            return super().write(vals)
        for escalation in self:
            if escalation.state != "unqualified":
                # Whom a promise is owed to does not change once it is made.
                self._charter_refuse(vals.keys() & {"partner_id", "company_id"})
        result = super().write(self._with_client(vals))
        for escalation in self.filtered("partner_id"):
            engine = escalation._charter_engine()
            engine.write({"state": "open", "configuration_error": False})
            # The client did not wait for us to know its name: the clock counts from the mail.
            engine._start_clock("escalation.level1", escalation.said_at, escalation._charter_now())
        return result

    @api.model
    def _with_client(self, vals):
        """``vals`` with the client a person named in its place belongs to; the person is the contact."""
        if not vals.get("partner_id"):
            return vals
        partner = self.env["res.partner"].browse(vals["partner_id"])
        person = not partner.is_company and partner.parent_id and not vals.get("contact_id")
        return {
            **vals,
            "partner_id": partner.commercial_partner_id.id,
            **({"contact_id": partner.id} if person else {}),
        }

    def _charter_is_recorded(self, name):
        """The words, from the first moment; whose they are, once the client is identified."""
        return self.state != "unqualified" or name not in ("contact_id", "feedback_id")

    def unlink(self):
        # Said before the access rights, which explain nothing.
        self._unlink_never()
        return super().unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("Escalations are never deleted: answer them, and resolve them with the client.")
        )

    def _start_clock(self, code, moment, recorded, occurrence=""):
        """The promise of a level runs from ``moment``, when the client spoke; ``recorded`` is when we noted it."""
        self.ensure_one()
        if not occurrence:
            # A level that was answered, or taken back, is promised anew when it is asked for again.
            times = self.env["charter.obligation"].sudo().search_count(
                [("res_model", "=", self._name), ("res_id", "=", self.id), ("code", "=", code)]
            )  # fmt: skip
            occurrence = str(times + 1) if times else ""
        opened = self._charter_open_or_explain(code, at=moment, occurrence=occurrence)
        self._charter_note_late(opened, moment, recorded)
        opened._charter_announce()
        # The account manager sees it at once too: the client is theirs.
        manager = self.partner_id.with_company(self.company_id).charter_account_manager_id
        self.message_subscribe(partner_ids=(opened.user_id | manager).partner_id.ids)
        if not (self.contact_id or self.partner_id)._charter_unreachable(self.partner_id):
            self._mail_client("mileo_client_charter.mail_escalation_received")

    def _mail_client(self, template):
        self.env.ref(template).sudo().send_mail_batch(self.ids, email_values={"auto_delete": False})
        self.env["charter.obligation"]._wake_mail_queue()

    def _ask_who_it_is(self):
        """An unknown or doubtful sender: nobody is lost, somebody has to name the client."""
        self.ensure_one()
        sender = self.email_from or "—"
        self.configuration_error = (
            _lt(
                "%(doubt)s Ask the client on a number you know; if it is theirs, choose the client: the clock counts from "
                "the mail.",
                doubt=self.doubt,
            )
            if self.doubt
            else _lt(
                "The sender %s is no known client: choose the client, the clock counts from the mail.", sender
            )
        )
        for user in self.env["charter.assignment"]._company_people(self.company_id, "operations_manager"):
            self.activity_schedule(
                "mileo_client_charter.activity_promise",
                user_id=user.id,
                summary=_lt("Is this escalation really from %s?", sender)
                if self.doubt
                else _lt("Which client is this escalation from?"),
            )

    @api.model
    def _doubt_about(self, company, sender):
        """Why a mail that says it is from ``sender`` is not simply believed, in words; None when it is.

        What our own gateway says of it counts (RFC 8601), where the company has named that gateway; then the number of
        complaints of one address in an hour.
        """
        headers = self.env.context.get("charter_authentication")
        trusted = company.charter_mail_authserv
        if trusted and isinstance(headers, AuthenticationResults):
            failed = mail_authentication.failed(headers, trusted, sender)
            if failed:
                return self.env._(
                    "The mail says it is from %(sender)s, and our mail server says it is not (%(result)s).",
                    sender=sender,
                    result=failed,
                )
        limit = company.charter_hourly_by_user
        since = self._charter_now() - timedelta(hours=1)
        recent = [
            ("door", "=", "mail"),
            ("raised_at", ">", since),
            ("email_from", "ilike", escape_psql(sender)),
        ]
        if limit and sender and self.sudo().search_count(recent, limit=limit) >= limit:
            return self.env._(
                "%(sender)s has sent more than %(limit)s mails within an hour.", sender=sender, limit=limit
            )
        return None

    @api.model
    def _said_in_mail(self, date):
        """When a mail says it was written, naive UTC: a mail box that was fetched late costs the client nothing.

        None for no date, one to come, or one so old that a clock is wrong: then the mail counts from now.
        """
        now, said_at = self._charter_now(), fields.Datetime.to_datetime(date or None)
        return said_at if said_at and now - MAIL_DELAY <= said_at <= now else None

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """An escalation that came by mail, to the alias of the charter.

        :raise AccessError: not called by the mail gateway, which works as superuser
        """
        if not self.env.su:
            raise AccessError(self.env._("Only the mail gateway records what came by mail."))
        sender = email_normalize(msg_dict.get("email_from") or "") or ""
        contact = self.env["res.partner"].browse(msg_dict.get("author_id") or [])
        if not contact and sender:
            contact = self.env["res.partner"].search([("email_normalized", "=", sender)], limit=1)
        internal = contact.user_ids.filtered(lambda user: not user.share)
        client = contact.commercial_partner_id if contact and not internal else contact.browse()
        company = self.env["res.company"].browse(
            (custom_values or {}).get("company_id") or self.env.company.id
        )
        if client:
            company = client.with_company(company)._charter_serving_company()
        values = {
            **(custom_values or {}),
            "name": msg_dict.get("subject") or self.env._("Escalation by e-mail"),
            "description": html2plaintext(msg_dict.get("body") or "").strip(),
            "door": "mail",
            "company_id": company.id,
        }
        said_at = self._said_in_mail(msg_dict.get("date"))
        if said_at:
            values["said_at"] = said_at
        doubt = self._doubt_about(company, sender)
        if doubt:
            values["doubt"] = doubt
        elif client:
            values.update(partner_id=client.id, contact_id=contact.id)
        # The gateway's own values (email_from) are the engine's, not the sender's.
        return super(CharterEscalation, self._charter_engine().with_company(company)).message_new(
            msg_dict, {**values, "email_from": msg_dict.get("email_from")}
        )

    @api.model
    def _from_portal(self, contact, subject, description, feedback=None, call_me=False):
        """The button on the portal; no ticket is needed first.

        :param call_me: the client asks to be called back as well, by its account manager (article 02)

        :raise ValidationError: no words
        """
        description = self._charter_words(description, 10_000, self.env._("What happened"))
        subject = self._charter_words(subject, 200, self.env._("Subject"))
        if not description:
            raise ValidationError(self.env._("What happened: tell us in a few words, so that we can answer."))
        client = contact.commercial_partner_id
        values = {
            "name": subject or self.env._("Escalation by %s", contact.name),
            "description": description,
            "partner_id": client.id,
            "contact_id": contact.id,
            "company_id": client._charter_serving_company().id,
            "feedback_id": feedback.id if feedback else False,
            "door": "portal",
        }
        engine = self._charter_engine()
        # Two clicks on the button, or a page sent again, are one complaint. The client's row is the lock.
        lock(client.sudo())
        just_now = ("raised_at", ">", self._charter_now() - timedelta(minutes=5))
        same = engine.search([*((name, "=", value) for name, value in values.items()), just_now], limit=1)
        if same:
            return same.with_env(self.env)
        escalation = engine.create(values)
        if call_me:
            said = self.env["charter.feedback"]._from_portal(contact, comment=description, call_me=True)
            if not escalation.feedback_id:
                escalation.feedback_id = said
        return escalation.with_env(self.env)

    # -- answering --------------------------------------------------------------------------------

    def action_ask_answer(self):
        self.ensure_one()
        return self.env["charter.message.wizard"]._open_for(self, "answer")

    def _record_answer(self, subject, body):
        """Answer the client, by mail and on the portal; this keeps the promise of the present level.

        :raise ValidationError: not waiting for an answer, or nothing to send
        :raise AccessError: level 2 answered by somebody who does not speak for general management
        """
        self.ensure_one()
        self.check_access("write")
        if self.state != "open":
            raise ValidationError(self.env._("No answer is awaited on %s.", self.display_name))
        self._check_may_answer()
        told = self._charter_write_to_client(self.contact_id or self.partner_id, subject, body)
        escalation = self._charter_engine()
        escalation.write(
            {"state": "answered", "answered_at": self._charter_now(), "answer": told.message.body}
        )
        evidence = _lt(
            "Answered by %(user)s by mail to %(contact)s.",
            user=self.env.user._charter_key(),
            contact=told.people._charter_key(),
        )
        # An answer at level 2 is also the one level 1 still owed.
        for code in ("escalation.level1", "escalation.level2"):
            escalation._charter_fulfil(code, evidence)
        escalation.activity_feedback(["mileo_client_charter.activity_promise"])

    def _check_may_answer(self):
        group = "group_charter_operations" if self.level == "1" else "group_charter_direction"
        if not self.env.user.has_group(f"mileo_client_charter.{group}"):
            raise AccessError(
                self.env._("Level 1 is answered by the operations manager, level 2 by general management.")
            )

    def action_ask_level2(self):
        return self.env["charter.obligation"]._wizard_action(
            "level2", self.env._("The client goes to general management")
        ) | {"context": {"default_operation": "level2", "default_escalation_ids": self.ids}}

    def action_level2(self, reason=None, said_at=None):
        """Staff take the client's word that the answer is not enough.

        :param reason: what the client said; the dialogue asks for it  :param said_at: when, naive UTC; now by default
        :raise ValidationError: no reason, a moment to come, neither answered nor overdue
        """
        for escalation in self:
            escalation.check_access("write")
            if reason is not None and not is_said(reason):
                raise ValidationError(
                    self.env._("Why level 2: write down what the client is not satisfied with.")
                )
            escalation._to_level2(reason, said_at)

    def _may_go_to_level2(self):
        """Whether the client may go to general management, or to it again: after an answer, or once level 1 is overdue."""
        self.ensure_one()
        if self.state == "answered":
            # At level 2 too: what general management answered may not satisfy the client either.
            return True
        if self.level != "1" or self.state != "open":
            return False
        promise = self._current_promises().get(self.id)
        return bool(promise and promise.due_at and promise.due_at < self._charter_now())

    def _to_level2(self, reason=None, said_at=None):
        """The client goes to general management; the clock of level 2 counts from when it said so.

        :raise ValidationError: neither answered nor overdue, or at level 2 already
        """
        self.ensure_one()
        now, said_at = self._charter_now(), self._charter_said_moment(said_at)
        reason = self._charter_words(
            reason, 5_000, self._fields["level2_reason"]._description_string(self.env)
        )
        if said_at < (self.said_at or said_at):
            raise ValidationError(self.env._("Said on: level 2 comes after the escalation itself."))
        escalation = self._charter_engine()
        # Two clicks are one step.
        lock(escalation)
        escalation.invalidate_recordset()
        if not escalation._may_go_to_level2():
            raise ValidationError(
                self.env._("Level 2 comes after an answer at level 1, or once that answer is overdue.")
            )
        escalation.activity_feedback(["mileo_client_charter.activity_promise"])
        escalation.write(
            {
                "level": "2", "level2_at": said_at, "level2_recorded_at": now, "level2_reason": reason,
                "state": "open",
            }
        )  # fmt: skip
        escalation._start_clock("escalation.level2", said_at, now)
        escalation._charter_mark_late(said_at, now, _lt("Level 2"))

    def _client_to_level2(self, reason):
        """The client itself goes on, and says why. :raise ValidationError: no words, or it is not the moment"""
        if not is_said(reason):
            raise ValidationError(
                self.env._("Why level 2: tell our general management in a few words what is still wrong.")
            )
        self._to_level2(reason)

    # -- resolving --------------------------------------------------------------------------------

    def _resolve(self, how):
        """:raise ValidationError: the client has not received an answer"""
        self.ensure_one()
        if self.state != "answered":
            raise ValidationError(
                self.env._("An escalation is resolved once the client has received an answer to it.")
            )
        self._charter_engine().write(
            {"state": "resolved", "resolved_at": self._charter_now(), "resolution": how}
        )

    def action_ask_resolve(self):
        return self.env["charter.obligation"]._wizard_action(
            "resolve", self.env._("The client accepts the answer")
        ) | {"context": {"default_operation": "resolve", "default_escalation_ids": self.ids}}

    def action_resolve(self, how):
        """Staff record that the client accepted the answer, and how they know.

        :raise ValidationError: no words on how, or no answer yet
        """
        for escalation in self:
            escalation.check_access("write")
            if not is_said(how):
                raise ValidationError(
                    self.env._("How do you know: say when and how the client accepted the answer.")
                )
            escalation._resolve(
                _lt("%(how)s (recorded by %(user)s)", how=how.strip(), user=self.env.user.name)
            )

    def _portal_accept(self):
        self.ensure_one()
        lock(self._charter_engine())
        self.invalidate_recordset()
        if self.state == "resolved":
            return
        self._resolve(_lt("Accepted by %s on the portal.", self.env.user.name))

    def _due_text(self):
        promise = self._current_promises().get(self.id)
        return promise._due_text() if promise else ""

    def _charter_thread_partners(self):
        client, sender = super()._charter_thread_partners()
        # Who wrote and is nobody's contact yet can be asked who they are.
        return client, sender if client else self.sudo().email_from

    def _get_portal_url(self):
        self.ensure_one()
        return f"/my/charter/escalation/{self.id}"

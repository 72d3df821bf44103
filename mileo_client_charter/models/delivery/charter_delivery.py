"""Documents delivered to a contact, each with its proof: queueing, failure, second attempts, bounce and opening (articles 01 and 03)."""

from datetime import timedelta

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools.translate import LazyTranslate

from ...tools.links import without_tokens
from ..base.charter_batches import run_isolated
from ..base.charter_engine_links import Links
from ..base.charter_words import Words
from ..base.client_document import Sheet

_lt = LazyTranslate(__name__)

KINDS = [
    ("charter", "Charter"),
    ("contacts", "Contact sheet"),
    ("handover", "Substitute announced"),
    ("notice", "Notice"),
    ("report", "Activity report"),
    ("review", "Minutes of a meeting"),
]
# What counts as delivered, or on its way.
LIVE = ("planned", "queued", "sent")
# A server that refuses a mail is asked again so many times, an hour later each time.
ATTEMPTS = 3


class CharterDelivery(models.Model):
    """Proof that a contact of a client was delivered a document: what, when, by which mail (articles 01 and 03).

    The row and its mail are written in one transaction. The promise it keeps is kept when the mail has left,
    not when it was written. What was sent stays readable here. All moments are naive UTC.
    """

    _name = "charter.delivery"
    _description = "Delivery to a client"
    _inherit = [
        "charter.merge.mixin",
        "charter.keeping.mixin",
        "charter.engine.mixin",
        "charter.own.client.mixin",
        "charter.sealed.mixin",
        "charter.thread.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _charter_engine_only = True
    _charter_merge_rules = {"once_idx": "_charter_merge_deliveries"}
    _charter_export = Sheet(
        "documents",
        ("kind", "subject", "contact_id", "state", "sent_at", "opened_at", "acknowledged_at", "fingerprint"),
    )
    _charter_retention = "charter_bodies_months"
    _charter_seal_when = "{row}.state = 'sent'"
    _charter_seal_columns = (
        "company_id", "kind", "partner_id", "contact_id", "res_model", "res_id", "obligation_id", "state", "fingerprint",
        "subject", "body", "email", "sent_at", "acknowledged_at",
    )  # fmt: skip
    _charter_seal_label = "concat_ws(' ', {row}.kind, {row}.state, {row}.sent_at::date)"
    _order = "id desc"
    _rec_name = "subject"

    kind = fields.Selection(KINDS, required=True, readonly=True)
    partner_id = fields.Many2one("res.partner", "Client", required=True, ondelete="restrict", readonly=True)
    contact_id = fields.Many2one(
        "res.partner",
        ondelete="restrict",
        readonly=True,
        index="btree_not_null",
        help="Empty: no one to write to.",
    )
    company_id = fields.Many2one("res.company", required=True, ondelete="restrict", readonly=True)
    res_model = fields.Char("Document model", readonly=True, groups="base.group_user")
    res_id = fields.Many2oneReference(
        "Document", model_field="res_model", readonly=True, groups="base.group_user"
    )
    run_id = fields.Many2one(
        "charter.delivery.run",
        ondelete="restrict",
        index="btree_not_null",
        readonly=True,
        groups="base.group_user",
    )
    state = fields.Selection(
        [
            ("planned", "Planned"),
            ("queued", "In the outbox"),
            ("sent", "Sent"),
            ("failed", "Not delivered"),
            ("withdrawn", "Withdrawn"),
        ],
        required=True,
        default="planned",
        readonly=True,
    )
    subject = fields.Char(readonly=True)
    # As it was sent, with what opens in the reader's name: for nobody to read but the mail server.
    body = fields.Html("Message as sent", readonly=True, sanitize=False, groups="base.group_system")
    letter = fields.Html(
        "What was sent",
        compute="_compute_letter",
        compute_sudo=True,
        sanitize=False,
        help="The message as it was sent; the addresses that open in its reader's name are left out.",
    )
    attachment_ids = Links("ir.attachment", readonly=True)
    fingerprint = fields.Char(readonly=True, help="Identifies what was delivered.")
    reason = Words("Why late", readonly=True)
    email = fields.Char("Sent to", readonly=True, groups="base.group_user")
    mail_id = fields.Many2one(
        "mail.mail",
        "Email",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
        groups="base.group_system",
    )
    mail_message_id = fields.Many2one(
        "mail.message",
        "Message",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
        groups="base.group_user",
    )
    queued_at = fields.Datetime("Written on", readonly=True, groups="base.group_user")
    sent_at = fields.Datetime(readonly=True)
    opened_at = fields.Datetime("Opened on the portal", readonly=True)
    acknowledged_at = fields.Datetime(readonly=True)
    failed_at = fields.Datetime(readonly=True, groups="base.group_user")
    failure = Words("Why it was not delivered", readonly=True, groups="base.group_user")
    attempts = fields.Integer(readonly=True, groups="base.group_user")

    # One delivery of one promise to one contact, whatever is killed or run twice.
    _once_idx = models.UniqueIndex(
        "(obligation_id, contact_id) WHERE obligation_id IS NOT NULL AND state IN ('planned', 'queued', 'sent') "
        "AND COALESCE(merged_from, 0) = 0",
        "This contact has this document already, or it is queued.",
    )
    _planned_idx = models.Index("(run_id, id) WHERE state = 'planned'")
    _client_idx = models.Index("(partner_id, kind, id)")
    # Its number by state, on the client's first page, from the index alone.
    _state_idx = models.Index("(partner_id, state)")

    @api.depends("body")
    def _compute_letter(self):
        for delivery in self:
            delivery.letter = Markup(without_tokens(delivery.body)) if delivery.body else False  # noqa: S704  (our own template)

    @api.depends("subject", "kind")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for delivery in self:
            delivery.display_name = delivery.subject or labels.get(delivery.kind, "")

    # -- recipients -------------------------------------------------------------------------------

    @api.model
    def _recipients_of(self, clients, kind=None):
        """Return {client: the contacts its documents are delivered to}; empty where nobody has an address. One query.

        :param kind: what is sent, as a contact may refuse it (``_charter_document_recipients``)
        """
        people = self.env["res.partner"]
        found = people._charter_document_recipients(clients.ids, kind)
        return {client: people.browse(found.get(client.id, [])) for client in clients}

    @api.model
    def _check_recipients(self, client, kind):
        """Return the contacts documents are delivered to. :raise UserError: there is none, with what to do"""
        recipients = self._recipients_of(client, kind)[client]
        if not recipients:
            raise UserError(
                self.env._(
                    "%s has no contact with an email address: add one to the client, then send.",
                    client.display_name,
                )
            )
        return recipients

    # -- writing ----------------------------------------------------------------------------------

    @api.model
    def _queue(self, requests):
        """Queue documents for delivery, many at once: a row and a mail each, in the present transaction.

        :param requests: list of dicts: ``kind``, ``partner_id`` (the client), ``contact_id``, ``company_id``,
            ``subject``, ``body`` (HTML) and optionally ``res_model``, ``res_id``, ``obligation_id``, ``fingerprint``,
            ``reason``, ``attachments`` (list of (name, bytes)), ``attachment_ids`` (shared ones)
        :return: charter.delivery in the order of the requests; those whose contact has no valid address are
            ``failed`` and say why
        """
        rows, files = [], []
        for request in requests:
            row = dict(request, state="planned")
            files.append(row.pop("attachments", ()))
            row["attachment_ids"] = [fields.Command.set(row.pop("attachment_ids", ()))]
            rows.append(row)
        # No log of its making: the row is one.
        deliveries = self._charter_engine().with_context(tracking_disable=True).create(rows)
        attached = [
            {"name": name, "raw": content, "res_model": self._name, "res_id": delivery.id}
            for delivery, own in zip(deliveries, files, strict=True)
            for name, content in own
        ]
        deliveries.attachment_ids._charter_freeze()
        for attachment in self.env["ir.attachment"]._charter_create_frozen(attached):
            deliveries.browse(attachment.res_id).attachment_ids = [fields.Command.link(attachment.id)]
        deliveries._mail()
        return deliveries

    def _mail(self):
        """Write the mails of these rows and put them in the outbox, in as few statements as possible."""
        now = self._charter_now()
        engine = self._charter_engine()
        contacts = engine.contact_id
        contacts.fetch(["email_normalized", "email", "name", "active", "commercial_partner_id"])
        reachable = engine.browse()
        for delivery in engine:
            # Days may have passed since it was planned: who has left the client since is written nothing.
            why = delivery.contact_id._charter_unreachable_term(delivery.partner_id)
            if why:
                delivery._fail(why)
            else:
                reachable |= delivery
        replies = reachable._notify_get_reply_to(default=None)
        mails = (
            self.env["mail.mail"]
            .sudo()
            .with_context(mail_notify_force_send=False)
            .create(
                [
                    {
                        "model": self._name,
                        "res_id": delivery.id,
                        "subject": delivery.subject,
                        "body_html": delivery.body,
                        "body": delivery.body,
                        "email_from": delivery.company_id.email_formatted or self.env.user.email_formatted,
                        # An answer comes back to this row, and reaches who is in charge (charter.word).
                        "reply_to": replies.get(delivery.id)
                        or delivery.company_id.email_formatted
                        or self.env.user.email_formatted,
                        "author_id": delivery.company_id.partner_id.id,
                        "recipient_ids": [fields.Command.set(delivery.contact_id.ids)],
                        "attachment_ids": [fields.Command.set(delivery.attachment_ids.ids)],
                        "auto_delete": False,
                        "is_notification": False,
                    }
                    for delivery in reachable
                ]
            )
        )
        for delivery, mail in zip(reachable, mails, strict=True):
            delivery.write(
                {
                    "state": "queued",
                    "queued_at": now,
                    "mail_id": mail.id,
                    "mail_message_id": mail.mail_message_id.id,
                    "email": ", ".join(delivery.contact_id._charter_addresses()),
                    "attempts": delivery.attempts + 1,
                    "failure": False,
                }
            )
        if mails:
            self.env["charter.obligation"]._wake_mail_queue()

    def _fail(self, why):
        self._charter_engine().write({"state": "failed", "failed_at": self._charter_now(), "failure": why})

    def _not_to(self, addresses):
        """Say which addresses of the contact did not get what another one did; it is delivered anyway."""
        self._charter_engine().write({"failure": _lt("Not taken by the server for: %s", addresses)})

    def _withdraw(self):
        self.filtered(lambda delivery: delivery.state == "planned")._charter_engine().write(
            {"state": "withdrawn"}
        )

    # -- what becomes of the mail -----------------------------------------------------------------

    def _mail_left(self):
        """Record that the mail has left: the document is delivered from then on, and its promise kept."""
        now = self._charter_now()
        for delivery in self._charter_engine().filtered(lambda one: one.state in ("queued", "failed")):
            twins = delivery._twins() if delivery.state == "failed" else delivery.browse()
            if twins.filtered(lambda twin: twin.state == "sent"):
                # It left twice: the other one is the proof, and this row says what became of it.
                delivery._call_off(_lt("The same document had left already."))
                continue
            twins._call_off(_lt("The same document left with another email."))
            # The mail goes to the address the contact has when it leaves, not to the one it had when it was written.
            email = ", ".join(delivery.contact_id._charter_addresses())
            delivery.write(
                {"state": "sent", "sent_at": now, "email": email, "failure": False, "failed_at": False}
            )
            if delivery.obligation_id:
                delivery._charter_keep(
                    _lt(
                        "Email to %(contact)s: %(subject)s",
                        contact=delivery.contact_id._charter_key(),
                        subject=delivery.subject,
                    )
                )

    def _bounced(self, why):
        """Record that the mail came back after it had left. The promise stays as it is kept; the sheet is to be sent again."""
        self.filtered(lambda delivery: delivery.state in ("queued", "sent"))._fail(
            _lt("Came back: %s", (why or "").strip()[:300] or _lt("no reason given"))
        )

    @api.model
    def _retry_failed(self, now):
        """Ask the mail server again for what it refused, at most ``ATTEMPTS`` times, one hour between two attempts."""
        refused = self.sudo().search(
            [
                ("state", "=", "failed"),
                ("mail_id.state", "=", "exception"),
                ("attempts", "<", ATTEMPTS),
                ("failed_at", "<=", now - timedelta(hours=1)),
            ]
        )
        if refused:
            run_isolated(refused, lambda rows: rows._ask_again(), lambda row, why: row._give_up(why))
            self.env["charter.obligation"]._wake_mail_queue()

    def _ask_again(self):
        """Put deliveries back into the outbox; what has gone out by another mail since, or is owed no more, is called off instead."""
        for delivery in self._charter_engine():
            if delivery._twins():
                delivery._call_off(_lt("The same document is queued with another email."))
            elif delivery.obligation_id and not delivery.obligation_id.is_owed:
                delivery._call_off(_lt("The commitment no longer applies."))
            else:
                delivery.mail_id.mark_outgoing()
                delivery.write({"state": "queued", "attempts": delivery.attempts + 1})

    def _give_up(self, why):
        """Stop trying what cannot even be asked again: it is listed, with why."""
        self._charter_engine().write({"attempts": ATTEMPTS, "failure": why})

    def _twins(self):
        """Find other deliveries of the same promise to the same contact that have left or are on their way."""
        self.ensure_one()
        if not self.obligation_id:
            return self.browse()
        return self._charter_engine().search(
            [
                ("obligation_id", "=", self.obligation_id.id),
                ("contact_id", "=", self.contact_id.id),
                ("state", "in", LIVE),
                ("id", "!=", self.id),
                ("merged_from", "in", (False, 0)),
            ]
        )

    def _call_off(self, why):
        """Keep what has not left from leaving; the row says why."""
        for delivery in self._charter_engine().filtered(lambda one: one.state != "sent"):
            if delivery.mail_id.sudo().state in ("outgoing", "exception"):
                delivery.mail_id.sudo().cancel()
            delivery.write({"state": "withdrawn", "failure": why})

    def action_retry(self):
        """Send again what was not delivered, to the contact's present address.

        :raise ValidationError: delivered, or on its way  :raise AccessError: not of the charter's team
        """
        if not self.env.user.has_group("mileo_client_charter.group_charter_user"):
            raise AccessError(self.env._("Only the charter's users can send a document again."))
        self.check_access("read")
        for delivery in self:
            if delivery.state != "failed":
                raise ValidationError(self.env._("“%s” has been sent already.", delivery.display_name))
            why = delivery.contact_id._charter_unreachable(delivery.partner_id)
            if why:
                raise ValidationError(why)
        self._mail()

    def action_open_client(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": (self.contact_id or self.partner_id).id,
            "view_mode": "form",
        }

    # -- two contacts that become one ---------------------------------------------------------------

    @api.model
    def _charter_merge_deliveries(self, groups, merge):
        """Keep what has left twice as two deliveries; what has not left yet leaves once."""
        order = ["sent", "queued", "planned"]
        for group in groups:
            _kept, *others = group.sorted(
                lambda row: (order.index(row.state), row.contact_id.id != merge.target, row.id)
            )
            for other in self.browse([row.id for row in others]):
                other._charter_set_aside(merge, "contact_id")
                mail = other.mail_id
                if other.state == "planned" or (other.state == "queued" and mail.state == "outgoing"):
                    mail.cancel()
                    other._charter_engine().state = "withdrawn"

    # -- the client's side ------------------------------------------------------------------------

    def _opened_by(self, contact):
        """Record that ``contact`` has read this on the portal; the first time counts, and nobody else's reading does."""
        own = self.filtered(
            lambda one: one.contact_id == contact and not one.opened_at and one.state in ("queued", "sent")
        )
        if own:
            own._charter_engine().write({"opened_at": self._charter_now()})

    def _acknowledged_by(self, contact):
        """Record that ``contact`` says it has received this. :raise ValidationError: it was delivered to somebody else"""
        self.ensure_one()
        if self.contact_id != contact:
            raise ValidationError(
                self.env._("This document was delivered to %s.", self.contact_id.name or "—")
            )
        self._opened_by(contact)
        if not self.acknowledged_at:
            self._charter_engine().write({"acknowledged_at": self._charter_now()})

"""Escalations: how one is raised at either level by any way, whose time limit starts, and when it is a complaint (article 03)."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools.translate import LazyTranslate

from ...tools.codes import ESCALATION_LEVEL1, ESCALATION_LEVEL2
from ..base.charter_words import Words
from ..base.client_document import Message, Sheet
from .charter_only_choice import fill_only_choices

_lt = LazyTranslate(__name__)

LEVELS = [("1", "Level 1 · operations manager"), ("2", "Level 2 · general management")]

# What is read of the promise of each, and in which order: the last is that of the present level.
LEVEL_CODES = (ESCALATION_LEVEL1, ESCALATION_LEVEL2)
PROMISE_FIELDS = ["res_id", "due_at", "user_id", "unit", "company_id", "contract_id"]
PROMISE_ORDER = "code, id"


class CharterEscalation(models.Model):
    """A client's formal complaint, from any door, with the same clock (article 03).

    Level 1 goes to the operations manager; the client accepts the answer or goes to level 2, general
    management, also when level 1 is overdue. It is a complaint until it is resolved, and it is resolved
    only after an answer the client received.
    """

    _name = "charter.escalation"
    # An answer of a machine is no word of a client: it starts no clock (article 03).
    _charter_takes_automatic_mail = False
    # By which Odoo's own brake sees that one sender opens one after the other.
    _primary_email = "email_from"
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
    partner_id = fields.Many2one("res.partner", "Client", ondelete="restrict")
    contact_id = fields.Many2one("res.partner", ondelete="restrict", charter_recorded="client")
    email_from = fields.Char("Received from", readonly=True, charter_engine=True, groups="base.group_user")
    doubt = Words(
        "Why it waits",
        readonly=True,
        copy=False,
        charter_engine=True,
        groups="base.group_user",
        help="Why an email that names a client as its sender was not accepted as that client's: no "
        "time limit runs until someone has chosen the client, and then it runs from the email.",
    )
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    contract_id = fields.Many2one("contract.contract", index="btree_not_null", ondelete="restrict")
    feedback_id = fields.Many2one(
        "charter.feedback", index="btree_not_null", ondelete="restrict", charter_recorded="client"
    )
    door = fields.Selection(
        [
            ("portal", "Client portal"),
            ("mail", "Email"),
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
    unsatisfied_at = fields.Datetime(
        "Not satisfied with level 2 since",
        readonly=True,
        copy=False,
        charter_engine=True,
        help="When the client said that the answer of general management does not satisfy it. There is no third level: "
        "general management reads why, and may answer again.",
    )
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

    _charter_said_runs = (ESCALATION_LEVEL1, "raised_at", "answered_at")
    _complaint_idx = models.Index("(partner_id) WHERE is_complaint")
    # Of a client, and its number by state on its first page from the index alone.
    _client_idx = models.Index("(partner_id, state)")
    # The client's first page has the last three of its thousands, complaints first: the order is the index.
    _first_idx = models.Index("(partner_id, (COALESCE(is_complaint, FALSE)), id)")

    # -- readings ---------------------------------------------------------------------------------

    @api.onchange("partner_id")
    def _onchange_only_choices(self):
        fill_only_choices(self)

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
        """Return {escalation id: the promise of its present level}, read as the engine."""
        rows = self._charter_promises(*LEVEL_CODES, fetch=PROMISE_FIELDS, order=PROMISE_ORDER)
        return {row.res_id: row for row in rows}

    def _is_answer_overdue(self, promise):
        """Return whether the client still waits for the answer of its present level, and ``promise`` of it is past due."""
        self.ensure_one()
        return self.state == "open" and bool(promise) and promise._is_past_due()

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
        """Create escalations: every channel ends here, so the clock starts the same from each."""
        vals_list = [self._with_client(vals) for vals in vals_list]
        moments = [self._charter_said_moment(vals.pop("said_at", None)) for vals in vals_list]
        escalations = super().create(vals_list)
        for escalation, said_at in zip(escalations, moments, strict=True):
            engine = escalation._charter_engine()
            now = escalation._charter_now()
            engine.write(
                {
                    "reference": self.env["ir.sequence"]
                    .sudo()
                    .with_company(escalation.company_id)
                    .next_by_code("charter.escalation"),
                    "raised_at": now,
                    "said_at": said_at,
                    "state": "open" if escalation.partner_id else "unqualified",
                }
            )
            if escalation.partner_id:
                engine._start_clock(ESCALATION_LEVEL1, said_at, now)
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
            engine._start_clock(ESCALATION_LEVEL1, escalation.said_at, escalation._charter_now())
        return result

    @api.model
    def _with_client(self, vals):
        """Return ``vals`` with the client a person named in its place belongs to; the person is the contact."""
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
        """Return the words, from the first moment; whose they are, once the client is identified."""
        return self.state != "unqualified" or name not in ("contact_id", "feedback_id")

    @api.model
    def _charter_recorded_when(self):
        identified = "{row}.state <> 'unqualified'"
        return super()._charter_recorded_when() | dict.fromkeys(("contact_id", "feedback_id"), identified)

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
        """Start the promise of a level at ``moment``, when the client spoke; ``recorded`` is when we noted it."""
        self.ensure_one()
        if not occurrence:
            # A level that was answered, or taken back, is promised again when it is asked for again.
            times = len(self._charter_promises(code))
            occurrence = str(times + 1) if times else ""
        opened = self._charter_open_or_explain(code, at=moment, occurrence=occurrence)
        self._charter_note_late(opened, moment, recorded)
        self._give_upwards()
        opened._charter_announce()
        # The account manager sees it at once too: the client is theirs.
        manager = self.partner_id.with_company(self.company_id).charter_account_manager_id
        self.message_subscribe(partner_ids=(opened.user_id | manager).partner_id.ids)
        if not (self.contact_id or self.partner_id)._charter_unreachable(self.partner_id):
            self._mail_client("mileo_client_charter.mail_escalation_received")

    def _charter_received_words(self):
        """Return what the subject of the email says that informs the client its escalation is being handled: which step it is."""
        self.ensure_one()
        codes = (ESCALATION_LEVEL1, ESCALATION_LEVEL2)
        if len(self._charter_promises(codes[self.level == "2"])) > 1:
            return self.env._("we are dealing with it again, %s", self._due_text())
        if self.level == "2":
            return self.env._("it is with our general management")
        return self.env._("we have received your escalation")

    def _mail_client(self, template):
        self.env.ref(template).sudo().send_mail_batch(self.ids, email_values={"auto_delete": False})
        self.env["charter.obligation"]._wake_mail_queue()

    # -- resolving --------------------------------------------------------------------------------

    def _due_text(self):
        promise = self._current_promises().get(self.id)
        words = promise and promise._due_in_words(None, "EEEE d MMMM y, HH:mm")
        return words or (promise and promise._due_text()) or ""

    def _charter_thread_partners(self):
        client, sender = super()._charter_thread_partners()
        # Who wrote and is no one's contact yet can be asked who they are.
        return client, sender if client else self.sudo().email_from

    def _get_portal_url(self):
        self.ensure_one()
        return f"/my/charter/escalation/{self.id}"

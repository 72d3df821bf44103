import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_date
from odoo.tools.translate import LazyTranslate

from ...tools import nps as nps_rules
from ...tools.words import is_said, is_sentence, trimmed
from ..base.charter_lock import lock
from ..base.charter_words import Words
from ..base.client_document import Message, Sheet

_lt = LazyTranslate(__name__)

COMMENT_LENGTH = 5000
# Why a call is due (article 02), the first that holds: a low rating, a problem reported to us, a call asked for.
LOW_RATING, REPORTED, ASKED_FOR = "rating", "problem", "asked"


class CharterFeedback(models.Model):
    """What a client said, or was asked: invitation and answer in one row (article 02).

    A negative answer, or a report made directly to the company, is called back within the charter's delay,
    and the client is told the outcome. Neither step can be skipped.
    """

    _name = "charter.feedback"
    _description = "Feedback"
    _inherit = ["charter.merge.mixin", "charter.said.mixin", "mail.thread", "mail.activity.mixin"]
    _charter_merge_rules = {"invited_once": "_charter_merge_invitations"}
    _charter_messages = {
        "outcome": Message(
            "mileo_client_charter.mail_feedback_outcome",
            "_record_outcome",
            ("understanding", "corrective_action_ids.name"),
        )
    }
    _charter_export = Sheet(
        "feedback",
        ("channel", "contact_id", "state", "sent_at", "said_at", "answered_at", "rating", "nps", "comment", "call_reason",
         "called_at", "call_recorded_at", "outcome_at", "outcome"),
        given=(("rating", "rating"), ("nps", "nps_answered")),
    )  # fmt: skip
    _charter_retention = "charter_words_months"
    _order = "answered_at desc nulls last, id desc"
    _mail_post_access = "read"

    name = fields.Char(compute="_compute_name")
    channel = fields.Selection(
        [
            ("survey", "Survey"),
            ("interview", "Interview"),
            ("portal", "Client portal"),
            ("direct", "Direct report"),
        ],
        required=True,
        default="direct",
        readonly=True,
    )
    partner_id = fields.Many2one("res.partner", "Client", required=True, index=True, ondelete="restrict")
    contact_id = fields.Many2one("res.partner", index=True, ondelete="restrict", charter_recorded="client")
    phone_to_call = fields.Char("Phone", compute="_compute_phone_to_call", groups="base.group_user")
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    contract_id = fields.Many2one("contract.contract", index="btree_not_null", ondelete="restrict")
    intervention_id = fields.Many2one(
        "charter.intervention", index="btree_not_null", ondelete="restrict", readonly=True
    )
    closing_cycle = fields.Integer(readonly=True, charter_engine=True, groups="base.group_user")
    state = fields.Selection(
        [
            ("planned", "Planned"),
            ("sent", "Sent"),
            ("answered", "Answered"),
            ("expired", "Expired"),
            ("skipped", "Not sent"),
            ("failed", "Not delivered"),
        ],
        required=True,
        default="planned",
        readonly=True,
        copy=False,
        charter_engine=True,
        tracking=True,
    )
    # The invitation
    token = fields.Char(readonly=True, copy=False, charter_engine=True, groups="base.group_system")
    planned_at = fields.Datetime(readonly=True, copy=False, charter_engine=True, groups="base.group_user")
    sent_at = fields.Datetime(readonly=True, copy=False, charter_engine=True)
    reminded_at = fields.Datetime(readonly=True, copy=False, charter_engine=True, groups="base.group_user")
    expires_at = fields.Datetime(readonly=True, copy=False, charter_engine=True)
    skip_reason = Words(readonly=True, copy=False, charter_engine=True, groups="base.group_user")
    ask_nps = fields.Boolean(
        readonly=True, copy=False, charter_engine=True, default=True, groups="base.group_user"
    )
    # The answer: when it was recorded; when it was given is ``said_at``.
    answered_at = fields.Datetime(readonly=True, copy=False, charter_engine=True)
    rating = fields.Integer(
        readonly=True, copy=False, charter_engine=True, charter_recorded="client", aggregator="avg",
        help="1 to 5; 0: none.",
    )  # fmt: skip
    nps = fields.Integer(
        "Would recommend (0–10)", readonly=True, copy=False, charter_engine=True, charter_recorded="client",
        aggregator="avg",
    )  # fmt: skip
    nps_answered = fields.Integer("NPS answers", readonly=True, copy=False, charter_engine=True)
    promoter = fields.Integer("Promoters", readonly=True, copy=False, charter_engine=True)
    detractor = fields.Integer("Detractors", readonly=True, copy=False, charter_engine=True)
    comment = fields.Text(copy=False, charter_engine=True, charter_recorded="client")
    answer_ip = fields.Char(
        "Answered from", readonly=True, copy=False, charter_engine=True, groups="base.group_user"
    )
    answer_agent = fields.Char(
        "Browser", readonly=True, copy=False, charter_engine=True, groups="base.group_user"
    )
    negative = fields.Boolean(
        readonly=True, copy=False, charter_engine=True,
        help="The rating is below the threshold of the charter that was in force.",
    )  # fmt: skip
    call_reason = fields.Selection(
        [
            (LOW_RATING, "Rating below the threshold"),
            (REPORTED, "Problem reported"),
            (ASKED_FOR, "Call requested"),
        ],
        "Reason for the call-back",
        readonly=True,
        copy=False,
        charter_engine=True,
        help="Empty: no call-back is due.",
    )
    threshold = fields.Integer(
        readonly=True, copy=False, charter_engine=True, groups="base.group_user",
        help="The mark below which the charter in force promised a call.",
    )  # fmt: skip
    # The callback
    followup = fields.Selection(
        [
            ("none", "No call due"),
            ("call", "To call"),
            ("tell", "To tell the outcome"),
            ("told", "Client told"),
        ],
        compute="_compute_followup",
        store=True,
        charter_engine=True,
    )
    called_at = fields.Datetime("Call held at", readonly=True, copy=False, charter_engine=True)
    call_recorded_at = fields.Datetime("Call recorded at", readonly=True, copy=False, charter_engine=True)
    called_by_id = fields.Many2one(
        "res.users", "Called by", readonly=True, copy=False, charter_engine=True, groups="base.group_user"
    )
    understanding = fields.Text(
        "What was understood", readonly=True, copy=False, charter_engine=True, groups="base.group_user"
    )
    apology = fields.Selection(
        [("made", "Due, and made"), ("not_due", "Not due")],
        "Apologies",
        readonly=True,
        copy=False,
        charter_engine=True,
        groups="base.group_user",
    )
    corrective_action_ids = fields.One2many(
        "charter.corrective.action", "feedback_id", "Corrective actions", groups="base.group_user"
    )
    no_action_reason = fields.Char(
        "Why no corrective action", readonly=True, copy=False, charter_engine=True, groups="base.group_user"
    )
    # The outcome
    outcome_at = fields.Datetime("Client told at", readonly=True, copy=False, charter_engine=True)
    outcome = fields.Html("What the client was told", readonly=True, copy=False, charter_engine=True)
    escalation_ids = fields.One2many(
        "charter.escalation", "feedback_id", "Escalations", groups="base.group_user"
    )

    _token_unique = models.UniqueIndex("(token) WHERE token IS NOT NULL")
    _invited_once = models.UniqueIndex(
        "(intervention_id, closing_cycle, contact_id) WHERE channel = 'survey' AND COALESCE(merged_from, 0) = 0",
        "This contact has been invited already for this closing.",
    )
    _planned_idx = models.Index("(planned_at) WHERE state = 'planned'")
    _sent_idx = models.Index("(expires_at) WHERE state = 'sent'")
    _contact_sent_idx = models.Index("(contact_id, sent_at) WHERE sent_at IS NOT NULL")
    _rating_range = models.Constraint("CHECK (rating BETWEEN 0 AND 5)", "Rating: choose a mark from 1 to 5.")
    _nps_range = models.Constraint(
        "CHECK (nps BETWEEN 0 AND 10)", "Would recommend: choose a figure from 0 to 10."
    )

    # -- readings ---------------------------------------------------------------------------------

    def _charter_partner(self):
        self.ensure_one()
        return self.partner_id.commercial_partner_id

    def _charter_origin(self):
        return self.env._("Your feedback"), f"/my/charter/feedback/{self.id}"

    def _charter_said(self):
        return self.comment or ""

    @api.depends("channel", "intervention_id", "partner_id", "answered_at", "planned_at")
    @api.depends_context("lang", "tz")
    def _compute_name(self):
        labels = dict(self._fields["channel"]._description_selection(self.env))
        for feedback in self:
            moment = feedback.answered_at or feedback.sent_at or feedback.create_date
            parts = [
                labels.get(feedback.channel),
                # A client sees the summary of its own intervention.
                feedback.sudo().intervention_id.name,
                moment and format_date(self.env, fields.Datetime.context_timestamp(feedback, moment).date()),
            ]
            feedback.name = " · ".join(part for part in parts if part)

    @api.depends("contact_id.phone", "partner_id.phone")
    def _compute_phone_to_call(self):
        for feedback in self:
            feedback.phone_to_call = feedback.contact_id.phone or feedback.partner_id.phone

    @api.depends("name")
    def _compute_display_name(self):
        for feedback in self:
            feedback.display_name = feedback.name

    @api.depends("call_reason", "called_at", "outcome_at")
    def _compute_followup(self):
        for feedback in self:
            if not feedback.call_reason:
                feedback.followup = "none"
            elif not feedback.called_at:
                feedback.followup = "call"
            else:
                feedback.followup = "told" if feedback.outcome_at else "tell"

    @api.constrains("partner_id", "contact_id", "company_id")
    def _check_contact(self):
        for feedback in self:
            client = feedback.partner_id.commercial_partner_id
            if feedback.contact_id and feedback.contact_id.commercial_partner_id != client:
                raise ValidationError(
                    self.env._("Contact: %(contact)s is not a contact of %(client)s.",
                               contact=feedback.contact_id.display_name, client=client.display_name)
                )  # fmt: skip
            if client.company_id and client.company_id != feedback.company_id:
                raise ValidationError(self.env._("Client: it belongs to another company."))

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("partner_id"):
                vals["partner_id"] = (
                    self.env["res.partner"].browse(vals["partner_id"]).commercial_partner_id.id
                )
        if self._charter_is_engine():
            # Who is asked has said nothing yet.
            return super().create([{"said_at": False, **vals} for vals in vals_list])
        # By hand: a client told one of us that something is wrong. It counts from when it was said.
        reports = []
        for vals in vals_list:
            if vals.get("channel", "direct") != "direct":
                raise AccessError(
                    self.env._(
                        "By hand only a direct report is recorded; surveys and the portal write their own."
                    )
                )
            vals["channel"] = "direct"
            comment = trimmed(vals.pop("comment", None))
            reports.append(
                {
                    "comment": comment,
                    "rating": vals.pop("rating", None) or None,
                    "said_at": self._charter_said_moment(vals.pop("said_at", None)),
                }
            )
            if not comment:
                raise ValidationError(self.env._("Comment: write down what the client said."))
        feedback = super().create(vals_list)
        for record, report in zip(feedback, reports, strict=True):
            record._answer(**report, call_reason=REPORTED)
        return feedback

    def write(self, vals):
        if not self._charter_is_engine() and vals.keys() & {
            "partner_id",
            "channel",
            "company_id",
            "intervention_id",
        }:
            # Whom a promise is owed to does not change once it is made.
            self._charter_refuse(vals.keys() & {"partner_id", "channel", "company_id", "intervention_id"})
        return super().write(vals)

    def unlink(self):
        # Said before the access rights, which explain nothing.
        self._unlink_never()
        return super().unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Feedback is never deleted: it is part of the record of commitments."))

    # -- the answer -------------------------------------------------------------------------------

    @api.model
    def _check_marks(self, rating=None, nps=None, rating_required=True):
        """The marks as integers or None. :raise ValidationError: out of range or not figures"""

        def figure(value, low, high):
            # An empty field of a form is False, which is no figure; 0 is one.
            text = "" if value is None or value is False else str(value).strip()
            if not text:
                return None
            if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
                raise ValueError
            return int(text)

        try:
            rating = figure(rating, 1, 5)
        except ValueError:
            raise ValidationError(self.env._("Rating: choose a mark from 1 to 5.")) from None
        if rating is None and rating_required:
            raise ValidationError(self.env._("Rating: choose a mark from 1 to 5."))
        try:
            return rating, figure(nps, 0, 10)
        except ValueError:
            raise ValidationError(self.env._("Would recommend: choose a figure from 0 to 10.")) from None

    def _answer(
        self, rating=None, nps=None, comment=None, ip=None, agent=None, call_reason=None, said_at=None
    ):
        """Store the client's answer; the first one wins.

        :param call_reason: REPORTED or ASKED_FOR when a call is due whatever the rating
        :param said_at: when the client said so, naive UTC; now by default
        :return: False when an answer was there already; nothing is changed then
        :raise ValidationError: marks out of range
        """
        self.ensure_one()
        feedback = self._charter_engine()
        rating, nps = self._check_marks(rating, nps, rating_required=self.channel == "survey")
        comment = self._charter_words(comment, COMMENT_LENGTH, self.env._("Comment"))
        # Two clicks at once: the second waits here, then sees the first one's answer.
        lock(feedback)
        feedback.invalidate_recordset()
        if feedback.state not in ("planned", "sent", "failed") or feedback.answered_at:
            return False
        now = self._charter_now()
        said_at = self._charter_said_moment(said_at)
        # Surveys already out keep being asked about even when no charter is in force any more.
        commitment = (
            self.env["charter.document"]
            .sudo()
            ._in_force(feedback.company_id)
            ._commitment("feedback.callback")
        )
        threshold = commitment.threshold if commitment else nps_rules.DEFAULT_RATING_THRESHOLD
        negative = rating is not None and rating < threshold
        feedback.write(
            {
                "state": "answered",
                "answered_at": now,
                "said_at": said_at,
                "rating": rating or 0,
                "comment": comment,
                "answer_ip": ip,
                "answer_agent": (agent or "")[:250],
                "threshold": threshold,
                "negative": negative,
                "call_reason": LOW_RATING if negative else call_reason,
                **feedback._nps_values(nps),
            }
        )
        if feedback.call_reason:
            feedback._owe_callback(said_at, now)
        elif comment or feedback.detractor:
            # No call is promised: the words are in somebody's list all the same.
            self.env["charter.word"].sudo()._hear(feedback, said_at)
        feedback._charter_mark_late(said_at, now, _lt("What the client said"))
        return True

    def _complete(self, nps=None, comment=None, call_me=False):
        """The comment and the recommendation that follow a mark, each taken once, and the call a client asks for.

        A second thought is heard: words, a low figure or a call asked for after a good mark are in somebody's list.

        :raise ValidationError: figure out of range
        """
        self.ensure_one()
        _rating, nps = self._check_marks(nps=nps, rating_required=False)
        comment = self._charter_words(comment, COMMENT_LENGTH, self.env._("Comment"))
        feedback = self._charter_engine()
        lock(feedback)
        feedback.invalidate_recordset()
        if feedback.state != "answered":
            return False
        values = {}
        if nps is not None and not feedback.nps_answered:
            values.update(feedback._nps_values(nps))
        if comment and not feedback.comment:
            values["comment"] = comment
        if call_me and not feedback.call_reason:
            values["call_reason"] = ASKED_FOR
        feedback.write(values)
        now = self._charter_now()
        if values.get("call_reason"):
            feedback._owe_callback(now, now)
        elif feedback.followup != "call" and (values.get("comment") or values.get("detractor") or call_me):
            self.env["charter.word"].sudo()._hear(feedback, now)
        return bool(values)

    def _owe_callback(self, said_at, recorded):
        """Open the call-back of article 02, from when the client spoke; without a charter in force the feedback says so."""
        self.ensure_one()
        opened = self._charter_open_or_explain("feedback.callback", at=said_at)
        self._charter_note_late(opened, said_at, recorded)
        opened._charter_announce()

    # -- the callback and the outcome -------------------------------------------------------------

    def action_ask_callback(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Record the call"),
            "res_model": "charter.feedback.callback",
            "view_mode": "form",
            "target": "new",
            "context": {"default_feedback_id": self.id},
        }

    def _record_callback(self, called_at, understanding, apology, actions, no_action_reason):
        """The call was held: what was understood, apologies, what will be done, by whom and when.

        :param actions: list of dicts for ``charter.corrective.action``
        :raise ValidationError: a part is missing, naming it
        """
        self.ensure_one()
        self.check_access("write")
        now = self._charter_now()
        if self.followup != "call":
            raise ValidationError(self.env._("No call is due on this feedback."))
        self._check_may_call()
        if not called_at or called_at > now:
            raise ValidationError(
                self.env._("Call held at: give the moment of the call; it cannot be in the future.")
            )
        if called_at < self.said_at - timedelta(minutes=1):
            raise ValidationError(self.env._("Call held at: the call comes after the client's feedback."))
        if not is_sentence(understanding):
            raise ValidationError(
                self.env._("What was understood: write down the client's situation in your words.")
            )
        if apology not in ("made", "not_due"):
            raise ValidationError(self.env._("Apologies: say whether they were due, and make them if so."))
        if not actions and not is_said(no_action_reason):
            raise ValidationError(
                self.env._(
                    "Corrective actions: plan at least one, with an owner and a date, or say why none is needed."
                )
            )
        feedback = self._charter_engine()
        feedback.write(
            {
                "called_at": called_at,
                "call_recorded_at": now,
                "called_by_id": self.env.user.id,
                "understanding": understanding.strip(),
                "apology": apology,
                "no_action_reason": (no_action_reason or "").strip(),
            }
        )
        self.env["charter.corrective.action"]._charter_engine().create(
            [{**action, "feedback_id": feedback.id} for action in actions]
        )
        feedback._charter_fulfil(
            "feedback.callback",
            _lt("Call held at %(moment)s UTC, recorded at %(recorded)s UTC by %(user)s.",
                       moment=fields.Datetime.to_string(called_at), recorded=fields.Datetime.to_string(now),
                       user=self.env.user._charter_key()),
            at=called_at,
        )  # fmt: skip
        feedback.activity_feedback(["mileo_client_charter.activity_promise"], feedback=understanding.strip())
        self.env["charter.word"]._unread_of(feedback).with_env(self.env).sudo()._mark_read()
        # The client has waited for word since the call, not since somebody typed it in.
        opened = feedback._charter_open_or_explain("feedback.outcome", at=called_at)
        feedback._charter_note_late(opened, called_at, now)
        feedback._charter_mark_late(called_at, now, _lt("The call"))

    def _check_may_call(self):
        """The account manager calls (article 02), or whoever stands in; operations and general management may.

        :raise AccessError: somebody else of the staff
        """
        self.ensure_one()
        if self.env.su or self.env.user.has_group("mileo_client_charter.group_charter_operations"):
            return
        client = self._charter_partner()
        key = (self.company_id.id, "account_manager", client.id)
        holder = self.env["charter.assignment"].sudo()._holders({key}).get(key)
        owners = self._charter_owed("feedback.callback").user_id.ids
        if self.env.uid not in {holder, *owners}:
            raise AccessError(
                self.env._(
                    "The call is %(manager)s's to hold, as the client's account manager: ask them to record it, or an "
                    "operations manager.",
                    manager=self.env["res.users"].sudo().browse(holder or owners[:1]).name
                    or self.env._("the account manager"),
                )
            )

    def action_ask_outcome(self):
        self.ensure_one()
        return self.env["charter.message.wizard"]._open_for(self, "outcome")

    def _record_outcome(self, subject, body):
        """Tell the client what was done with its feedback; this is what keeps ``feedback.outcome``.

        :raise ValidationError: the call comes first, nobody to write to, or nothing to say
        """
        self.ensure_one()
        self.check_access("write")
        if self.followup != "tell":
            raise ValidationError(
                self.env._("The call comes first; then the client is told the outcome, once.")
            )
        told = self._charter_write_to_client(self.contact_id or self.partner_id, subject, body)
        feedback = self._charter_engine()
        feedback.write({"outcome_at": self._charter_now(), "outcome": told.message.body})
        feedback._charter_fulfil("feedback.outcome", _lt("Mail to %s.", told.people._charter_key()))
        feedback.activity_feedback(["mileo_client_charter.activity_promise"])

    # -- the portal -------------------------------------------------------------------------------

    @api.model
    def _from_portal(self, contact, rating=None, comment=None, problem=False, call_me=False):
        """A comment a client leaves on the portal, with or without a mark.

        :raise ValidationError: neither mark nor words, or a mark out of range
        """
        rating, _nps = self._check_marks(rating, rating_required=False)
        comment = self._charter_words(comment, COMMENT_LENGTH, self.env._("Comment"))
        if rating is None and not comment:
            raise ValidationError(self.env._("Comment: write a few words, or choose a mark."))
        company = contact.commercial_partner_id._charter_serving_company()
        feedback = self._charter_engine().create(
            {
                "channel": "portal",
                "partner_id": contact.commercial_partner_id.id,
                "contact_id": contact.id,
                "company_id": company.id,
                "state": "sent",
                "ask_nps": False,
            }
        )
        reason = REPORTED if problem else ASKED_FOR if call_me else None
        feedback._answer(rating=rating, comment=comment, call_reason=reason)
        return feedback.with_env(self.env)

    def _get_portal_url(self):
        self.ensure_one()
        return f"/my/charter/feedback/{self.id}"

    @api.model
    def _new_token(self):
        return secrets.token_urlsafe(32)

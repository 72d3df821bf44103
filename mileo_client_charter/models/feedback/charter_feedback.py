"""Feedback: one row for an invitation and its answer, and what follows from it (article 02)."""

import secrets

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ...tools.codes import FEEDBACK_CALLBACK
from ...tools.words import trimmed
from ..base.charter_format import day_text
from ..base.charter_words import Words
from ..base.client_document import Message, Sheet
from .charter_only_choice import fill_only_choices

# Why a call is due (article 02), the first that holds: a low rating, a problem reported to us, a call asked for.
LOW_RATING, REPORTED, ASKED_FOR = "rating", "problem", "asked"


class CharterFeedback(models.Model):
    """What a client said, or was asked: invitation and answer in one row (article 02).

    A negative answer, or a report made directly to the company, is called back within the charter's delay,
    and the client is informed of the outcome. Neither step can be skipped.
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
    partner_id = fields.Many2one("res.partner", "Client", required=True, ondelete="restrict")
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
        readonly=True,
        copy=False,
        charter_engine=True,
        charter_recorded="client",
        aggregator="avg",
        help="1 to 5; 0: none.",
    )
    nps = fields.Integer(
        "Would recommend (0–10)",
        readonly=True,
        copy=False,
        charter_engine=True,
        charter_recorded="client",
        aggregator="avg",
    )
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
        readonly=True,
        copy=False,
        charter_engine=True,
        help="The rating is below the threshold of the charter that was in force.",
    )
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
        readonly=True,
        copy=False,
        charter_engine=True,
        groups="base.group_user",
        help="The rating below which the charter in force requires a call-back.",
    )
    # The callback
    followup = fields.Selection(
        [
            ("none", "No call due"),
            ("call", "To call"),
            ("tell", "Outcome to send"),
            ("told", "Client informed"),
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
    outcome_at = fields.Datetime("Client informed at", readonly=True, copy=False, charter_engine=True)
    outcome = fields.Html("Outcome sent to the client", readonly=True, copy=False, charter_engine=True)
    escalation_ids = fields.One2many(
        "charter.escalation", "feedback_id", "Escalations", groups="base.group_user"
    )

    _charter_said_runs = (FEEDBACK_CALLBACK, "answered_at", "called_at")
    # Of a client, and its number by state on its first page from the index alone.
    _client_idx = models.Index("(partner_id, state)")
    _token_unique = models.UniqueIndex("(token) WHERE token IS NOT NULL")
    _invited_once = models.UniqueIndex(
        "(intervention_id, closing_cycle, contact_id) WHERE channel = 'survey' AND COALESCE(merged_from, 0) = 0",
        "This contact has been invited already for this closing.",
    )
    _planned_idx = models.Index("(planned_at) WHERE state = 'planned'")
    _sent_idx = models.Index("(expires_at) WHERE state = 'sent'")
    _contact_sent_idx = models.Index("(contact_id, sent_at) WHERE sent_at IS NOT NULL")
    _rating_range = models.Constraint("CHECK (rating BETWEEN 0 AND 5)", "Rating: choose a value from 1 to 5.")
    _nps_range = models.Constraint(
        "CHECK (nps BETWEEN 0 AND 10)", "Would recommend: choose a figure from 0 to 10."
    )

    # -- readings ---------------------------------------------------------------------------------

    @api.onchange("partner_id")
    def _onchange_only_choices(self):
        fill_only_choices(self)

    def _charter_partner(self):
        self.ensure_one()
        return self.partner_id.commercial_partner_id

    def _charter_origin(self):
        return self.env._("Your feedback"), f"/my/charter/feedback/{self.id}"

    def _charter_said(self):
        return self.comment or ""

    @api.depends("channel", "intervention_id", "partner_id", "answered_at", "planned_at", "said_at")
    @api.depends_context("lang", "tz")
    def _compute_name(self):
        labels = dict(self._fields["channel"]._description_selection(self.env))
        for feedback in self:
            # Of what a client reported to us, the day it did, whenever it was entered.
            said = feedback.said_at if feedback.channel == "direct" else False
            moment = said or feedback.answered_at or feedback.sent_at or feedback.create_date
            parts = [
                labels.get(feedback.channel),
                # A client sees the summary of its own intervention.
                feedback.sudo().intervention_id.name,
                moment and day_text(self.env, feedback.company_id.sudo()._charter_day_at(moment), "d MMMM y"),
            ]
            feedback.name = " · ".join(part for part in parts if part)

    @api.depends("call_wanted_phone", "contact_id.phone", "partner_id.phone")
    def _compute_phone_to_call(self):
        for feedback in self:
            feedback.phone_to_call = (
                feedback.call_wanted_phone or feedback.contact_id.phone or feedback.partner_id.phone
            )

    @api.depends("name")
    @api.depends_context("lang", "tz")
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
                    self.env._(
                        "Contact: %(contact)s is not a contact of %(client)s.",
                        contact=feedback.contact_id.display_name,
                        client=client.display_name,
                    )
                )
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
        # Entered by one of us: a client reported that something is wrong. It counts from when it was said.
        reports = []
        for vals in vals_list:
            if vals.get("channel", "direct") != "direct":
                raise AccessError(
                    self.env._(
                        "Only a direct report is recorded manually; surveys and the portal write their own."
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

    # -- the portal -------------------------------------------------------------------------------

    def _get_portal_url(self):
        self.ensure_one()
        return f"/my/charter/feedback/{self.id}"

    @api.model
    def _new_token(self):
        return secrets.token_urlsafe(32)

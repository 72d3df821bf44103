"""A report and its advice, read and answered from our mails, without a login (article 01)."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools.translate import LazyTranslate

from ...tools.words import is_said
from ..base.charter_format import day_text
from ..base.charter_words import Choice
from ..base.client_document import Link, Sheet

_lt = LazyTranslate(__name__)

URGENCIES = [("0", "When convenient"), ("1", "This year"), ("2", "Within three months"), ("3", "At once")]
STATES = [
    ("draft", "Being written"),
    ("proposed", "Waiting for the client"),
    ("accepted", "Accepted"),
    ("declined", "Declined"),
    ("done", "Carried out"),
    ("withdrawn", "Recommendation withdrawn"),
]
# Step -> (states it starts from, state it leads to)
STEPS = {
    "propose": (("draft",), "proposed"),
    "accept": (("proposed",), "accepted"),
    "decline": (("proposed",), "declined"),
    "done": (("proposed", "accepted"), "done"),
    "withdraw": (("proposed", "accepted"), "withdrawn"),
}
# Days in which an accepted advice is carried out where nobody has set a date, by urgency.
CARRIED_OUT_DAYS = {"0": 365, "1": 180, "2": 90, "3": 15}
ANSWERS = {"accept": "accepted", "decline": "declined"}
COMMENT_LENGTH = 2000


class CharterRecommendation(models.Model):
    """A technical advice to a client (article 01), carried from report to report until the client has answered it.

    The technical contact writes it in a draft report; it is proposed when that report is sent. The first answer of
    the client counts. What was proposed is not edited any more: another advice is another row.
    """

    _name = "charter.recommendation"
    _description = "Recommendation"
    _inherit = [
        "charter.recorded.mixin",
        "charter.own.client.mixin",
        "charter.reminded.mixin",
        "charter.link.mixin",
    ]
    _charter_export = Sheet("recommendations", ("name", "advice", "benefit", "urgency", "state", "comment"))
    _order = "urgency desc, id"

    name = fields.Char("Recommendation", required=True, help="In one line, as the client reads it.")
    advice = fields.Text(required=True, help="What we advise, and what was seen that calls for it.")
    benefit = fields.Text("Expected benefit", required=True, help="What the client gains, or avoids.")
    urgency = fields.Selection(URGENCIES, required=True, default="1")
    equipment_ids = fields.Many2many(
        "charter.equipment",
        domain="[('partner_id', '=', partner_id), ('company_id', '=', company_id)]",
    )
    contract_id = fields.Many2one("contract.contract", required=True, index=True, ondelete="restrict")
    partner_id = fields.Many2one(
        "res.partner", "Client", compute="_compute_partner_id", store=True, index=True, precompute=True
    )
    company_id = fields.Many2one(related="contract_id.company_id", store=True, precompute=True)
    report_id = fields.Many2one(
        "charter.report",
        "Written for",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('contract_id', '=', contract_id), ('state', 'in', ('draft', 'held'))]",
        groups="base.group_user",
        help="The report it is first proposed in.",
    )
    state = fields.Selection(
        STATES, required=True, default="draft", readonly=True, copy=False, charter_engine=True
    )
    proposed_at = fields.Datetime(readonly=True, copy=False, charter_engine=True)
    answered_at = fields.Datetime(readonly=True, copy=False, charter_engine=True)
    answered_by_id = fields.Many2one("res.partner", readonly=True, copy=False, charter_engine=True)
    comment = fields.Text(
        "The client's comment", readonly=True, copy=False, charter_engine=True, charter_recorded="client"
    )
    closed_at = fields.Datetime(
        readonly=True, copy=False, charter_engine=True, help="Declined, done or withdrawn since."
    )
    user_id = fields.Many2one(
        "res.users",
        "Carried out by",
        domain="[('share', '=', False)]",
        groups="base.group_user",
        charter_recorded="agreed",
        help="Who sees to it once the client has accepted; by default the technical contact.",
    )
    date_deadline = fields.Date(
        "To carry out by",
        groups="base.group_user",
        charter_recorded="agreed",
        help="By default as urgent as the advice itself; another date is a correction, with its reason.",
    )
    outcome = fields.Char(
        "How it ended", readonly=True, copy=False, charter_engine=True, help="What was done, or why not."
    )

    _open_idx = models.Index("(contract_id) WHERE state IN ('draft', 'proposed', 'accepted')")

    _charter_links = {
        "recommendation": Link(
            7, "mileo_client_charter.link_recommendation", "_link_values", "_link_answer", days=400
        ),
    }

    @api.depends("contract_id", "report_id")
    def _compute_partner_id(self):
        # Whose it is does not follow the contract to another customer.
        for record in self:
            record.partner_id = record.report_id.partner_id or record.contract_id.commercial_partner_id

    @api.constrains("equipment_ids", "contract_id")
    def _check_equipment(self):
        for record in self:
            strangers = record.sudo().equipment_ids.filtered(
                lambda equipment, record=record: equipment.partner_id != record.partner_id
            )
            if strangers:
                raise ValidationError(
                    self.env._(
                        "Equipment: %(equipment)s is not %(client)s's: choose among its own.",
                        equipment=strangers[0].display_name,
                        client=record.partner_id.display_name,
                    )
                )

    @api.constrains("report_id", "contract_id")
    def _check_report(self):
        for record in self:
            report = record.report_id.sudo()
            if report and (report.contract_id, report.partner_id) != (record.contract_id, record.partner_id):
                raise ValidationError(self.env._("Written for: the report is about another contract."))

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            report = self.env["charter.report"].browse(vals.get("report_id") or [])
            if report and not vals.get("contract_id"):
                vals["contract_id"] = report.contract_id.id
        recommendations = super().create(vals_list)
        recommendations._check_writable()
        return recommendations

    def write(self, vals):
        if not self._charter_is_engine():
            self.check_access("write")
            self._check_writable()
        return super().write(vals)

    def unlink(self):
        self._check_writable()
        return super().unlink()

    def _check_writable(self):
        """:raise UserError: proposed already, or its report has been reviewed"""
        for record in self.sudo():
            if record.state != "draft":
                raise UserError(
                    self.env._(
                        "“%s” has been proposed to the client and is not edited any more: withdraw it with a reason, "
                        "and write another one.",
                        record.name,
                    )
                )
            if record.report_id and record.report_id.state not in ("draft", "held"):
                raise UserError(
                    self.env._(
                        "%s has been approved: put it back to draft, then change its recommendations.",
                        record.report_id.display_name,
                    )
                )

    def _charter_is_recorded(self, name):
        """Return whether it is on record: what the client answered; who carries out what it accepted, and by when."""
        if name in ("user_id", "date_deadline"):
            return self.state == "accepted"
        return bool(self.answered_at)

    @api.model
    def _charter_recorded_when(self):
        when = dict.fromkeys(super()._charter_recorded_when(), "{row}.answered_at IS NOT NULL")
        return when | dict.fromkeys(("user_id", "date_deadline"), "{row}.state = 'accepted'")

    # -- steps -----------------------------------------------------------------------------------------

    def _step(self, step, **values):
        """:raise UserError: not a step from the present state"""
        before, after = STEPS[step]
        labels = dict(self._fields["state"]._description_selection(self.env))
        for record in self.sudo():
            if record.state not in before:
                raise UserError(
                    self.env._(
                        "“%(name)s”: %(state)s already.", name=record.name, state=labels[record.state].lower()
                    )
                )
        self._charter_engine().write({"state": after, **values})

    def _propose(self):
        self._step("propose", proposed_at=self._charter_now())

    def _answer(self, answer, comment, contact, call_me=False):
        """Return the client's answer; the first one counts, also of two posted at the same moment.

        :param answer: "accept" or "decline"
        :param call_me: the client asks for a call as well
        :raise ValidationError: another answer, or a comment too long
        :return: whether this answer is the one that counts
        """
        self.ensure_one()
        comment = (comment or "").strip()
        if answer not in ANSWERS:
            raise ValidationError(self.env._("Your answer: choose to accept or to decline."))
        if len(comment) > COMMENT_LENGTH:
            raise ValidationError(self.env._("Comment: please keep to %s characters.", COMMENT_LENGTH))
        engine = self._charter_locked()
        if engine.state != "proposed":
            return False
        now = self._charter_now()
        values = {"answered_at": now, "answered_by_id": contact.id, "comment": comment or False}
        if answer == "decline":
            values["closed_at"] = now
        else:
            values.update(engine._plan_carrying_out())
        self._step(answer, **values)
        self._notify_answer()
        self.env["charter.feedback"]._call_beside(contact, comment or self.name, {"call_me": call_me})
        return True

    def _plan_carrying_out(self):
        """Return who carries out an accepted advice, and by when, as far as nobody has said so."""
        key = (self.company_id.id, "technical_contact", self.partner_id.id)
        holder = self.env["charter.assignment"].sudo()._holders({key}).get(key)
        return {
            "user_id": self.user_id.id or holder or False,
            "date_deadline": self.date_deadline
            or fields.Date.add(self.company_id._charter_today(), days=CARRIED_OUT_DAYS[self.urgency]),
        }

    def _charter_agreed_document(self):
        return self.report_id or self.contract_id

    @api.model
    def _charter_still_owed(self):
        return [("state", "=", "accepted")]

    def _notify_answer(self):
        """Give the technical contact an activity: what the client decided of the advice."""
        report = self.sudo().report_id
        user = report.technical_contact_id or report.account_manager_id
        if not user:
            return
        user = report.company_id._charter_stood_in().get(user.id, user)[:1]
        report.activity_schedule(
            "mileo_client_charter.activity_promise",
            user_id=user.id,
            summary=_lt(
                "%(client)s on “%(name)s”: %(state)s",
                client=self.partner_id.sudo().name,
                name=self.name,
                state=Choice(self, "state", self.state),
            ),
            note=self.comment or "",
        )

    def _check_staff(self):
        self.check_access("write")
        if not self.env.su and not self.env.user.has_group("mileo_client_charter.group_charter_user"):
            raise AccessError(self.env._("Only the charter's users follow up recommendations."))

    def action_done(self, outcome=None):
        """Record that what was advised has been carried out."""
        self._check_staff()
        self._step("done", closed_at=self._charter_now(), outcome=(outcome or "").strip() or False)
        self._charter_is_done()
        return True

    def action_withdraw(self, reason):
        """Withdraw advice that no longer holds. :raise ValidationError: no reason: the client reads it"""
        self._check_staff()
        if not is_said(reason):
            raise ValidationError(
                self.env._("Reason: say why the advice no longer holds; the client reads it.")
            )
        self._step("withdraw", closed_at=self._charter_now(), outcome=reason.strip())
        self._charter_is_done()
        return True

    def action_ask_withdraw(self):
        return self.env["charter.report.wizard"]._ask(
            "withdraw", self, self.env._("Withdraw the recommendation")
        )

    # -- a report and its advice, read and answered from our mails, without a login (article 01) -------

    def _link_values(self, contact):
        labels = dict(self._fields["state"]._description_selection(self.env))
        return {
            "heading": self.name,
            "answered": labels[self.state] if self.answered_at else "",
            "may_answer": self.state == "proposed",
            "may_change": self.state in ("accepted", "declined")
            and self._charter_may_change_mind(self.answered_at),
        }

    def _charter_link_said(self, purpose, contact):
        if not self.answered_at or self.state == "proposed":
            return []
        if self.state != "accepted":
            recorded = self.env._("Recorded: you decline “%s”.", self.name)
            return [
                recorded,
                self.env._(
                    "Nothing follows: it stays in your report, and we do not come back to it by ourselves."
                ),
            ]
        recorded = self.env._("Recorded: you accept “%s”. It orders nothing.", self.name)
        day = day_text(self.env, self.date_deadline, "d MMMM y")
        who = self.user_id.name or self.env._("Your technical contact")
        return [
            recorded,
            self.env._("%(who)s sees to it by %(day)s.", who=who, day=day),
        ]

    def _link_answer(self, contact, form):
        """Record the client's answer, or another one within 24 hours.

        :return: what was recorded, in words
        :raise ValidationError: no answer, or too late
        """
        answer, comment = form.get("answer"), form.get("comment")
        if self.state == "proposed":
            self._answer(answer, comment, contact, form.get("call_me"))
            return self._answer_in_words()
        if not self._link_values(contact)["may_change"]:
            raise ValidationError(
                self.env._(
                    "Your answer: it is on record for more than a day; reply to our message to change it."
                )
            )
        self._change_answer(answer, comment, contact)
        self.env["charter.feedback"]._call_beside(contact, (comment or "").strip() or self.name, form)
        return self._answer_in_words()

    def _change_answer(self, answer, comment, contact):
        """Change the client's answer within 24 hours; both stay on record."""
        if answer not in ANSWERS:
            raise ValidationError(self.env._("Your answer: choose to accept or to decline."))
        engine, before = self._charter_engine(), self.state
        now = self._charter_now()
        values = {"answered_at": now, "answered_by_id": contact.id, "state": ANSWERS[answer]}
        values["closed_at"] = now if answer == "decline" else False
        if comment and comment.strip():
            values["comment"] = comment.strip()
        if answer == "accept":
            values.update(engine._plan_carrying_out())
        engine.write(values)
        engine._charter_note_correction(
            {"state": (before, engine.state)}, _lt("Changed by %s within 24 hours.", contact.name)
        )
        if answer == "decline":
            engine._charter_is_done()
        self._notify_answer()

    def _charter_link_thread(self, contact):
        return self._charter_agreed_document()

    def _answer_in_words(self):
        """Return what the client answered, for the copy in its mailbox."""
        labels = dict(self._fields["state"]._description_selection(self.env))
        return self.env._(
            "We have noted your answer to “%(name)s”: %(answer)s. This orders nothing. You can change it for 24 hours "
            "by the same link.",
            name=self.name,
            answer=labels[self.state],
        )

    # -- what a report says, computed once -------------------------------------------------------------

    def _row(self):
        """Return it as a report freezes it."""
        self.ensure_one()
        return {
            "id": self.id,
            "name": self.name,
            "advice": self.advice,
            "benefit": self.benefit,
            "urgency": self.urgency,
            "state": self.state,
            "equipment": ", ".join(self.equipment_ids.mapped("name")),
            "proposed_at": fields.Datetime.to_string(self.proposed_at) or "",
            "comment": self.comment or "",
        }

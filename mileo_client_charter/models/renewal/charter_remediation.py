"""Remediation: its steps, agreed with the client, before a renewal is proposed again (article 04)."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools.translate import LazyTranslate

from ...tools.codes import REMEDIATION_START
from ...tools.words import is_said
from ..base.charter_copy import mail_recorded_for
from ..base.charter_words import Words

_lt = LazyTranslate(__name__)

# From here on, causes, actions and agreement are on record.
AGREED = ("agreed", "succeeded", "closed")


class CharterRemediation(models.Model):
    """What is done to win a client back before a renewal is proposed to it (article 04).

    Started once causes and actions are written; agreed with the client; measured again; only a measure that passes
    re-opens the verdict of the renewal.
    """

    _name = "charter.remediation"
    _description = "Remediation"
    _inherit = ["charter.recorded.mixin", "charter.obligation.mixin", "mail.thread", "mail.activity.mixin"]
    _charter_retention = "charter_words_months"
    _order = "id desc"
    _rec_name = "renewal_id"

    renewal_id = fields.Many2one(
        "charter.renewal", required=True, readonly=True, index=True, ondelete="restrict", charter_engine=True
    )
    contract_id = fields.Many2one(related="renewal_id.contract_id", store=True, index=True)
    partner_id = fields.Many2one(related="renewal_id.partner_id", string="Client", store=True, index=True)
    company_id = fields.Many2one(related="renewal_id.company_id", store=True)
    state = fields.Selection(
        [
            ("draft", "To start"),
            ("running", "Under way"),
            ("agreed", "Agreed with the client"),
            ("succeeded", "Satisfied again"),
            ("closed", "Closed without success"),
        ],
        required=True,
        default="draft",
        readonly=True,
        charter_engine=True,
        tracking=True,
    )
    causes = fields.Text(
        charter_recorded="agreed",
        help="Why the client is not satisfied, in terms the client would recognise.",
    )
    action_ids = fields.One2many("charter.remediation.action", "remediation_id", "Actions")
    started_at = fields.Datetime(readonly=True, charter_engine=True)
    started_by_id = fields.Many2one("res.users", "Started by", readonly=True, charter_engine=True)
    agreed_contact_id = fields.Many2one(
        "res.partner",
        "Agreed by",
        domain="[('commercial_partner_id', '=', partner_id)]",
        charter_recorded="agreed",
    )
    agreement = fields.Text(
        "What the client agreed to",
        charter_recorded="agreed",
        help="In the client's own terms: by email, by phone, at a meeting on…",
    )
    agreed_at = fields.Datetime(readonly=True, charter_engine=True)
    # The new measurement
    measured_at = fields.Datetime(readonly=True, charter_engine=True)
    measured_in_words = Words("Last measure", readonly=True, charter_engine=True)
    close_reason = Words("Reason for closing without success", readonly=True, charter_engine=True)

    _one_at_a_time = models.UniqueIndex(
        "(renewal_id) WHERE state IN ('draft', 'running', 'agreed')",
        "This renewal has a remediation under way already.",
    )

    @api.model
    def _open_for(self, renewals):
        """Open one remediation a renewal, with its promise to start within the charter's delay."""
        remediations = self._charter_engine().create([{"renewal_id": renewal.id} for renewal in renewals])
        remediations._charter_open(REMEDIATION_START)
        return remediations.with_env(self.env)

    @api.constrains("agreed_contact_id")
    def _check_agreed_contact(self):
        for remediation in self:
            contact = remediation.agreed_contact_id
            if contact and contact.commercial_partner_id != remediation.partner_id:
                raise ValidationError(
                    self.env._(
                        "Agreed by: %(contact)s is not a contact of %(client)s.",
                        contact=contact.display_name,
                        client=remediation.partner_id.display_name,
                    )
                )

    def _charter_is_recorded(self, name):
        return self.state in AGREED

    @api.model
    def _charter_recorded_when(self):
        return dict.fromkeys(super()._charter_recorded_when(), f"{{row}}.state IN {AGREED}")

    def write(self, vals):
        if not self._charter_is_engine() and "action_ids" in vals:
            for remediation in self:
                if remediation.state in ("succeeded", "closed"):
                    raise UserError(
                        self.env._("This remediation is over: its text does not change any more.")
                    )
        return super().write(vals)

    def message_post(self, **kwargs):
        # Odoo lets followers post; following grants nothing here.
        self.check_access("read")
        return super().message_post(**kwargs)

    def action_start(self):
        """Start the remediation, whose causes and actions are written; this keeps ``remediation.start``."""
        engine = self._charter_step("draft")
        if not is_said(self.causes):
            raise ValidationError(self.env._("Causes: write down why the client is not satisfied."))
        if not self.action_ids:
            raise ValidationError(
                self.env._("Actions: plan at least one, with the person who does it and a date.")
            )
        engine.write(
            {"state": "running", "started_at": self._charter_now(), "started_by_id": self.env.user.id}
        )
        engine._charter_fulfil(
            REMEDIATION_START,
            _lt(
                "Actions planned by %(user)s: %(count)s.",
                count=len(self.action_ids),
                user=self.env.user._charter_key(),
            ),
        )

    def action_agree(self):
        """Record that the client agrees to the plan, by whom and in which words."""
        engine = self._charter_step("running")
        if not self.agreed_contact_id:
            raise ValidationError(self.env._("Agreed by: choose the contact of the client who agreed."))
        if not is_said(self.agreement):
            raise ValidationError(self.env._("What the client agreed to: record it, with the channel."))
        engine.write({"state": "agreed", "agreed_at": self._charter_now()})
        self.env["mail.activity"]._charter_close(self)

        def said(remediation):
            env = remediation.env
            return env._("%s: you agree to our plan", remediation.contract_id.sudo().name), [
                (env._("You agree to our plan"), remediation.agreement)
            ]

        mail_recorded_for(self, self.agreed_contact_id, said)

    def action_measure(self):
        """Measure the client's satisfaction again; a pass re-opens the verdict, anything else says what is missing."""
        engine = self._charter_step("agreed")
        undone = self.action_ids.filtered(lambda action: not action.done_date)
        if undone:
            raise UserError(
                self.env._(
                    "Actions not done yet: %s. Mark them done, then measure.",
                    ", ".join(undone.mapped("name")),
                )
            )
        engine._measured(engine.renewal_id._standing()[engine.renewal_id])

    def _measured(self, standing):
        """Record how the client stands now; a pass opens the renewal again. ``self`` is the engine's."""
        self.ensure_one()
        self.env["mail.activity"]._charter_close(self)
        measured = self.env["charter.nps"]._missing(standing) or _lt(
            "NPS %(score)s (n = %(n)s), no unresolved complaint", score=standing.score, n=standing.answers
        )
        self.write({"measured_at": self._charter_now(), "measured_in_words": measured})
        if standing.verdict == "pass":
            self.state = "succeeded"
            self.renewal_id._reopen(_lt("The remediation succeeded: %s", measured))

    def _is_carried_through(self):
        return bool(self.action_ids) and all(action.done_date for action in self.action_ids)

    def _measure_by_charter(self):
        """Measure those that were carried through as agreed, and whose client is satisfied by now: nobody has pressed the button."""
        done = self.filtered(
            lambda one: one.state == "agreed" and one._is_carried_through()
        )._charter_engine()
        standings = done.renewal_id._standing() if done else {}
        for one in done:
            if standings[one.renewal_id].verdict == "pass":
                one._measured(standings[one.renewal_id])

    def _give_up(self, reason):
        """Give these up, for which the renewal no longer waits; what they owed is owed no more."""
        running = self.filtered(lambda r: r.state in ("draft", "running", "agreed"))._charter_engine()
        running._charter_cancel(REMEDIATION_START, reason)
        self.env["mail.activity"]._charter_close(running)
        running.action_ids._charter_is_done()
        running.write({"state": "closed", "close_reason": reason})

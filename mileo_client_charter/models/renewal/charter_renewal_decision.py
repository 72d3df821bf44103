"""The steps of a renewal: decide, plan an interview, override."""

from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.tools.translate import LazyTranslate

from ..base.charter_format import day_text
from ..base.charter_words import Choice
from .charter_renewal import UNDECIDED

_lt = LazyTranslate(__name__)


class CharterRenewal(models.Model):
    _inherit = "charter.renewal"

    def _locked(self, *states):
        """Return the engine's records, locked; of two users at once the second is informed of what the first did.

        :raise UserError: it is in none of ``states`` any more
        """
        self.check_access("read")
        if not self.env.user.has_group("mileo_client_charter.group_charter_user"):
            raise AccessError(self.env._("Only the account team decides renewals."))
        engine = self._charter_locked()
        labels = dict(self._fields["state"]._description_selection(self.env))
        for renewal in engine:
            if renewal.state not in states:
                raise UserError(
                    self.env._(
                        "%(renewal)s: it is “%(state)s” already, by %(user)s. Reload the page.",
                        renewal=renewal.with_env(self.env).display_name,
                        state=labels[renewal.state],
                        user=renewal.override_by_id.name or renewal.decided_by_id.name or "—",
                    )
                )
        return engine

    def action_decide(self):
        """Freeze the verdict of each renewal with its evidence, and do what follows from it.

        A pass may renew. A fail opens the remediation. Unknown asks for an interview, and is no decision yet.
        """
        engine = self._locked("open", "interview")
        engine._record_verdicts(engine._standing(), self.env)

    def _record_verdicts(self, standings, env, by_charter=False):
        """Freeze the verdict of each renewal with its evidence; ``self`` is the engine's.

        :param standings: {renewal: Standing of its client now}
        :param env: environment of the user who decides, or of the scheduled action where ``by_charter``
        """
        now = self._charter_now()
        names = self._complaint_names()
        set_aside = self._set_aside()
        for renewal in self:
            standing = standings[renewal]
            first, last = self.env["charter.nps"]._window(renewal.company_id, now)
            renewal._keep_earlier(standing)
            renewal.write(
                {
                    "verdict": standing.verdict,
                    "state": {"pass": "passed", "fail": "remediation", "unknown": "interview"}[
                        standing.verdict
                    ],
                    "allowed": standing.verdict == "pass",
                    "decided_at": now,
                    "decided_by_id": False if by_charter else env.user.id,
                    "decided_by_charter": by_charter,
                    "nps": standing.score or 0,
                    "nps_answers": standing.answers,
                    "nps_promoters": standing.promoters,
                    "nps_detractors": standing.detractors,
                    "nps_from": first,
                    "nps_to": last,
                    "nps_threshold": standing.threshold,
                    "nps_set_aside": set_aside[renewal] or False,
                    "complaint_count": standing.complaints,
                    "complaints": ", ".join(names.get(renewal, [])),
                }
            )
            renewal.with_env(env).sudo().message_post(
                body=renewal.with_env(env)._charter_for_staff()._evidence_in_full()
            )
        decided = self.filtered(lambda r: r.verdict != "unknown")
        decided._keep_promise()
        self.env["mail.activity"]._charter_close(decided)
        env["charter.remediation"]._open_for(self.filtered(lambda r: r.verdict == "fail"))

    def _keep_earlier(self, standing):
        """Keep what was decided before, as it was known then; silence is no decision, and is not put down each time it is met."""
        if self.verdict and (self.verdict, standing.verdict) != ("unknown", "unknown"):
            self.earlier_decisions = [*(self.earlier_decisions or []), self._decision_as_data()]

    def _evidence_in_full(self):
        """Return the evidence of the verdict, with a line for each answer that was left out or corrected."""
        return "\n".join(filter(None, [self.evidence, self.set_aside_in_words]))

    def _complaint_names(self):
        """Return {renewal: references of the unresolved complaints of its client}."""
        found = {}
        escalations = (
            self.env["charter.escalation"]
            .sudo()
            .search([("is_complaint", "=", True), ("partner_id", "in", self.partner_id.ids)])
        )
        for renewal in self:
            own = escalations.filtered(
                lambda e, r=renewal: e.partner_id == r.partner_id and e.company_id == r.company_id
            )
            found[renewal] = own.mapped("reference")
        return found

    def _keep_promise(self):
        """Keep ``renewal.decision``: the decision is what it asks for."""
        for renewal in self:
            verdict = (
                renewal.override_reason if renewal.overridden else Choice(self, "verdict", renewal.verdict)
            )
            evidence = renewal._charter_for_staff()._evidence_in_full() or "—"
            if renewal.decided_by_charter and not renewal.overridden:
                words = _lt(
                    "%(verdict)s: %(evidence)s. Recorded as the charter's own decision: no one had decided by then.",
                    verdict=verdict,
                    evidence=evidence,
                )
            else:
                words = _lt(
                    "%(verdict)s: %(evidence)s. Decided by %(user)s.",
                    verdict=verdict,
                    evidence=evidence,
                    user=self.env.user._charter_key(),
                )
            renewal._charter_keep(words)

    def _allowed_in_words(self):
        """Return why a renewal is allowed, for a reader who sees a client that is not satisfied today."""
        self.ensure_one()
        if self.overridden:
            return self.env._(
                "by exception of %(user)s: %(reason)s",
                user=self.override_by_id.sudo().name,
                reason=self.override_reason,
            )
        if not self.decided_at:
            return False
        day = day_text(self.env, self.company_id._charter_day_at(self.decided_at))
        return self.env._("decided as satisfied on %s; judged again when it renews", day)

    def action_plan_interview(self):
        """Open the interview whose answers give a verdict: silence is asked about."""
        self.ensure_one()
        engine = self._locked(*UNDECIDED)
        return engine._open_interview().with_env(self.env)._form_action()

    def _open_interview(self):
        """Return the interview that is planned or to plan, else a new one; ``self`` is the engine's."""
        review = self.review_ids.filtered(lambda r: r.kind == "interview" and r.state in ("draft", "planned"))
        return review[:1] or self.env["charter.review"]._charter_engine().create(
            {
                "kind": "interview",
                "contract_id": self.contract_id.id,
                "renewal_id": self.id,
                "due_on": self.term_end,
            }
        )

    def _remediation_so_far(self):
        """Return how far the remediation has come: a term, put into words for whoever reads it."""
        self.ensure_one()
        latest = self.remediation_ids[:1]
        if not latest:
            return _lt("no remediation was started")
        done = latest.action_ids.filtered("done_date")
        return _lt(
            "remediation: %(state)s, actions done: %(done)s of %(count)s",
            state=Choice(latest, "state", latest.state),
            done=len(done),
            count=len(latest.action_ids),
        )

    def action_ask_override(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Renew by exception"),
            "res_model": "charter.renewal.override",
            "view_mode": "form",
            "target": "new",
            "context": {"default_renewal_id": self.id},
        }

    def _override(self, reason):
        """Let a contract renew despite the verdict, by general management; the reason stays on the contract for ever.

        :raise AccessError: not general management
        :raise ValidationError: no reason
        :raise UserError: there is no verdict to override
        """
        if not self.env.user.has_group("mileo_client_charter.group_charter_direction"):
            raise AccessError(self.env._("Only general management can renew by exception."))
        reason = self._charter_reason(reason)
        engine = self._locked(*UNDECIDED)
        for renewal in engine:
            if not renewal.verdict:
                raise UserError(
                    self.env._(
                        "%s: the renewal condition has not been assessed yet. Press “Decide” first: the result "
                        "and its evidence are recorded, then general management may renew by exception.",
                        renewal.display_name,
                    )
                )
            renewal.write(
                {
                    "override_remediation": renewal._remediation_so_far(),
                    "overridden": True,
                    "override_reason": reason,
                    "override_by_id": self.env.user.id,
                    "override_at": self._charter_now(),
                    "state": "passed",
                    "allowed": True,
                }
            )
            words = renewal._charter_for_staff().env._(
                "Renewed by exception, by %(user)s: %(reason)s (%(remediation)s)",
                user=self.env.user.name,
                reason=reason,
                remediation=renewal._charter_for_staff().override_remediation,
            )
            renewal.message_post(body=words)
            renewal.contract_id.message_post(body=words)
        self.env["mail.activity"]._charter_close(engine)
        engine.remediation_ids._give_up(_lt("General management renews the contract: %s", reason))
        engine._keep_promise()

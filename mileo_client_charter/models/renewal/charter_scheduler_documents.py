"""The documents that go with recurring promises: meetings to plan, renewals to decide, notices to raise."""

from odoo import api, models

from ...tools.codes import INTERVIEW_BIANNUAL, RENEWAL_DECISION, REVIEW_ANNUAL


class CharterScheduler(models.AbstractModel):
    _inherit = "charter.scheduler"

    @api.model
    def _schedule(self, contracts, known_at=None):
        self.env["charter.renewal"]._pass_years(contracts)
        opened = super()._schedule(contracts, known_at)
        # A contract on which promises begin has its documents at once; running again opens nothing twice.
        owed = contracts._charter_owed(INTERVIEW_BIANNUAL, REVIEW_ANNUAL, RENEWAL_DECISION)
        self.env["charter.renewal"]._open_due(contracts, owed)
        self.env["charter.review"]._open_due(contracts, owed)
        decided = self.env["charter.renewal"]._decide_by_charter(contracts)
        late = decided.contract_id.filtered("charter_year_end")
        if late:
            # A year that was held back and passes today goes on today, and owes what the next one does.
            self.env["charter.renewal"]._pass_years(late)
            opened += super()._schedule(late, known_at)
        self.env["charter.renewal"]._send_legal_reminders(contracts)
        return opened

    @api.model
    def _charter_action_reads(self, action):
        tables = (
            "charter_advisory", "charter_advisory_concern", "charter_advisory_revision", "charter_advisory_revision_charter_notice_line_rel",
            "charter_authorisation", "charter_notice_advisory_rel",
             "charter_equipment", "charter_equipment_milestone", "charter_equipment_model",
            "charter_equipment_model_date", "charter_equipment_tag", "charter_escalation", "charter_feedback", "charter_notice",
            "charter_notice_line", "charter_renewal", "charter_review", "product_product",
            "charter_equipment_charter_notice_rel", "charter_equipment_charter_notice_line_rel", "charter_notice_charter_tier_rel",
            "charter_site_kind", "charter_notice_charter_site_kind_rel",
        )  # fmt: skip
        return {**super()._charter_action_reads(action), **dict.fromkeys(tables)}

    @api.model
    def _schedule_all(self):
        notices = self.env["charter.notice"]
        steps = (
            super()._schedule_all,
            self.env["charter.review"]._suggest_again,
            self.env["charter.review"]._prepare_due,
            notices._raise_isolated,
            self.env["charter.advisory"]._raise_notices,
            notices._pick_up,
            self.env["charter.authorisation"]._notify_expiring,
        )
        return all(step() for step in steps)

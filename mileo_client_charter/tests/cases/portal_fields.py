"""What clients may read, field by field: a field that is not here is closed to them, and the tests say so.

The one list. Another addon has its own, of its models and of fields it adds, in ``tests/charter_lists.py`` (``lists.py``).
"""

from .lists import lists_of

PORTAL_FIELDS = {
    "charter.obligation": {
        "article_id", "breached_at", "by_evidence", "cancelled_at", "clock", "code", "commitment_id", "company_id",
        "contract_id", "corrected_at", "correction_text", "delay", "done_at", "due_at", "is_owed", "met", "missed", "occurrence", "opened_at",
        "partner_id", "paused_at", "promise", "res_id", "res_model", "role", "state", "target_text", "time_left",
        "trigger_at", "unit", "urgency",
    },
    "charter.intervention": {
        "closing_cycle", "commercial_partner_id", "company_id", "contract_id", "kind", "name", "partner_id",
        "priority", "progress", "reference", "reopened_at", "reported_at", "resolved_at", "responded_at", "state",
        "user_id", "words_on_record", "work_done", "work_on_record",
    },
    "charter.feedback": {
        "answered_at", "call_reason", "call_recorded_at", "call_wanted_at", "called_at", "channel", "comment", "company_id", "contact_id", "contract_id",
        "detractor", "expires_at", "followup", "intervention_id", "name", "negative", "nps", "nps_answered",
        "outcome", "outcome_at", "partner_id", "promoter", "rating", "said_at", "sent_at", "state",
    },
    "charter.escalation": {
        "answer", "answered_at", "company_id", "contact_id", "contract_id", "description", "door", "due_at",
        "feedback_id", "is_complaint", "level", "level2_at", "level2_reason", "level2_recorded_at", "name", "partner_id", "raised_at",
        "reference", "resolution", "resolved_at", "said_at", "state", "unsatisfied_at",
    },
    "charter.delivery": {
        "acknowledged_at", "attachment_ids", "company_id", "contact_id", "fingerprint", "kind", "letter", "opened_at",
        "partner_id", "reason", "sent_at", "state", "subject",
    },
    "charter.report": {
        "company_id", "computed_at", "contract_id", "correction_reason", "done_count", "due_at", "fingerprint",
        "first_day", "last_day", "late_count", "partner_id", "period", "reference", "reviewed_at", "sent_at", "state",
        "table", "unreviewed", "version", "written_at",
    },
    "charter.recommendation": {
        "advice", "answered_at", "answered_by_id", "benefit", "closed_at", "comment", "company_id", "contract_id",
        "equipment_ids", "name", "outcome", "partner_id", "proposed_at", "state", "urgency",
    },
    "charter.equipment": {
        "active", "company_id", "contract_id", "down_since", "end_of_support", "firmware", "firmware_on", "is_supervised",
        "lifecycle", "maker", "milestone_ids", "model", "name", "outage_count", "outage_ids", "partner_id", "product_id", "reference",
        "serial", "site_id", "supervised_from", "supervised_to",
    },
    "charter.advisory.concern": {
        "answer", "company_id", "equipment_id", "firmware", "found_on", "partner_id", "severity", "state",
        "told_at", "updated_on",
    },
    "charter.equipment.milestone": {
        "checked_on", "company_id", "date", "equipment_id", "kind", "partner_id", "source", "status", "url",
    },
    "charter.outage": {
        "active", "company_id", "contract_id", "end_at", "equipment_id", "kind", "no_data", "partner_id", "planned",
        "reason", "site_id", "source", "start_at", "start_unknown",
    },
    "charter.group.access": {
        "commitments", "company_id", "entitled_at", "entitled_by_id", "group_id", "partner_id", "reader_id", "reports", "revoked_at", "revoked_by_id",
    },
    "charter.authorisation": {
        "active", "authority", "company_id", "document", "document_name", "issued_on", "kind_id", "number", "partner_id",
        "site_id", "state", "told_at", "valid_until",
    },
    "charter.review": {
        "achievements", "company_id", "contact_id", "contact_ids", "contract_id", "dossier_at", "dossier_file",
        "dossier_name", "due_on", "duration", "held_at", "kind", "location", "minutes", "minutes_at", "name",
        "outlook", "partner_id", "performance", "satisfaction", "staff_ids", "start_at", "state",
    },
    "charter.notice.line": {
        "acknowledged_at", "acknowledged_by_id", "active", "changes", "company_id", "effect_on", "equipment_count",
        "equipment_ids", "late_reason", "notice_id", "partner_id", "sent_at", "sent_late", "told_effect_on", "told_times",
    },
    "charter.correction": {
        "after", "after_text", "before", "before_text", "company_id", "corrected_at", "field_name", "for_client", "partner_id",
        "reason", "res_id", "res_model", "user_id", "what",
    },
    "charter.equipment.tag": {"name", "color"},
}  # fmt: skip
# What every model, or every thread, of Odoo has; core guards it.
GENERIC = {
    "activity_exception_decoration", "activity_exception_icon", "activity_type_icon", "create_date", "create_uid",
    "display_name", "has_message", "id", "message_attachment_count", "message_has_error", "message_has_error_counter",
    "message_has_sms_error", "message_ids", "message_is_follower", "message_needaction", "message_needaction_counter",
    "website_message_ids", "write_date", "write_uid",
}  # fmt: skip
REMEDY = (
    "%(model)s: clients read %(fields)s, which no list of portal fields has. Where a client may read them, add them to "
    "PORTAL_FIELDS in mileo_client_charter/tests/cases/portal_fields.py (another addon: in its tests/charter_lists.py); else "
    'declare them with groups="base.group_user".'
)


def portal_fields(env):
    """{model: fields clients may read}, of all addons that build on the charter."""
    found = {model: set(names) for model, names in PORTAL_FIELDS.items()}
    for lists in lists_of(env, "PORTAL_FIELDS"):
        for model, names in lists.items():
            found.setdefault(model, set()).update(names)
    return found

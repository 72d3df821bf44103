"""Codes of the commitments of the charter (CHR-CRM-001): what code names them by, whatever their version says. Plain Python."""

CHARTER_COPY = "charter.copy"
CONTACTS_SHEET = "contacts.sheet"
CONTACT_HANDOVER = "contact.handover"
REPORT_DELIVERY = "report.delivery"
NOTICE_ADVANCE = "notice.advance"
INTERVIEW_BIANNUAL = "interview.biannual"
FEEDBACK_CALLBACK = "feedback.callback"
FEEDBACK_OUTCOME = "feedback.outcome"
ESCALATION_LEVEL1 = "escalation.level1"
ESCALATION_LEVEL2 = "escalation.level2"
REVIEW_ANNUAL = "review.annual"
RENEWAL_DECISION = "renewal.decision"
REMEDIATION_START = "remediation.start"
INTERVENTION_RESPONSE = "intervention.response"
INTERVENTION_RESOLUTION = "intervention.resolution"

# The commitments of the source document and those the addon adds to them; a charter in force has them all. Any other
# is optional: a charter has it once somebody has published it (``_propose``), and is owed nothing of it before.
CODES = (
    CHARTER_COPY,
    CONTACTS_SHEET,
    CONTACT_HANDOVER,
    REPORT_DELIVERY,
    NOTICE_ADVANCE,
    INTERVIEW_BIANNUAL,
    FEEDBACK_CALLBACK,
    FEEDBACK_OUTCOME,
    ESCALATION_LEVEL1,
    ESCALATION_LEVEL2,
    REVIEW_ANNUAL,
    RENEWAL_DECISION,
    REMEDIATION_START,
    INTERVENTION_RESPONSE,
    INTERVENTION_RESOLUTION,
)

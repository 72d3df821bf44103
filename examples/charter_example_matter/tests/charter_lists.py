"""What the safety lists of the charter ask of this addon."""

PORTAL_FIELDS = {
    "sample.matter": {
        "name", "partner_id", "company_id", "contact_id", "description", "said_at", "state", "answered_at", "answer",
    }
}  # fmt: skip
PAGES = ["/my/charter/sample-matters"]

"""What the safety lists of the charter ask of this addon."""

PORTAL_FIELDS = {
    "site.visit": {
        "name", "partner_id", "company_id", "user_id", "requested_at", "visited_at", "cancel_reason", "state", "findings",
        "charter_feed_error",
    }
}  # fmt: skip
PAGES = ["/my/charter/visits"]

"""What the safety lists of the charter ask of this addon."""

PORTAL_FIELDS = {
    "sample.matter": {
        "name", "partner_id", "company_id", "contact_id", "description", "said_at", "state", "answered_at", "answer",
    }
}  # fmt: skip
PAGES = ["/my/charter/sample-matters"]
# Fields people edit on a record that has the client's words, and which hold nobody's.
EDITED = {"sample.matter": {"name", "partner_id", "company_id"}}


def rows(env, client, contact):
    """Return a record of each model, for the tests of two companies, of the engine and of recorded words."""
    values = {
        "name": "Badge",
        "partner_id": client.id,
        "contact_id": contact.id,
        "description": "It does not open.",
    }
    return [env["sample.matter"].create(values)]

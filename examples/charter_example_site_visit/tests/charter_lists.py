"""What the safety lists of the charter ask of this addon."""

from unittest.mock import patch

PORTAL_FIELDS = {
    "site.visit": {
        "name", "partner_id", "company_id", "user_id", "requested_at", "visited_at", "cancel_reason", "state", "findings",
        "charter_feed_error",
    }
}  # fmt: skip
PAGES = ["/my/charter/visits"]
OUR_WORDS = {"site.visit": "what our own people look at, and what they found"}


def rows(env, client, _contact):
    """Return a record of each model, for the tests of two companies and of the engine, whose charters have no such commitment."""
    visits = env["site.visit"]
    with patch.object(type(visits), "_charter_open", lambda *_args, **_values: None):
        return [visits.create({"name": "The entrance", "partner_id": client.id})]

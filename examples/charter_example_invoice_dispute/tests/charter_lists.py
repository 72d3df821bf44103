"""What the safety lists of the charter ask of this addon."""

PORTAL_FIELDS = {
    "invoice.dispute": {
        "move_id", "partner_id", "company_id", "contact_id", "description", "said_at", "state", "answered_at", "answer",
    }
}  # fmt: skip
PAGES = ["/my/charter/invoice-disputes"]
# Fields people edit on a record that has the client's words, and which hold nobody's.
EDITED = {"invoice.dispute": {"move_id"}}


def rows(env, client, contact):
    """Return a record of each model, for the tests of two companies, of the engine and of recorded words."""
    # In the company of whoever asks: the story has books of its own in each.
    journal = env["account.journal"].sudo().create({"name": "Sales", "code": "DSP", "type": "sale"})
    invoice = (
        env["account.move"]
        .sudo()
        .create({"move_type": "out_invoice", "partner_id": client.id, "journal_id": journal.id})
    )
    values = {"move_id": invoice.id, "contact_id": contact.id, "description": "It is billed twice."}
    return [env["invoice.dispute"].create(values)]

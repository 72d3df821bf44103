"""What installing and removing the addon does to the charter and to its ledger."""

CODE = "site.visit"


def post_init_hook(env):
    """Propose the promise: a draft of the next version of each charter in force, which a person publishes."""
    for charter in env["charter.document"].search([("state", "=", "in_force")]):
        draft = charter.copy()
        article = draft.article_ids.sorted("number")[:1]
        commitment = env["charter.commitment"].create(
            {
                "document_id": draft.id,
                "article_id": article.id,
                "code": CODE,
                "name": "We visit your site when you ask us to",
                "delay": 5,
                "unit": "days",
                "clock": "working",
                "owner_role": "technical_contact",
                "warn_before": 1,
                "warn_unit": "days",
                "breach_role": "operations_manager",
            }
        )
        if env["res.lang"]._get_data(code="fr_FR"):
            commitment.with_context(lang="fr_FR").name = "Nous venons sur votre site quand vous le demandez"


def uninstall_hook(env):
    """What is still owed would be owed for ever: its documents go, and nobody could keep it. Rows stay, with why."""
    owed = env["charter.obligation"].search([("res_model", "=", "site.visit"), ("is_owed", "=", True)])
    owed._cancel("The site visits were removed from this Odoo.")

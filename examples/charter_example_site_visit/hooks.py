"""What installing and removing the addon does to the charter and to its ledger."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

CODE = "site.visit"


def post_init_hook(env):
    """Propose the promise: a draft of the next version of each charter in force, which a person publishes."""
    env["charter.document"].search([("state", "=", "in_force")])._propose(
        CODE,
        article=1,
        name={
            "en_US": "We visit your site when you ask us to",
            "fr_FR": "Nous venons sur votre site quand vous le demandez",
        },
        delay=5,
        unit="days",
        clock="working",
        owner_role="technical_contact",
        warn_before=1,
        warn_unit="days",
        breach_role="operations_manager",
    )


def uninstall_hook(env):
    """Cancel what is still owed: its documents go, and nobody could keep it. Rows stay, with why."""
    owed = env["charter.obligation"].search([("res_model", "=", "site.visit"), ("is_owed", "=", True)])
    owed._cancel(_lt("The site visits were removed from this Odoo."))

"""What installing and removing the addon does to the charter and to its ledger."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

# The code of the commitment in the charter; the model of its documents happens to be called alike.
CODE = "invoice.dispute"


def post_init_hook(env):
    """Propose the commitment in a draft of each charter in force, which a person publishes."""
    env["charter.document"].search([("state", "=", "in_force")])._propose(
        CODE,
        article=2,
        name={"en_US": "We answer your dispute", "fr_FR": "Nous répondons à votre contestation"},
        delay=5, unit="days", clock="working", owner_role="account_manager", warn_before=1, warn_unit="days",
    )  # fmt: skip


def uninstall_hook(env):
    """Cancel what is outstanding, with a reason: nothing could meet it any more. The rows stay in the register."""
    owed = env["charter.obligation"].search([("res_model", "=", "invoice.dispute"), ("is_owed", "=", True)])
    owed._cancel(_lt("Invoice disputes were removed from this Odoo."))

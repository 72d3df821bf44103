"""What installing and removing the addon does to the charter and to its commitments."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

# The code of the commitment in the charter, and the model of its documents: two names, which happen to be alike.
CODE = "sample.matter"
MODEL = "sample.matter"


def post_init_hook(env):
    """Propose the commitment in a draft of each charter in force, which a person publishes."""
    env["charter.document"].search([("state", "=", "in_force")])._propose(
        CODE,
        article=2,
        name={"en_US": "We answer your sample matter", "fr_FR": "Nous répondons à votre sample matter"},
        delay=5, unit="days", clock="working", owner_role="account_manager", warn_before=1, warn_unit="days",
    )  # fmt: skip


def uninstall_hook(env):
    """Cancel what is outstanding, with a reason: nothing could meet it any more. The rows stay in the register."""
    outstanding = env["charter.obligation"].search([("res_model", "=", MODEL), ("is_owed", "=", True)])
    outstanding._cancel(_lt("The addon of its document was removed from this Odoo."))

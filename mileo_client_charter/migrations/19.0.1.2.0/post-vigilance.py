"""Equipment that was there before the catalogue of models finds its model in it."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    if not version:
        return
    env = api.Environment(cr, SUPERUSER_ID, {"active_test": False})
    env["charter.equipment"].search(
        [("maker", "!=", False), ("model", "!=", False)]
    )._find_models()._recognised()

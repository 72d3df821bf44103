"""Renewals of before know the promise they keep: it was looked for by its key each time."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    if not version:
        return
    env = api.Environment(cr, SUPERUSER_ID, {})
    rows = env["charter.obligation"].search(
        [("res_model", "=", "contract.contract"), ("code", "=", "renewal.decision")], order="id"
    )
    env["charter.renewal"].search([("obligation_id", "=", False)])._link_promises(rows)

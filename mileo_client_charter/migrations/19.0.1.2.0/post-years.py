"""The term of a contract without end date is its contract year: of those there are, the one that runs now. Years that were over before
this version was installed were decided on by nobody, and nobody is asked to decide on them."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    contracts = api.Environment(cr, SUPERUSER_ID, {})["contract.contract"].with_context(active_test=False)
    contracts = contracts.search([("charter_tier_id", "!=", False), ("date_end", "=", False)])
    for name in ("charter_term_end", "charter_auto_renew", "charter_notice_date"):
        contracts.env.add_to_compute(contracts._fields[name], contracts)
    contracts.env.flush_all()

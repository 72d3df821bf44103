"""Copies, sheets and handovers are kept by their delivery from now on, and nothing leaves by surprise."""

from odoo import SUPERUSER_ID, api

KEPT_BY_DELIVERY = ("charter.copy", "contacts.sheet", "contact.handover")


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    # Terms of published charters are frozen for everybody; how a promise is kept is the addon's.
    cr.execute(
        "UPDATE charter_commitment SET by_evidence = false WHERE code = ANY(%s)", [list(KEPT_BY_DELIVERY)]
    )
    # What the clients of a running company are owed is looked at before it goes.
    env["res.company"].search([]).charter_delivery_review_from = 0

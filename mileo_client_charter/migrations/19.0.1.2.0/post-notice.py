"""Notices say when they became known, and vulnerabilities when they were published: for those there are, when they were written."""

from odoo.addons.mileo_client_charter.models.base.charter_engine import charter_through


def migrate(cr, version):
    charter_through(
        cr, "UPDATE charter_notice SET known_on = create_date::date, published_on = create_date::date"
    )

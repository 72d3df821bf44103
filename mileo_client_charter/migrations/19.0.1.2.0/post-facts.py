"""Answers on record speak for the client they were given for, whoever their contact belongs to today."""

from odoo.addons.mileo_client_charter.models.base.charter_engine import charter_through


def migrate(cr, version):
    if not version:
        return
    # The answers of one contact of one client are one person's; an answer nobody is named on any more is its own.
    charter_through(
        cr,
        """
        UPDATE charter_feedback f
           SET nps_counted = f.nps_answered,
               respondent = (SELECT MIN(o.id) FROM charter_feedback o
                              WHERE o.company_id = f.company_id AND o.partner_id = f.partner_id
                                AND o.nps_answered = 1
                                AND (o.contact_id = f.contact_id OR f.contact_id IS NULL AND o.id = f.id))
         WHERE f.nps_answered = 1 AND COALESCE(f.respondent, 0) = 0
        """,
    )

"""Who gave an answer at a meeting that was held was there: a review has the list of them since 19.0.1.6.0."""

from odoo.addons.mileo_client_charter.models.base.charter_engine import charter_door


def migrate(cr, version):
    if not version:
        return
    with charter_door(cr):
        cr.execute(
            """
            INSERT INTO charter_review_attended_rel (charter_review_id, res_partner_id)
            SELECT DISTINCT answer.review_id, answer.contact_id
              FROM charter_review_answer answer
              JOIN charter_review review ON review.id = answer.review_id AND review.state IN ('held', 'minutes')
             WHERE answer.contact_id IS NOT NULL
                ON CONFLICT DO NOTHING
            """
        )

"""Why a call is due is stored; ``negative`` is the rating alone."""

from odoo.addons.mileo_client_charter.models.base.charter_engine import charter_through


def migrate(cr, version):
    if not version:
        return
    # The threshold is that of the answer's own day; what was called negative without a low rating was reported to us.
    charter_through(
        cr,
        """
        UPDATE charter_feedback f
           SET call_reason = CASE WHEN f.rating > 0 AND f.rating < f.threshold THEN 'rating' ELSE 'problem' END,
               negative = f.rating > 0 AND f.rating < f.threshold
         WHERE f.negative AND f.call_reason IS NULL
        """,
    )

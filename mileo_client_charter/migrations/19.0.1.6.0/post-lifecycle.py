"""Notices that apologised keep saying so; the time to tell runs from the moment a device was found; an announcement that came after
“none announced” is followed from now on.
"""

from odoo import SUPERUSER_ID, api

from odoo.addons.mileo_client_charter.models.base.charter_engine import charter_through


def migrate(cr, version):
    if not version:
        return
    # Until now a reason was only given with the apology for the delay.
    charter_through(
        cr, "UPDATE charter_notice_line SET sent_late = TRUE WHERE NULLIF(late_reason, '') IS NOT NULL"
    )
    env = api.Environment(cr, SUPERUSER_ID, {})
    # Hours ran from the morning of the day on which a device was found.
    concern = env["charter.advisory.concern"]
    told = concern.with_context(active_test=False).search([("told_at", "!=", False)])
    env.add_to_compute(concern._fields["hours_to_tell"], told)
    env.flush_all()
    asked = env["charter.equipment.milestone"].search(
        [("model_date_id", "=", False), ("status", "in", ("none_announced", "unknown"))]
    )
    if asked:
        env["charter.equipment.model.date"].search([])._follow(asked.equipment_id)

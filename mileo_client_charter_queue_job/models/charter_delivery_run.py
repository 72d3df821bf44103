from odoo import api, models

from odoo.addons.mileo_client_charter.models.delivery.charter_delivery_run import SEND_BATCH


class CharterDelivery(models.Model):
    """What goes to many clients is written by the channel root.charter.delivery."""

    _name = "charter.delivery"
    _inherit = ["charter.delivery", "charter.job.mixin"]

    @api.model
    def _job_write(self, first, last):
        """Write the mails of the planned deliveries from ``first`` to ``last``."""
        deliveries = self._charter_in_range(self._planned_domain(), first, last)
        if deliveries:
            deliveries._write_or_fail()
            self.env["charter.delivery.run"]._close_finished()
        return self.env._("%s written", len(deliveries))


class CharterDeliveryRun(models.Model):
    _inherit = "charter.delivery.run"

    @api.model
    def _cron_delivery(self):
        if self.env["charter.delivery"]._charter_at_once():
            return super()._cron_delivery()
        deliveries = self.env["charter.delivery"].sudo()
        deliveries._retry_failed(self._charter_now())
        planned = deliveries.search(deliveries._planned_domain())
        deliveries._charter_enqueue("_job_write", planned.ids, SEND_BATCH, self.env._("Write to clients"))
        self._close_finished()
        return None

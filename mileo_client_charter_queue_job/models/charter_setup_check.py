from odoo import api, fields, models


class CharterSetupCheck(models.Model):
    _inherit = "charter.setup.check"

    code = fields.Selection(
        selection_add=[("job_runner", "Runner of jobs")], ondelete={"job_runner": "cascade"}
    )

    @api.model
    def _words(self):
        return {
            **super()._words(),
            "job_runner": self.env._(
                "Start Odoo with queue_job among its server-wide modules and two workers or more: until then the scheduled "
                "actions do the work of the jobs."
            ),
        }

    @api.model
    def _check_job_runner(self, companies):
        away = self.env["charter.delivery"]._charter_runner_is_away()
        return dict.fromkeys(companies, "queue.job") if away else {}

    def _links(self):
        jobs = {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": "queue.job",
            "views": [(False, "list"), (False, "form")],
            "domain": [("channel", "=like", "root.charter%")],
        }
        return {**super()._links(), "job_runner": jobs}

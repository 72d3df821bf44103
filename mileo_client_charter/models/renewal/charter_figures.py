"""Notices sent late, or known too late, in the report of the period they were sent in."""

from odoo import api, models


class CharterFigures(models.AbstractModel):
    _inherit = "charter.figures"

    @api.model
    def _detail_parts(self, scope):
        return {**super()._detail_parts(scope), "notices": self._notice_rows(scope)}

    @api.model
    def _notice_rows(self, scope):
        """Return notices sent in the period later than promised, or known too late for that, with the reason given; in the report that counts them."""
        for model in ("charter.notice", "charter.notice.line"):
            self.env[model].flush_model()
        return self._dicts(
            """
            SELECT scope.contract_id, notice.name AS title, line.sent_at, line.told_effect_on AS effect_on,
                   line.late_reason AS reason
              FROM (SELECT told.*, (SELECT contract_id FROM charter_obligation
                                     WHERE res_model = 'charter.notice.line' AND res_id = told.id
                                       AND code = 'notice.advance' ORDER BY id DESC LIMIT 1) AS contract_id
                      FROM charter_notice_line told
                     WHERE told.active AND told.partner_id = ANY(%(clients)s)
                       AND told.sent_at >= %(first)s AND told.sent_at < %(last)s AND NULLIF(told.late_reason, '') IS NOT NULL) line
              JOIN charter_notice notice ON notice.id = line.notice_id
              JOIN %(scope)s scope ON scope.company_id = line.company_id AND scope.contract_id = %(owner)s
                                   AND scope.partner_id = line.partner_id
             WHERE line.sent_at >= scope.start_at AND line.sent_at < scope.end_at
             ORDER BY line.sent_at, line.id
            """,
            clients=scope["columns"]["partner_id"],
            **{
                name: part
                for name, part in self._facts(scope, "line", "partner_id", "sent_at").items()
                if name != "mine"
            },
        )

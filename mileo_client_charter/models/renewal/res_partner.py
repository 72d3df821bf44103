"""Legal aid, off by default: the reminder of art. L215-1 of the French consumer code before a tacit renewal.

The supplier tells its client in writing, by a dedicated letter or mail, between three months and one month before the
last day to refuse the renewal, that it may refuse it; that day stands in a box. It protects consumers and, by art.
L215-3, non-professionals. Whether it applies to a client is to be confirmed by counsel: this helps, it does not advise.
"""

from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    charter_legal_reminder = fields.Boolean(
        "Reminder of tacit renewal (art. L215-1)",
        help="Sent between three months and one month before the last day to refuse the renewal. "
        "Whether the law asks for it with this client is to be confirmed by counsel.",
    )

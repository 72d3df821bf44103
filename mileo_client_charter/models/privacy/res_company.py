"""Settings of a company: how many months the words and names of clients are kept.

Figures stay: marks, NPS, promises kept and late. What somebody wrote, and who, goes. See readme/PRIVACY.md.
"""

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResCompany(models.Model):
    _inherit = "res.company"

    charter_words_months = fields.Integer(
        "Months feedback comments are kept",
        help=(
            "Then comments, answers at interviews and reviews, and who gave them are removed, for "
            "good; ratings stay. 0: kept."
        ),
    )
    charter_complaints_months = fields.Integer(
        "Months the text of escalations is kept",
        help="Counted from the day they are resolved. Then what happened, our answer and who raised it are removed, for good; "
        "level, moments and the commitment stay. 0: kept.",
    )
    charter_bodies_months = fields.Integer(
        "Months the text of deliveries is kept",
        help="Then messages and files are removed, for good; who received what, and when, stays. 0: kept.",
    )

    _charter_retention_range = models.Constraint(
        "CHECK (charter_words_months BETWEEN 0 AND 600 AND charter_bodies_months BETWEEN 0 AND 600 AND "
        "charter_complaints_months BETWEEN 0 AND 600)",
        "Months that comments and messages are kept: give 0 (kept) to 600.",
    )

    @api.constrains("charter_words_months", "charter_nps_months")
    def _check_charter_words_months(self):
        """Check that words are kept as long as the NPS of a client counts the latest answer of each contact: it must be known whose it is."""
        for company in self:
            if 0 < company.charter_words_months < company.charter_nps_months:
                raise ValidationError(
                    self.env._(
                        "Months feedback comments are kept: the NPS of a client looks back %s months. Give at "
                        "least as many, or 0 to keep them.",
                        company.charter_nps_months,
                    )
                )

    def _charter_retention(self):
        """Return {“words”, “complaints”, “bodies”: months, 0 for “kept”}, as the client's portal says it."""
        self.ensure_one()
        return {
            "words": self.charter_words_months,
            "complaints": self.charter_complaints_months,
            "bodies": self.charter_bodies_months,
        }

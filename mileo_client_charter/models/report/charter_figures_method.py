"""How each figure is computed, in the words of the report's last page."""

from odoo import api, models


class CharterFigures(models.AbstractModel):
    _inherit = "charter.figures"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _method(self):
        """Return {formula: (title, words)} of the report's last page: the docstrings of tools/figures.py, word for word."""
        return {
            "interventions": (
                self.env._("Interventions"),
                self.env._(
                    "An intervention belongs to the period in which the work was done (its resolution). "
                    "Those reported by the end of the period and not done by then are counted separately, as "
                    "in progress; those reported in the period and cancelled are counted separately too."
                ),
            ),
            "service_level": (
                self.env._("Service levels"),
                self.env._(
                    "Met / (met + missed), over the target times decided in the period: met when the work "
                    "was done in time, missed at the moment the target fell due. Left out and counted "
                    "separately: those still running at the end of the period, and those cancelled. Time "
                    "paused, with its reason, is not counted. Planned work has no target time."
                ),
            ),
            "availability": (
                self.env._("Availability"),
                self.env._(
                    "(expected time − time down) / expected time, over the supervised equipment of the contract. "
                    "Expected time is supervised time less planned maintenance and less the time when supervision "
                    "itself was down. Outages that overlap count once. Coverage is expected time / whole time: what "
                    "is not covered is missing, not available."
                ),
            ),
            "satisfaction": (
                self.env._("Satisfaction"),
                self.env._(
                    "Sum of the ratings from 1 to 5 / number of ratings, over the answers received in the "
                    "period. Surveys sent in the period and those held back (frequency limit, or a reason on "
                    "record) are counted separately. No rating: no mean."
                ),
            ),
            "recommendation": (
                self.env._("Would recommend (NPS)"),
                self.env._(
                    "100 × (promoters, 9 or 10 − detractors, 0 to 6) / answers, over the latest answer of "
                    "each contact in the window of months that ends with the period. Its first day and the "
                    "number of answers are always printed with it. An answer counts for whoever was a "
                    "contact of the client when it was given; those left out, with a reason, are counted "
                    "separately."
                ),
            ),
            "promises": (
                self.env._("Commitments"),
                self.env._(
                    "Met on time / (met on time + missed), over every commitment of the charter decided in "
                    "the period: met on time when it was done by its due date, missed once it fell due "
                    "without being done, whether it was done later or not. Each missed one is listed. Those "
                    "still open at the end of the period and those cancelled are left out and counted "
                    "separately."
                ),
            ),
            "escalations": (
                self.env._("Escalations"),
                self.env._(
                    "Escalations the client raised in the period, those that went to general management in it, those "
                    "resolved in it, and those not resolved at its end, whenever they were raised."
                ),
            ),
        }

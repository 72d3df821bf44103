from odoo import models

from ...tools.departments import department_of
from ...tools.public_holidays import UnknownPart, part_of


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _charter_holiday_part(self):
        """The part of its country whose public holidays this address has; False for the days of the whole country."""
        code = department_of(self.zip, self.country_id.code, self.city) if self else False
        try:
            return code if code and part_of(self.country_id.code or "FR", code)[1] else False
        except UnknownPart:
            return False

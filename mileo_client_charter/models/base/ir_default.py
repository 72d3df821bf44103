"""The language of visitors who name none, found once and not twice at each request (two statements of the eight of a signed page)."""

from odoo import models
from odoo.tools import ormcache

LANGUAGE = ("res.partner", "lang", False, False, False)


class IrDefault(models.Model):
    _inherit = "ir.default"

    def _get(self, model_name, field_name, user_id=False, company_id=False, condition=False):
        """Return what Odoo returns; the default of everybody's language, which each request asks for, from memory.

        Odoo clears this cache whenever a default is written.
        """
        if self.env.su and (model_name, field_name, user_id, company_id, condition) == LANGUAGE:
            return self._charter_language()
        return super()._get(model_name, field_name, user_id, company_id, condition)

    @ormcache()
    def _charter_language(self):
        return super()._get(*LANGUAGE)  # pylint: disable=super-method-mismatch

"""One look for every list and form of the charter: headers and badges are read whole, whatever the language."""

from odoo import api, models


class Base(models.AbstractModel):
    _inherit = "base"

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        # Other apps' views keep theirs: on their models ours are known by their names.
        if self._name.startswith("charter.") or "charter" in (view.name or ""):
            arch.set("class", f"{arch.get('class', '')} o_charter".strip())
        return arch, view

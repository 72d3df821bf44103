"""How the charter is printed by Odoo's own ways: what runs at the foot of its pages, and the signed document in the text's place."""

import base64

from odoo import models


class CharterDocument(models.Model):
    _inherit = "charter.document"  # pylint: disable=consider-merging-classes-inherited

    def _charter_runs_below(self, _report):
        """Return what runs at the foot of each page, and the language it is in."""
        return f"{self.display_name} · {self.sudo().company_id.name}", self.env.lang

    def _charter_printed(self, _report):
        """Return the signed document, where there is one: what everybody downloads."""
        self._official_pdf_file()._charter_check_intact()
        return base64.b64decode(self.official_pdf) if self.official_pdf else None

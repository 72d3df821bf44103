from odoo import models


class PrivacyLookupWizard(models.TransientModel):
    _inherit = "privacy.lookup.wizard"

    def _get_query_models_blacklist(self):
        """Leave out the models that take “active” from another table, as the locations of field service do from contacts.

        Core's query fails on them altogether; what they are about is found in that other table.
        """
        borrowed = [
            name
            for name, model in self.env.items()
            if "active" in model._fields and not model._fields["active"].store
        ]
        return [*super()._get_query_models_blacklist(), *borrowed]

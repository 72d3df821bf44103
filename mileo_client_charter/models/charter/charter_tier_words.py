"""The words of a tier that are kept in memory, and which rows make them out of date."""

from odoo import api, models


class CharterTierWords(models.AbstractModel):
    """Rows that ``charter.tier._charter_in_words`` reads: what is kept of it is forgotten when one is written."""

    _name = "charter.tier.words.mixin"
    _description = "Part of what a tier gives, in words"

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

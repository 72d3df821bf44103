"""Moments of pages, prints and emails: “1er mars” in French, as everywhere else."""

from odoo import api, models

from .charter_format import first_of_month


class IrQwebFieldDatetime(models.AbstractModel):
    _inherit = "ir.qweb.field.datetime"

    @api.model
    def value_to_html(self, value, options):
        return first_of_month(self.env, super().value_to_html(value, options))

"""Show tracked states in the reader's language: core keeps the label in the language of whoever took the step."""

from odoo import models

from .charter_addons import is_charter_model


class MailTrackingValue(models.Model):
    _inherit = "mail.tracking.value"

    def _format_display_value(self, field_type, new=True):
        shown = super()._format_display_value(field_type, new)
        if field_type != "selection":
            return shown
        return [
            one._charter_label(value)
            if is_charter_model(self.env.registry.get(one.field_id.model))
            else value
            for one, value in zip(self, shown, strict=True)
        ]

    def _charter_label(self, label):
        """Return ``label`` of the field's selection, in any language, in the reader's."""
        self.ensure_one()
        field = self.env[self.field_id.model]._fields.get(self.field_id.name)
        if not label or not field or field.type != "selection":
            return label
        for code, _name in self.env["res.lang"].get_installed():
            choices = field._description_selection(self.with_context(lang=code).env)
            for key, known in choices:
                if known == label:
                    return dict(field._description_selection(self.env)).get(key, label)
        return label

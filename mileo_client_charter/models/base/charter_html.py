"""Fields of formatted text whose languages are written separately: none is taken from another."""

from odoo import fields
from odoo.tools.translate import html_translate


class OwnHtml(fields.Html):
    """Html that people write in each language separately.

    Odoo translates the Html of a ``translate=True`` field sentence by sentence: whoever writes other sentences in one language writes
    them into all. That suits texts that are translated once and shipped; what somebody writes to clients is a text of its own in each
    language, and writing one leaves the others as they are. Sanitized as every Html field.
    """

    def _get_attrs(self, model_class, name):
        attrs = super()._get_attrs(model_class, name)
        if attrs.get("translate") is html_translate:
            attrs["translate"] = True
        return attrs

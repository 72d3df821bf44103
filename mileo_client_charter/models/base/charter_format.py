"""How a figure is shown to people, in their language: one way, whatever page, print or workbook it stands in."""

from odoo.tools.misc import formatLang

from ...tools.figures import percent


def percent_text(env, met, total, digits=1):
    """Return “66.7 %” for 2 of 3, “100 %” for all and nothing less; empty when there is nothing to count on."""
    value = percent(met, total, digits)
    if value is None:
        return ""
    return env._("100 %") if value == 100 else env._("%s %%", formatLang(env, value, digits=digits))

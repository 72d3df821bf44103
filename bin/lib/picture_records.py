"""What a picture shows and the demo company does not keep: windows that say what they did. Made as their user makes them, in an Odoo shell."""

import base64
import io
from datetime import date

import openpyxl


def support_import(env, lang):
    """Import a manufacturer's list as Thomas does, with all that can be said of a row. :return: the action that shows its result"""
    today = env.ref("base.main_company")._charter_today()
    ahead = date(today.year + 2, 6, 30)
    rows = (
        ("Model", "Brand", "End of support"),
        ("P3225-LVE", "AXIS", ahead),  # a notice written by hand gives another date
        ("G3750", "Came", date(today.year + 1, 8, 28)),  # its devices have a date of their own
        ("Q1656", "AXIS", ahead),
        ("M16", "Mobotix", "TBD"),
        ("X-9000", "Acme", ahead),
    )
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    thomas = env["res.users"].search([("login", "=", "thomas")])
    wizard = env["charter.support.import"].with_user(thomas).with_context(lang=lang, tz="Europe/Paris")
    wizard = wizard.create({"file": base64.b64encode(content.getvalue()), "filename": "list.xlsx"})
    wizard.action_show()
    return wizard.action_import()

"""Glue addons that came with a later version than the one installed, beside neighbours that were there before them.

Odoo installs what installs itself only when one of its dependencies is installed; an update does not.
"""

from odoo import SUPERUSER_ID, api

PRESENT = ("installed", "to upgrade", "to install")


def migrate(cr, version):
    modules = api.Environment(cr, SUPERUSER_ID, {})["ir.module.module"]
    glue = modules.search(
        [
            ("name", "=like", "mileo\\_client\\_charter\\_%"),
            ("auto_install", "=", True),
            ("state", "=", "uninstalled"),
        ]
    )
    glue.filtered(
        lambda module: all(needed.state in PRESENT for needed in module.dependencies_id)
    ).button_install()

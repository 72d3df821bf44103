"""Kinds of sites: regulations apply to a kind of place."""

from odoo import fields, models


class CharterSiteKind(models.Model):
    """A kind of site a regulation is about: open to the public, housing, industry, and whatever the company needs."""

    _name = "charter.site.kind"
    _description = "Kind of site"
    _order = "name, id"

    name = fields.Char(required=True, translate=True)

    _unique_name = models.UniqueIndex("((name->>'en_US'))", "A kind of site with this name exists already.")

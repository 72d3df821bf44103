"""Rules kept separately for each client an outsider is a contact of; dialogues are read by whoever opened them."""

from odoo import models
from odoo.fields import Domain
from odoo.tools import ormcache
from odoo.tools.lru import LRU

from .charter_addons import is_charter_model

# Of a page with thirty parts, those of some sixty readers a worker: three megabytes.
STATEMENTS_KEPT = 2048


class IrRule(models.Model):
    _inherit = "ir.rule"

    def _compute_domain(self, model_name, mode="read"):
        """Leave everybody the charter's dialogues of their own: Odoo lets whoever may open one read those of all."""
        domain = super()._compute_domain(model_name, mode)
        model = self.env[model_name]
        if model._transient and not self.env.su and is_charter_model(model):
            domain &= Domain("create_uid", "=", self.env.uid)
        return domain

    @ormcache()
    def _charter_statements(self):
        """Return the statements of pages that were written already, by what they follow from; empty once a cache is cleared."""
        return LRU(STATEMENTS_KEPT)

    def _compute_domain_context_values(self):
        """Keep the rules of an outsider separately for each client it may be a contact of.

        Odoo keeps the evaluated rules of a user until somebody clears the cache; those of clients name
        ``user.commercial_partner_id``, which changes where nothing is cleared: a contact moves to another company,
        a company is moved or merged, by SQL too. What is read at each request here is part of the key, so that no
        worker goes by what was true before.
        """
        yield from super()._compute_domain_context_values()
        user = self.env.user
        if not self.env.su and user.share:
            partner = user.sudo().partner_id
            yield partner.id
            yield partner.commercial_partner_id.id

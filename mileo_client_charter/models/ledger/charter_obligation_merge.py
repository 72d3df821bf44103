"""Promises of two clients that become one: every row stays, each with what became of it."""

from odoo import api, models
from odoo.tools.translate import LazyTranslate

from ...tools.occurrence import format_key, parse_key

_lt = LazyTranslate(__name__)


class CharterObligation(models.Model):
    _inherit = "charter.obligation"
    _charter_merge_rules = {"same_promise_once": "_charter_merge_promises"}

    @api.model
    def _charter_merge_promises(self, groups, merge):
        """The same promise, made to both: what was kept or found late stays so, and what is still owed is owed once.

        The rows that give way take a key of their own: the number that tells rows apart and is no word is their own.
        """
        states = {"kept": 0, "late": 1, "open": 3, "cancelled": 4}
        for group in groups:
            kept, *others = group.sorted(
                lambda row: (
                    states[row.state] + (row.state == "late" and row.is_owed),
                    row.res_id != merge.target,
                    row.id,
                )
            )
            others = self.browse([row.id for row in others])
            others._settle_merged(f"{kept.display_name} (no. {kept.id})")
            for row in others._charter_engine():
                row.occurrence = format_key(*parse_key(row.occurrence)._replace(again=row.id))
        self.flush_model()

    def _settle_merged(self, other):
        """What is owed here is owed, or was done, on ``other``: a row that is late stays late, an open one is cancelled."""
        owed = self.sudo().filtered("is_owed")
        why = _lt("Two contacts were merged: it goes on with “%s”.", other)
        owed.filtered(lambda row: row.state == "open")._cancel(why)
        owed.filtered(lambda row: row.state == "late")._fulfil(why)

import psycopg2
from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL, mute_logger

from ..models.base.charter_engine import charter_door


class MergeWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """Merge, or say in words why not; a rule of the database is never the answer.

        :raise UserError: what cannot be merged, and what to do instead
        """
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                # The rows of one client move table by table: whose each is, is checked once they all have.
                self.env.flush_all()
                self.env.cr.execute("SET CONSTRAINTS ALL DEFERRED")
                result = super()._merge(partner_ids, dst_partner, extra_checks)
                self.env.flush_all()
                self.env.cr.execute("SET CONSTRAINTS ALL IMMEDIATE")
        except psycopg2.IntegrityError as error:
            raise UserError(
                self.env._(
                    "These contacts cannot be merged: rows of the table “%(table)s” cannot both be of one contact "
                    "(rule “%(rule)s”). Change or archive one of them, or keep both contacts and archive the one that is "
                    "not used any more.",
                    table=error.diag.table_name or "?",
                    rule=error.diag.constraint_name or "?",
                )
            ) from error
        # Who may read what is remembered by user: whose contact it is has changed.
        self.env.registry.clear_cache()
        return result

    def _update_foreign_keys(self, src_partners, dst_partner):
        self.env["charter.merge"].sudo()._merge(src_partners, dst_partner)
        self._charter_move_links(src_partners, dst_partner)
        return super()._update_foreign_keys(src_partners, dst_partner)

    def _charter_move_links(self, src_partners, dst_partner):
        """Move what documents on record link to these contacts: core's own statement stops at the door of their tables.

        A document that links to both links to the one that stays, once.
        """
        for name in sorted(self.env.registry.descendants(["charter.engine.mixin"], "_inherit")):
            model = self.env[name]
            if not model._auto or model._abstract:
                continue
            for link in model._charter_guarded_links():
                field = model._fields[link]
                if field.comodel_name != "res.partner":
                    continue
                parts = {
                    "table": SQL.identifier(field.relation),
                    "near": SQL.identifier(field.column1),
                    "far": SQL.identifier(field.column2),
                    "target": dst_partner.id,
                    "sources": tuple(src_partners.ids),
                }
                with charter_door(self.env.cr):
                    self.env.cr.execute(
                        SQL(
                            "INSERT INTO %(table)s (%(near)s, %(far)s) SELECT DISTINCT %(near)s, %(target)s FROM %(table)s "
                            "WHERE %(far)s IN %(sources)s ON CONFLICT DO NOTHING",
                            **parts,
                        )
                    )
                    self.env.cr.execute(SQL("DELETE FROM %(table)s WHERE %(far)s IN %(sources)s", **parts))

    def _log_merge_operation(self, src_partners, dst_partner):
        result = super()._log_merge_operation(src_partners, dst_partner)
        self.env["charter.assignment"].sudo()._after_merge(dst_partner)
        return result

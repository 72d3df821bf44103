"""When a scheduled action that holds what is against what should be last found nothing to do.

Some actions compare a good deal on every run: who is away and what clients were told, what contracts owe and what the ledger has.
Woken again and again, they would compare the same rows. So a run that changed nothing leaves a digest of the rows it read; the next run of the
same hour that finds the same digest has nothing to do. What time alone changes is looked at again every hour.
"""

from odoo import api, fields, models
from odoo.tools import SQL

from .charter_batches import Failures


class CharterSettled(models.Model):
    _name = "charter.settled"
    _description = "State in which a scheduled action found nothing to do"
    _log_access = False
    _rec_name = "action"

    action = fields.Char(required=True, readonly=True)
    digest = fields.Char("Digest of the rows read", required=True, readonly=True)

    _action_once = models.UniqueIndex("(action)", "A scheduled action has one such state.")

    @api.model
    def _unless_settled(self, model, action, act):
        """Run ``act`` unless the rows it reads are those of this hour's run that changed nothing.

        The digest is taken before anything is read, and kept only if it is the same when all is done: what another transaction
        changes meanwhile is looked at by the next run, and so is what failed.

        :param model: says in ``_charter_action_reads(action)`` which rows the action reads
        :param action: name of the scheduled action
        :param act: function without arguments; what it gives is False where it was not finished
        """
        tables = model._charter_action_reads(action)
        before = self._digest(tables)
        known = self.sudo().search_fetch([("action", "=", action)], ["digest"])
        if known.digest == before:
            return True
        failures = Failures.count
        done = act()
        if done is not False and Failures.count == failures and self._digest(tables) == before:
            if known:
                known.digest = before
            else:
                self.sudo().create({"action": action, "digest": before})
        return done

    @api.model
    def _digest(self, tables):
        """Make a digest, in one statement, of this hour and of which versions of which rows there are.

        ``xmin`` and ``ctid`` name a version of a row: whoever changes it, by whatever way, another one is there.

        :param tables: {table: SQL condition on ``row``, or None for all of its rows}; ``table which`` names some of its rows more
        """
        self.env.flush_all()
        versions = [
            SQL(
                "(SELECT concat_ws(',', %(name)s, count(*), sum(hashtextextended(concat_ws(' ', row.ctid, row.xmin), 0))) "
                "FROM %(table)s AS row WHERE %(condition)s)",
                name=table,
                table=SQL.identifier(table.split()[0]),
                condition=condition or SQL("true"),
            )
            for table, condition in sorted(tables.items())
        ]
        [[digest]] = self.env.execute_query(
            SQL(
                "SELECT encode(sha256(convert_to(concat_ws(';', date_trunc('hour', %(now)s::timestamp), %(versions)s), 'UTF8')), 'hex')",
                now=self.env.cr.now(),
                versions=SQL(", ").join(versions),
            )
        )
        return digest

"""Skip a scheduled action while nothing it reads has changed since it last found nothing to do.

Some actions compare a good deal on every run: who is away and what clients were informed of, what contracts owe and what the ledger has.
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
        self.env.flush_all()
        [[before, known]] = self.env.execute_query(
            SQL(
                "SELECT %(digest)s, (SELECT digest FROM charter_settled WHERE action = %(action)s)",
                digest=self._digest_sql(tables),
                action=action,
            )
        )
        if known == before:
            return True
        failures = Failures.count
        done = act()
        if done is not False and Failures.count == failures:
            self._keep(action, before, model._charter_action_reads(action))
        return done

    @api.model
    def _keep(self, action, before, tables):
        """Keep the digest ``before`` if it is still that of ``tables``; one statement."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO charter_settled (action, digest)
                SELECT %(action)s, present.digest FROM (SELECT %(digest)s AS digest) AS present WHERE present.digest = %(before)s
                ON CONFLICT (action) DO UPDATE SET digest = excluded.digest
                """,
                action=action,
                digest=self._digest_sql(tables),
                before=before,
            )
        )
        self.invalidate_model(["digest"])

    @api.model
    def _digest_sql(self, tables):
        """Return SQL: a digest of this hour and of which versions of which rows there are.

        ``xmin`` and ``ctid`` name a version of a row: whoever changes it, by whatever way, another one is there.

        :param tables: {table: SQL condition on ``row``, or None for all of its rows}; a second condition on the same table has
            the key ``table which``, with any word for “which”
        """
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
        return SQL(
            "encode(sha256(convert_to(concat_ws(';', %(hour)s, %(versions)s), 'UTF8')), 'hex')",
            hour=f"{fields.Datetime.now():%Y-%m-%d %H}",
            versions=SQL(", ").join(versions),
        )

from odoo.exceptions import UserError
from odoo.tools import SQL

from .models.base.charter_addons import is_charter_model

# Ranges of several pieces (multiranges) came with version 14; Odoo 19 itself installs on 13.
POSTGRESQL = 140000


def pre_init_hook(env):
    """Refuse a database server the figures of reports cannot be computed on. :raise UserError: older than PostgreSQL 14"""
    version = env.cr.connection.server_version
    if version < POSTGRESQL:
        raise UserError(
            env._(
                "The client charter needs PostgreSQL 14 or later; this database is on %s. Move it, then install.",
                version // 10000,
            )
        )


def uninstall_hook(env):
    """Remove what the addon wrote on records of others: promises to keep, on contracts and partners.

    Odoo removes what lies on the addon's own models automatically, in an order of its own: it would drop the
    index of the commitments before the foreign key that leans on it.
    """
    # Nothing is protected any more: the triggers of all tables go with it.
    env.cr.execute(
        "DROP FUNCTION IF EXISTS charter_door() CASCADE; DROP FUNCTION IF EXISTS charter_seal_due() CASCADE; "
        "DROP FUNCTION IF EXISTS charter_state_of(text, integer) CASCADE; "
        "DROP FUNCTION IF EXISTS charter_on_record(text, integer, text) CASCADE"
    )
    env["charter.own.client.mixin"]._charter_take_out_functions()
    env.cr.execute(
        "ALTER TABLE charter_obligation DROP CONSTRAINT IF EXISTS charter_obligation_commitment_of_company"
    )
    _drop_restrictions(env)
    types = env["ir.model.data"].search(
        [("module", "=", "mileo_client_charter"), ("model", "=", "mail.activity.type")]
    )
    activities = env["mail.activity"].with_context(active_test=False)
    activities.search([("activity_type_id", "in", types.mapped("res_id"))]).unlink()


def _drop_restrictions(env):
    """Drop the constraints that keep a row as long as something leans on it (a tier, by a campaign): nothing of ours stays."""
    tables = [model._table for model in env.values() if is_charter_model(model)]
    env.cr.execute(
        SQL(
            """
            SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname) FROM pg_constraint
             WHERE contype = 'f' AND confdeltype IN ('r', 'a') AND confrelid::regclass::text = ANY(%(tables)s)
            """,
            tables=tables,
        )
    )
    for (statement,) in env.cr.fetchall():
        env.cr.execute(statement)

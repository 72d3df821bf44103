def uninstall_hook(env):
    """What the addon wrote on records of others: promises to keep, on contracts and partners.

    Odoo removes what lies on the addon's own models by itself, in an order of its own: it would drop the
    index of the commitments before the foreign key that leans on it.
    """
    # Nothing is protected any more: the triggers of all tables go with it.
    env.cr.execute(
        "DROP FUNCTION IF EXISTS charter_door() CASCADE; DROP FUNCTION IF EXISTS charter_seal_due() CASCADE"
    )
    env.cr.execute(
        "ALTER TABLE charter_obligation DROP CONSTRAINT IF EXISTS charter_obligation_commitment_of_company"
    )
    types = env["ir.model.data"].search(
        [("module", "=", "mileo_client_charter"), ("model", "=", "mail.activity.type")]
    )
    activities = env["mail.activity"].with_context(active_test=False)
    activities.search([("activity_type_id", "in", types.mapped("res_id"))]).unlink()

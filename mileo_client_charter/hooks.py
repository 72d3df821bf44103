def uninstall_hook(env):
    """What the addon wrote on records of others: promises to keep, on contracts and partners.

    Odoo removes what lies on the addon's own models by itself.
    """
    activity_type = env.ref("mileo_client_charter.activity_promise", raise_if_not_found=False)
    if activity_type:
        activities = env["mail.activity"].with_context(active_test=False)
        activities.search([("activity_type_id", "=", activity_type.id)]).unlink()

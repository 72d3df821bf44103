"""What neighbours with data are before the addon comes, and what its roles do beside them once it is there."""

NEIGHBOURS = (
    "contract_termination", "contract_variable_quantity", "contract_payment_mode", "partner_firstname",
    "base_multi_company", "mis_builder", "auditlog", "calendar_public_holiday", "mass_mailing",
)  # fmt: skip

# A contract of three lines, one counted by a formula, paid by a mode; a dead one of each kind; people in two names; every change of
# a contact and a contract written down by auditlog; a mailing list; the public holidays of a year; a report of management.
BEFORE = """
    from odoo import Command
    journal = env["account.journal"].create({"name": "Bank of before", "code": "BOB", "type": "bank"})
    env["account.journal"].create({"name": "Sales of before", "code": "SOB", "type": "sale"})
    mode = env["account.payment.mode"].create({
        "name": "Transfer", "bank_account_link": "fixed", "fixed_journal_id": journal.id, "company_id": env.company.id,
        "payment_method_id": env.ref("account.account_payment_method_manual_in").id})
    dora, mary, old = [env["res.users"].with_context(no_reset_password=True).create({
        "name": name, "login": name.lower(), "email": name.lower() + "@example.com", "phone": "+33 1 00 00 00 02",
        "group_ids": [Command.link(env.ref("base.group_user").id), Command.link(env.ref("sales_team.group_sale_salesman").id)]})
        for name in ("Dora", "Mary", "Olaf")]
    elsewhere = env["res.company"].create({"name": "Elsewhere"})
    stranger = env["res.users"].with_context(no_reset_password=True).create({
        "name": "Stan", "login": "stan", "email": "stan@example.com", "company_ids": [Command.set(elsewhere.ids)],
        "company_id": elsewhere.id, "group_ids": [Command.link(env.ref("base.group_user").id)]})
    house = env["res.partner"].create({
        "name": "Lived-in House", "is_company": True, "email": "house@example.com", "user_id": old.id,
        "customer_payment_mode_id": mode.id})
    lea = env["res.partner"].create({
        "firstname": "Léa", "lastname": "Martin", "parent_id": house.id, "email": "lea@example.com", "lang": "en_US"})
    gone = env["res.partner"].create({"name": "Gone", "is_company": True, "active": True})
    formula = env["contract.line.qty.formula"].create({"name": "Cameras", "code": "result = 3"})
    def line(name, **values):
        return Command.create({
            "name": name, "quantity": 1, "price_unit": 100, "date_start": "2020-03-01", "date_end": "2030-02-28",
            "recurring_next_date": "2026-11-01", "recurring_rule_type": "monthly", "recurring_interval": 1, **values})
    def contract(name, partner, *lines, **values):
        return env["contract.contract"].create({
            "name": name, "partner_id": partner.id, "line_recurrence": True, "payment_mode_id": mode.id,
            "contract_line_ids": list(lines), **values})
    note = Command.create({"name": "Part one", "display_type": "line_section"})
    lived = contract("Lived in", house, note, line("Maintenance"), line("Cameras", qty_type="variable", qty_formula_id=formula.id),
                     user_id=mary.id)
    contract("Sold by a stranger", house, line("Maintenance"), user_id=stranger.id)
    contract("Sections alone", house, note)
    contract("Without lines", house)
    cancelled = contract("All cancelled", house, line("Maintenance", date_start="2028-03-01", recurring_next_date="2028-03-01"))
    cancelled.contract_line_ids.cancel()
    env.user.group_ids += env.ref("contract_termination.can_terminate_contract")
    ended = contract("Terminated", house, line("Maintenance"))
    reason = env["contract.terminate.reason"].create({"name": "Moved"})
    ended._terminate_contract(reason, "Moved", env["contract.contract"].env.cr.now().date(), False)
    contract("Of one who is gone", gone, line("Maintenance"))
    gone.active = False
    old.active = False
    for model in ("res.partner", "contract.contract"):
        env["auditlog.rule"].create({
            "name": model, "model_id": env["ir.model"]._get_id(model), "log_read": False, "log_write": True,
            "log_create": True, "log_unlink": True, "log_type": "fast", "state": "confirmed"})
    mailing_list = env["mailing.list"].create({
        "name": "News", "contact_ids": [Command.create({"name": "Léa Martin", "email": "lea@example.com"})]})
    env["calendar.public.holiday"].create({"year": 2027, "line_ids": [
        Command.create({"name": "New year", "date": "2027-01-01"}), Command.create({"name": "Labour", "date": "2027-05-01"})]})
    kpi = env["mis.report"].create({"name": "Turnover", "kpi_ids": [
        Command.create({"name": "sales", "description": "Sales", "expression": "balp[7%]"})]})
    env["mis.report.instance"].create({"name": "Turnover", "report_id": kpi.id, "company_id": env.company.id,
        "date_from": "2026-01-01", "date_to": "2026-12-31"})
    env.cr.commit()
"""

# The public holidays' meetings, the mailing, the invoices and the report of management, done by their own people.
NEIGHBOURS_WORK = """
    from odoo import Command
    lived = env["contract.contract"].search([("name", "=", "Lived in")])
    with env.cr.savepoint():
        invoice = lived.recurring_create_invoice()
    result["invoiced"] = sorted(invoice.invoice_line_ids.filtered(lambda l: l.display_type == "product").mapped("quantity"))
    result["mode"] = invoice.payment_mode_id.name
    mailing = env["mailing.mailing"].create({
        "subject": "News", "body_html": "<p>News</p>", "mailing_model_id": env["ir.model"]._get_id("mailing.list"),
        "contact_list_ids": env["mailing.list"].search([("name", "=", "News")]).ids})
    mailing.action_put_in_queue()
    result["mailing"] = mailing.state
    instance = env["mis.report.instance"].search([("name", "=", "Turnover")])
    result["mis"] = len(instance.compute()["body"])
    lea = env["res.partner"].search([("email", "=", "lea@example.com")])
    logs = env["auditlog.log"].search_count([("model_id.model", "=", "res.partner")])
    lea.firstname = "Lea"
    result["name"] = lea.name
    lea.firstname = "Léa"
    env.flush_all()
    result["logged"] = env["auditlog.log"].search_count([("model_id.model", "=", "res.partner")]) - logs
    env.cr.commit()
"""

# Each role opens every screen its menus offer, as the web client does, and does its work.
ROLES = """
    from odoo import Command
    from odoo.exceptions import AccessError
    from odoo.tests import Form
    from odoo.tools.safe_eval import safe_eval
    from odoo.addons.mileo_client_charter.models.base.charter_addons import is_charter_model
    from odoo.tools.safe_eval import time as python_time
    env.company.resource_calendar_id.tz = "Europe/Paris"
    def staff(login, *groups):
        return env["res.users"].with_context(no_reset_password=True).create({
            "name": login, "login": login, "email": login + "@example.com", "phone": "+33 1 00 00 00 03", "tz": "Europe/Paris",
            "group_ids": [Command.set([env.ref(group).id for group in ("base.group_user", *groups)])]})
    ours = "mileo_client_charter.group_charter_"
    people = {name: staff("l_" + name, ours + name) for name in ("user", "operations", "direction", "admin")}
    people["seller"] = staff("l_seller", ours + "user", "sales_team.group_sale_salesman")
    env["auditlog.rule"].create({
        "name": "Interventions", "model_id": env["ir.model"]._get_id("charter.intervention"), "log_read": False,
        "log_write": True, "log_create": True, "log_unlink": True, "log_type": "fast", "state": "confirmed"})
    for role, name in (("operations_manager", "operations"), ("general_management", "direction")):
        env["charter.assignment"].create({"role": role, "user_id": people[name].id, "company_id": env.company.id})
    house = env["res.partner"].search([("name", "=", "Lived-in House")])
    lea = env["res.partner"].search([("email", "=", "lea@example.com")])
    tier = env.ref("mileo_client_charter.tier_premium")
    env.cr.commit()
    def scheduled():
        data = env["ir.model.data"].search([("module", "=like", "mileo_client_charter%"), ("model", "=", "ir.cron")])
        for cron in env["ir.cron"].browse(data.mapped("res_id")).filtered("active"):
            cron.method_direct_trigger()
            env.cr.commit()

    # Operations bring the contracts of before under the charter.
    campaign = env["charter.onboarding"].with_user(people["operations"]).create({
        "name": "All", "tier_id": tier.id, "technical_contact_id": people["user"].id})
    campaign.action_list()
    result["proposed"] = sorted((l.contract_id.name, l.account_manager_id.login or "") for l in campaign.line_ids)
    campaign.line_ids.filtered(lambda l: l.contract_id.name not in ("Lived in", "Sold by a stranger")).unlink()
    campaign.line_ids.account_manager_id = people["seller"]
    campaign.action_preview()
    result["previewed"] = [(l.state, l.message or "") for l in campaign.line_ids]
    campaign.action_begin()
    env.cr.commit()
    scheduled()
    campaign.action_release()
    env.cr.commit()
    scheduled()
    result["campaign"] = [campaign.state, sorted(campaign.line_ids.mapped("state"))]

    # The team's work: recorded on the form, closed; the client is not content, and escalates.
    form = Form(env["charter.intervention"].with_user(people["user"]))
    form.name, form.partner_id = "No picture", house
    intervention = form.save()
    intervention.action_respond()
    intervention.action_close()
    env.cr.commit()
    feedback = env["charter.feedback"]._from_portal(lea, rating=2, comment="Nobody came.")
    escalation = env["charter.escalation"]._from_portal(lea, "Late", "No answer")
    env.cr.commit()
    scheduled()
    result["owed"] = sorted(set(env["charter.obligation"].search([("partner_id", "=", house.id)]).mapped("code")))
    contract = env["contract.contract"].search([("name", "=", "Lived in")])
    result["opened"] = {}
    for name in ("operations", "direction", "admin"):
        form = Form(contract.with_user(people[name]))
        form.charter_since = "2026-01-01"
        form.save()
        result["opened"][name] = str(contract.charter_since)
    env.cr.commit()

    # Every screen of every menu.
    def context_of(action, someone):
        known = {"uid": someone.id, "time": python_time, "active_id": False, "active_ids": [], "allowed_company_ids": someone.company_ids.ids,
                 "context_today": lambda: env["charter.obligation"]._charter_now(), "current_date": str(env.cr.now().date())}
        return safe_eval(action.context or "{}", known), safe_eval(action.domain or "[]", known)
    result["screens"], result["broken"] = {}, []
    for name, someone in people.items():
        # A screen that cannot be opened is said, with its menu. The technician opens everybody's, the others those of the charter.
        # What a neighbour's own rights refuse on its own records is none of ours; a board has no records.
        count = 0
        for menu in env["ir.ui.menu"].browse(env["ir.ui.menu"].with_user(someone)._visible_menu_ids()):
            action = menu.action
            if not action or action._name != "ir.actions.act_window" or action.res_model == "board.board":
                continue
            own = is_charter_model(env.get(action.res_model)) or action.res_model.startswith(("contract.", "res.partner"))
            if name != "user" and not own:
                continue
            try:
                with env.cr.savepoint():
                    context, domain = context_of(action.sudo(), someone)
                    # A browser names these for the view itself, and not for the rows inside.
                    context = {key: value for key, value in context.items() if not key.endswith("_view_ref")}
                    model = env[action.res_model].with_user(someone).with_context(
                        allowed_company_ids=someone.company_ids.ids, **context)
                    views = action.sudo().views
                    model.get_views([(view, kind) for view, kind in views] + [(False, "search")])
                    rows = model.search(domain, limit=3)
                    rows.read(["display_name"])
                    if any(kind == "form" for _view, kind in views) and rows:
                        Form(rows[:1], view=next((view for view, kind in views if kind == "form" and view), None))
                    count += len(views)
            except Exception as error:
                if own or "charter" in str(error) or not isinstance(error, AccessError):
                    result["broken"].append("%s: %s (%s): %s" % (name, menu.complete_name, action.res_model, error))
        result["screens"][name] = count

    # The end: the contract is terminated by who may.
    admin = env.ref("base.user_admin")
    admin.group_ids += env.ref("contract_termination.can_terminate_contract")
    other = env["contract.contract"].search([("name", "=", "Sold by a stranger")])
    wizard = env["contract.contract.terminate"].with_user(admin).create({
        "contract_id": other.id, "terminate_reason_id": env["contract.terminate.reason"].search([], limit=1).id,
        "terminate_comment": "Sold", "terminate_date": str(env.cr.now().date())})
    wizard.terminate_contract()
    env.cr.commit()
    scheduled()
    result["terminated"] = [other.is_terminated, len(other.sudo().obligation_ids.filtered(lambda o: o.state == "open" and o.code == "renewal.decision"))]
    result["logged"] = env["auditlog.log"].search_count([("model_id.model", "=", "charter.intervention")])
    result["alert errors"] = [e for e in env["charter.obligation"].search([]).mapped("alert_error") if e]
    env.cr.commit()
"""

"""Clients read their interventions: the companies' rule, which no update touches, is for staff."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    rule = env.ref("mileo_client_charter.rule_intervention_company", raise_if_not_found=False)
    if rule and not rule.groups:
        rule.groups = env.ref("base.group_user")

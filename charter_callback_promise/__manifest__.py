# Copyright 2026 Mileo Technology
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "Client Charter - callback promises",
    "summary": "What a client raises is answered within the time limit of the charter",
    "version": "19.0.1.0.0",
    "category": "Sales/Customer Satisfaction",
    "license": "AGPL-3",
    "author": "Mileo Technology",
    "depends": ["mileo_client_charter"],
    "data": [
        "security/ir.model.access.csv",
        "security/callback_promise_rules.xml",
        "data/callback_promise_mail.xml",
        "views/callback_promise_views.xml",
        "views/callback_promise_portal_templates.xml",
    ],
    "post_init_hook": "post_init_hook",
    "uninstall_hook": "uninstall_hook",
}

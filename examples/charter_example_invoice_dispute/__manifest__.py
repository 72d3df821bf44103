# Copyright 2026 Mileo Technology
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "Client Charter - Example: invoice disputes",
    "summary": "A client disputes an invoice, and is answered within the time the charter says",
    "version": "19.0.1.0.0",
    "category": "Sales/Customer Satisfaction",
    "license": "AGPL-3",
    "author": "Mileo Technology",
    "depends": ["mileo_client_charter", "account"],
    "data": [
        "security/ir.model.access.csv",
        "security/invoice_dispute_rules.xml",
        "data/invoice_dispute_mail.xml",
        "views/invoice_dispute_views.xml",
        "views/invoice_dispute_portal_templates.xml",
    ],
    "post_init_hook": "post_init_hook",
    "uninstall_hook": "uninstall_hook",
}

# Copyright 2026 Mileo Technology
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "Client Charter - Example: sample matters",
    "summary": "What a client raises is answered within the time limit of the charter",
    "version": "19.0.1.0.0",
    "category": "Sales/Customer Satisfaction",
    "license": "AGPL-3",
    "author": "Mileo Technology",
    "depends": ["mileo_client_charter"],
    "data": [
        "security/ir.model.access.csv",
        "security/sample_matter_rules.xml",
        "data/sample_matter_mail.xml",
        "views/sample_matter_views.xml",
        "views/sample_matter_portal_templates.xml",
    ],
    "post_init_hook": "post_init_hook",
    "uninstall_hook": "uninstall_hook",
}

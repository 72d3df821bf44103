# Copyright 2026 Mileo Technology
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "Client Charter - Example: site visits",
    "summary": "A commitment of your own in the register: an example for integrators",
    "version": "19.0.1.0.0",
    "category": "Sales/Customer Satisfaction",
    "license": "AGPL-3",
    "author": "Mileo Technology",
    "website": "https://github.com/mileo-technology/mileo-client-charter",
    "depends": ["mileo_client_charter"],
    "data": [
        "security/ir.model.access.csv",
        "security/site_visit_rules.xml",
        "views/site_visit_views.xml",
        "views/site_visit_portal_templates.xml",
    ],
    "post_init_hook": "post_init_hook",
    "uninstall_hook": "uninstall_hook",
}

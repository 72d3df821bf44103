# Copyright 2026 Mileo Technology
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "Mileo Client Charter - Field Service",
    "summary": "Field service orders are interventions of the client charter",
    "version": "19.0.1.0.0",
    "category": "Sales/Customer Satisfaction",
    "license": "AGPL-3",
    "author": "Mileo Technology",
    "website": "https://github.com/mileo-technology/mileo-client-charter",
    "development_status": "Beta",
    "maintainers": ["mileo-technology"],
    "depends": ["mileo_client_charter", "fieldservice"],
    "data": ["views/fsm_order_views.xml", "views/fsm_equipment_views.xml"],
    "auto_install": True,
}

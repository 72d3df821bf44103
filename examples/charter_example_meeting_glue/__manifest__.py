# Copyright 2026 Mileo Technology
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "Client Charter - Example: glue to meetings",
    "summary": "Meetings with a client are interventions of the charter: an example of a glue addon",
    "version": "19.0.1.0.0",
    "category": "Sales/Customer Satisfaction",
    "license": "AGPL-3",
    "author": "Mileo Technology",
    # A real glue addon depends on the application it is glue to, and is installed beside it: "auto_install": True.
    "depends": ["mileo_client_charter", "calendar"],
}

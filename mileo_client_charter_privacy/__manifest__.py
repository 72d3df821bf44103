# Copyright 2026 Mileo Technology
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "Mileo Client Charter - Privacy Lookup",
    "summary": "What the privacy lookup finds of the client charter can be anonymised",
    "version": "19.0.1.0.0",
    "category": "Sales/Customer Satisfaction",
    "license": "AGPL-3",
    "author": "Mileo Technology",
    "website": "https://github.com/mileo-technology/mileo-client-charter",
    "development_status": "Beta",
    "maintainers": ["mileo-technology"],
    "depends": ["mileo_client_charter", "privacy_lookup"],
    "data": ["views/privacy_lookup_views.xml"],
    "auto_install": True,
}

# Copyright 2026 Mileo Technology
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "Mileo Client Charter - Job Queue",
    "summary": "Reports and mass deliveries of the client charter as jobs, on as many workers as there are",
    "version": "19.0.1.0.0",
    "category": "Sales/Customer Satisfaction",
    "license": "AGPL-3",
    "author": "Mileo Technology",
    "website": "https://github.com/mileo-technology/mileo-client-charter",
    "development_status": "Beta",
    "maintainers": ["mileo-technology"],
    "depends": ["mileo_client_charter", "queue_job"],
    "data": ["data/queue_job.xml"],
    "auto_install": True,
}

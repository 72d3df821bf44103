"""What a client wrote when it reported an incident on the portal stood on the thread alone; it is recorded with the incident.

The first message of the thread by whoever reported it holds those words. Where the same words are the summary, nothing more
was said.
"""

from odoo import SUPERUSER_ID, api
from odoo.tools import html2plaintext


def migrate(cr, version):
    if not version:
        return
    env = api.Environment(cr, SUPERUSER_ID, {})
    reported = env["charter.intervention"].search(
        [("reported_by_id", "!=", False), ("description", "=", False)]
    )
    for intervention in reported:
        said = intervention.message_ids.filtered(
            lambda message, who=intervention.reported_by_id: message.author_id == who
        ).sorted("id")[:1]
        if html2plaintext(said.body or "").strip() not in ("", intervention.name):
            intervention._charter_engine().description = said.body

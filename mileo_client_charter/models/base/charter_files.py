"""Which files clients read: those that a page of theirs shows, from the moment it shows them.

A record may be a client's to read before its file is: a review from its planning, its dossier once the meeting was held. Odoo
knows records and fields only; here is the one home of what comes with the state. It holds for every door: ``/web/content``,
``/web/image`` and remote calls. Attachments themselves are closed to outsiders by Odoo, who receive them from the pages.

A file nobody speaks of is closed to clients. Employees read the files of what they read.
"""

from odoo import api, models


class CharterFilesMixin(models.AbstractModel):
    _name = "charter.files.mixin"
    _description = "Files that clients read when a page shows them"

    @api.model
    def _charter_file_fields(self):
        """Return {binary field: domain of the records on whose page it is shown}; fields not named are not."""
        return {}

    def _charter_shows_file(self, name):
        """Return whether the page of each of these records shows the file of the binary field ``name``."""
        domain = self._charter_file_fields().get(name)
        records = self.sudo()
        return domain is not None and records.filtered_domain(domain) == records

    def _has_field_access(self, field, operation):
        return super()._has_field_access(field, operation) and (
            field.type != "binary"
            or self.env.su
            or not self.env.user.share
            or self._charter_shows_file(field.name)
        )

"""A form that shows rows its reader may not read does not open at all: the web client asks for everything at once."""

from lxml import etree
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from ..cases.common import CharterCase
from ..cases.web_client import WebClientMixin

ROLES = ("manager", "operations", "direction", "admin")


@tagged("post_install", "-at_install")
class TestFormsOpen(WebClientMixin, CharterCase):
    def test_every_role_reads_what_its_forms_show(self):
        """Every form that an addon of ours adds or extends, for each role that reads its model: the rows inside too."""
        counted, closed, opened = 0, [], 0
        with self.at():
            self._contract(self.client)
            self.env["charter.intervention"].create({"name": "No picture", "partner_id": self.client.id})
        for name in ROLES:
            user = getattr(self, name)
            for model, view in self.our_forms():
                records = self.env[model].with_user(user)
                if not records.has_access("read"):
                    continue
                arch = etree.fromstring(records.get_views([(view.id, "form")])["views"]["form"]["arch"])
                for node in arch.iter("field"):
                    # Fields of rows inside are those of the rows' own model.
                    if next(node.iterancestors("field"), None) is not None:
                        continue
                    field = records._fields[node.get("name")]
                    if field.type in ("one2many", "many2many"):
                        counted += 1
                        if not self.env[field.comodel_name].with_user(user).has_access("read"):
                            closed.append(f"{name}: {view.name}: {field}")
                # And computed fields, which read what they like.
                for record in records.search([], limit=1):
                    try:
                        Form(record, view=view)
                        opened += 1
                    except AccessError as error:
                        closed.append(f"{name}: {view.name}: {error}")
        self.assertFalse(closed)
        self.assertGreater(opened, 30)
        self.assertGreater(counted, 200)

from datetime import timedelta

from lxml import etree
from odoo import Command
from odoo.tests import tagged

from odoo.addons.mileo_client_charter.tests.cases.common import START, CharterCase


@tagged("post_install", "-at_install")
class TestCalendarEvent(CharterCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls.contract or cls._contract(cls.client)

    def source(self, **values):
        """A record of the source, of the client's contact."""
        vals = {
            "name": "At the entrance", "start": START, "stop": START + timedelta(hours=2),
            "user_id": self.technician.id, "partner_ids": [Command.link(self.alice.id)],
        }  # fmt: skip
        return self.env["calendar.event"].create({**vals, **values})

    def fed(self, record):
        return self.env["charter.intervention"].search(
            [("res_model", "=", record._name), ("res_id", "=", record.id)]
        )

    def test_it_becomes_an_intervention(self):
        with self.at():
            record = self.source()
            intervention = self.fed(record)
            self.assertEqual((intervention.commercial_partner_id, intervention.state), (self.client, "open"))
            record.active = False
            self.assertEqual(intervention.state, "cancelled")

    def test_none_of_a_client_s_business(self):
        with self.at():
            self.assertFalse(self.fed(self.source(partner_ids=[Command.link(self.manager.partner_id.id)])))

    def test_its_form_leads_to_it(self):
        arch = etree.fromstring(
            self.env["calendar.event"].with_user(self.admin).get_view(view_type="form")["arch"]
        )
        self.assertTrue(arch.xpath("//button[@name='action_charter_intervention']"))

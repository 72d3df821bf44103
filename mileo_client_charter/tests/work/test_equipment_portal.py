from datetime import timedelta

from odoo.tests import tagged

from ...controllers.equipment_reading import EquipmentReading
from ..cases.gear import GearCase
from ..cases.portal import DoorsCase


@tagged("post_install", "-at_install")
class TestEquipmentPortal(GearCase, DoorsCase):
    """Alice and Adam are Alpine's, Sara its subsidiary's, Bob and Bea another client's."""

    def setUp(self):
        super().setUp()
        self.now = self.env.cr.now().replace(microsecond=0)
        self.camera.write(
            {"supervised_from": "2026-01-01", "reference": "A-7", "maker": "Axis", "model": "P32"}
        )

    def past(self, hours):
        return self.now - timedelta(hours=hours)

    def page(self, address="/my/charter/equipment"):
        return self.get(address)

    def test_what_a_client_sees(self):
        self.outage(self.past(75), self.past(72), reason="Power cut")
        self.camera.milestone_ids.create(
            {
                "equipment_id": self.camera.id,
                "kind": "end_of_support",
                "date": "2030-06-30",
                "checked_on": "2026-10-01",
            }
        )
        for login in ("p_alice", "p_adam"):
            self.log_in(login)
            self.assertShows(
                self.page(), "Camera", "S/N SN-1", "North", "Supervised since 1 January 2026", "99.58 % available over 30 days",
                "watched 100 % of the time", "support ends on 30 June 2030",
            )  # fmt: skip
            self.assertShows(
                self.page(f"/my/charter/equipment/{self.camera.id}"), "Axis P32", "A-7", "Power cut", "3 h 0 min",
                "End of support", "(checked on 1 October 2026)",
            )  # fmt: skip
            self.assertShows(self.page("/my/charter"), "Nothing is down")

    def test_down_now(self):
        self._equipment("Axle", "SN-9", site=self.south)
        self.outage(self.past(2))
        self.log_in("p_alice")
        page = self.page()
        self.assertShows(page, "Down since")
        self.assertLess(page.text.index("Camera"), page.text.index("Axle"), "what is down comes first")
        self.assertShows(self.page("/my/charter"), "1 of 2 down now")

    def test_maintenance_to_come_is_apart(self):
        self.log_in("p_alice")
        address = f"/my/charter/equipment/{self.camera.id}"
        self.assertNotIn("Maintenance to come", self.page(address).text)
        self.outage(
            self.now + timedelta(hours=5), self.now + timedelta(hours=6), planned=True, reason="New switch"
        )
        page = self.page(address)
        self.assertShows(page, "Maintenance to come", "New switch", "No outage and no maintenance")
        self.assertEqual(page.text.count("New switch"), 1)

    def test_no_data_is_not_100_percent(self):
        self.camera.supervised_from = False
        self.log_in("p_alice")
        page = self.page()
        self.assertShows(page, "Not supervised", "no data over 30 days")
        self.assertNotIn("100", page.text[page.text.index("charter-rows") : page.text.index("charter-small")])

    def test_never_rounded_up(self):
        self.outage(self.past(5), self.past(5) + timedelta(seconds=1))
        self.log_in("p_alice")
        self.assertShows(self.page(), "99.99 % available")

    def test_nothing_of_another_client(self):
        self.camera.message_subscribe(partner_ids=self.bea.ids)
        for login in ("p_bob", "p_bea", "p_sara"):
            self.log_in(login)
            page = self.page()
            self.assertShows(page, "no equipment of yours")
            self.assertNotIn("SN-1", page.text)
            denied = self.page(f"/my/charter/equipment/{self.camera.id}")
            missing = self.page("/my/charter/equipment/999999999")
            self.assertEqual((denied.status_code, self.body(denied)), (404, self.body(missing)))

    def test_a_new_owner_learns_nothing_of_before(self):
        self.outage(self.past(75), self.past(72), reason="Secret of Alpine")
        self.camera.write(
            {"partner_id": self.bob.commercial_partner_id.id, "site_id": False, "contract_id": False}
        )
        self.log_in("p_bob")
        page = self.page(f"/my/charter/equipment/{self.camera.id}")
        self.assertShows(page, "Camera")
        self.assertNotIn("Secret", page.text)
        self.assertNotIn("99.", page.text)

    def test_pages(self):
        for number in range(25):
            self._equipment(f"Reader {number:02}")
        self.log_in("p_alice")
        self.assertShows(self.page(), "Page 1 of 2")
        self.assertShows(self.page("/my/charter/equipment?page=2"), "Page 2 of 2", "Reader 24")

    def test_queries_of_the_list(self):
        def count():
            self.env.invalidate_all()
            env = self.env(user=self.portal_user(self.alice))
            before = self.env.cr.sql_log_count
            EquipmentReading(env).equipment_page({})
            return self.env.cr.sql_log_count - before

        count()
        few = count()
        for number in range(15):
            self._equipment(f"Reader {number:02}", site=self.south)
        self.env.flush_all()
        self.assertLessEqual(count(), few + 1)
        self.assertLessEqual(few, 12)

    def test_in_french(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.outage(self.past(75), self.past(72))
        self.portal_user(self.alice).lang = "fr_FR"
        self.log_in("p_alice")
        self.assertShows(self.url_open("/my/charter/equipment"), "99,58 %")

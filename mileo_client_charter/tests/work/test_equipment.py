from odoo import Command
from odoo.tests import tagged

from ..cases.common import START
from ..cases.gear import GearCase


@tagged("post_install", "-at_install")
class TestEquipment(GearCase):
    def setUp(self):
        super().setUp()
        self.enterContext(self.at())
        self.other, self.olga, _contact = self._client("Bistro")

    def refused(self, words, **values):
        with self.refusing(words):
            self.camera.write(values)

    # -- what does not go together ----------------------------------------------------------------

    def test_what_does_not_go_together(self):
        belgium = self.env["res.company"].create({"name": "Mileo Belgium"})
        elsewhere = self.env["res.partner"].create(
            {"name": "Brussels", "is_company": True, "company_id": belgium.id}
        )
        for words, values in (
            ("Client: Alpine one is a contact of Alpine", {"partner_id": self.alice.id, "site_id": False, "contract_id": False}),
            ("Site: .* no address of Alpine", {"site_id": self.olga.id}),
            ("Contract: .* not one of Alpine", {"contract_id": self._contract(self.other).id}),
            ("belongs to Mileo Belgium", {"partner_id": elsewhere.id, "site_id": False, "contract_id": False}),
            ("stays in its company", {"company_id": belgium.id}),
            ("cannot come before it", {"supervised_to": "2025-12-31"}),
            ("needs a first day of supervision", {"supervised_from": False, "supervised_to": "2026-12-31"}),
        ):  # fmt: skip
            self.refused(words, **values)

    def test_a_serial_number_is_one_clients(self):
        values = {"name": "Twin", "serial": " sn-1 ", "partner_id": self.client.id}
        for archived in (False, True):
            self.camera.active = not archived
            with self.refusing("this client has an equipment with the same one already"):
                self.env["charter.equipment"].create(values)
        self.assertTrue(self._equipment("Same at another client", "SN-1", client=self.other))
        self.assertTrue(self._equipment("None", " ") + self._equipment("None either", ""))

    # -- lifecycle --------------------------------------------------------------------------------

    def milestones(self, *rows):
        self.camera.milestone_ids = [Command.clear()] + [
            Command.create({"kind": kind, "status": status, "date": date}) for kind, status, date in rows
        ]

    def test_none_announced_is_not_unknown(self):
        self.assertEqual(self.camera.lifecycle, "unknown")
        self.milestones(("end_of_support", "unknown", False))
        self.assertEqual(self.camera.lifecycle, "unknown")
        self.milestones(("end_of_support", "none_announced", False))
        self.assertEqual(self.camera.lifecycle, "none_announced")
        self.milestones(
            ("end_of_sale", "announced", "2026-01-01"), ("end_of_support", "none_announced", False)
        )
        self.assertEqual((self.camera.lifecycle, self.camera.end_of_support), ("announced", False))
        self.milestones(("end_of_support", "announced", "2027-03-01"))
        self.assertEqual(str(self.camera.end_of_support), "2027-03-01")
        self.assertEqual(str(self.camera.milestone_ids.checked_on), "2026-10-05")
        within = [("end_of_support", ">=", "2026-10-05"), ("end_of_support", "<=", "2027-04-05")]
        self.assertIn(self.camera, self.env["charter.equipment"].search(within))
        self.camera.milestone_ids.date = "2028-03-01"
        self.assertNotIn(self.camera, self.env["charter.equipment"].search(within))

    def test_a_date_if_and_only_if_announced(self):
        words = "give the date that is announced, or choose"
        for status, date in (
            ("announced", False),
            ("none_announced", "2027-01-01"),
            ("unknown", "2027-01-01"),
        ):
            with self.refusing(words, "charter.equipment.milestone"):
                self.milestones(("end_of_life", status, date))

    def test_one_date_of_each_kind(self):
        with self.refusing("one date of each type", "charter.equipment.milestone"):
            self.milestones(("end_of_life", "unknown", False), ("end_of_life", "none_announced", False))

    # -- found by -----------------------------------------------------------------------------------

    def test_what_a_notice_is_matched_by(self):
        self.assertEqual((self.camera.department, self.camera.charter_tier_id), ("69", self.premium))
        self.camera.site_id = self.south
        self.assertEqual(self.camera.department, "2A")
        self.south.zip = "20600"
        self.assertEqual(self.camera.department, "2B")
        self.contract.charter_tier_id = self.env.ref("mileo_client_charter.tier_comfort")
        self.assertEqual(self.camera.charter_tier_id.code, "comfort")

    def test_supervised_today(self):
        never = self._equipment("Never", supervised_from=False)
        ended = self._equipment("Ended", supervised_to="2026-10-04")
        last_day = self._equipment("Last day", supervised_to="2026-10-05")
        later = self._equipment("Later", supervised_from="2026-10-06")
        everything = self.camera + never + ended + last_day + later
        supervised = self.env["charter.equipment"].search(
            [("id", "in", everything.ids), ("is_supervised", "=", True)]
        )
        self.assertEqual(supervised, (self.camera + last_day).sorted("name"))
        self.assertEqual(everything.filtered("is_supervised"), self.camera + last_day)
        others = self.env["charter.equipment"].search(
            [("id", "in", everything.ids), ("is_supervised", "=", False)]
        )
        self.assertEqual(set(others), set(never + ended + later))

    # -- where it was -----------------------------------------------------------------------------

    def test_a_move_begins_a_stay(self):
        stay = self.camera.stay_ids
        self.assertEqual((stay.contract_id, stay.from_at, stay.until_at), (self.contract, False, False))
        outage = self.outage(-2, -1)
        other = self._contract(self.client, name="Other")
        with self.at(5) as moved:
            self.camera.contract_id = other
        self.assertEqual((stay.until_at, stay.contract_id), (moved, self.contract))
        self.assertEqual((self.camera.stay_ids - stay).contract_id, other)
        self.assertEqual(outage.contract_id, self.contract)
        with self.at(9):
            self.camera.write({"partner_id": self.other.id, "site_id": False, "contract_id": False})
            later = self.outage(8, 9)  # recorded after the move, of a time before it
        self.assertEqual(len(self.camera.stay_ids), 3)
        self.assertEqual(outage.partner_id, self.client, "past outages stay with the client that had them")
        self.assertEqual((later.partner_id, later.contract_id), (self.client, other))

    def test_what_was_empty_is_completed(self):
        camera = self._equipment("Camera 2", contract_id=False)
        with self.at(5):
            camera.write({"contract_id": self.contract.id, "site_id": self.north.id})
        self.assertEqual(len(camera.stay_ids), 1)
        self.assertEqual((camera.stay_ids.contract_id, camera.stay_ids.from_at), (self.contract, False))

    def test_stays_do_not_overlap(self):
        values = {"equipment_id": self.camera.id, "partner_id": self.client.id, "from_at": START}
        with self.refusing("two stays overlap"):
            self.env["charter.equipment.stay"].create(values)

    # -- in the other direction -------------------------------------------------------------------

    def test_smart_buttons(self):
        self._equipment("Camera 2")
        for record in (self.client, self.contract):
            self.env.invalidate_all()
            self.assertEqual(record.charter_equipment_count, 2)
            action = record.action_charter_equipment()
            self.assertEqual(self.env["charter.equipment"].search_count(action["domain"]), 2)
        with self.assertQueryCount(1):
            (self.client + self.other).mapped("charter_equipment_count")

    def test_found_by_serial_or_name(self):
        for words in ("sn-1", "Camera"):
            found = self.env["charter.equipment"].name_search(words)
            self.assertIn((self.camera.id, "Camera (SN-1)"), found)

import random
from datetime import date, timedelta

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...tools import availability
from ...tools.availability import Availability, Outage
from ..cases.common import START
from ..cases.gear import GearCase

H = 3600


@tagged("post_install", "-at_install")
class TestOutage(GearCase):
    def setUp(self):
        super().setUp()
        self.enterContext(self.at())

    def test_what_is_refused(self):
        for words, values in (
            ("End: it comes before", {"start": -1, "end": -2}),
            ("Start: it lies in the future", {"start": 1}),
            ("End: it lies in the future", {"start": -1, "end": 1}),
            ("planned maintenance needs one", {"start": 1, "planned": True}),
            ("choose one of them", {"start": -2, "end": -1, "planned": True, "no_data": True}),
        ):
            with self.refusing(words, "charter.outage"):
                self.outage(**values)
        self.assertEqual(self.outage(1, 3, planned=True).kind, "planned")
        self.assertEqual(self.outage(-3, -2, no_data=True).kind, "no_data")

    def test_down_since(self):
        first = self.outage(-3)
        second = self.outage(-5)
        self.outage(-9, no_data=True)
        self.assertEqual(self.camera.down_since, second.start_at)
        second.end_at = START
        self.assertEqual(self.camera.down_since, first.start_at)
        self.assertIn(self.camera, self.env["charter.equipment"].search([("down_since", "!=", False)]))
        first.active = False
        self.assertFalse(self.camera.down_since)

    def test_who_corrects_the_monitoring(self):
        [result] = self.env["charter.outage"]._ingest(
            {"event_id": "1", "serial": "SN-1", "status": "down", "start": "2026-10-05T07:00:00Z"}
        )
        outage = self.env["charter.outage"].browse(result["outage_id"])
        with self.assertRaisesRegex(AccessError, "operations manager only"):
            outage.with_user(self.technician).write({"end_at": START, "correction": "Bad cable"})
        with self.assertRaisesRegex(ValidationError, "Why corrected"):
            outage.with_user(self.operations).write({"end_at": START})
        outage.with_user(self.operations).write({"end_at": START, "correction": "False alarm of the switch"})
        self.assertIn("End: False (False alarm of the switch)", outage.history)
        self.assertIn("t_operations", outage.history)
        outage.with_user(self.technician).reason = "Cable"  # words are nobody's proof
        for values in ({"event_id": "x"}, {"source": "manual"}, {"history": ""}):
            with self.assertRaises(AccessError):
                outage.with_user(self.admin).write(values)

    def test_import_of_outages(self):
        model = self.env["charter.outage"].with_context(import_file=True)
        names = ["equipment_id", "start_at", "end_at", "reason"]
        rows = [["SN-1", "2026-10-05 06:00:00", "2026-10-05 07:00:00", "Power cut"]]
        imported = model.load(names, rows)
        self.assertFalse(imported["messages"])
        outage = self.env["charter.outage"].browse(imported["ids"])
        self.assertEqual((outage.equipment_id, outage.source), (self.camera, "import"))
        with mute_logger("odoo.sql_db"):
            refused = model.load(names, [["SN-404", "2026-10-05 06:00:00", "", ""]])
        self.assertFalse(refused["ids"])
        self.assertIn("SN-404", refused["messages"][0]["message"])

    def test_maintenance_is_planned_for_a_whole_site(self):
        second = self._equipment("Camera 2", site=self.north)
        self._equipment("Elsewhere", site=self.south)
        wizard = self.env["charter.maintenance"].with_user(self.technician).create(
            {"scope": "site", "site_id": self.north.id, "start_at": START + timedelta(hours=1),
             "end_at": START + timedelta(hours=3), "reason": "Firmware"}
        )  # fmt: skip
        self.assertEqual(wizard.equipment_count, 2)
        planned = self.env["charter.outage"].search(wizard.action_plan()["domain"])
        self.assertEqual(set(planned.equipment_id), set(self.camera + second))
        self.assertEqual(set(planned.mapped("kind")), {"planned"})
        wizard.scope = "contract"
        with self.assertRaisesRegex(ValidationError, "A whole contract: choose"):
            wizard.action_plan()
        wizard.write({"contract_id": self.contract.id, "end_at": START})
        with self.assertRaisesRegex(ValidationError, "End"):
            wizard.action_plan()


@tagged("post_install", "-at_install")
class TestAvailability(GearCase):
    def setUp(self):
        super().setUp()
        self.enterContext(self.at(24 * 60))

    def found(self, start=0, end=24, **values):
        return self.env["charter.outage"]._availability(self.moment(start), self.moment(end), **values)

    def test_contract_site_and_equipment(self):
        second = self._equipment("Camera 2", site=self.south, supervised_from="2026-10-05")
        self.outage(2, 4)
        self.outage(3, 5)
        self.outage(6, 7, equipment=second)
        one = Availability(24 * H, 3 * H, 0, 0)
        other = Availability(24 * H, 1 * H, 0, 0)
        self.assertEqual(
            self.found(by="equipment", equipment_ids=(self.camera + second).ids),
            {self.camera.id: one, second.id: other},
        )
        self.assertEqual(self.found(contract_ids=self.contract.ids), {self.contract.id: one + other})
        self.assertEqual(
            self.found(by="site", contract_ids=self.contract.ids), {self.north.id: one, self.south.id: other}
        )
        self.assertEqual(self.found(contract_ids=[]), {})

    def test_supervised_days_are_the_companys(self):
        self.camera.write({"supervised_from": "2026-10-25", "supervised_to": "2026-10-25"})
        month = availability.supervision(date(2026, 10, 1), date(2026, 10, 31), "Europe/Paris")
        found = self.env["charter.outage"]._availability(*month, contract_ids=self.contract.ids)
        self.assertEqual(found[self.contract.id], Availability(25 * H, 0, 0, (31 * 24 + 1 - 25) * H))
        self.assertEqual(found[self.contract.id].ratio, 1)

    def test_never_supervised_is_no_data(self):
        self.camera.supervised_from = False
        self.assertEqual(
            self.found(by="equipment", equipment_ids=self.camera.ids),
            {self.camera.id: Availability(0, 0, 0, 24 * H)},
        )
        self.camera.active = False
        self.assertEqual(self.found(contract_ids=self.contract.ids)[self.contract.id].period, 0)

    def test_archived_counts_while_it_was_supervised(self):
        self.camera.write(
            {"supervised_to": "2026-10-05", "active": False}
        )  # to 22:00 UTC, hour 14 from START
        found = self.found(contract_ids=self.contract.ids)[self.contract.id]
        self.assertEqual(found, Availability(14 * H, 0, 0, 0))

    def test_set_aside_counts_nothing(self):
        self.outage(2, 4).active = False
        self.assertEqual(self.found(contract_ids=self.contract.ids)[self.contract.id].down, 0)

    def test_a_moved_equipment_counts_for_whom_it_was(self):
        other, _one, _two = self._client("Bistro")
        with self.at(5):
            self.outage(2, 4)
        with self.at(10):
            self.camera.write({"partner_id": other.id, "site_id": False, "contract_id": False})
        with self.at(12):
            self.outage(11, 12)
        found = self.found(contract_ids=self.contract.ids)
        self.assertEqual(found, {self.contract.id: Availability(10 * H, 2 * H, 0, 0)})
        found = self.found(by="equipment", equipment_ids=self.camera.ids, partner_ids=other.ids)
        self.assertEqual(found, {self.camera.id: Availability(14 * H, 1 * H, 0, 0)})

    def test_what_is_to_come_does_not_count(self):
        with self.at(6):
            self.outage(4)
            found = self.found(contract_ids=self.contract.ids)[self.contract.id]
            self.assertEqual(found, Availability(6 * H, 2 * H, 0, 0))
            self.assertEqual(self.found(7, 9, contract_ids=self.contract.ids), {})

    def test_bad_questions(self):
        with self.assertRaisesRegex(ValueError, "use one of"):
            self.found(by="client")
        with self.assertRaisesRegex(ValueError, "before it starts"):
            self.found(5, 4)

    def test_as_the_plain_function(self):
        """Random lives of equipment: PostgreSQL and Python agree to the second."""
        draw = random.Random(2026)
        now = START + timedelta(hours=60)
        start, end = START + timedelta(hours=3), START + timedelta(hours=70)
        gear, expected = self.env["charter.equipment"], {}
        with self.at(moment=now):
            for number in range(40):
                first = draw.choice([None, START.date() + timedelta(days=draw.randrange(-2, 4))])
                last = first and draw.choice([None, first + timedelta(days=draw.randrange(3))])
                one = self._equipment(f"E{number}", supervised_from=first, supervised_to=last)
                gear |= one
                rows = []
                for _outage in range(draw.choice([0, 1, 2, 8])):
                    begins = START + timedelta(seconds=draw.randrange(-20 * H, 60 * H))
                    ends = begins + timedelta(seconds=draw.randrange(20 * H))
                    ends = draw.choice([ends, ends, None]) if ends <= now else None
                    kind = draw.choice(["down", "down", "planned", "no_data"])
                    if kind == "planned":
                        ends = ends or begins + timedelta(hours=30)
                    self.outage(begins, ends, one, planned=kind == "planned", no_data=kind == "no_data")
                    rows.append(Outage(begins, ends, kind == "planned", kind == "no_data"))
                watched = availability.supervision(first, last, "Europe/Paris")
                expected[one.id] = availability.availability(rows, start, end, now, watched)
            self.env.flush_all()
            with self.assertQueryCount(1):
                found = self.env["charter.outage"]._availability(
                    start, end, equipment_ids=gear.ids, by="equipment"
                )
            self.assertEqual(found, expected)
            with self.assertQueryCount(1):
                whole = self.env["charter.outage"]._availability(start, end, self.contract.ids)
            camera = self.env["charter.outage"]._availability(
                start, end, equipment_ids=self.camera.ids, by="equipment"
            )
            total = sum(expected.values(), camera[self.camera.id])
            self.assertEqual(whole[self.contract.id], total)

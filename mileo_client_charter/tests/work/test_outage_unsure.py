from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..cases.common import START
from ..cases.gear import GearCase


@tagged("post_install", "-at_install")
class TestOutagesWithoutEnd(GearCase):
    """START is 2026-10-05 08:00 UTC."""

    def setUp(self):
        super().setUp()
        self.enterContext(self.at())

    def told(self, hours, **values):
        down = {
            "event_id": "1",
            "serial": "SN-1",
            "status": "down",
            "start": f"{START + timedelta(hours=hours):%FT%TZ}",
        }
        [result] = self.env["charter.outage"]._ingest({**down, **values})
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["charter.outage"].browse(result["outage_id"])

    def defects(self):
        self.env.invalidate_all()
        return self.env["charter.defect"].search(
            [("kind", "=", "endless"), ("partner_id", "=", self.client.id)]
        )

    def test_listed_until_it_ends_or_is_confirmed(self):
        outage = self.told(-1)
        self.assertFalse(self.defects())
        with self.at(9):
            [defect] = self.defects()
            self.assertEqual(
                (defect.res_model, defect.res_id, defect.detail), ("charter.outage", outage.id, "Camera")
            )
            self.assertIn("down for 10:00 h, last confirmed", defect.remedy)
            self.assertEqual(self.env["charter.outage"].search(outage._unsure_domain(self.company)), outage)
            self.told(-1)
            self.assertFalse(self.defects(), "told again, it is confirmed")
        with self.at(18):
            self.assertTrue(self.defects())
            outage.with_user(self.technician).action_still_down()
            self.assertFalse(self.defects())
            self.assertIn("still down", outage.history)
        with self.at(27):
            self.assertTrue(self.defects())
            self.company.charter_outage_stale_hours = 10
            self.assertFalse(self.defects())
            self.told(-1, status="up", end=f"{START:%FT%TZ}")
        with self.at(100):
            self.assertFalse(self.defects())
            with self.assertRaises(UserError):
                outage.action_still_down()

    def test_what_a_person_entered_is_theirs(self):
        self.outage(-48)
        self.assertFalse(self.defects())

    def test_an_end_that_is_another_ones(self):
        one = self.told(-5, series="door")
        self.told(-3, event_id="2", series="door")
        self.told(-3, event_id="2", series="door", status="up", end=f"{START - timedelta(hours=1):%FT%TZ}")
        self.assertTrue(one.end_unconfirmed)
        [defect] = self.defects()
        self.assertIn("its own end was not received", defect.remedy)
        one.with_user(self.technician).action_end_right()
        self.assertFalse(self.defects())
        with self.assertRaises(UserError):
            one.action_end_right()

    def test_said_before_a_report_is_sent(self):
        """Ten hours of October that may have been one."""
        outage = self.told(-4)
        report = self.env["charter.report"]._charter_engine().create(
            {"contract_id": self.contract.id, "partner_id": self.client.id, "company_id": self.company.id,
             "period": "2026-10", "first_day": "2026-10-01", "last_day": "2026-10-31"}
        )  # fmt: skip
        reader = report.with_user(self.manager)
        self.assertFalse(reader.unsure_outages)
        with self.at(700):
            report._compute_tables()
            self.env.flush_all()
            self.env.invalidate_all()
            words = reader.unsure_outages
            self.assertIn("Camera (SN-1): down for", words)
            self.assertIn("without. Correct them", words)
            self.assertIn("100 % without", words)
            self.assertEqual(
                self.env["charter.outage"].search(reader.action_unsure_outages()["domain"]), outage
            )
            outage.write({"end_at": START, "correction": "It was back at ten"})
            self.env.invalidate_all()
            self.assertFalse(reader.unsure_outages)

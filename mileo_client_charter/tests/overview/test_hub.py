"""The first page of the portal: what a contract gives and until when, who stands in soon, in a number of statements that is held (articles 01 and 04)."""

from datetime import date, datetime, timedelta

from odoo.tests import tagged

from ...controllers.hub_reading import HubReading
from ..cases.common import START
from ..cases.year import YearCase

# Of the page itself, without the session, the user and the frame around it: what one statement counts is one.
STATEMENTS = 26


@tagged("post_install", "-at_install")
class TestHub(YearCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = cls._portal(cls.alice, "t_hub")

    def home(self, client_user=None):
        return HubReading(self.env(user=client_user or self.portal)).home()

    def test_before_without_and_after_a_contract(self):
        with self.at():
            found = self.home()
            self.assertEqual((found["contract_state"], found["contracts"]), ("none", []))
        contract = self._contract(self.client)
        for moment, state, words in (
            (datetime(2026, 2, 10, 9), "before", "begins on 1 March 2026"),
            (START, "running", "until 28 February 2027 and is not renewed automatically"),
            (datetime(2027, 6, 1, 9), "after", "ended on 28 February 2027"),
        ):
            with self.subTest(state), self.at(moment=moment):
                found = self.home()
                self.assertEqual(found["contract_state"], state)
                [one] = found["contracts"]
                self.assertEqual((one["name"], one["tier"]), (contract.name, self.premium.name))
                self.assertIn(words, one["words"])
                self.assertEqual(len(one["levels"]), len(self.premium.service_level_ids))
                self.assertIn("response within", one["levels"][0])

    def test_the_last_day_to_refuse(self):
        contract = self.renewing(self.client)
        self.assertEqual(contract.charter_notice_date, date(2027, 1, 28))
        for moment, words in (
            (START, "last day to refuse is 27 January 2027"),
            (datetime(2027, 1, 27, 9), "last day to refuse is 27 January 2027"),
            (datetime(2027, 1, 28, 9), "last day to refuse was 27 January 2027"),
        ):
            with self.subTest(words), self.at(moment=moment):
                self.assertIn(words, self.home()["contracts"][0]["words"])

    def test_what_a_tier_gives_is_read_again_once_it_changes(self):
        level = self.premium.service_level_ids.sorted("priority")[-1:]
        before = self.premium._charter_in_words()
        level.write({"response_hours": 77, "resolution_hours": 770})
        after = self.premium._charter_in_words()
        self.assertNotIn("77", before[1][0])
        self.assertIn("77", after[1][0])
        self.premium.name = "Platinum"
        self.assertEqual(self.premium._charter_in_words()[0], "Platinum")

    def test_who_stands_in_soon(self):
        with self.at():
            day = START.date()
            self.env["charter.absence"].create(
                {
                    "user_id": self.manager.id, "date_from": day + timedelta(days=7), "date_to": day + timedelta(days=9),
                    "stand_in_id": self.operations.id,
                }
            )  # fmt: skip
            contacts = {one["role"]: one for one in self.client._charter_contacts(self.company)}
        one = contacts["account_manager"]
        self.assertEqual((one["card"]["name"], one["usual"]), (self.manager.name, ""))
        self.assertEqual(one["coming_name"], self.operations.name)
        self.assertEqual(one["coming"], "from 12 October 2026 until 14 October 2026")
        self.assertFalse(contacts["technical_contact"]["coming_name"])

    def test_statements_are_held_whatever_there_is(self):
        """The same with nothing and with something of everything that is counted."""
        self.renewing(self.client)
        with self.at():
            self.home()
            counts = []
            for rows in (0, 3):
                for number in range(rows):
                    self.env["charter.intervention"].create(
                        {"name": f"Camera {number}", "partner_id": self.client.id, "kind": "preventive"}
                    )
                    self.env["charter.equipment"].create(
                        {"name": f"Camera {number}", "serial": f"SN{number}", "partner_id": self.client.id}
                    )
                    self.env["charter.authorisation"].create(
                        {
                            "kind_id": self.env.ref("mileo_client_charter.authorisation_video").id,
                            "partner_id": self.client.id, "company_id": self.company.id, "number": f"N{number}",
                        }
                    )  # fmt: skip
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                found = self.home()
                counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(
                (found["intervention_count"], found["equipment_count"], found["authorisation_count"]),
                (3, 3, 3),
            )
            self.assertEqual(counts[0], counts[1])
            self.assertLessEqual(counts[1], STATEMENTS)

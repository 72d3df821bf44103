"""The first page of the portal: what a contract gives and until when, who stands in soon, in a number of statements that is held (articles 01 and 04)."""

from datetime import date, datetime, timedelta

from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tests import tagged

from ...controllers.hub_reading import HubReading
from ...controllers.together import Asked, Rows, read_together
from ..cases.common import START
from ..cases.year import YearCase

# Of the page itself, without the session and the frame around it: user, contact, client, company and its calendar, then one statement for
# all that is the client's, and one for what that names.
STATEMENTS = 7


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

    def test_read_together_is_what_search_fetch_reads(self):
        """Of everything the page reads: the same rows in the same order and the same values, with the same rights."""
        contract = self.renewing(self.client)
        with self.at():
            self.escalate()
            self.env["charter.feedback"]._from_portal(
                self.alice, rating="2", comment="Slow", problem=True, call_me=True
            )
            review = self.env["charter.review"].create({"contract_id": contract.id})
            review._charter_engine().write({"state": "planned", "start_at": START + timedelta(days=5)})
            self.env.flush_all()
            reading = HubReading(self.env(user=self.portal))
            asked = {**reading._ask_rows(), **reading._ask_contracts()}
            together = read_together(reading.env, **asked)
            lines = reading._ask_contract_lines(together["contracts"])
            together.update(read_together(reading.env, **lines))
            asked.update(lines)
            seen = 0
            for name, one in asked.items():
                with self.subTest(name):
                    read = together[name].read(one.names, load=None)
                    self.env.invalidate_all()
                    apart = one.records.search_fetch(one.domain, one.names, order=one.order, limit=one.limit)
                    self.assertEqual(together[name].ids, apart.ids)
                    self.assertEqual(read, apart.read(one.names, load=None))
                    seen += len(apart)
            self.assertGreater(seen, 10)
            self.assertTrue(together["promise_rows"] and together["feedback_rows"] and together["meetings"])
            other = HubReading(self.env(user=self._portal(self._client("Birch")[1], "t_hub_other")))
            theirs = {
                name: Rows(one.records.with_user(other.env.user), [], one.names)
                for name, one in asked.items()
                if not one.records.env.su
            }
            for name, rows in read_together(other.env, **theirs).items():
                self.assertFalse(rows & together[name].with_env(rows.env), name)

    def test_a_kept_statement_is_its_readers_and_of_its_rights(self):
        """Written once for a reader; anew for another client, another group, another rule; what names a moment, each time."""
        rows = self.env["charter.escalation"]
        with self.at():
            self.escalate()
            reading = HubReading(self.env(user=self.portal))
            other = HubReading(self.env(user=self._portal(self._client("Birch")[1], "t_hub_kept")))
        env, everything = reading.env, Asked("charter.escalation", Domain.TRUE)
        kept = env["ir.rule"]._charter_statements()

        def written(reader, one):
            before = len(kept)
            return read_together(reader, one=one)["one"], len(kept) - before

        self.assertEqual(written(env, everything), ([(1,)], 1))
        self.assertEqual(written(env, everything), ([(1,)], 0))
        self.assertEqual(written(other.env, everything), ([(0,)], 1))
        self.assertEqual(written(env, Asked("charter.escalation", [("raised_at", "<", START)]))[1], 0)
        self.assertEqual(written(env, Rows(rows.with_env(env), Domain.TRUE, ["name"], "id"))[1], 1)
        # The contact changes its company by SQL, where no cache is cleared.
        self.env.cr.execute(
            "UPDATE res_partner SET commercial_partner_id = %s, parent_id = %s WHERE id = %s",
            [other.client.id, other.client.id, reading.contact.id],
        )
        self.env.invalidate_all()
        self.assertEqual(written(env, everything), ([(0,)], 1))
        self.env["ir.rule"].search([("model_id.model", "=", "charter.escalation")]).active = False
        self.assertEqual(written(env, everything)[0], [(len(rows.search([])),)])
        self.env["ir.model.access"].search([("model_id.model", "=", "charter.escalation")]).active = False
        with self.assertRaises(AccessError):
            read_together(env, one=everything)

    def test_opening_hours_are_read_again_once_they_change(self):
        monday = datetime(2026, 10, 5, 8)
        calendar = self.company.resource_calendar_id
        self.assertEqual(self.company._charter_next_opening(monday), monday)
        leaves = self.env["resource.calendar.leaves"]
        closed = leaves.create(
            {
                "name": "Stocktaking", "calendar_id": calendar.id, "company_id": self.company.id,
                "date_from": monday - timedelta(hours=4), "date_to": monday + timedelta(hours=12),
            }
        )  # fmt: skip
        self.assertGreater(self.company._charter_next_opening(monday), monday + timedelta(hours=12))
        closed.date_to = monday - timedelta(hours=1)
        self.assertEqual(self.company._charter_next_opening(monday), monday)
        closed.date_to = monday + timedelta(days=60)
        self.assertGreater(self.company._charter_next_opening(monday), monday + timedelta(days=59))
        closed.unlink()
        self.assertEqual(self.company._charter_next_opening(monday), monday)
        calendar.attendance_ids.filtered(lambda line: line.dayofweek == "0").unlink()
        self.assertGreaterEqual(self.company._charter_next_opening(monday), datetime(2026, 10, 5, 21))

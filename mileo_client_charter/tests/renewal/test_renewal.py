import doctest
from datetime import date, datetime
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, ConcurrencyError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from ...tools import meeting_day, references
from ...tools import nps as nps_tool
from ..cases.common import CharterCase
from ..cases.year import YearCase


@tagged("post_install", "-at_install")
class TestYearTools(CharterCase):
    def test_examples_of_the_tools(self):
        for module in (references, meeting_day, nps_tool):
            self.assertEqual(doctest.testmod(module).failed, 0, module.__name__)


@tagged("post_install", "-at_install")
class TestNps(YearCase):
    def test_one_row_a_case(self):
        """(answers as (contact, figure, days ago), settings) -> score, n."""
        for name, answers, expected in (
            ("nobody", [], (None, 0, "unknown")),
            ("a lone passive is 0, not above 0", [("alice", 8, 1)], (0, 1, "fail")),
            ("a lone promoter", [("alice", 9, 1)], (100, 1, "pass")),
            ("zero is a detractor, not silence", [("alice", 0, 1)], (-100, 1, "fail")),
            ("the latest answer of each contact", [("alice", 0, 30), ("alice", 10, 1)], (100, 1, "pass")),
            ("each contact once", [("alice", 10, 2), ("adam", 3, 1)], (0, 2, "fail")),
            ("outside the window", [("alice", 10, 400)], (None, 0, "unknown")),
        ):
            with (
                self.subTest(name),
                self.env.cr.savepoint() as savepoint,
                self.at(moment=datetime(2027, 1, 10, 9)),
            ):
                for contact, figure, days in answers:
                    self.say(getattr(self, contact), figure, days_ago=days)
                standing = self.env["charter.nps"]._standings(self.client, self.company)[self.client.id]
                self.assertEqual((standing.score, standing.answers, standing.verdict), expected)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_settings(self):
        with self.at(moment=datetime(2027, 1, 10, 9)):
            self.say(self.alice, 10, days_ago=200)
            self.say(self.adam, 10, days_ago=1)
            self.adam.active = False
            self.assertEqual(self.standing().answers, 2, "the archived contact was one when it answered")
            self.company.charter_nps_months = 6
            self.assertEqual(self.standing().answers, 1, "half a year only")
            with self.assertRaises(IntegrityError), self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                self.company.charter_nps_months = 0
                self.env.flush_all()

    def test_another_company_is_another_nps(self):
        other = self.env["res.company"].create({"name": "Other"})
        with self.at(moment=datetime(2027, 1, 10, 9)):
            self.say(self.alice, 10)
            self.assertIsNone(self.env["charter.nps"]._standings(self.client, other)[self.client.id].score)

    def test_one_statement_for_any_number(self):
        clients = self.env["res.partner"].create([{"name": f"C{n}", "is_company": True} for n in range(300)])
        nps = self.env["charter.nps"]
        nps._standings(clients[:1], self.company)
        with self.assertQueryCount(2):  # the threshold of the charter, and the clients
            found = nps._standings(clients, self.company)
        self.assertEqual(len(found), 300)


@tagged("post_install", "-at_install")
class TestAnniversary(YearCase):
    def test_current_term_after_renewal_by_extension_and_by_successor(self):
        for new_line in (False, True):
            with self.subTest(new_line=new_line):
                self.company.create_new_line_at_contract_line_renew = new_line
                contract = self.renewing(self._client(f"Term {new_line}")[0])
                self.assertEqual(contract.charter_term_end, date(2027, 2, 28))
                self.allow(contract)
                with self.at(moment=datetime(2027, 2, 1, 9)):
                    contract.contract_line_ids.renew()
                    contract.invalidate_recordset()
                    self.assertEqual(contract.charter_term_end, date(2028, 2, 29))
                    self.assertEqual(contract.charter_anniversary, date(2028, 3, 1))

    def test_lines_that_end_on_different_dates(self):
        """The earliest that renews governs, and the contract says so."""
        contract = self.renewing(self.client)
        contract.write({"contract_line_ids": [(0, 0, self.line("2026-06-01", "2027-05-31"))]})
        self.assertEqual(contract.charter_term_end, date(2027, 2, 28))
        self.assertIn("different dates", contract.with_context(lang="en_US").charter_anniversary_source)
        contract.write(
            {"contract_line_ids": [(0, 0, self.line("2026-06-01", "2026-12-31", is_auto_renew=False))]}
        )
        self.assertEqual(
            contract.charter_term_end, date(2027, 2, 28), "a line that just ends does not govern"
        )

    def test_defects_name_the_remedy_and_are_listed(self):
        with self.at():
            sound = self.renewing(self.client)
            empty = self._contract(self._client("Empty")[0], contract_line_ids=[])
            contracts = (sound | empty).with_context(lang="en_US")
            self.assertFalse(contracts[0].charter_defect)
            self.assertIn("add a line with a start date", contracts[1].charter_defect)
            found = self.env["contract.contract"].search([("charter_defect", "!=", False)])
            self.assertEqual(found & contracts, empty)

    def test_decided_before_the_lines_renew_by_themselves(self):
        with self.at():
            hasty = self.renewing(self.client, notice=2)
            due = self.promise(hasty, "renewal.decision").due_at
            self.assertLessEqual(hasty._charter_local_day(due), hasty.charter_notice_date)


@tagged("post_install", "-at_install")
class TestRenewal(YearCase):
    def test_opens_once_with_the_annual_review(self):
        contract = self.renewing(self.client)
        with self.at(moment=datetime(2026, 10, 10, 9)):
            self.schedule(contract)
            self.assertFalse(contract.charter_renewal_ids)
        with self.at(moment=datetime(2026, 10, 18, 9)):
            self.schedule(contract)
            self.schedule(contract)
            renewal = contract.charter_renewal_ids
            self.assertEqual((len(renewal), renewal.state, renewal.allowed), (1, "open", False))
            review = self.env["charter.review"].search(
                [("contract_id", "=", contract.id), ("kind", "=", "annual")]
            )
            self.assertEqual((len(review), review.renewal_id), (1, renewal))

    def test_opens_as_early_as_the_charter_and_the_contract_ask(self):
        """(months of the review in the charter, months of notice, a day too early, the day it is open)."""
        for name, months, notice, before, on in (
            ("the charter's own three months", 3, 1, date(2026, 10, 10), date(2026, 10, 18)),
            ("a version that promises five", 5, 1, date(2026, 8, 10), date(2026, 8, 18)),
            # Its review is held two weeks before the notice of 28 August.
            ("six months of notice", 3, 6, date(2026, 6, 25), date(2026, 6, 30)),
        ):
            with self.subTest(name), self.env.cr.savepoint() as savepoint:
                with self.at(moment=datetime(2026, 3, 2, 9)):
                    contract = self._contract(
                        self.client,
                        contract_line_ids=[Command.create(self.line("2026-03-01", "2027-02-28", notice))],
                    )
                    new = self.document.browse(self.document.action_new_version()["res_id"])
                    new._commitment("review.annual").delay = months
                    new.action_publish()
                for day, count in ((before, 0), (on, 1)):
                    with self.at(moment=datetime.combine(day, datetime.min.time()).replace(hour=9)):
                        self.env["charter.renewal"]._open_due(contract)
                        self.assertEqual(len(contract.charter_renewal_ids), count, (name, day))
                savepoint.rollback()
                self.env.invalidate_all()

    def test_pass_is_frozen(self):
        renewal = self.opened()
        with self.at(moment=datetime(2027, 1, 10, 9)):
            self.say(self.alice, 10)
            renewal.with_user(self.manager).action_decide()
            self.assertEqual((renewal.state, renewal.verdict, renewal.allowed), ("passed", "pass", True))
            self.assertEqual(self.promise(renewal.contract_id, "renewal.decision").state, "kept")
            self.say(self.alice, 0)
            self.assertEqual((renewal.nps, renewal.nps_answers, renewal.verdict), (100, 1, "pass"), "frozen")
            self.assertEqual(renewal.verdict_today, "fail", "today is not frozen")

    def test_it_follows_a_decision_that_is_owed_again(self):
        """Notice is given, and taken back: the decision is owed as another row, which the renewal keeps."""
        renewal = self.opened()
        contract, [first] = renewal.contract_id, renewal.obligation_id
        self.assertEqual((first.code, renewal.decide_by), ("renewal.decision", first.due_at))
        line = contract.contract_line_ids
        for day, renews, state, by in ((2, False, "closed", False), (3, True, "open", first.due_at)):
            with self.at(moment=datetime(2026, 12, day, 9)):
                line.is_auto_renew = renews
                self.schedule(contract)
                renewal.invalidate_recordset(["decide_by"])
                self.assertEqual((renewal.state, renewal.decide_by), (state, by))
        self.assertTrue(first.withdrawn)
        self.assertEqual(renewal.obligation_id.occurrence, "2027-03-01#renewal~2")
        with self.at(moment=datetime(2027, 1, 10, 9)):
            self.say(self.alice, 10)
            renewal.with_user(self.manager).action_decide()
        self.assertEqual((first.state, renewal.obligation_id.state), ("cancelled", "kept"))

    def test_unknown_asks_for_an_interview_and_keeps_owing(self):
        renewal = self.opened()
        with self.at(moment=datetime(2027, 1, 10, 9)):
            renewal.with_user(self.manager).action_decide()
            self.assertEqual(
                (renewal.state, renewal.verdict, renewal.allowed), ("interview", "unknown", False)
            )
            self.assertEqual(self.promise(renewal.contract_id, "renewal.decision").state, "open")
            action = renewal.with_user(self.manager).action_plan_interview()
            review = self.env["charter.review"].browse(action["res_id"])
            self.assertEqual((review.kind, review.renewal_id), ("interview", renewal))
            self.assertEqual(renewal.action_plan_interview()["res_id"], review.id, "one is enough")
            self.say(self.alice, 9)
            renewal.with_user(self.manager).action_decide()
            self.assertTrue(renewal.allowed)

    def test_a_complaint_fails_and_names_itself(self):
        renewal = self.opened()
        with self.at(moment=datetime(2027, 1, 10, 9)):
            self.say(self.alice, 10)
            escalation = self.escalate()
            renewal.with_user(self.manager).action_decide()
            self.assertEqual((renewal.verdict, renewal.complaint_count), ("fail", 1))
            self.assertEqual(renewal.complaints, escalation.reference)
            self.assertEqual(renewal.remediation_ids.state, "draft")
            start = self.promise(renewal.remediation_ids, "remediation.start")
            self.assertEqual((start.state, start.user_id), ("open", self.operations))

    def test_remediation_to_the_end(self):
        renewal = self.opened()
        with self.at(moment=datetime(2027, 1, 10, 9)):
            self.say(self.alice, 3)
            renewal.action_decide()
            remediation = renewal.remediation_ids.with_user(self.operations)
            for vals, words in (
                ({}, "Causes"),
                ({"causes": "Three visits cancelled."}, "Actions"),
            ):
                remediation.write(vals)
                with self.assertRaisesRegex(ValidationError, words):
                    remediation.action_start()
            remediation.action_ids = [
                (
                    0,
                    0,
                    {
                        "name": "A visit every Monday",
                        "user_id": self.technician.id,
                        "date_deadline": "2027-01-20",
                    },
                )
            ]
            remediation.action_start()
            self.assertEqual(self.promise(renewal.remediation_ids, "remediation.start").state, "kept")
            with self.assertRaisesRegex(ValidationError, "Agreed by"):
                remediation.action_agree()
            remediation.write({"agreed_contact_id": self.alice.id, "agreement": "By phone today: yes."})
            remediation.action_agree()
            with self.assertRaisesRegex(UserError, "A visit every Monday"):
                remediation.action_measure()
            remediation.action_ids.action_done()
            remediation.action_measure()
            self.assertEqual(remediation.state, "agreed", "the client has not changed its mind yet")
            self.assertIn("-100", remediation.measured_in_words)
            self.say(self.alice, 10)
            remediation.action_measure()
            self.assertEqual((remediation.state, renewal.state), ("succeeded", "open"))
            renewal.action_decide()
            self.assertTrue(renewal.allowed)
            with self.assertRaises(UserError):
                remediation.causes = "Rewritten"

    def test_override(self):
        renewal = self.opened()
        with self.at(moment=datetime(2027, 1, 10, 9)):
            for user, reason, error in (
                (self.operations, "The client asked us in writing.", AccessError),
                (self.direction, " ", ValidationError),
            ):
                with self.assertRaises(error):
                    renewal.with_user(user)._override(reason)
            renewal.with_user(self.direction).action_decide()
            renewal.with_user(self.direction)._override("The client asked us in writing.")
            self.assertTrue(renewal.allowed and renewal.overridden)
            contract = renewal.contract_id
            self.assertEqual(contract.charter_override_ids, renewal)
            self.assertIn("asked us in writing", contract.message_ids[0].body)
            self.assertEqual(self.promise(contract, "renewal.decision").state, "kept")
            contract.contract_line_ids.renew()
            self.assertEqual(contract.charter_override_ids.override_reason, "The client asked us in writing.")

    def test_the_second_of_two_users_is_told(self):
        renewal = self.opened()
        with self.at(moment=datetime(2027, 1, 10, 9)):
            self.say(self.alice, 10)
            second = renewal.with_user(self.operations)
            busy = patch.object(type(renewal), "try_lock_for_update", lambda self, **_kw: self.browse())
            with busy, self.assertRaises(ConcurrencyError):
                # Who had to wait begins anew, and sees what the first one did.
                second.action_decide()
            renewal.with_user(self.manager).action_decide()
            with self.assertRaisesRegex(UserError, "already, by t_manager"):
                second.action_decide()

    def test_nobody_writes_a_verdict(self):
        renewal = self.opened()
        for user in (self.manager, self.direction, self.admin):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                renewal.with_user(user).write({"allowed": True})
        with self.assertRaises(AccessError):
            self.env["charter.renewal"].sudo().create(
                {"contract_id": renewal.contract_id.id, "term_end": "2029-01-01"}
            )

    def test_a_term_that_moves_closes_its_renewal(self):
        contract = self.renewing(self.client)
        renewal = self.opened(contract)
        with self.at(moment=datetime(2027, 1, 10, 9)):
            contract.contract_line_ids.stop(date(2027, 1, 31))
            self.schedule(contract)
            self.assertEqual(renewal.state, "closed")

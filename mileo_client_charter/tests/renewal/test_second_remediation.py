"""A remediation succeeds, the verdict fails again, a second one follows: until a pass, or until the contract ends (article 04)."""

from contextlib import closing
from datetime import date, timedelta

from odoo import Command
from odoo.tests import new_test_user, tagged

from ...controllers.year_reading import YearReading
from ..cases.sentences import SentenceCase

BELOW = "En dessous de ce seuil, une démarche de remédiation avant de proposer le renouvellement"


@tagged("post_install", "-at_install")
class TestSecondRemediation(SentenceCase):
    """Lived day by day: the night's scheduled actions, what people do, and what each of them sees."""

    def setUp(self):
        super().setUp()
        self.contract = self.made("2026-03-01", "2027-02-28", "2026-10-05", partner=self.client)
        self.line_ = self.contract.contract_line_ids
        self.lived_until = date(2026, 11, 30)
        self.reader = new_test_user(
            self.env, "t_second", groups="base.group_portal", partner_id=self.alice.id, lang="en_US"
        )

    @property
    def renewal(self):
        return self.contract.charter_renewal_ids.filtered(lambda one: str(one.term_end) == "2027-02-28")

    def live_until(self, day):
        """Each night up to ``day``, and each noon a turn of the clock."""
        while self.lived_until < date.fromisoformat(day):
            self.lived_until += timedelta(days=1)
            with self.on(self.lived_until, 2), self.committing():
                self.env["charter.scheduler"]._cron_schedule()
                self.env["contract.line"].cron_renew_contract_line()
                self.env["charter.word"]._cron_watch()
                self.env.flush_all()
            with self.on(self.lived_until, 9):
                self.tick()
        self.env.invalidate_all()

    def decide(self, day, verdict):
        self.live_until(day)
        with self.on(day):
            self.renewal.with_user(self.manager).action_decide()
        self.assertEqual(self.renewal.verdict, verdict)

    def plan(self, day, done_by):
        """The remediation that is to start is started, and agreed to by the client two days later."""
        self.live_until(day)
        remediation = self.renewal.remediation_ids[:1]
        with self.on(day):
            mine = remediation.with_user(self.operations)
            mine.causes = "Three visits cancelled."
            mine.action_ids = [
                Command.create(
                    {"name": "A visit every Monday", "user_id": self.technician.id, "date_deadline": done_by}
                )
            ]
            mine.action_start()
        agreed = str(date.fromisoformat(day) + timedelta(days=2))
        self.live_until(agreed)
        with self.on(agreed):
            mine.write({"agreed_contact_id": self.alice.id, "agreement": "By phone today: yes."})
            mine.action_agree()
        return remediation

    def carry_out(self, remediation, day):
        self.live_until(day)
        with self.on(day):
            remediation.action_ids.with_user(self.technician).action_done()

    def resolve(self, day):
        self.live_until(day)
        with self.on(day):
            self.answer(self.complaint, self.operations)
            self.complaint.with_user(self.operations).action_resolve(
                "The camera was replaced, and the client agreed."
            )

    def measure(self, remediation, day, state):
        self.live_until(day)
        with self.on(day):
            remediation.with_user(self.operations).action_measure()
        self.assertEqual(remediation.state, state)

    def asked(self, record):
        """Those in whose list it is that ``record`` goes on."""
        return record.activity_ids._charter_about(record).user_id

    def read_by_client(self):
        """What the client's page says of each of its renewals."""
        return [row["words"] for row in YearReading(self.env(user=self.reader)).renewals()]

    def first_one(self):
        """From “not satisfied” to a first remediation that succeeds, and a second verdict that fails: by 9 January."""
        with self.on("2026-12-10"):
            self.say(self.alice, 3)
        self.decide("2026-12-10", "fail")
        [first] = self.renewal.remediation_ids
        [start] = self.promise(first, "remediation.start")
        self.assertEqual(start.state, "open")
        self.assertIn("resolve with you", *self.read_by_client())
        self.plan("2026-12-14", "2026-12-28")
        self.assertEqual(start.state, "kept")
        self.live_until("2026-12-27")
        self.assertIn(self.technician, first.activity_ids.user_id, "reminded of what was agreed")
        self.carry_out(first, "2026-12-28")
        self.live_until("2026-12-29")
        self.assertEqual(self.asked(first), self.manager, "everything is done: measure")
        self.measure(first, "2026-12-29", "agreed")
        self.live_until("2026-12-31")
        self.assertEqual(self.asked(first), self.manager, "not satisfied yet: it is not forgotten")
        self.assertEqual(len(first.activity_ids._charter_about(first)), 1)
        with self.on("2027-01-05"):
            self.say(self.alice, 9)
        self.measure(first, "2027-01-05", "succeeded")
        self.assertFalse(self.asked(first))
        self.assertIn("we now decide", *self.read_by_client())
        self.live_until("2027-01-07")
        self.assertEqual(
            self.asked(self.renewal), self.manager, "a renewal to decide again is in somebody's list"
        )
        with self.on("2027-01-08"):
            self.complaint = self.escalate(self.alice)
        self.decide("2027-01-09", "fail")
        self.assertFalse(self.asked(self.renewal), "it is decided")
        second = self.renewal.remediation_ids - first
        self.assertEqual((len(second), second.state, first.state), (1, "draft", "succeeded"))
        self.assertEqual(
            [one["verdict"] for one in self.renewal.earlier_decisions], ["fail"], "as it was known then"
        )
        self.assertEqual(self.renewal.earlier_decisions[0]["nps"], -100)
        return first, second

    def test_from_the_first_one_on(self):
        """Lived once up to the second failed verdict; each of what may follow begins there, and is undone."""
        first, second = self.first_one()
        lived_until = self.lived_until
        for follows in (
            self.until_a_pass_after_the_notice_day,
            self.nobody_measures,
            self.until_the_term_is_over,
            self.until_the_client_gives_notice,
            self.the_contract_moves_to_another_customer,
        ):
            with self.subTest(follows.__name__), closing(self.env.cr.savepoint()):
                self.lived_until = lived_until
                follows(first, second)

    def seen_by_direction(self):
        return str(self.env["charter.cockpit"].with_user(self.direction).charter_page("direction"))

    def until_a_pass_after_the_notice_day(self, first, second):
        [start] = self.promise(second, "remediation.start")
        self.assertEqual((start.state, len(self.promise(first, "remediation.start"))), ("open", 1))
        self.plan("2027-01-12", "2027-02-04")
        self.assertEqual(start.state, "kept")
        self.live_until("2027-01-29")
        with self.subTest("the day its lines renew has passed"):
            self.assertEqual(str(self.line_.date_end), "2027-02-28", BELOW)
            self.assertEqual(str(self.renewal.held_since.date()), "2027-01-28")
            with self.on("2027-01-29"):
                self.assertIn(self.client.name, self.seen_by_direction())
            self.assertIn("resolve with you", *self.read_by_client())
        self.carry_out(second, "2027-02-04")
        self.resolve("2027-02-05")
        self.measure(second, "2027-02-05", "succeeded")
        self.assertEqual(self.renewal.state, "open")
        self.live_until("2027-02-07")
        self.assertEqual(self.renewal.state, "renewed", "satisfied, past the notice day: nobody has to click")
        self.assertEqual(str(max(self.contract.contract_line_ids.mapped("date_end"))), "2028-02-29")
        self.assertEqual([one["verdict"] for one in self.renewal.earlier_decisions], ["fail", "fail"])
        self.assertFalse(self.asked(self.renewal) | self.asked(second) | self.asked(first))
        self.none_born_late(self.contract)
        [decision] = self.promise(self.contract, "renewal.decision").filtered(
            lambda row: row.occurrence.startswith("2027-03-01")
        )
        self.assertEqual((decision.state, str(decision.done_at.date())), ("kept", "2026-12-10"))

    def nobody_measures(self, first, second):
        """The second plan is carried through as agreed and the client is satisfied: on its notice day the charter measures it."""
        self.plan("2027-01-12", "2027-01-20")
        self.carry_out(second, "2027-01-20")
        self.resolve("2027-01-21")
        self.live_until("2027-01-27")
        self.assertEqual((second.state, self.asked(second)), ("agreed", self.manager))
        self.live_until("2027-01-29")
        self.assertEqual((second.state, self.renewal.state), ("succeeded", "renewed"))
        self.assertTrue(self.renewal.decided_by_charter)

    def until_the_term_is_over(self, first, second):
        """It succeeds after the end of the term: the contract goes on from the day after, and no day is missing."""
        self.plan("2027-01-12", "2027-02-20")
        self.live_until("2027-03-05")
        self.assertEqual(str(self.line_.date_end), "2027-02-28", BELOW)
        self.assertEqual(self.renewal.state, "remediation")
        self.carry_out(second, "2027-03-06")
        self.resolve("2027-03-08")
        self.measure(second, "2027-03-08", "succeeded")
        self.live_until("2027-03-10")
        self.assertEqual(self.renewal.state, "renewed")
        ends = sorted(str(line.date_end) for line in self.contract.contract_line_ids)
        self.assertEqual(ends[-1], "2028-02-29")
        self.none_born_late(self.contract)

    def test_put_back_after_the_first_one(self):
        """Decided as satisfied after the first one, and no longer so when it counts: put back, and the second one follows."""
        with self.on("2026-12-10"):
            self.say(self.alice, 3)
        self.decide("2026-12-10", "fail")
        first = self.plan("2026-12-12", "2026-12-20")
        self.carry_out(first, "2026-12-20")
        with self.on("2026-12-21"):
            self.say(self.alice, 10)
        self.measure(first, "2026-12-21", "succeeded")
        self.decide("2026-12-22", "pass")
        with self.on("2027-01-20"):
            self.escalate(self.alice)
        self.live_until("2027-01-29")
        self.assertEqual(self.renewal.state, "remediation")
        self.assertEqual([one["verdict"] for one in self.renewal.earlier_decisions], ["fail", "pass"])
        self.assertEqual(self.renewal.remediation_ids.mapped("state"), ["draft", "succeeded"])
        self.assertEqual(self.asked(self.renewal), self.manager)
        second = self.renewal.remediation_ids[0]
        self.assertEqual(self.promise(second, "remediation.start").state, "open")
        with self.on("2027-01-30"):
            self.renewal.with_user(self.direction)._override("They asked us in writing to go on.")
        self.assertFalse(self.asked(self.renewal))
        self.assertEqual(
            (second.state, self.promise(second, "remediation.start").state), ("closed", "cancelled")
        )
        self.assertIn("general management has decided", *self.read_by_client())

    def until_the_client_gives_notice(self, first, second):
        self.plan("2027-01-12", "2027-01-26")
        self.live_until("2027-01-25")
        self.assertIn(self.technician, second.activity_ids.user_id)
        with self.on("2027-01-25"):
            self.line_.stop(date(2027, 2, 28))
        self.live_until("2027-02-10")
        self.assertEqual((self.renewal.state, second.state), ("closed", "closed"))
        self.assertFalse(second.activity_ids, "nothing of it is asked of anybody any more")
        self.assertFalse(
            self.promise(self.contract, "renewal.decision").filtered("is_owed"), "nothing is to be decided"
        )

    def test_a_plan_without_the_client_s_agreement_is_reminded_of(self):
        with self.on("2026-12-10"):
            self.say(self.alice, 3)
        self.decide("2026-12-10", "fail")
        remediation = self.renewal.remediation_ids
        with self.on("2026-12-12"):
            mine = remediation.with_user(self.operations)
            mine.causes = "Three visits cancelled."
            mine.action_ids = [
                Command.create(
                    {"name": "A visit", "user_id": self.technician.id, "date_deadline": "2026-12-20"}
                )
            ]
            mine.action_start()
        self.live_until("2026-12-19")
        self.assertFalse(self.asked(remediation))
        self.carry_out(remediation, "2026-12-20")
        self.live_until("2026-12-22")
        self.assertEqual(self.asked(remediation), self.manager)
        with self.on("2026-12-22"):
            mine.write({"agreed_contact_id": self.alice.id, "agreement": "By phone today: yes."})
            mine.action_agree()
        self.live_until("2026-12-23")
        activity = remediation.activity_ids._charter_about(remediation)
        self.assertEqual(len(activity), 1)
        self.assertIn("measure again, and decide", activity.with_context(lang="en_US").summary)

    def the_contract_moves_to_another_customer(self, first, second):
        """The plan of the client it leaves ends with it; the new one is asked on its own account."""
        other, _bob, _bea = self._client("Bastide")
        self.plan("2027-01-12", "2027-01-26")
        self.live_until("2027-01-20")
        with self.on("2027-01-20"):
            self.contract.partner_id = other
        self.live_until("2027-01-30")
        mine = self.renewal.filtered(lambda one: one.partner_id == self.client)
        theirs = self.renewal - mine
        self.assertEqual((mine.state, second.state, theirs.partner_id), ("closed", "closed", other))
        self.assertFalse(second.activity_ids | mine.activity_ids._charter_about(mine))
        self.assertFalse(theirs.remediation_ids)
        self.assertFalse(self.asked(theirs))
        self.none_born_late(self.contract)

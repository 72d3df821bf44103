"""What a client stands at cannot be turned by what becomes of its contacts; what changes it is a step with a reason."""

import random
from datetime import datetime, timedelta

from dateutil.relativedelta import relativedelta
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.modules.migration import load_script
from odoo.tests import new_test_user, tagged
from odoo.tools.misc import file_path

from ...models.base.charter_engine import charter_door, charter_through
from ...tools.nps import is_detractor, is_promoter, nps
from ..cases.year import YearCase

NOW = datetime(2027, 1, 10, 9)
ROLES = ("manager", "technician", "operations", "direction", "admin")


@tagged("post_install", "-at_install")
class TestNpsStanding(YearCase):
    def setUp(self):
        super().setUp()
        self.enterContext(self.at(moment=NOW))

    def said(self, contact, nps, days_ago=0):
        """As ``say``, with nothing of the engine about it."""
        return self.say(contact, nps, days_ago).with_env(self.env)

    def readings(self):
        """The same standing as every reading gives it: verdict, health, forecast, figures of a report."""
        self.env.flush_all()
        self.env.invalidate_all()
        standing = self.standing()
        health = self.env["charter.health"].search([("partner_id", "=", self.client.id)])
        forecast = self.env["charter.renewal.forecast"].search([("contract_id", "=", self.contract.id)])
        figures = self.env["charter.figures"]._figures(
            self.contract, NOW.date() - timedelta(days=30), NOW.date()
        )
        counted = figures[self.contract.id]["nps"]
        return {
            "verdict": (standing.score, standing.answers),
            "health": (health.nps if health.answers else None, health.answers),
            "forecast": (forecast.nps if forecast.answers else None, forecast.answers),
            "report": (counted["score"], counted["n"]),
        }

    def test_a_detractor_cannot_be_made_to_disappear(self):
        """The cases that turned 0 into 100."""
        self.contract = self.renewing(self.client)
        self.said(self.alice, 10, days_ago=2)
        answer = self.said(self.adam, 2, days_ago=2)
        self.assertEqual(self.readings(), dict.fromkeys(self.readings(), (0, 2)))
        for role in ROLES:
            for value in (False, self.alice.id):
                with self.subTest(role, value=value), self.assertRaises(UserError):
                    answer.with_user(getattr(self, role)).write({"contact_id": value})
        other = self._client("Bistro")[0]
        for what, values in (
            ("archived", {"active": False}),
            ("moved", {"parent_id": other.id}),
            ("alone", {"parent_id": False}),
        ):
            with self.subTest(what):
                self.adam.write(values)
                self.assertEqual(self.readings(), dict.fromkeys(self.readings(), (0, 2)))

    def people(self, count):
        return self.env["res.partner"].create(
            [
                {"name": f"Person {n}", "email": f"q{n}@alpine.example.com", "parent_id": self.client.id}
                for n in range(count)
            ]
        )

    def test_compared_as_counted_and_rounded_once(self):
        """One row a case: (promoters, passives, detractors, threshold) -> what is shown, and the verdict everywhere."""
        self.contract = self.renewing(self.client)
        commitment = self.document._commitment("renewal.decision")
        self.opened(self.contract)
        everybody = self.people(9)
        for promoters, passives, detractors, threshold, shown, verdict in (
            (1, 7, 0, 12, 13, "pass"),
            (1, 7, 0, 13, 13, "fail"),
            (3, 5, 0, 37, 38, "pass"),
            (0, 7, 1, -13, -13, "pass"),
            (0, 7, 1, -12, -13, "fail"),
            (5, 0, 4, 11, 11, "pass"),
            (4, 0, 5, -11, -11, "fail"),
            (1, 7, 1, 0, 0, "fail"),
        ):
            with (
                self.subTest((promoters, passives, detractors), threshold=threshold),
                self.env.cr.savepoint() as undone,
            ):
                with charter_door(self.env.cr):
                    self.env.cr.execute(
                        "UPDATE charter_commitment SET threshold = %s WHERE id = %s",
                        [threshold, commitment.id],
                    )
                self.env.invalidate_all()
                for person, mark in zip(
                    everybody, [10] * promoters + [8] * passives + [3] * detractors, strict=False
                ):
                    self.said(person, mark)
                n = promoters + passives + detractors
                self.assertEqual(self.readings(), dict.fromkeys(self.readings(), (shown, n)))
                self.assertEqual(self.verdicts(), dict.fromkeys(self.verdicts(), verdict))
                undone.rollback()
                self.env.invalidate_all()

    def test_a_little_above_is_above(self):
        """One promoter of 250: an NPS of 0.4, shown as 0, is above 0."""
        self.contract = self.renewing(self.client)
        self.opened(self.contract)
        first = self.said(self.alice, 10)
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT string_agg(quote_ident(column_name), ',') FROM information_schema.columns "
            "WHERE table_name = 'charter_feedback' AND column_name NOT IN "
            "('id', 'nps', 'promoter', 'detractor', 'respondent', 'contact_id', 'token')"
        )
        [columns] = self.env.cr.fetchone()
        self.env.cr.execute(
            f"INSERT INTO charter_feedback ({columns}, nps, promoter, detractor, respondent, token) "
            f"SELECT {columns}, 8, 0, 0, -number, 'passive' || number "
            "FROM charter_feedback, generate_series(1, 249) AS number WHERE id = %s",
            [first.id],
        )
        self.assertEqual(self.readings(), dict.fromkeys(self.readings(), (0, 250)))
        self.assertEqual(self.verdicts(), dict.fromkeys(self.verdicts(), "pass"))

    def verdicts(self):
        """The verdict of the same standing: of the decision and of every list."""
        self.env.flush_all()
        self.env.invalidate_all()
        health = self.env["charter.health"].search([("partner_id", "=", self.client.id)])
        forecast = self.env["charter.renewal.forecast"].search([("contract_id", "=", self.contract.id)])
        renewal = self.env["charter.renewal"].search([("contract_id", "=", self.contract.id)])
        today = renewal.with_user(self.manager).verdict_today
        with self.env.cr.savepoint() as undone:
            renewal.with_user(self.manager).action_decide()
            decided, kept = renewal.verdict, (renewal.nps, renewal.nps_answers)
            undone.rollback()
            self.env.invalidate_all()
        standing = self.standing()
        self.assertEqual(kept, (standing.score, standing.answers))
        return {
            "standing": standing.verdict,
            "decision": decided,
            "today": today,
            "forecast": forecast.verdict,
            "missing": "fail" if forecast.missing else "pass",
            "health": "fail" if health.nps_low else "pass",
        }

    def test_random_lives_of_contacts_change_nothing(self):
        """Seeded sequences of what happens to contacts and users; after each step every reading says the same."""
        dice = random.Random(20270110)  # noqa: S311
        self.contract = self.renewing(self.client)
        other, stranger, _two = self._client("Bistro")
        people = [self.alice, self.adam]
        for number in range(4):
            person = self.alice.copy({"name": f"Person {number}", "email": f"p{number}@alpine.example.com"})
            people.append(person)
        for person in people:
            for _answer in range(dice.randint(1, 3)):
                self.said(person, dice.randint(0, 10), days_ago=dice.randint(1, 400))
        self.said(stranger, 10)
        users = {
            person: new_test_user(
                self.env, f"u_{person.id}", groups="base.group_portal", partner_id=person.id, name=person.name,
                email=person.email,
            )
            for person in people[:3]
        }  # fmt: skip
        expected = self.readings()
        self.assertEqual(len(set(expected.values())), 1, expected)
        self.assertNotIn(expected["verdict"][1], (0, None))

        def archive(person):
            users.get(person, self.env["res.users"]).active = False
            person.active = False

        steps = {
            "archive": archive,
            "bring back": lambda person: person.write({"active": True}),
            "move": lambda person: person.write({"parent_id": other.id}),
            "detach": lambda person: person.write({"parent_id": False}),
            "come home": lambda person: person.write({"parent_id": self.client.id}),
            "rename": lambda person: person.write({"name": f"Renamed {dice.random()}"}),
            "another address": lambda person: person.write({"email": f"{dice.random()}@alpine.example.com"}),
            "no address": lambda person: person.write({"email": False}),
            "become a company": lambda person: person.write({"is_company": True}),
            "a person again": lambda person: person.write({"is_company": False}),
            "an address only": lambda person: person.write({"type": "invoice"}),
            "take the login": lambda person: users.get(person, self.env["res.users"]).write({"active": False}),
            "give the login": lambda person: person.active and users.get(person, self.env["res.users"]).write({"active": True}),
            "no surveys": lambda person: person.write({"charter_no_survey": True}),
            "rename the client": lambda _person: self.client.write({"name": f"Alpine {dice.random()}"}),
        }  # fmt: skip
        for _sequence in range(12):
            for _step in range(6):
                name = dice.choice(list(steps))
                steps[name](dice.choice(people))
                self.env.flush_all()
                self.env.invalidate_all()
                self.assertEqual((self.standing().score, self.standing().answers), expected["verdict"], name)
            self.assertEqual(self.readings(), expected)

    def test_sql_says_what_python_says(self):
        """Random answers and the edges of the window, against a plain reading of the definition."""
        dice = random.Random(4)  # noqa: S311
        first = NOW - relativedelta(months=12)
        edges = [
            first,
            first + timedelta(seconds=1),
            NOW,
            NOW + timedelta(seconds=1),
            first - timedelta(seconds=1),
        ]
        for round_ in range(25):
            with self.subTest(round_), self.env.cr.savepoint() as undone:
                answers = []
                for _number in range(dice.randint(0, 6)):
                    answer = self.said(dice.choice((self.alice, self.adam)), dice.randint(0, 10))
                    answer._charter_engine().answered_at = dice.choice(
                        [*edges, NOW - timedelta(days=dice.randint(0, 500))]
                    )
                    if dice.random() < 0.2:
                        answer.with_user(self.operations).action_leave_out("It is not theirs.")
                    answers.append(answer)
                latest = {}
                for answer in sorted(answers, key=lambda one: (one.answered_at, one.id)):
                    if first < answer.answered_at <= NOW and not answer.left_out_at:
                        latest[answer.contact_id] = answer.nps
                promoters = sum(map(is_promoter, latest.values()))
                detractors = sum(map(is_detractor, latest.values()))
                standing = self.standing()
                self.assertEqual(
                    (standing.score, standing.answers, standing.promoters, standing.detractors),
                    (nps(promoters, detractors, len(latest)), len(latest), promoters, detractors),
                )
                undone.rollback()
            self.env.invalidate_all()

    def test_who_is_no_contact_of_the_client_does_not_speak_for_it(self):
        """Asked while they were there, they answer once they have left: the answer is kept, and counts for nobody."""
        feedback = self.invitation(self.adam)
        self.adam.parent_id = self._client("Bistro")[0]
        feedback._answer(rating=5, nps=10)
        self.assertEqual((feedback.nps, feedback.nps_counted, self.standing().answers), (10, 0, 0))

    def test_anonymised_answers_keep_their_person(self):
        """Two answers of one person stay one voice once nobody knows whose they are."""
        for mark in (2, 10):
            self.said(self.adam, mark, days_ago=mark)
        before = self.standing()
        self.env["charter.feedback"].search([("contact_id", "=", self.adam.id)])._charter_anonymise()
        self.assertEqual(self.standing(), before)

    def test_leaving_an_answer_out(self):
        renewal = self.opened()
        self.contract = renewal.contract_id
        self.said(self.alice, 10, days_ago=2)
        answer = self.said(self.adam, 2, days_ago=2)
        for role in ("manager", "technician"):
            with self.subTest(role), self.assertRaises(AccessError):
                answer.with_user(getattr(self, role)).action_leave_out("Wrong number.")
        mine = answer.with_user(self.operations)
        with self.assertRaisesRegex(ValidationError, "Reason"):
            mine.action_leave_out(" ")
        with self.assertRaisesRegex(UserError, "not left out"):
            mine.action_count_again("It counts after all.")
        action = mine.action_ask_leave_out()
        wizard = (
            self.env["charter.obligation.wizard"].with_user(self.operations).with_context(**action["context"])
        )
        wizard.create({"text": "He spoke of another supplier."}).action_confirm()
        with self.assertRaisesRegex(UserError, "already"):
            mine.action_leave_out("Left out a second time.")
        self.assertEqual(self.readings(), dict.fromkeys(self.readings(), (100, 1)))
        self.assertEqual((answer.left_out_by_id, answer.left_out_at), (self.operations, NOW))
        told = answer.activity_ids.filtered(lambda one: one.user_id == self.direction)
        self.assertIn("t_operations", told.summary)
        self.assertIn("another supplier", told.note)
        [row] = answer.correction_ids
        self.assertTrue(row.for_client, "its own page of the answer says so")
        health = self.env["charter.health"].search([("partner_id", "=", answer.partner_id.id)])
        self.assertRegex(health.reasons, r"left out of the NPS: 1, by t_operations.*would be 0 \(n = 2\)")
        figures = self.env["charter.figures"]._figures(
            self.contract, NOW.date() - timedelta(days=30), NOW.date()
        )
        self.assertEqual(figures[self.contract.id]["nps"]["left_out"], 1)
        self.assertFalse(self.env["charter.nps.answer"].search([("feedback_id", "=", answer.id)]))
        self._check_printed(renewal, "He spoke of another supplier.", "t_operations")
        mine.action_count_again("It was us after all.")
        self.assertEqual(self.readings(), dict.fromkeys(self.readings(), (0, 2)))
        self.assertEqual(
            answer.correction_ids.mapped("reason"), ["It was us after all.", "He spoke of another supplier."]
        )
        self.assertTrue(renewal.nps_set_aside, "what was decided stays as it was decided")
        self.assertFalse(renewal.set_aside_today)

    def _check_printed(self, renewal, *words):
        """The verdict prints it: on the screen, in the decision, in the promise it keeps, in the dossier."""
        renewal.invalidate_recordset()
        review = renewal.review_ids[:1] or self.env["charter.review"].create(
            {"contract_id": renewal.contract_id.id, "kind": "annual"}
        )
        review._charter_engine().write({"dossier_figures": review._freeze_figures(), "dossier_at": NOW})
        dossier = str(
            self.env["ir.qweb"]._render(
                "mileo_client_charter.report_review_dossier", {"docs": review, "doc_ids": review.ids}
            )
        )
        today = renewal.set_aside_today
        renewal.with_user(self.operations).action_decide()
        promise = self.env["charter.obligation"].search(
            [("res_model", "=", "contract.contract"), ("res_id", "=", renewal.contract_id.id), ("code", "=", "renewal.decision")]
        )  # fmt: skip
        posted = "".join(str(body) for body in renewal.message_ids.mapped("body"))
        for text in words:
            for where, shown in (
                ("today", today), ("decision", renewal.set_aside_in_words), ("thread", posted),
                ("promise", "".join(one.evidence or "" for one in promise)), ("dossier", dossier),
            ):  # fmt: skip
                with self.subTest(where):
                    self.assertIn(text, shown)
        self.assertIn("manually: 1", renewal.with_context(lang="en_US").evidence)

    def test_a_corrected_mark_is_printed_too(self):
        renewal = self.opened()
        answer = self.said(self.adam, 2, days_ago=2)
        answer._charter_engine().channel = "interview"
        answer.with_user(self.operations)._charter_correct({"nps": "9"}, "He had said nine.")
        self.assertEqual(self.standing().score, 100)
        self._check_printed(renewal, "from 2 to 9", "He had said nine.")

    def test_answers_of_before_are_migrated(self):
        """Also those whose contact has left, or was emptied: the client they were given for."""
        self.said(self.alice, 10, days_ago=3)
        self.said(self.alice, 0, days_ago=2)
        gone = self.said(self.adam, 0, days_ago=2)
        emptied = self.said(self.adam, 0, days_ago=1)
        self.env.flush_all()
        charter_through(
            self.env.cr,
            "UPDATE charter_feedback SET respondent = NULL, nps_counted = NULL WHERE partner_id = %s",
            [self.client.id],
        )
        charter_through(
            self.env.cr, "UPDATE charter_feedback SET contact_id = NULL WHERE id = %s", [emptied.id]
        )
        self.env.invalidate_all()
        self.adam.active = False
        script = load_script(
            file_path("mileo_client_charter/migrations/19.0.1.2.0/post-facts.py"), "charter_post_facts"
        )
        script.migrate(self.env.cr, "19.0.1.1.0")
        self.env.invalidate_all()
        standing = self.standing()
        self.assertEqual(
            (standing.answers, standing.detractors), (3, 3), "alice's latest, adam's, and nobody's"
        )
        self.assertEqual(len({gone.respondent, emptied.respondent}), 2)

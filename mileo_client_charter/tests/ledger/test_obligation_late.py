"""Late stays late: whatever is edited afterwards, what was late and owed stays on the record as late."""

import random
from datetime import timedelta

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tests import tagged
from odoo.tools import SQL

from ...models.ledger.charter_past_due import decided_sql, over_sql, past_due_sql, result_sql
from ..cases.common import START
from ..cases.interventions import RESOLUTION, RESPONSE, InterventionCase


@tagged("post_install", "-at_install")
class TestLateStaysLate(InterventionCase):
    def late(self, hours=9, **values):
        """An intervention both of whose promises have been found late."""
        with self.at(0):
            intervention = self.intervention(contract_id=self.contract.id, **values)
        with self.at(hours):
            self.tick()
        for code in (RESPONSE, RESOLUTION):
            self.assertEqual(self.rows(intervention, code).mapped("state"), ["late"])
        return intervention

    def missed(self, *interventions):
        self.env.flush_all()
        self.cr.execute(
            "SELECT COALESCE(sum(missed), 0) FROM charter_obligation WHERE res_model = 'charter.intervention' "
            "AND res_id = ANY(%s)",
            [[one.id for one in interventions]],
        )
        return self.cr.fetchone()[0]

    # -- when ------------------------------------------------------------------------------------

    def test_at_its_due_moment_it_is_in_time_for_every_reading(self):
        """Found by people: the clock called it in time, six lists and pages called it late at the same moment."""
        intervention = self.intervention(contract_id=self.contract.id)
        row = self.rows(intervention, RESPONSE)
        mine = Domain("id", "=", row.id)
        for seconds, over in ((-1, False), (0, False), (1, True)):
            now = row.due_at + timedelta(seconds=seconds)
            with self.subTest(seconds=seconds), self.at(moment=now):
                self.env.flush_all()
                readings = SQL(
                    "SELECT %s, %s, %s IS NOT NULL, %s FROM charter_obligation WHERE id = %s",
                    over_sql("charter_obligation", now), past_due_sql("charter_obligation", now),
                    decided_sql("charter_obligation", now), result_sql("charter_obligation", now), row.id,
                )  # fmt: skip
                self.assertEqual(
                    self.env.execute_query(readings), [(over, over, over, "late" if over else "open")]
                )
                ledger = self.env["charter.obligation"]
                self.assertEqual(ledger.search_count(mine & ledger._past_due_domain()), int(over))
                self.assertEqual(row._overdue(now), over)
                self.tick()
                self.assertEqual(row.state, "late" if over else "open")

    # -- edits of what it was promised on --------------------------------------------------------

    def test_other_terms_leave_the_lateness_owed(self):
        other = self._contract(self.client)
        for name, value in (
            ("reported_at", START + timedelta(hours=8)),
            ("priority", "1"),
            ("kind", "remote"),
            ("contract_id", other.id),
        ):
            with self.subTest(name):
                intervention = self.late()
                with self.at(9.5):
                    intervention[name] = value
                for code in (RESPONSE, RESOLUTION):
                    row = self.rows(intervention, code)
                    self.assertEqual((len(row), row.state, row.is_owed, row.missed), (1, "late", True, 1))
                    if name != "kind":
                        self.assertIn("It was missed already, and stays so.", row.history)
                self.assertEqual(row.due_at, START + timedelta(hours=8), "on the terms it was promised on")
                with self.at(10):
                    intervention.action_close()
                self.assertEqual(self.missed(intervention), 2)

    def test_the_tier_changes(self):
        intervention = self.late()
        tier = self.premium.copy({"code": "slower"})
        tier.service_level_ids = [
            (5, 0, 0),
            (0, 0, {"priority": "3", "response_hours": 90, "resolution_hours": 99, "clock": "elapsed"}),
        ]
        with self.at(9.5):
            self.contract.charter_tier_id = tier
        self.assertEqual(self.rows(intervention).mapped("state"), ["late"])
        self.assertEqual(self.missed(intervention), 2)

    def test_where_nothing_is_promised_any_more_it_ends_late(self):
        other, _one, _two = self._client("Bistro")
        for values in (
            {"kind": "preventive"},
            {"priority": "0"},
            {"partner_id": other.id, "contract_id": False},
        ):
            with self.subTest(**values):
                intervention = self.late()
                with self.at(9.5):
                    intervention.write(values)
                row = self.rows(intervention)[0]
                self.assertEqual((row.state, row.missed, row.is_owed), ("late", 1, False))
                self.assertEqual(row.cancelled_at, START + timedelta(hours=9.5))
                self.assertEqual(row.partner_id, self.client)
                self.assertIn("no longer to be done: Changed:", row.history)
                with self.at(10):
                    self.tick()
                self.assertFalse(row._charter_engine()._alerts_due(10) & row, "nobody is told of it any more")
                self.assertEqual(self.missed(intervention), 2)

    def test_late_although_the_clock_did_not_come_round(self):
        with self.at(0):
            intervention = self.intervention()
        with self.at(8.5):
            intervention.action_cancel("Reported twice")
        row = self.rows(intervention)
        self.assertEqual((row.state, row.missed, row.breached_at), ("late", 1, START + timedelta(hours=8.5)))

    # -- documents that call their promises off --------------------------------------------------

    def test_cancelled_work_was_late_and_coming_back_is_the_same_lateness(self):
        intervention = self.late()
        with self.at(9.5):
            intervention.action_cancel("Reported twice")
        row = self.rows(intervention)
        self.assertEqual((row.state, row.is_owed, row.missed), ("late", False, 1))
        self.assertIn("Reported twice (by t_technician)", row.cancel_reason)
        self.assertEqual(row._intervention_result(), ("late", "missed, no longer to be done"))
        with self.at(10):
            intervention.action_reopen()
        self.assertEqual((len(self.rows(intervention)), row.is_owed, row.cancelled_at), (1, True, False))
        self.assertIn("outstanding again", row.history)
        with self.at(11):
            intervention.action_close()
        self.assertEqual((row.state, row.done_at), ("late", START + timedelta(hours=11)))
        self.assertEqual(self.missed(intervention), 2)

    def test_a_deleted_intervention_was_late(self):
        intervention = self.late()
        row, key = self.rows(intervention), intervention.id
        with self.at(9.5):
            intervention.with_user(self.admin).unlink()
        self.assertEqual((row.state, row.missed, row.is_owed), ("late", 1, False))
        self.assertFalse(self.env["charter.intervention"].browse(key).exists())

    def test_every_way_to_call_a_promise_off(self):
        """``_cancel`` is what every document calls: a promise of each commitment, late and not yet."""
        commitments = self.document.commitment_ids
        self.assertGreaterEqual(len(commitments), 15)
        for withdrawn in (False, True):
            for commitment in commitments:
                with self.subTest(commitment.code, withdrawn=withdrawn):
                    with self.at(0):
                        rows = self.env["charter.obligation"]
                        for number, due in enumerate((-1, 1)):
                            row = self.client._charter_open(
                                commitment.code, occurrence=f"{withdrawn}{number}"
                            )
                            row._charter_engine().due_at = START + timedelta(hours=due)
                            rows |= row
                        rows._cancel("No longer", withdrawn=withdrawn)
                    self.assertEqual(rows.mapped("state"), ["late", "cancelled"])
                    self.assertEqual(rows.mapped("missed"), [1, 0])
                    self.assertFalse(any(rows.mapped("is_owed")))

    def test_an_administrator_s_cancellation_shows_that_it_was_late(self):
        row = self.rows(self.late())
        with self.at(9.5):
            row.with_user(self.admin).action_cancel("Opened on the wrong client")
        self.assertEqual((row.state, row.missed), ("cancelled", 0))
        self.assertEqual(row.breached_at, START + timedelta(hours=9))
        self.assertIn("it had been overdue since 2026-10-05 16:00:00 UTC", row.history)
        listed = self.env["charter.obligation"].search(
            [("state", "=", "cancelled"), ("breached_at", "!=", False)]
        )
        self.assertIn(row, listed)

    # -- what is declared afterwards -------------------------------------------------------------

    def test_a_response_on_record_as_late_is_not_edited_into_time(self):
        with self.at(0):
            intervention = self.intervention()
        with self.at(3):
            intervention.action_respond()
            row = self.rows(intervention, RESPONSE)
            for value in (START + timedelta(minutes=30), False):
                with (
                    self.subTest(value=value),
                    self.assertRaisesRegex(ValidationError, "stays so"),
                    self.cr.savepoint(),
                ):
                    intervention.responded_at = value
            intervention.responded_at = START + timedelta(hours=2)
        self.assertEqual((row.state, row.done_at), ("late", START + timedelta(hours=2)))

    def test_a_source_cannot_take_it_back_either(self):
        with self.at(0):
            intervention = self.intervention()
        with self.at(9):
            intervention.action_close()
            intervention._charter_engine()._charter_correct_resolution(START + timedelta(hours=7))
        row = self.rows(intervention)
        self.assertEqual((row.state, row.missed, row.done_at), ("late", 1, START + timedelta(hours=9)))
        self.assertIn("declared done at 2026-10-05 15:00:00 UTC", row.history)

    def test_a_pause_recorded_afterwards_is_for_operations(self):
        intervention = self.late()
        with self.at(10):
            with (
                self.assertRaisesRegex(ValidationError, "An operations manager can record"),
                self.cr.savepoint(),
            ):
                intervention.action_pause("The site was closed", at=START + timedelta(hours=2))
            self.assertEqual(self.rows(intervention).state, "late")
            intervention.with_user(self.operations).action_pause(
                "The site was closed", at=START + timedelta(hours=2)
            )
        self.assertEqual(self.rows(intervention).state, "open")
        self.assertIn("The site was closed", self.rows(intervention).history)

    # -- any sequence of edits -------------------------------------------------------------------

    def test_missed_never_goes_down(self):
        """Random edits by a technician, with the clock between them: what was counted as missed stays counted."""
        other, _one, _two = self._client("Bistro")
        contracts = self.contract | self._contract(self.client) | self._contract(other)
        for seed in range(8):
            dice = random.Random(seed)  # noqa: S311  (a sequence to repeat, no secret)
            with self.at(0):
                work = [
                    self.intervention(contract_id=self.contract.id, priority=priority)
                    for priority in ("3", "2")
                ]
            before, hours = 0, 0
            for step in range(14):
                hours += dice.choice((0.2, 1, 3, 6))
                with self.at(hours):
                    if dice.random() < 0.6:
                        self.tick()
                        before = max(before, self.missed(*work))
                    past = (START + timedelta(hours=dice.uniform(0, hours))).replace(microsecond=0)
                    edit = dice.choice([*self.edits(dice, contracts, past), *self.steps(past)])
                    with self.subTest(seed=seed, step=step, edit=edit.__name__):
                        self.attempt(edit, dice.choice(work))
                        now = self.missed(*work)
                        self.assertGreaterEqual(now, before)
                        before = now
            with self.at(hours + 200):
                self.tick()
                self.assertGreaterEqual(self.missed(*work), before)

    def attempt(self, edit, intervention):
        """What is refused changes nothing."""
        try:
            with self.cr.savepoint():
                edit(intervention)
        except UserError:
            self.env.invalidate_all()

    def edits(self, dice, contracts, past):
        def report(intervention):
            intervention.reported_at = past

        def priority(intervention):
            intervention.priority = dice.choice("0123")

        def kind(intervention):
            intervention.kind = dice.choice(("corrective", "preventive", "remote"))

        def contract(intervention):
            chosen = dice.choice(contracts)
            intervention.write({"partner_id": chosen.partner_id.id, "contract_id": chosen.id})

        return [report, priority, kind, contract]

    def steps(self, past):
        def cancel(intervention):
            intervention.action_cancel("No longer")

        def reopen(intervention):
            intervention.action_reopen()

        def close(intervention):
            intervention.action_close()

        def respond(intervention):
            intervention.action_respond()

        def unsay(intervention):
            intervention.responded_at = False

        def pause(intervention):
            intervention.action_pause("Waiting", at=past)

        def resume(intervention):
            intervention.action_resume()

        def imported(intervention):
            intervention.with_context(import_file=True).write({"resolved_at": past})

        return [cancel, reopen, respond, unsay, pause, resume, close, imported]

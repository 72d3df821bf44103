from datetime import datetime, timedelta

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from ..cases.common import START
from ..cases.interventions import RESPONSE, InterventionCase


@tagged("post_install", "-at_install")
class TestInterventionPause(InterventionCase):
    def test_nothing_falls_due_while_paused_and_the_time_is_given_back(self):
        with self.at(0):
            intervention = self.intervention()
        row = self.rows(intervention)
        with self.at(6):
            intervention.action_pause("Waiting for a part")
        self.assertEqual(
            (row.due_at, row.paused_at, intervention.progress), (False, START + timedelta(hours=6), "paused")
        )
        with self.at(30):
            self.tick()
            self.assertEqual((row.state, row.time_left), ("open", "paused"))
            self.assertEqual(self.rows(intervention, RESPONSE).state, "late", "a response does not wait")
        with self.at(31.5):
            intervention.action_resume()
        self.assertEqual((row.due_at, row.paused_at), (START + timedelta(hours=33.5), False))
        self.assertIn(
            "due 2026-10-05 16:00:00 UTC → paused since 2026-10-05 14:00:00 UTC (Waiting for a part)",
            row.history,
        )
        self.assertIn("→ due 2026-10-06 17:30:00 UTC (Waiting for a part)", row.history)
        with self.at(33.6):
            self.tick()
            self.assertEqual(row.state, "late")

    def test_closing_during_a_pause_ends_it(self):
        with self.at(0):
            intervention = self.intervention()
        with self.at(6):
            intervention.action_pause("Waiting for a part")
        with self.at(40):
            intervention.action_close(resolved_at=START + timedelta(hours=30))
        row = self.rows(intervention)
        self.assertEqual((row.state, row.due_at), ("kept", START + timedelta(hours=32)))
        self.assertEqual(intervention.pause_ids.stop_at, START + timedelta(hours=30))

    def test_a_pause_is_kept_when_the_priority_changes_within_it(self):
        with self.at(0):
            intervention = self.intervention(priority="1")
        with self.at(1):
            intervention.action_pause("Waiting for a part")
        with self.at(2):
            intervention.priority = "3"
            new = self.rows(intervention)[1]
            self.assertEqual((new.paused_at, new.due_at), (START + timedelta(hours=1), False))
        with self.at(4):
            intervention.action_resume()
        self.assertEqual(new.due_at, START + timedelta(hours=11), "three hours paused, once")
        with self.at(5):
            intervention.action_change_terms("It can wait a day.", priority="2")
            intervention.priority = "3"
        self.assertEqual(self.rows(intervention)[-1].due_at, START + timedelta(hours=11), "and once again")

    def test_two_pauses_add_up_and_one_after_the_due_time_does_not_count(self):
        hour = timedelta(hours=1)
        with self.at(0):
            intervention = self.intervention()
        with self.at(20):
            intervention.action_pause("First", at=START + hour, until=START + 3 * hour)
            intervention.action_pause("Second", at=START + 5 * hour, until=START + 6 * hour)
            self.assertEqual(self.rows(intervention).due_at, START + 11 * hour)
            intervention.action_pause("Too late", at=START + 12 * hour, until=START + 13 * hour)
            self.assertEqual(self.rows(intervention).due_at, START + 11 * hour)
            intervention.action_pause("Much too late")
            self.assertFalse(self.rows(intervention).paused_at)

    def test_a_pause_recorded_late_takes_back_a_lateness_and_says_so(self):
        with self.at(0):
            intervention = self.intervention()
        row = self.rows(intervention)
        with self.at(9):
            self.tick()
            self.assertEqual((row.state, row.missed), ("late", 1))
            intervention.with_user(self.operations).action_pause(
                "The site was closed", at=START + timedelta(hours=2)
            )
            self.assertEqual((row.state, row.missed, row.breached_at, row.alert), ("open", 0, False, False))
            self.assertIn("The site was closed", row.history)
        with self.at(10):
            intervention.action_resume()
        with self.at(17):
            self.tick()
            self.assertEqual((row.state, row.alert), ("late", "breach"), "found late again, and told again")

    def test_over_a_weekend_only_working_time_is_given_back(self):
        # Friday 2026-10-09, 15:00 in Paris; the day ends at 17:00.
        friday = datetime(2026, 10, 9, 13)
        with self.at(moment=friday):
            intervention = self.intervention(priority="2", reported_at=friday)
        row = self.rows(intervention)
        self.assertEqual(
            row.due_at, datetime(2026, 10, 13, 13), "16 hours: 2 on Friday, 8 on Monday, 6 on Tuesday"
        )
        with self.at(moment=datetime(2026, 10, 9, 14)):
            intervention.action_pause("Site closed")
        with self.at(moment=datetime(2026, 10, 12, 8)):
            intervention.action_resume()
        # Paused: Friday 16–17 and Monday 8–10, three working hours.
        self.assertEqual(row.due_at, datetime(2026, 10, 14, 7), "three working hours later: Wednesday at 9")

    def test_across_a_change_of_clocks(self):
        # Clocks go back on Sunday 2026-10-25 at 3:00: 22:00 to 6:00 is nine hours.
        evening = datetime(2026, 10, 24, 20)
        with self.at(moment=evening):
            elapsed = self.intervention(reported_at=evening)
            working = self.intervention(priority="1", reported_at=evening)
        due = self.rows(working).due_at
        with self.at(moment=evening):
            (elapsed | working).action_pause("Night")
        with self.at(moment=datetime(2026, 10, 25, 5)):
            (elapsed | working).action_resume()
        self.assertEqual(self.rows(elapsed).due_at, evening + timedelta(hours=17))
        self.assertEqual(self.rows(working).due_at, due, "no working time was paused")

    def test_pauses_that_cannot_be_are_refused(self):
        hour = timedelta(hours=1)
        with self.at(0):
            intervention = self.intervention()
        with self.at(10):
            intervention.action_pause("First", at=START + 2 * hour, until=START + 4 * hour)
            for words, arguments in (
                (
                    "there is one already from 5 Oct 2026, 10:00",
                    {"at": START + 3 * hour},
                ),
                ("there is one already", {"at": START + hour, "until": START + 5 * hour}),
                ("ends before it begins", {"at": START + 6 * hour, "until": START + 5 * hour}),
                ("before the intervention was reported", {"at": START - hour, "until": START + hour}),
                ("still to come", {"at": START + 11 * hour}),
            ):
                with self.subTest(words=words), self.assertRaisesRegex(ValidationError, words):
                    intervention.action_pause("Second", **arguments)
            with self.assertRaisesRegex(ValidationError, "before the end of the last pause"):
                intervention.action_close(resolved_at=START + 3 * hour)
            intervention.action_pause("Third", at=START + 8 * hour)
            with self.assertRaisesRegex(ValidationError, "there is one already"):
                intervention.action_pause("Fourth")
            with self.assertRaisesRegex(ValidationError, "before the pause began"):
                intervention.action_resume(at=START + 7 * hour)
            with self.assertRaisesRegex(ValidationError, "was paused on"):
                intervention.reported_at = START + 3 * hour

    def test_nobody_overwrites_a_pause(self):
        with self.at(0):
            intervention = self.intervention()
            intervention.action_pause("Waiting for a part")
        pause = intervention.pause_ids
        self.assertEqual((pause.recorded_by, pause.recorded_at), (self.technician, START))
        for user in (self.technician, self.admin):
            mine = pause.with_user(user)
            with self.assertRaises(AccessError):
                mine.stop_at = START
            with self.assertRaises(AccessError):
                mine.unlink()
            with self.assertRaises(AccessError):
                mine.create({"intervention_id": intervention.id, "start_at": START, "reason": "x"})

    def test_reopening_leaves_earlier_pauses_behind(self):
        with self.at(0):
            intervention = self.intervention()
        with self.at(5):
            intervention.action_pause(
                "First", at=START + timedelta(hours=1), until=START + timedelta(hours=2)
            )
            intervention.action_close()
        with self.at(10):
            intervention.action_reopen()
            self.assertEqual(self.rows(intervention)[1].due_at, START + timedelta(hours=18))
            with self.assertRaisesRegex(ValidationError, "before the intervention was reopened"):
                intervention.action_pause("Before", at=START + timedelta(hours=9))

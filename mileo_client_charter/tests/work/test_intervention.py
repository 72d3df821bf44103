from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2.errors import UniqueViolation

from ..cases.common import START
from ..cases.interventions import RESPONSE, InterventionCase


@tagged("post_install", "-at_install")
class TestIntervention(InterventionCase):
    def test_the_tier_promises_a_response_and_a_resolution(self):
        with self.at(0):
            intervention = self.intervention(reported_at=START - timedelta(minutes=30))
        self.assertEqual(intervention.contract_id, self.contract, "the client's only contract")
        self.assertEqual(self.rows(intervention, RESPONSE).due_at, START + timedelta(minutes=30))
        self.assertEqual(self.rows(intervention).due_at, START + timedelta(hours=7.5))
        self.assertEqual(self.rows(intervention).contract_id, self.contract)
        with self.at(0):
            normal = self.intervention(priority="1")
        # 10:00 in Paris, a day is 8–12 and 13–17: four hours later is 15:00.
        self.assertEqual(self.rows(normal, RESPONSE).due_at, START + timedelta(hours=5))

    def test_where_nothing_is_promised_the_form_says_why(self):
        other, _contact, _contact2 = self._client("Bistro")
        with self.at(0):
            for values, words in (
                ({"partner_id": other.id}, "choose a contract"),
                ({"priority": "0"}, "no service level for the priority “Low”"),
            ):
                with self.subTest(words=words):
                    intervention = self.intervention(**values)
                    self.assertIn(words, intervention.promise_gap)
                    self.assertFalse(self.rows(intervention))
            intervention = self.intervention(partner_id=other.id)
            intervention.contract_id = self._contract(other, tier=self.env["charter.tier"])
            self.assertIn("has no service tier", intervention.promise_gap)
            self.assertFalse(self.intervention().promise_gap)

    def test_two_contracts_leave_the_choice_and_choosing_promises(self):
        with self.at(0):
            self._contract(self.client)
            intervention = self.intervention()
            self.assertFalse(intervention.contract_id)
            self.assertFalse(self.rows(intervention))
        with self.at(0.5):
            intervention.contract_id = self.contract
        self.assertEqual(
            self.rows(intervention).due_at, START + timedelta(hours=8), "counted from the report"
        )

    def test_a_response_typed_in_later_is_kept_at_its_moment(self):
        with self.at(0):
            intervention = self.intervention()
        with self.at(2):
            self.tick()
            self.assertEqual(self.rows(intervention, RESPONSE).state, "late")
            intervention.responded_at = START + timedelta(minutes=40)
        row = self.rows(intervention, RESPONSE)
        self.assertEqual((row.state, row.met, row.missed, row.breached_at), ("kept", 1, 0, False))
        self.assertEqual(row.done_at, START + timedelta(minutes=40))
        self.assertIn("2026-10-05 10:00:00 UTC: recorded as done at 2026-10-05 08:40:00 UTC", row.history)
        self.assertIn("had been recorded as missed at 2026-10-05 10:00:00 UTC", row.history)
        self.assertEqual(row.corrected_at, START + timedelta(hours=2), "nobody reads that it was simply kept")
        self.assertIn("Kept after", row.correction_text, "the client reads it beside the moment it was done")
        [task] = intervention.sudo().activity_ids.filtered(lambda one: "found late" in one.summary)
        self.assertEqual(task.user_id, self.operations)

    def test_the_alert_goes_with_what_it_asked_for(self):
        with self.at(0):
            intervention = self.intervention()
        with self.at(2):
            self.tick()
            self.assertTrue(intervention.activity_ids)
            intervention.action_respond()
            self.assertFalse(intervention.activity_ids)
        with self.at(9):
            self.tick()
            self.assertTrue(intervention.activity_ids)
            intervention.with_user(self.operations).action_pause(
                "The site was closed", at=START + timedelta(hours=3)
            )
            self.assertFalse(intervention.activity_ids)
            # General management has on the client that a lateness was taken back.
            self.assertIn(self.direction, intervention.partner_id.activity_ids.user_id)

    def test_a_late_response_stays_late_and_a_correction_is_kept_in_the_history(self):
        with self.at(0):
            intervention = self.intervention()
        with self.at(3):
            intervention.action_respond(at="2026-10-05T11:30:00+02:00")
            row = self.rows(intervention, RESPONSE)
            self.assertEqual((row.state, row.done_at), ("late", START + timedelta(hours=1.5)))
            intervention.responded_at = START + timedelta(hours=2)
            self.assertEqual((row.state, row.met, row.missed), ("late", 0, 1))
            self.assertIn("corrected to 2026-10-05 10:00:00", row.history)
            row._restate(None)
            self.assertEqual(
                (row.state, row.done_at, row.is_owed), ("late", False, True), "owed again, and overdue"
            )

    def test_closing_keeps_both_promises_at_the_moment_given(self):
        with self.at(0):
            intervention = self.intervention()
        with self.at(20):
            self.tick()
            intervention.action_close(resolved_at=START + timedelta(hours=8), work_done="<p>New lens</p>")
        self.assertEqual((intervention.state, intervention.progress), ("closed", "closed"))
        self.assertEqual(intervention.resolved_at, START + timedelta(hours=8))
        self.assertEqual(self.rows(intervention).state, "kept", "done at the due second")
        self.assertEqual(self.rows(intervention, RESPONSE).state, "late", "answered by the resolution alone")
        self.assertTrue(intervention.feedback_ids)

    def test_moments_that_cannot_be_are_refused(self):
        hour = timedelta(hours=1)

        def new(**values):
            return self.intervention(**{"reported_at": START, **values})

        def answered():
            return new(responded_at=START + 2 * hour)

        with self.at(10):
            for words, step in (
                ("is still to come", lambda: new(reported_at=START + 11 * hour)),
                ("before the moment the intervention was reported", lambda: new(responded_at=START - hour)),
                ("is still to come", lambda: new().action_respond(at=START + 11 * hour)),
                ("before the intervention was reported", lambda: new().action_respond(at=START - hour)),
                ("was responded to on", lambda: answered().action_respond()),
                ("is still to come", lambda: new().action_close(resolved_at=START + 11 * hour)),
                (
                    "before the intervention was reported",
                    lambda: new().action_close(resolved_at=START - hour),
                ),
                ("is no date and time", lambda: new().action_close(resolved_at="yesterday")),
                ("before the moment it was responded to", lambda: answered().action_close(START + hour)),
                ("Reason", lambda: new().action_pause(" ")),
                ("Reason", lambda: new().action_cancel("")),
                ("is not paused", lambda: new().action_resume()),
                ("is not closed", lambda: new().action_reopen()),
            ):
                with self.subTest(words=words), self.assertRaisesRegex(ValidationError, words):
                    step()

    def test_another_priority_cancels_and_promises_anew_from_the_report(self):
        with self.at(0):
            intervention = self.intervention(priority="1")
        with self.at(1):
            intervention.priority = "3"
        old, new = self.rows(intervention)
        self.assertEqual((old.state, old.cancel_reason), ("cancelled", "Changed: Priority."))
        self.assertEqual((old.occurrence, new.occurrence), ("1", "2"))
        self.assertEqual((new.trigger_at, new.due_at), (START, START + timedelta(hours=8)))
        self.assertEqual(len(self.rows(intervention, RESPONSE)), 2)
        with self.at(1):
            intervention.action_respond()
            intervention.action_change_terms("It can wait a day.", priority="2")
        self.assertEqual(
            self.rows(intervention, RESPONSE).mapped("state"), ["cancelled", "kept"], "a result stays"
        )

    def test_a_corrected_report_promises_anew(self):
        with self.at(1):
            intervention = self.intervention()
            intervention.reported_at = START
        self.assertEqual(self.rows(intervention).mapped("state"), ["cancelled", "open"])
        self.assertEqual(self.rows(intervention)[1].due_at, START + timedelta(hours=8))

    def test_another_tier_promises_anew_and_an_edited_level_moves_nothing(self):
        comfort = self.premium.copy({"name": "Other", "code": "other"})
        comfort.service_level_ids.filtered(lambda level: level.priority == "3").resolution_hours = 20
        with self.at(0):
            intervention = self.intervention()
            closed = self.intervention()
            closed.action_close()
            self.premium.service_level_ids.filtered(lambda level: level.priority == "3").resolution_hours = 10
            intervention.name = "Camera 5"
            self.assertEqual(self.rows(intervention).due_at, START + timedelta(hours=8), "frozen")
            self.contract.charter_tier_id = comfort
        old, new = self.rows(intervention)
        self.assertEqual(old.cancel_reason, "The tier of the contract changed.")
        self.assertEqual(new.due_at, START + timedelta(hours=20))
        self.assertEqual(len(self.rows(closed)), 1, "what is over stays")

    def test_reopening_keeps_the_first_result_and_promises_a_new_resolution(self):
        with self.at(0):
            intervention = self.intervention()
        with self.at(9):
            intervention.action_close()
        with self.at(30):
            intervention.action_reopen()
        first, second = self.rows(intervention)
        self.assertEqual((first.state, second.state), ("late", "open"))
        self.assertEqual(second.due_at, START + timedelta(hours=38), "from the reopening")
        self.assertEqual(len(self.rows(intervention, RESPONSE)), 1)
        with self.at(31):
            with self.assertRaisesRegex(ValidationError, "before the intervention was reopened"):
                intervention.action_close(resolved_at=START + timedelta(hours=29))
            intervention.action_close()
        self.assertEqual(second.state, "kept")
        self.assertEqual(intervention.closing_cycle, 2)

    def test_cancelling_owes_nothing_and_coming_back_counts_from_the_report(self):
        with self.at(0):
            intervention = self.intervention()
        with self.at(0.5):
            intervention.action_cancel("Reported twice")
        self.assertEqual(self.rows(intervention).state, "cancelled")
        self.assertIn("Reported twice (by t_technician)", self.rows(intervention).cancel_reason)
        self.assertFalse(intervention.feedback_ids)
        with self.at(0.6):
            with self.assertRaisesRegex(ValidationError, "is cancelled: reopen it first"):
                intervention.action_close()
            intervention.action_reopen()
        self.assertEqual(self.rows(intervention)[1].due_at, START + timedelta(hours=8))
        self.assertEqual(self.rows(intervention, RESPONSE)[1].due_at, START + timedelta(hours=1))

    def test_what_is_over_is_not_edited(self):
        with self.at(0):
            intervention = self.intervention()
            intervention.action_close()
            for name, value in (("priority", "1"), ("contract_id", False), ("responded_at", False)):
                with (
                    self.subTest(name=name),
                    self.assertRaisesRegex(ValidationError, "Reopen it if the work goes on"),
                ):
                    intervention[name] = value
            intervention.write({"priority": "3", "work_done": "<p>Lens</p>"})
            for name, value in (("state", "open"), ("resolved_at", False), ("closing_cycle", 0)):
                with self.subTest(name=name), self.assertRaises(AccessError):
                    intervention[name] = value

    def test_one_intervention_for_an_origin(self):
        origin = {"res_model": "res.partner", "res_id": self.client.id}
        with self.at(0):
            intervention = self.intervention(**origin)
            with self.assertRaisesRegex(ValidationError, "keeps the document"):
                intervention.res_id = self.alice.id
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaisesRegex(UniqueViolation, "origin_once"),
                self.env.cr.savepoint(),
            ):
                self.intervention(**origin)

    def test_many_change_at_once(self):
        with self.at(0):
            interventions = self.env["charter.intervention"].concat(
                *(self.intervention(priority="1") for _n in range(30))
            )
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            interventions.write({"priority": "3"})
            self.env.flush_all()
            self.assertLess(self.env.cr.sql_log_count - before, 150)
        promises = self.env["charter.obligation"].search(
            [("res_model", "=", "charter.intervention"), ("res_id", "in", interventions.ids)]
        )
        self.assertEqual(sorted(promises.mapped("state")), ["cancelled"] * 60 + ["open"] * 60)

    def test_an_origin_outside(self):
        with self.at(0):
            intervention = self.intervention(res_model="cmms.order", res_id=1041)
            with self.assertRaisesRegex(UserError, "cmms.order 1041 is in another system"):
                intervention.action_open_origin()

    def test_planned_work_is_no_incident(self):
        with self.at(0):
            intervention = self.intervention(kind="preventive")
            self.assertIn("for incidents, not for “Preventive”", intervention.promise_gap)
            self.assertFalse(self.rows(intervention))
            intervention.kind = "corrective"
            self.assertTrue(self.rows(intervention))
            intervention.action_change_terms("It is a new camera.", kind="installation")
            self.assertIn("It is a new camera.", self.rows(intervention).cancel_reason)

    def test_equipment_is_the_client_s(self):
        other, _contact, _contact2 = self._client("Bistro")
        equipment = self.env["charter.equipment"].create({"name": "Oven", "partner_id": other.id})
        with self.at(0):
            with self.assertRaisesRegex(ValidationError, "Oven.* is not of Alpine's installed base"):
                self.intervention(equipment_ids=[(6, 0, equipment.ids)])
            self.assertTrue(self.intervention(partner_id=other.id, equipment_ids=[(6, 0, equipment.ids)]))

    def test_deleting_is_for_what_never_ended(self):
        with self.at(0):
            closed, running = self.intervention(), self.intervention()
            closed.action_close()
            row = self.rows(running)
            with self.assertRaisesRegex(UserError, "is not deleted"):
                closed.with_user(self.admin).unlink()
            running.with_user(self.admin).unlink()
        self.assertEqual((row.state, row.cancel_reason), ("cancelled", "The intervention was deleted."))

    def test_lists_say_what_is_left_without_a_query_a_row(self):
        with self.at(0):
            interventions = self.env["charter.intervention"].concat(
                *(self.intervention() for _n in range(20))
            )
        with self.at(0.5):
            self.env.invalidate_all()
            interventions[:1].mapped("response_text")
            self.env.invalidate_all()
            with self.assertQueryCount(12):
                texts = interventions.mapped("response_text")
        self.assertEqual(set(texts), {"30 min left"})
        with self.at(0.5):
            interventions[0].action_pause("Waiting for a part")
            self.assertEqual(interventions[0].resolution_result, "paused")
            self.assertEqual(interventions[1].resolution_result, "soon")
            interventions[1].action_close()
            self.assertEqual(interventions[1].resolution_result, "kept")
        late = self.env["charter.intervention"].search(
            [("obligation_ids", "any", [("state", "=", "late"), ("done_at", "=", False)])]
        )
        self.assertNotIn(interventions[2], late)

    def test_a_thousand_at_once(self):
        values = [{"name": f"Camera {n}", "partner_id": self.client.id, "priority": "1"} for n in range(1000)]
        with self.at(0):
            self.intervention()
            before = self.env.cr.sql_log_count
            interventions = self.env["charter.intervention"].create(values)
            self.env.flush_all()
            queries = self.env.cr.sql_log_count - before
        self.assertEqual(len(set(interventions.mapped("reference"))), 1000)
        self.assertEqual(
            self.env["charter.obligation"].search_count(
                [("res_model", "=", "charter.intervention"), ("res_id", "in", interventions.ids)]
            ),
            2000,
        )
        self.assertLess(queries, 100)

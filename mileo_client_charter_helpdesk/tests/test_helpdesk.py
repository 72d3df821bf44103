from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.mileo_client_charter.models.work.charter_intervention_mixin import HELD
from odoo.addons.mileo_client_charter.tests.cases.common import START, CharterCase


@tagged("post_install", "-at_install")
class TestHelpdesk(CharterCase):
    def setUp(self):
        super().setUp()
        with self.at(-48):
            self.contract = self._contract(self.client)
        self.agent = new_test_user(self.env, "t_agent", groups="helpdesk_mgmt.group_helpdesk_user")

    def stage(self, name):
        return self.env.ref(f"helpdesk_mgmt.helpdesk_ticket_stage_{name}")

    def ticket(self, feed=True, **values):
        now = self.env["charter.obligation"]._charter_now()
        values = {
            "name": "No image", "description": "<p>Camera 4 is dark</p>", "partner_id": self.alice.id, "priority": "3",
            "stage_id": self.stage("new").id, "create_date": now, **values,
        }  # fmt: skip
        tickets = (
            self.env["helpdesk.ticket"]
            .with_user(self.agent)
            .with_context(charter_no_feed=None if feed else HELD)
        )
        return tickets.create(values)

    def fed(self, ticket):
        return self.env["charter.intervention"].search(
            [("res_model", "=", ticket._name), ("res_id", "in", ticket.ids)]
        )

    def test_a_ticket_of_nobody_under_the_charter_is_renamed_as_without_us(self):
        with self.at():
            stranger = self.env["res.partner"].create({"name": "Stranger"})
            ours, other = self.ticket(), self.ticket(partner_id=stranger.id)
            self.assertEqual((ours.charter_is_fed, other.charter_is_fed), (True, False))
            asked = {
                ticket: self.tables_asked(lambda one=ticket: one.write({"name": "Dark"}))
                for ticket in (ours, other)
            }
            self.assertEqual(asked[other], set())
            self.assertIn("charter_intervention", asked[ours])
            self.assertTrue(self.fed(ours).name.endswith("Dark"))
            # Whose it is decides; and what could not be fed is tried again at any writing.
            other.partner_id = self.alice
            self.assertTrue(self.fed(other) and other.charter_is_fed)

    def test_a_ticket_from_beginning_to_end(self):
        with self.at(0):
            ticket = self.ticket()
            intervention = self.fed(ticket)
            self.assertEqual((intervention.partner_id, intervention.contract_id), (self.alice, self.contract))
            self.assertFalse(intervention.responded_at)
        with self.at(0.5):
            ticket.stage_id = self.stage("in_progress")
        self.assertEqual(self.promise(intervention, "intervention.response").state, "kept")
        with self.at(2):
            ticket.stage_id = self.stage("awaiting")
            self.assertEqual(intervention.responded_at, START + timedelta(hours=0.5), "the first time")
        with self.at(4):
            ticket.stage_id = self.stage("done")
        self.assertEqual(
            (intervention.state, intervention.resolved_at), ("closed", START + timedelta(hours=4))
        )
        self.assertEqual(len(intervention.feedback_ids), 2, "the client is asked")
        with self.at(5):
            ticket.stage_id = self.stage("in_progress")
            self.assertEqual(intervention.state, "open")
            ticket.stage_id = self.stage("rejected")
        self.assertEqual(intervention.state, "cancelled")
        self.assertEqual(len(self.fed(ticket)), 1)

    def test_the_agent_s_form(self):
        with self.at(0):
            with Form(self.env["helpdesk.ticket"].with_user(self.agent)) as form:
                form.name, form.description, form.partner_id = "Dark", "Camera 4", self.alice
            self.assertTrue(self.fed(form.record))

    def test_duplicates_archived_and_deleted_tickets(self):
        with self.at(0):
            first, second, third = self.ticket(), self.ticket(), self.ticket()
            rows = self.fed(first), self.fed(second), self.fed(third)
            first.sudo().duplicate_id = second
            second.active = False
            third.sudo().unlink()
        self.assertEqual([row.state for row in rows], ["cancelled"] * 3)
        self.assertIn("duplicate of", rows[0].cancel_reason)

    def test_the_ticket_says_when_it_ends(self):
        with self.at(0):
            intervention = self.fed(self.ticket()).with_user(self.technician)
            intervention.action_respond()
            for step in (intervention.action_close, lambda: intervention.action_cancel("Done")):
                with self.assertRaisesRegex(
                    ValidationError, "follows .* close, cancel or reopen that document"
                ):
                    step()

    @mute_logger("odoo.addons.mileo_client_charter.models.work.charter_intervention_feed")
    def test_a_deletion_goes_on_whatever_happens(self):
        Intervention = type(self.env["charter.intervention"])
        with self.at(0):
            ticket = self.ticket()
            intervention = self.fed(ticket)
            with patch.object(Intervention, "_charter_cancel_work", side_effect=ValueError("out of order")):
                ticket.sudo().unlink()
            self.assertFalse(ticket.exists())
            self.assertEqual(intervention.state, "open")
            intervention.with_user(self.technician).action_cancel("The ticket is gone")
            self.assertEqual(intervention.state, "cancelled", "nothing is followed any more")

    def test_without_a_client_until_it_has_one(self):
        with self.at(0):
            ticket = self.ticket(partner_id=False)
            self.assertFalse(self.fed(ticket))
            ticket.partner_id = self.alice
            self.assertTrue(self.fed(ticket))

    def test_tickets_from_before_are_fed_when_next_written_and_promise_nothing_from_before(self):
        with self.at(-24 * 60):
            ticket = self.ticket(feed=False)
        self.assertFalse(self.fed(ticket))
        with self.at(0):
            ticket.with_context(charter_no_feed=None).priority = "2"
            intervention = self.fed(ticket)
            self.assertTrue(intervention)
            self.assertFalse(self.promise(intervention, "intervention.response"))

    @mute_logger("odoo.addons.mileo_client_charter.models.work.charter_intervention_mixin")
    def test_a_feed_that_fails_loses_nothing_of_the_ticket(self):
        Ticket = type(self.env["helpdesk.ticket"])
        values = Ticket._charter_intervention_values

        def broken(ticket):
            if ticket.name == "Bad":
                raise ValueError("out of order")
            return values(ticket)

        with self.at(0), patch.object(Ticket, "_charter_intervention_values", broken):
            rows = [
                {"name": name, "description": "x", "partner_id": self.alice.id}
                for name in ("Good", "Bad", "Fine")
            ]
            tickets = self.env["helpdesk.ticket"].with_user(self.agent).create(rows)
        self.assertEqual(len(self.fed(tickets)), 2)
        self.assertEqual(tickets.mapped("charter_feed_error"), [False, "out of order", False])
        with self.at(1):
            tickets[1].name = "Bad no more"
        self.assertTrue(self.fed(tickets[1]))
        self.assertFalse(tickets[1].charter_feed_error)

    def test_the_agent_reads_nothing_of_the_charter_and_raises_an_escalation(self):
        with self.at(0):
            ticket = self.ticket()
            with self.assertRaises(AccessError):
                self.fed(ticket).with_user(self.agent).read(["name"])
            ticket.action_charter_escalate()
            escalation = self.env["charter.escalation"].search([("ticket_id", "=", ticket.id)])
            self.assertEqual((escalation.partner_id, escalation.contact_id), (self.client, self.alice))
            self.assertIn("Camera 4 is dark", escalation.description)
            self.assertTrue(self.promise(escalation, "escalation.level1"))
            with self.assertRaisesRegex(ValidationError, "escalated already"):
                ticket.action_charter_escalate()
            with self.assertRaisesRegex(ValidationError, "which client"):
                self.ticket(partner_id=False).action_charter_escalate()

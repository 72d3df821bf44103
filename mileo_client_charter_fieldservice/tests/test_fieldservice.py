from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from odoo.addons.mileo_client_charter.tests.cases.common import START, CharterCase


@tagged("post_install", "-at_install")
class TestFieldService(CharterCase):
    def setUp(self):
        super().setUp()
        with self.at(-48):
            self.contract = self._contract(self.client)
        site = self.env["res.partner"].create(
            {"name": "Warehouse", "parent_id": self.client.id, "type": "other"}
        )
        self.location = self.env["fsm.location"].create({"partner_id": site.id, "owner_id": self.client.id})
        self.dispatcher = new_test_user(self.env, "t_dispatcher", groups="fieldservice.group_fsm_dispatcher")

    def order(self, **values):
        now = self.env["charter.obligation"]._charter_now()
        values = {"location_id": self.location.id, "priority": "3", "create_date": now, **values}
        return self.env["fsm.order"].with_user(self.dispatcher).create(values)

    def fed(self, order):
        return self.env["charter.intervention"].search(
            [("res_model", "=", order._name), ("res_id", "=", order.id)]
        )

    def test_an_order_of_nobody_under_the_charter_is_written_as_without_us(self):
        with self.at():
            stranger = self.env["res.partner"].create({"name": "Stranger"})
            elsewhere = self.env["fsm.location"].create({"partner_id": stranger.id, "owner_id": stranger.id})
            ours, other = self.order(), self.order(location_id=elsewhere.id)
            self.assertEqual((ours.charter_is_fed, other.charter_is_fed), (True, False))
            self.assertEqual(self.tables_asked(lambda: other.write({"description": "Dark"})), set())
            self.assertIn(
                "charter_intervention", self.tables_asked(lambda: ours.write({"description": "Dark"}))
            )
            self.assertIn("Dark", self.fed(ours).description)

    def test_an_order_from_beginning_to_end(self):
        hour = timedelta(hours=1)
        with self.at(0):
            order = self.order()
            intervention = self.fed(order)
            self.assertEqual(intervention.commercial_partner_id, self.client)
            self.assertEqual(intervention.priority, "3")
        with self.at(0), self.assertRaises(AccessError):
            intervention.with_user(self.dispatcher).read(["name"])
        with self.at(5):
            order.write(
                {"date_start": START + hour, "date_end": START + 3 * hour, "resolution": "<p>Lens</p>"}
            )
            order.action_complete()
        self.assertEqual(
            (intervention.state, intervention.responded_at, intervention.resolved_at),
            ("closed", START + hour, START + 3 * hour),
        )
        self.assertIn("Lens", intervention.work_done)
        self.assertEqual(self.promise(intervention, "intervention.resolution").state, "kept")
        with self.at(6):
            order.date_end = START + 20 * hour
        self.assertIn(
            "still to come", order.charter_feed_error, "the order is written, and says what is wrong"
        )
        self.assertEqual(intervention.resolved_at, START + 3 * hour)
        with self.at(30):
            order.date_end = START + 20 * hour
        self.assertFalse(order.charter_feed_error)
        self.assertEqual(self.promise(intervention, "intervention.resolution").state, "late", "corrected")
        with self.at(31):
            order.stage_id = self.env.ref("fieldservice.fsm_stage_new")
        self.assertEqual(intervention.state, "open")

    def test_the_dispatcher_s_form(self):
        with self.at(0):
            with Form(self.env["fsm.order"].with_user(self.dispatcher)) as form:
                form.location_id = self.location
            self.assertTrue(self.fed(form.record))

    def test_cancelling_an_order(self):
        with self.at(0):
            order = self.order()
            order.action_cancel()
        self.assertEqual(self.fed(order).state, "cancelled")
        self.assertEqual(self.promise(self.fed(order), "intervention.response").state, "cancelled")

    def test_deleting_an_order(self):
        with self.at(0):
            order = self.order()
            intervention = self.fed(order)
            order.sudo().unlink()
        self.assertEqual(intervention.state, "cancelled")

    def test_an_installation_is_no_incident(self):
        kind = self.env["fsm.order.type"].create({"name": "Installation", "charter_kind": "installation"})
        with self.at(0):
            intervention = self.fed(self.order(type=kind.id))
        self.assertEqual(intervention.kind, "installation")
        self.assertFalse(self.promise(intervention, "intervention.response"))

    def test_a_location_of_nobody_under_the_charter(self):
        other = self.env["res.partner"].create({"name": "Other", "is_company": True})
        location = self.env["fsm.location"].create({"name": "Elsewhere", "owner_id": other.id})
        with self.at(0):
            self.assertFalse(self.fed(self.order(location_id=location.id)))

    def test_equipment_is_linked_and_feeds_what_it_knows(self):
        with self.at(0):
            device = self.env["charter.equipment"].create({"name": "Camera 4", "partner_id": self.client.id})
            theirs = self.env["fsm.equipment"].create({"name": "FSM 4", "charter_equipment_id": device.id})
            self.patch(
                type(theirs), "_charter_device_values", lambda one: {"model": one.name, "serial": "S-1"}
            )
            theirs.name = "DS-2CD4A25F"
        self.assertEqual((device.model, device.serial), ("DS-2CD4A25F", "S-1"))

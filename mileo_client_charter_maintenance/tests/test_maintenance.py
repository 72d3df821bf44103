from datetime import date, timedelta

from odoo.tests import Form, new_test_user, tagged

from odoo.addons.mileo_client_charter.tests.cases.common import START, CharterCase


@tagged("post_install", "-at_install")
class TestMaintenance(CharterCase):
    def setUp(self):
        super().setUp()
        with self.at(-48):
            self.contract = self._contract(self.client)
        self.employee = new_test_user(self.env, "t_employee", groups="base.group_user")
        self.equipment = self.env["maintenance.equipment"].create(
            {"name": "Camera 4", "charter_client_id": self.client.id}
        )
        self.done = self.env["maintenance.stage"].search([("done", "=", True)], limit=1)

    def request(self, **values):
        values = {"name": "No image", "equipment_id": self.equipment.id, "priority": "3", **values}
        request = self.env["maintenance.request"].with_user(self.employee).create(values)
        self.env.cr.execute(
            "UPDATE maintenance_request SET create_date = %s WHERE id = %s",
            [self.env["charter.obligation"]._charter_now(), request.id],
        )
        request.invalidate_recordset()
        request.name = f"{request.name}!"
        return request

    def fed(self, request):
        return self.env["charter.intervention"].search(
            [("res_model", "=", request._name), ("res_id", "=", request.id)]
        )

    def test_our_own_equipment_is_written_as_without_us(self):
        with self.at():
            own = self.env["maintenance.equipment"].create({"name": "Our printer"})
            ours, other = self.request(), self.request(equipment_id=own.id)
            self.assertEqual((ours.charter_is_fed, other.charter_is_fed), (True, False))
            self.assertEqual(self.tables_asked(lambda: other.write({"name": "Dark"})), set())
            self.assertIn("charter_intervention", self.tables_asked(lambda: ours.write({"name": "Dark"})))
            self.assertEqual(self.fed(ours).name, "Dark")

    def test_from_the_request_to_its_deletion(self):
        with self.at(0):
            request = self.request()
            intervention = self.fed(request)
            self.assertEqual(intervention.partner_id, self.client)
            self.assertEqual(
                (intervention.name, intervention.priority, intervention.state), ("No image!", "2", "open")
            )
            self.assertEqual(intervention.reported_at, START)
            self.assertTrue(self.promise(intervention, "intervention.resolution"))
        with self.at(3):
            request.stage_id = self.done
        self.assertEqual(
            (intervention.state, intervention.resolved_at), ("closed", START + timedelta(hours=3))
        )
        with self.at(5):
            request.description = "<p>Same day, nothing moves</p>"
            self.assertEqual(intervention.resolved_at, START + timedelta(hours=3))
            request.stage_id = self.env["maintenance.stage"].search([("done", "=", False)], limit=1)
        self.assertEqual(intervention.state, "open")
        with self.at(6):
            request.sudo().unlink()
        self.assertEqual(intervention.state, "cancelled")
        self.assertIn("deleted", intervention.cancel_reason)

    def test_the_employee_s_form(self):
        with self.at(0):
            with Form(self.env["maintenance.request"].with_user(self.employee)) as form:
                form.name, form.equipment_id = "Dark", self.equipment
            self.assertTrue(self.fed(form.record))

    def test_days_become_hours(self):
        with self.at(0):
            request = self.request(request_date=date(2026, 10, 4), stage_id=self.done.id)
            request.close_date = date(2026, 10, 4)
            intervention = self.fed(request)
        # Midnight in Paris is 22:00 UTC the day before.
        self.assertEqual(str(intervention.reported_at), "2026-10-03 22:00:00")
        self.assertEqual(str(intervention.resolved_at), "2026-10-04 21:59:59")

    def test_archiving_cancels_and_resetting_goes_on(self):
        with self.at(0):
            request = self.request()
            request.archive_equipment_request()
            intervention = self.fed(request)
            self.assertEqual(intervention.state, "cancelled")
            request.reset_equipment_request()
            self.assertEqual(intervention.state, "open")

    def test_our_own_equipment_is_no_client_s_business(self):
        self.equipment.charter_client_id = False
        with self.at(0):
            request = self.request()
            self.assertFalse(self.fed(request))
            self.equipment.charter_client_id = self.client
            self.assertTrue(self.fed(request), "what is open follows its equipment")

    def test_a_preventive_request_promises_nothing(self):
        with self.at(0):
            intervention = self.fed(self.request(maintenance_type="preventive"))
        self.assertEqual(intervention.kind, "preventive")
        self.assertFalse(self.promise(intervention, "intervention.response"))

    def test_the_client_and_the_equipment_of_the_installed_base(self):
        known = self.env["charter.equipment"].create({"name": "Camera 4", "partner_id": self.client.id})
        equipment = self.env["maintenance.equipment"].create({"name": "4", "charter_equipment_id": known.id})
        self.assertEqual(equipment.charter_client_id, self.client)
        with self.at(0):
            self.assertEqual(self.fed(self.request(equipment_id=equipment.id)).equipment_ids, known)

    def test_what_it_knows_of_a_device_reaches_the_client_s_equipment(self):
        with self.at(0):
            category = self.env["maintenance.equipment.category"].create(
                {
                    "name": "Cameras",
                    "equipment_properties_definition": [
                        {"name": "fw", "type": "char", "string": "Micrologiciel"}
                    ],
                }
            )
            device = self.env["charter.equipment"].create(
                {"name": "Camera 4", "partner_id": self.client.id, "maker": "Hikvision", "serial": "OURS"}
            )
            self.equipment.write(
                {
                    "charter_equipment_id": device.id, "model": "DS-2CD4A25F", "serial_no": "THEIRS", "category_id": category.id,
                    "equipment_properties": {"fw": "V5.4.0"},
                }
            )  # fmt: skip
            self.assertEqual(
                (device.maker, device.model, device.serial, device.firmware, device.firmware_source),
                ("Hikvision", "DS-2CD4A25F", "OURS", "V5.4.0", "api"),
            )
            self.assertTrue(device.catalogue_id, "advisories find it")
            self.assertEqual(
                self.equipment.with_context(lang="en_US").charter_device_differs,
                "Serial number OURS",
                "said, where it stays",
            )
            device.maker = False
            self.equipment.equipment_properties = {"fw": False}
            device.firmware = "V5.5.0"
            self.equipment.equipment_properties = {"fw": "V5.6.0"}
            self.assertEqual(device.firmware, "V5.6.0", "entered for the first time since they are linked")
            self.equipment.write({"serial_no": "THEIRS-2", "equipment_properties": {"fw": "V5.7.3"}})
        self.assertEqual(
            (device.serial, device.firmware), ("THEIRS-2", "V5.7.3"), "what changes there is followed"
        )

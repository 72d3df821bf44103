from datetime import timedelta
from unittest.mock import patch

from odoo.tests import Form, new_test_user, tagged

from odoo.addons.mileo_client_charter.models.work.charter_intervention_mixin import HELD
from odoo.addons.mileo_client_charter.tests.cases.common import START, CharterCase


@tagged("post_install", "-at_install")
class TestProject(CharterCase):
    def setUp(self):
        super().setUp()
        with self.at(-48):
            self.contract = self._contract(self.client)
        self.project = self.env["project.project"].create(
            {
                "name": "Repairs",
                "charter_kind": "corrective",
                "partner_id": self.client.id,
                "privacy_visibility": "employees",
            }
        )
        self.employee = new_test_user(self.env, "t_employee", groups="project.group_project_user")

    def task(self, **values):
        now = self.env["charter.obligation"]._charter_now()
        values = {
            "name": "No image",
            "project_id": self.project.id,
            "priority": "3",
            "create_date": now,
            **values,
        }
        return self.env["project.task"].with_user(self.employee).create(values)

    def fed(self, task):
        return self.env["charter.intervention"].search(
            [("res_model", "=", task._name), ("res_id", "in", task.ids)]
        )

    def test_a_task_that_feeds_nothing_is_written_as_without_us(self):
        with self.at():
            ours, other = self.task(), self.task(project_id=self.project.copy({"charter_kind": False}).id)
            self.assertEqual((ours.charter_is_fed, other.charter_is_fed), (True, False))
            # Its project says so: not even its priority, which is no word, asks the charter anything.
            self.assertEqual(self.tables_asked(lambda: other.write({"name": "Dark", "priority": "0"})), set())
            self.assertIn("charter_intervention", self.tables_asked(lambda: ours.write({"name": "Dark"})))
            self.assertEqual(self.fed(ours).name, "Dark")

    def test_a_task_from_beginning_to_end(self):
        with self.at(0):
            task = self.task()
            intervention = self.fed(task)
            self.assertEqual((intervention.name, intervention.priority), ("No image", "3"))
            self.assertEqual(intervention.commercial_partner_id, self.client)
        with self.at(1):
            task.write({"priority": "2", "name": "No image at night"})
        self.assertEqual((intervention.name, intervention.priority), ("No image at night", "2"))
        rows = self.promise(intervention, "intervention.resolution").sorted("id")
        self.assertEqual(rows.mapped("state"), ["cancelled", "open"])
        with self.at(2):
            task.state = "1_done"
        self.assertEqual(
            (intervention.state, intervention.resolved_at), ("closed", START + timedelta(hours=2))
        )
        with self.at(3):
            task.description = "<p>Same</p>"
            self.assertEqual(intervention.resolved_at, START + timedelta(hours=2))
            task.state = "01_in_progress"
            self.assertEqual(intervention.state, "open")
            task.state = "1_canceled"
        self.assertEqual(intervention.state, "cancelled")

    def test_tasks_of_other_projects_subtasks_and_of_nobody(self):
        other = self.env["project.project"].create({"name": "Ours", "partner_id": self.client.id})
        with self.at(0):
            task = self.task()
            self.assertFalse(self.fed(self.task(project_id=other.id)))
            self.assertFalse(self.fed(self.task(parent_id=task.id)))
            waiting = self.task(project_id=other.id)
            other.charter_kind = "preventive"
            self.assertEqual(self.fed(waiting).kind, "preventive", "its open tasks follow")
            other.charter_kind = False
            self.assertEqual(self.fed(waiting).state, "cancelled")

    def test_the_employee_s_form(self):
        with self.at(0):
            with Form(self.env["project.task"].with_user(self.employee)) as form:
                form.name, form.project_id = "Dark", self.project
            self.assertTrue(self.fed(form.record))

    def test_deleting_a_task(self):
        with self.at(0):
            task = self.task()
            intervention = self.fed(task)
            task.sudo().unlink()
        self.assertEqual(intervention.state, "cancelled")

    def test_a_batch_is_fed_at_once(self):
        values = [{"name": f"{n}", "project_id": self.project.id} for n in range(100)]
        with self.at(0):
            tasks = self.env["project.task"].with_context(charter_no_feed=HELD).create(values)
            tasks = tasks.with_context(charter_no_feed=None)
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            tasks._charter_feed()
            queries = self.env.cr.sql_log_count - before
        self.assertEqual(len(self.fed(tasks)), 100)
        self.assertLess(queries, 60)

    def test_a_task_that_is_no_intervention_is_left_alone(self):
        """Nothing is flushed and no savepoint taken: what project says at the end of the transaction it says once."""
        with self.at(0):
            task = self.task()
            other = self.env["project.project"].create({"name": "Offices", "privacy_visibility": "employees"})
            free = self.task(project_id=other.id, partner_id=self.client.id)
            stranger = self.task(partner_id=self.env["res.partner"].create({"name": "Nobody's client"}).id)
        with patch.object(type(task), "_charter_feed_or_say", autospec=True) as feed, self.at(1):
            for record in (free, stranger):
                record.write({"name": "Another name", "priority": "1"})
                feed.assert_not_called()
            task._compute_duration_tracking()
            feed.assert_not_called()
            task.name = "Another name"
            feed.assert_called_once()
            feed.reset_mock()
            # One that has an intervention is fed whatever becomes of it.
            task.project_id = other
            feed.assert_called()

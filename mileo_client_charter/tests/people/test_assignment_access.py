from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from ..cases.common import CharterCase

# Who may create, change and end whose assignment. yes, or no.
RIGHTS = """
operations_manager   manager no    operations no    direction no    admin yes
general_management   manager no    operations no    direction no    admin yes
account_manager      manager no    operations yes   direction yes   admin yes
technical_contact    manager no    operations yes   direction yes   admin yes
"""


@tagged("post_install", "-at_install")
class TestAssignmentAccess(CharterCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            "manager": cls.manager, "operations": cls.operations, "direction": cls.direction, "admin": cls.admin,
        }  # fmt: skip
        cls.company2 = cls.env["res.company"].create({"name": "Mileo Belgium"})

    def cases(self):
        for line in RIGHTS.strip().splitlines():
            role, *rest = line.split()
            for name, allowed in zip(rest[::2], rest[1::2], strict=True):
                with self.subTest(role=role, user=name), self.cr.savepoint() as savepoint:
                    yield role, self.users[name], allowed == "yes"
                    savepoint.rollback()
                    self.env.invalidate_all()

    def expect(self, allowed, user):
        if allowed:
            return self.cr.savepoint()
        said = "Access" if user == self.manager else "set by an administrator"
        return self.assertRaisesRegex(AccessError, said if user != self.manager else ".")

    def _held(self, role):
        client = [] if role.endswith(("operations_manager", "general_management")) else self.client.ids
        domain = [("role", "=", role), ("company_id", "=", self.company.id)]
        return self.env["charter.assignment"].search([*domain, ("partner_id", "in", client or [False])])

    def test_changing(self):
        for role, user, allowed in self.cases():
            held = self._held(role)
            self.assertTrue(held)
            with self.expect(allowed, user):
                held.with_user(user).write({"date_to": "2030-01-01"})
            with self.expect(allowed, user):
                held.with_user(user).write({"user_id": self.technician.id})

    def test_creating(self):
        for role, user, allowed in self.cases():
            held = self._held(role)
            held.date_to = "2029-12-31"
            values = {
                "role": role, "user_id": self.technician.id, "partner_id": held.partner_id.id,
                "company_id": self.company.id, "date_from": "2030-01-01",
            }  # fmt: skip
            with self.expect(allowed, user):
                self.env["charter.assignment"].with_user(user).create(values)
            # nor by a default in the context
            values.pop("role")
            values["date_from"], values["date_to"] = "2028-01-01", "2028-01-02"
            held.date_to = "2027-12-31"
            with self.expect(allowed, user):
                self.env["charter.assignment"].with_user(user).with_context(default_role=role).create(values)

    def test_a_client_role_does_not_become_a_company_role(self):
        held = self._held("account_manager")
        with self.assertRaisesRegex(AccessError, "set by an administrator"):
            held.with_user(self.operations).write({"role": "operations_manager", "partner_id": False})

    def test_the_rest_of_a_batch_does_not_pass(self):
        both = self._held("account_manager") | self._held("operations_manager")
        with self.assertRaisesRegex(AccessError, "Operations manager"):
            both.with_user(self.operations).write({"date_to": "2030-01-01"})

    def test_an_administrator_of_another_company_changes_nothing_here(self):
        foreign = self._staff(
            "t_foreign", "group_charter_admin", company_id=self.company2.id, company_ids=[(6, 0, self.company2.ids)]
        )  # fmt: skip
        with self.assertRaises(AccessError):
            self._held("operations_manager").with_user(foreign).write({"date_to": "2030-01-01"})

    def test_operations_managers_still_assign_a_client(self):
        with self.at(), Form(self.client.with_user(self.operations)) as form:
            form.charter_account_manager_id = self.technician
        self.assertEqual(self.client.charter_account_manager_id, self.technician)

    def test_the_engine_follows_absences(self):
        """The stand-in of an operations manager is no decision of who holds the role."""
        with self.at():
            self.env["charter.assignment"].with_user(self.operations).sudo().create(
                {"role": "operations_manager", "user_id": self.technician.id, "kind": "stand_in",
                 "date_from": "2026-10-05", "date_to": "2026-10-06", "company_id": self.company.id}
            )  # fmt: skip
            key = (self.company.id, "operations_manager", None)
            self.assertEqual(self.env["charter.assignment"]._holders({key}), {key: self.technician.id})

"""Every source of interventions shows on its form what became of it, without a view of its own."""

from lxml import etree
from odoo.tests import new_test_user, tagged

from ..cases.common import CharterCase


@tagged("post_install", "-at_install")
class TestInterventionSource(CharterCase):
    def sources(self):
        names = self.env.registry.descendants(["charter.intervention.mixin"], "_inherit")
        return sorted(name for name in names if not self.env[name]._abstract)

    def form(self, name, user):
        return etree.fromstring(self.env[name].with_user(user).get_view(view_type="form")["arch"])

    def test_alert_and_button_are_there_for_those_who_may(self):
        admin = new_test_user(
            self.env,
            "t_sources",
            groups="base.group_system,mileo_client_charter.group_charter_admin",
        )
        employee = new_test_user(self.env, "t_no_charter", groups="base.group_user")
        found = 0
        for name in self.sources():
            for user, buttons in ((admin, 1), (employee, 0)):
                if not self.env[name].with_user(user).has_access("read"):
                    continue
                found += 1
                with self.subTest(name, user=user.login):
                    arch = self.form(name, user)
                    self.assertEqual(
                        len(arch.xpath("//button[@name='action_charter_intervention']")), buttons
                    )
                    self.assertEqual(len(arch.xpath("//field[@name='charter_feed_error']")), 1)
        self.assertGreaterEqual(found, len(self.sources()), "each is seen by somebody")

    def test_what_is_only_told_is_a_field_of_the_source(self):
        """A name that is none would make every writing one that decides whether there is an intervention."""
        for name in self.sources():
            with self.subTest(name):
                model = self.env[name]
                self.assertLessEqual(model._charter_descriptive_fields(), model._fields.keys())
                self.assertTrue(model._fields["charter_is_fed"].store, "known without a statement")

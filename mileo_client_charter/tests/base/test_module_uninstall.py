from odoo.tests import Form, tagged

from ..cases.common import CharterCase


@tagged("post_install", "-at_install")
class TestModuleUninstall(CharterCase):
    """Whoever uninstalls is told what goes, and how much of it."""

    def wizard(self, module):
        module = self.env["ir.module.module"].search([("name", "=", module)])
        return Form(self.env["base.module.uninstall"].with_context(default_module_ids=module.ids))

    def test_what_goes_is_counted(self):
        self.enterContext(self.at())
        self._contract(self.client)
        self.escalate()
        promises = self.env["charter.obligation"].search_count([])
        lines = self.wizard("mileo_client_charter").charter_summary.splitlines()
        self.assertIn(f"Commitment: {promises}", lines)
        self.assertIn(f"Escalation: {self.env['charter.escalation'].search_count([])}", lines)
        self.assertTrue(
            [line for line in lines if line.startswith("Contracts that lose their tier, and stay: ")]
        )

    def test_a_neighbour_that_takes_it_along_says_so_too(self):
        self.assertTrue(self.wizard("contract").charter_summary)

    def test_other_modules_say_nothing_of_it(self):
        self.assertFalse(self.wizard("mileo_client_charter_project").charter_summary)

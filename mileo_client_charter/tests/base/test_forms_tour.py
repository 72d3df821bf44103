"""What staff create by hand, created in a real browser, in French, by each role."""

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..cases.common import BrowserCase, CharterCase


@tagged("post_install", "-at_install")
class TestFormsTour(CharterCase, BrowserCase):
    browser_size = "1366x768"

    def setUp(self):
        super().setUp()
        self.env["res.lang"]._activate_lang("fr_FR")
        for user in (self.manager, self.technician, self.operations, self.direction, self.admin):
            user.lang = "fr_FR"
        self.contract = self._contract(self.client)

    def _created(self, name, model, login, action=None):
        before = self.env[model].search([])
        address = action or f"action-mileo_client_charter.action_charter_{name}"
        self.start_tour(f"/odoo/{address}/new", f"charter_create_{name}", login=login)
        created = self.env[model].search([]) - before
        self.assertEqual(len(created), 1, model)
        return created

    def test_interventions_by_each_role(self):
        for login in ("t_technician", "t_manager", "t_operations", "t_direction"):
            with self.subTest(login):
                intervention = self._created("intervention", "charter.intervention", login)
                self.assertEqual((intervention.state, intervention.partner_id), ("open", self.client))

    def test_what_else_is_created_by_hand(self):
        for name, model, login in (
            ("feedback", "charter.feedback", "t_manager"),
            ("escalation", "charter.escalation", "t_technician"),
            ("equipment", "charter.equipment", "t_technician"),
            ("absence", "charter.absence", "t_operations"),
            ("notice", "charter.notice", "t_manager"),
        ):
            with self.subTest(name):
                self._created(name, model, login)
        with self.subTest("partner"):
            self._created("partner", "res.partner", "t_manager", "action-base.action_partner_form")

    @mute_logger("odoo.http")
    def test_an_answer_is_refused_as_it_opens(self):
        escalation = self.escalate()
        (self.alice | self.client).lang = "fr_FR"
        self.start_tour(
            f"/odoo/action-mileo_client_charter.action_charter_escalation/{escalation.id}",
            "charter_answer_is_refused_as_it_opens",
            login="t_operations",
        )
        self.assertEqual(escalation.state, "answered")
        self.assertIn("remplacé", escalation.answer)
        self.assertNotIn("…", escalation.answer)

    def test_an_unknown_figure_is_named(self):
        draft = self.document.browse(self.document.action_new_version()["res_id"])
        self.start_tour(
            f"/odoo/action-mileo_client_charter.action_charter_document/{draft.id}",
            "charter_unknown_figure_is_named",
            login="t_admin",
        )
        article = draft.article_ids[0].with_context(lang="fr_FR")
        self.assertIn("{feedback.callbacks}", article.body)

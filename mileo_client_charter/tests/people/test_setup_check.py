from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import config

from ...hooks import pre_init_hook
from ..cases.common import CharterCase


@tagged("post_install", "-at_install")
class TestSetupCheck(CharterCase):
    def setUp(self):
        super().setUp()
        self.enterContext(self.at())
        self.checks = self.env["charter.setup.check"]

    def state(self, code, company=None):
        rows = self.checks._refresh(company or self.company)
        return rows.filtered(lambda row: row.code == code).state

    def assert_turns(self, code, wrong, right):
        """``wrong`` makes the check red, ``right`` green again."""
        with self.subTest(code):
            wrong()
            self.assertEqual(self.state(code), "todo")
            right()
            self.assertEqual(self.state(code), "ok")

    def test_each_check_has_its_words_and_its_link(self):
        """Whatever addon brings it: a remedy, and a place where it is mended that there is."""
        rows = self.checks._refresh(self.company)
        self.assertEqual(
            set(rows.mapped("code")), {code for code, _label in self.checks._fields["code"].selection}
        )
        self.assertGreaterEqual(len(rows), 10)
        for row in rows:
            row.sudo().state = "todo"
            with self.subTest(row.code):
                self.assertTrue(row.remedy)
                action = row.with_user(self.admin).action_mend()
                if action["type"] == "ir.actions.act_window":
                    model = self.env[action["res_model"]]
                    model.search(action["domain"], limit=1)
                    self.assertTrue(not action.get("res_id") or model.browse(action["res_id"]).exists())
        with self.assertRaises(AccessError):
            rows[0].with_user(self.operations).action_mend()
        with self.assertRaises(AccessError):
            rows[0].with_user(self.admin).write({"state": "ok"})

    def test_time_zone_and_holidays(self):
        calendar = self.company.resource_calendar_id
        self.assert_turns(
            "timezone", lambda: calendar.write({"tz": "UTC"}), lambda: calendar.write({"tz": "Europe/Paris"})
        )
        leaves = self.env["resource.calendar.leaves"]
        leaves.search([("resource_id", "=", False)]).unlink()
        day = {"name": "All Saints", "date_from": "2026-11-01 00:00:00", "date_to": "2026-11-01 22:59:59"}
        self.assertEqual(self.state("holidays"), "todo")
        past = leaves.create({**day, "date_from": "2025-11-01 00:00:00", "date_to": "2025-11-01 22:59:59"})
        self.assertEqual(self.state("holidays"), "todo", "those of last year are over")
        past.unlink()
        leaves.create({**day, "company_id": self.company.id})
        self.assertEqual(self.state("holidays"), "ok")

    def test_holidays_are_looked_at_again_when_they_change(self):
        """The defect is gone with the holidays, and back without them: nobody waits for the day's look."""
        leaves = self.env["resource.calendar.leaves"]
        leaves.search([("resource_id", "=", False)]).unlink()
        rows = self.checks._refresh(self.company)
        [row] = rows.filtered(lambda row: row.code == "holidays")
        self.assertEqual(row.state, "todo")
        day = leaves.create(
            {"name": "All Saints", "date_from": "2026-11-01 00:00:00", "date_to": "2026-11-01 22:59:59"}
        )
        self.assertEqual(row.state, "ok")
        day.write({"date_from": "2024-11-01 00:00:00", "date_to": "2024-11-01 22:59:59"})
        self.assertEqual(row.state, "todo")
        day.unlink()
        self.assertEqual(row.state, "todo")

    def test_looked_at_again_by_a_button(self):
        """Whatever a check depends on, nobody waits a day to see what was set up: in the list of issues, and in that of the set-up."""
        domain = self.company.alias_domain_id or self.env["mail.alias.domain"].create(
            {"name": "again.example.com"}
        )
        for model, user in (("charter.defect", self.operations), ("charter.setup.check", self.admin)):
            with self.subTest(model):
                self.company.alias_domain_id = False
                self.checks._refresh(self.company)
                asked = self.env[model].with_user(user).with_company(self.company)
                defects = self.env["charter.defect"].search(
                    [("kind", "=", "setup"), ("company_id", "=", self.company.id)]
                )
                self.assertIn(self.company.name, defects.mapped("detail"))
                self.company.alias_domain_id = domain
                self.assertEqual(asked.action_check_again()["tag"], "soft_reload")
                self.assertNotIn(
                    "alias_domain",
                    self.checks.search([("company_id", "=", self.company.id), ("state", "=", "todo")]).mapped(
                        "code"
                    ),
                )
        plain = self._users(
            {
                "login": "t_plain",
                "name": "t_plain",
                "group_ids": [Command.set(self.env.ref("base.group_user").ids)],
            }
        )
        with self.assertRaises(AccessError):
            self.checks.with_user(plain).action_check_again()

    def test_what_is_found_is_read_in_the_reader_s_language(self):
        """Looked at by a scheduled action, which reads no language."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.env["charter.assignment"].search([("role", "=", "operations_manager")]).unlink()
        self.env.ref("mileo_client_charter.cron_clock").active = False
        rows = self.checks.with_context(lang=None)._refresh(self.company)
        by_code = {row.code: row for row in rows}
        label = dict(
            self.env["charter.assignment"]
            .with_context(lang="fr_FR")
            ._fields["role"]
            ._description_selection(self.env(context={"lang": "fr_FR"}))
        )["operations_manager"]
        for code, english, french in (
            ("roles", "vacant role: Operations manager", f"rôle non pourvu\u00a0: {label}"),
            ("actions", "not active: Client Charter", "inactive\u00a0: Charte client"),
        ):
            with self.subTest(code):
                row = by_code[code]
                self.assertIn(english, row.with_context(lang="en_US").detail)
                self.assertIn(french, row.with_context(lang="fr_FR").detail)
                defect = self.env["charter.defect"].search([("kind", "=", "setup"), ("res_id", "=", row.id)])
                self.assertIn(french, defect.with_context(lang="fr_FR").detail)
        written = rows.mapped("write_date")
        self.checks.with_context(lang="fr_FR")._refresh(self.company)
        self.assertEqual(rows.mapped("write_date"), written, "what has not changed is not written")

    def test_holidays_lead_to_where_they_are_entered(self):
        """Without any, and before a charter is in force: the days are shown, and entered by one click."""
        self.env["resource.calendar.leaves"].search([("resource_id", "=", False)]).unlink()
        self.company.country_id = self.env.ref("base.fr")
        for document in self.env["charter.document"].search([("state", "=", "in_force")]):
            document._charter_engine().state = "superseded"
        [row] = self.checks._refresh(self.company).filtered(lambda row: row.code == "holidays")
        action = row.with_user(self.admin).action_mend()
        self.assertEqual((action["res_model"], action["target"]), ("charter.holidays.wizard", "new"))
        wizards = self.env["charter.holidays.wizard"].with_user(self.admin).with_context(**action["context"])
        wizard = wizards.create({})
        self.assertIn(self.company.resource_calendar_id, wizard.calendar_ids)
        self.assertGreater(wizard.count, 10)
        wizard.action_enter()
        self.assertEqual(row.state, "ok")
        wizard = wizards.new({"calendar_ids": False})
        self.assertIn("Choose the country and the calendars", wizard.preview)

    def test_address(self):
        parameters = self.env["ir.config_parameter"]
        for address, state in (
            ("http://localhost:8069", "todo"), ("http://127.0.0.1", "todo"), ("http://[::1]:8069", "todo"), ("", "todo"),
            ("http://0.0.0.0", "todo"), ("http://odoo", "todo"), ("http://[x", "todo"), ("odoo.example.com", "todo"),
            ("https://odoo.example.com", "ok"), ("http://192.168.1.10:8069", "ok"),
        ):  # fmt: skip
            with self.subTest(address):
                parameters.set_param("web.base.url", address)
                self.assertEqual(self.state("base_url"), state)

    def test_mail(self):
        domain = self.env["mail.alias.domain"].create({"name": "charter.example.com"})
        self.assert_turns(
            "alias_domain",
            lambda: self.company.write({"alias_domain_id": False}),
            lambda: self.company.write({"alias_domain_id": domain.id}),
        )
        servers = self.env["ir.mail_server"]
        servers.search([]).unlink()
        with patch.dict(config.options, {"smtp_server": "localhost"}):
            self.assertEqual(self.state("mail_server"), "todo")
        with patch.dict(config.options, {"smtp_server": "smtp.example.com"}):
            self.assertEqual(self.state("mail_server"), "ok")
        servers.create({"name": "Out", "smtp_host": "smtp.example.com"})
        self.assertEqual(self.state("mail_server"), "ok")

    def test_roles(self):
        for user in (self.manager, self.technician, self.operations, self.direction):
            user.partner_id.write({"phone": "+33 1 23 45 67 89", "email": "x@example.com"})
        self.assertEqual(self.state("roles"), "ok")
        self.assert_turns(
            "roles",
            lambda: self.operations.partner_id.write({"phone": False}),
            lambda: self.operations.partner_id.write({"phone": "1"}),
        )
        other = self.env["res.company"].create({"name": "Mileo Belgium"})
        self.assertEqual(self.state("roles", other), "todo", "nobody holds its two roles")
        self.assertEqual(self.state("charter", other), "todo")
        self.assertEqual(self.state("charter"), "ok")

    def test_scheduled_actions(self):
        # As if they had all run: the database of a test was not served.
        data = self.env["ir.model.data"].search(
            [("module", "=", "mileo_client_charter"), ("model", "=", "ir.cron")]
        )
        self.env["ir.cron"].browse(data.mapped("res_id")).write({"nextcall": self.env.cr.now()})
        clock = self.env.ref("mileo_client_charter.cron_clock")
        self.assert_turns(
            "actions", lambda: clock.write({"active": False}), lambda: clock.write({"active": True})
        )

    def test_printing_and_database(self):
        report = type(self.env["ir.actions.report"])
        for found, state in (
            ("ok", "ok"),
            ("workers", "ok"),
            ("install", "todo"),
            ("upgrade", "todo"),
            ("broken", "todo"),
        ):
            with patch.object(report, "get_wkhtmltopdf_state", lambda _self, found=found: found):
                self.assertEqual(self.state("pdf"), state, found)
        self.assertEqual(self.state("postgresql"), "ok")

    def test_an_old_postgresql_is_refused(self):
        class Connection:
            server_version = 130015

        class Cursor:
            connection = Connection

        class Env:
            cr = Cursor

            def _(words, version):
                return words % version

        with self.assertRaisesRegex(UserError, "PostgreSQL 14 or later; this database is on 13"):
            pre_init_hook(Env)
        self.assertIsNone(pre_init_hook(self.env))

    def test_until_green(self):
        """Listed to mend and on the campaign as long as something is to do; looking twice changes no row."""
        calendar = self.company.resource_calendar_id
        calendar.tz = "UTC"
        self.checks._refresh(self.company)
        defects = self.env["charter.defect"].with_user(self.operations)
        listed = defects.search([("kind", "=", "setup"), ("company_id", "=", self.company.id)])
        row = self.checks.search([("company_id", "=", self.company.id), ("code", "=", "timezone")])
        defect = listed.filtered(lambda one: one.res_id == row.id)
        self.assertIn("time zone", defect.remedy)
        self.assertEqual(defect.with_user(self.admin).action_mend()["res_id"], calendar.id)
        campaign = self.env["charter.onboarding"].with_user(self.operations).create({"name": "All"})
        self.assertIn("Time zone of the working hours: Set the time zone", campaign.setup_todo)
        self.env.flush_all()
        with self.assertQueryCount(60):
            self.checks._refresh(self.company)
        calendar.tz = "Europe/Paris"
        action = (
            self.checks.with_user(self.admin).with_context(allowed_company_ids=self.company.ids).action_open()
        )
        self.assertEqual(action["res_model"], "charter.setup.check")
        self.assertEqual(row.state, "ok")
        campaign.invalidate_recordset()
        self.assertNotIn("Time zone of the working hours", campaign.setup_todo or "")
        with self.assertRaises(AccessError):
            self.checks.with_user(self.operations).action_open()

    def test_a_company_sees_its_own(self):
        other = self.env["res.company"].create({"name": "Mileo Belgium"})
        self.checks._refresh(self.company | other)
        seen = self.checks.with_user(self.admin).with_context(allowed_company_ids=self.company.ids).search([])
        self.assertEqual(seen.company_id, self.company)

"""A client who leaves: no figure loses it while its contract is in force, and everybody sees what is theirs to do (article 01)."""

from datetime import datetime

from lxml import etree
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools.safe_eval import safe_eval

from ..cases.year import YearCase


@tagged("post_install", "-at_install")
class TestClientLeaves(YearCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.under = cls("test_a_client_with_a_contract_is_not_archived").renewing(cls.client)
        cls.successor = cls._staff("t_successor", "group_charter_user")

    def archived_before(self):
        """As clients were that were archived before it was refused."""
        self.env.flush_all()
        self.env.cr.execute("UPDATE res_partner SET active = FALSE WHERE id = %s", [self.client.id])
        self.env.invalidate_all()

    def test_a_client_with_a_contract_is_not_archived(self):
        with self.at():
            for call in (self.client.action_archive, lambda: self.client.write({"active": False})):
                with self.assertRaisesRegex(UserError, "Maintenance Alpine.*Customer Contracts.*stops each"):
                    call()
            self.adam.action_archive()
            self.under.contract_line_ids.stop(datetime(2026, 10, 1).date())
            self.env.flush_all()
            self.client.action_archive()
        self.assertFalse(self.client.active)

    def test_who_waits_for_us_does_not_leave_its_client_unseen(self):
        """An escalation, an owed call and an unread comment: moved or archived by a user, refused until somebody else is told."""
        other = self._client("Bastide")[0]
        self.operations.group_ids += self.env.ref("base.group_partner_manager")
        leaving = {
            "moved": {"parent_id": other.id},
            "alone": {"parent_id": False},
            "archived": {"active": False},
        }

        def escalation():
            return self.escalate(), lambda one: one._charter_correct(
                {"contact_id": self.adam.id}, "Alice has left."
            )

        def call():
            said = self.negative()
            self.env["charter.word"].search([])._charter_engine().read_at = said._charter_now()
            return said, lambda one: one._charter_correct({"contact_id": self.adam.id}, "Alice has left.")

        for name, make in (("escalation", escalation), ("call", call)):
            with self.subTest(name), self.at(), self.env.cr.savepoint() as undone:
                document, release = make()
                alice = self.alice.with_user(self.operations)
                for way, values in leaving.items():
                    with (
                        self.subTest(way),
                        self.assertRaisesRegex(UserError, "Alpine one cannot leave Alpine.*who else at"),
                        self.env.cr.savepoint(),
                    ):
                        alice.write(values)
                    self.env.invalidate_all()
                # Nothing of it moves: a colleague, another field, the same company.
                alice.write({"parent_id": self.client.id, "function": "Director"})
                release(document.with_user(self.operations))
                self.env["charter.word"].search(
                    [("read_at", "=", False)]
                )._charter_engine().read_at = document._charter_now()
                alice.write(leaving["moved"])
                self.assertEqual(document.partner_id.commercial_partner_id, self.client)
                undone.rollback()
            self.env.invalidate_all()
        with self.subTest("unread"), self.at():
            document = self.escalate()
            document._charter_correct({"contact_id": self.adam.id}, "Alice has left.")
            message = document.sudo().message_post(body="And now?", author_id=self.alice.id)
            words = self.env["charter.word"]
            words._hear(document, message=message)
            with self.assertRaisesRegex(UserError, "a comment no one has read"), self.env.cr.savepoint():
                self.alice.with_user(self.operations).write(leaving["moved"])
            words.search([("read_at", "=", False)])._charter_engine().read_at = document._charter_now()
            self.alice.with_user(self.operations).write(leaving["moved"])

    def test_lists_and_figures_hold_who_was_archived_before(self):
        self.archived_before()
        with self.at():
            action = self.env["ir.actions.act_window"]._for_xml_id(
                "mileo_client_charter.action_charter_client"
            )
            domain = [("is_charter_client", "=", True), ("active", "in", (True, False))]
            self.assertIn("active", action["domain"])
            listed = self.env["res.partner"].search(domain).commercial_partner_id
            self.assertEqual(listed, self.env["res.partner"]._charter_clients(self.company))
            self.assertIn("archived", self.client.charter_contact_defect)

    def test_reassigning_shows_every_client_as_it_is(self):
        second, *_ = self._client("Bastide")
        with self.at():
            self.under._charter_open("report.delivery", occurrence="2026-09")
            self.escalate()
        self.archived_before()
        with self.at(1):
            form = Form(self.env["charter.reassign"].with_user(self.operations))
            form.user_id = self.manager
            form.successor_id = self.successor
            wizard = form.save()
            self.assertLessEqual(self.client | second, wizard.partner_ids)
            draft = wizard.new(origin=wizard)
            for partner in draft.partner_ids:
                for name in self.counted():
                    self.assertEqual(partner[name], partner._origin[name], f"{partner._origin.name} {name}")
            self.assertGreater(self.client.charter_owed_count, 0)
            before = wizard.client_count
            form = Form(wizard)
            form.partner_ids.remove(second.id)
            self.assertEqual(form.client_count, before - 1, "it counts what is left")

    def counted(self):
        """Fields of ours that a client's record computes and does not keep."""
        return [
            name for name, field in self.env["res.partner"]._fields.items()
            if "charter" in name and field.compute and not field.store and not field.relational
        ]  # fmt: skip

    def test_no_step_is_shown_to_who_may_not_take_it(self):
        """Every button of the forms and lists of contracts, as each role of the charter: pressed, or not shown."""
        count = 0
        line = self.under.contract_line_ids
        for user in (self.manager, self.technician, self.operations, self.direction):
            for model, kind in (
                ("contract.contract", "form"),
                ("contract.line", "list"),
                ("contract.line", "form"),
            ):
                arch = etree.fromstring(self.env[model].with_user(user).get_view(view_type=kind)["arch"])
                for button in arch.iter("button"):
                    of_line = model == "contract.line" or any(
                        one.get("name") == "contract_line_ids" for one in button.iterancestors("field")
                    )
                    if button.get("type") != "object" or not of_line or button.get("special"):
                        continue
                    count += 1
                    with (
                        self.subTest(button.get("name"), user=user.login),
                        self.env.cr.savepoint() as savepoint,
                    ):
                        try:
                            action = getattr(line.with_user(user), button.get("name"))()
                        except AccessError as refused:
                            self.fail(f"{button.get('name')} is shown and refused: {refused}")
                        except UserError:
                            action = None
                        if isinstance(action, dict) and action.get("target") == "new":
                            self.assertTrue(
                                self.env[action["res_model"]].with_user(user).has_access("create")
                            )
                        savepoint.rollback()
                        self.env.invalidate_all()
        admin = self._staff("t_accounts", "group_charter_user")
        admin.group_ids += self.env.ref("account.group_account_manager")
        arch = self.env["contract.line"].with_user(admin).get_view(view_type="list")["arch"]
        self.assertIn("action_stop_plan_successor", arch, "accounting keeps its steps")

    def test_a_sheet_that_lacks_somebody_says_whom(self):
        with self.at():
            sheet = self.promise(self.client, "contacts.sheet")
            self.assertFalse(sheet._lacks())
            self.env["charter.assignment"].search(
                [("partner_id", "=", self.client.id), ("role", "=", "technical_contact")]
            ).unlink()
            self.env.flush_all()
            words, mended = sheet.with_user(self.operations)._lacks()[sheet]
            self.assertIn("Technical contact", words)
            context = mended["context"]
            self.assertEqual(
                (mended["res_model"], context["default_role"], context["default_partner_id"]),
                ("charter.assignment", "technical_contact", self.client.id),
            )
            self.assertEqual(sheet.with_user(self.operations).action_open_origin(), mended)
            cockpit = self.env["charter.cockpit"].with_user(sheet.user_id)
            row = cockpit._promise_row(sheet, lacks=sheet._lacks()[sheet])
            self.assertIn(words, row["lines"])

    def test_a_decided_renewal_shows_what_it_was_decided_on(self):
        renewal = self.opened(self.under)
        with self.at(moment=datetime(2027, 1, 10, 9)):
            self.say(self.alice, 10)
            renewal.action_decide()
        self.cron("2027-01-28")
        with self.at(moment=datetime(2027, 3, 10, 9)):
            self.say(self.alice, 0)
            self.env.invalidate_all()
            self.assertEqual((renewal.state, renewal.verdict), ("renewed", "pass"))
            self.assertFalse(renewal.verdict_today or renewal.nps_today or renewal.today_in_words)

    def test_a_button_opens_what_it_counts(self):
        """Every button of a client that shows a number opens the list of just those."""
        with self.at():
            self.escalate()._charter_engine().write(
                {"state": "answered", "answered_at": datetime(2026, 10, 5, 8)}
            )
            self.escalate(self.adam)._charter_engine().write({"state": "resolved"})
            self.negative()
            self.promise(self.client, "contacts.sheet")._fulfil("Sent.")
            self.env.flush_all()
            self.env.invalidate_all()
            partners = self.env["res.partner"].with_user(self.operations)
            client = partners.browse(self.client.id)
            arch = etree.fromstring(partners.get_view(view_type="form")["arch"])
            found = 0
            for button in arch.xpath(
                "//button[starts-with(@name, 'action_charter_')][.//field[@widget='statinfo']]"
            ):
                action = getattr(client, button.get("name"))()
                model = self.env[action["res_model"]].with_user(self.operations)
                search = etree.fromstring(model.get_view(view_type="search")["arch"])
                domain = list(action["domain"])
                for name in action["context"]:
                    if name.startswith("search_default_"):
                        [shown] = search.xpath(f"//filter[@name='{name.removeprefix('search_default_')}']")
                        domain += safe_eval(shown.get("domain"), {"uid": self.operations.id})
                number = button.find(".//field[@widget='statinfo']").get("name")
                with self.subTest(number):
                    self.assertEqual(model.search_count(domain), client[number])
                found += bool(client[number])
            self.assertGreaterEqual(found, 3, "commitments, feedback and escalations at least")

    def test_a_login_goes_to_another_client_in_the_open(self):
        """Found by a stranger: a technician moved a contact with a portal login, who then read everything of the other client."""
        other, _one, _two = self._client("Bastide")
        self._contract(other)
        self._portal(self.alice)
        for user in (self.technician, self.operations):
            user.group_ids += self.env.ref("base.group_partner_manager")
        alice = self.alice.with_user(self.technician)
        with self.assertRaisesRegex(UserError, "login to the portal.*operations manager"):
            alice.parent_id = other
        self.adam.with_user(self.technician).parent_id = other  # without a login it reads nothing
        alice.with_user(self.operations).parent_id = other
        tasks = self.alice.sudo().activity_ids.filtered(lambda one: "with its login" in one.summary)
        self.assertEqual(tasks.user_id, self.manager, "account manager of both")
        self.assertEqual(len(tasks), 2)

    def test_the_former_mailbox_hears_that_an_address_changed(self):
        """Found by people: a technician wrote another address into a client's contact, and nobody heard of it."""
        former = self.alice.email
        with self.at():
            self.alice.with_user(self.technician).email = "Other@Alpine.example.com"
            self.alice.email = "other@alpine.example.com"
        [mail] = self.mails(email_to=former)
        self.assertIn("t_technician", mail.body_html)
        self.assertNotIn("other@alpine", mail.body_html.lower(), "the new one may be somebody else's")
        [activity] = self.alice.activity_ids
        self.assertEqual(activity.user_id, self.manager)
        stranger = self.env["res.partner"].create({"name": "Stranger", "email": "a@stranger.example.com"})
        stranger.email = "b@stranger.example.com"
        self.adam.write({"email": False, "active": False})
        self.assertFalse(self.mails(email_to="a@stranger.example.com"))
        self.assertFalse(self.mails(email_to="two@alpine.example.com"))
        self.assertFalse(stranger.activity_ids)

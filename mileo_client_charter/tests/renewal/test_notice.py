import base64
import io
from datetime import date, datetime, timedelta

import openpyxl
from freezegun import freeze_time
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ...tools import support_sheet
from ..cases.common import BrowserCase
from ..cases.year import YearCase

NOW = datetime(2026, 10, 5, 8)


@tagged("post_install", "-at_install")
class TestNotice(YearCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls.env["product.product"].create({"name": "AXIS P3225", "default_code": "P3225"})
        cls.other, cls.olga, _second = cls._client("Other")
        cls.tag = cls.env["charter.equipment.tag"].create({"name": "Lobby"})
        with freeze_time(NOW):
            cls.contracts = {client: cls._contract(client) for client in (cls.client, cls.other)}
        cls.cam = cls._equipment(
            cls.client, "Camera 1", product_id=cls.product.id, serial="C-1", tag_ids=[(4, cls.tag.id)]
        )
        cls.nvr = cls._equipment(cls.client, "Recorder", model="NVR-9")
        cls.far = cls._equipment(cls.other, "Camera 9", product_id=cls.product.id)
        cls.client.zip, cls.other.zip = "69003", "38000"

    @classmethod
    def _equipment(cls, client, name, **values):
        return cls.env["charter.equipment"].create(
            {
                "name": name, "partner_id": client.id, "company_id": cls.company.id,
                "contract_id": cls.contracts[client].id, "supervised_from": "2026-01-01", **values,
            }
        )  # fmt: skip

    def notice(self, **values):
        return self.env["charter.notice"].create(
            {
                "name": "End of support: AXIS P3225", "effect_on": "2027-01-31", "product_ids": self.product.ids,
                "body": "<p>The maker stops its updates.</p>", "advice": "Replace it with the P3265.", **values,
            }
        )  # fmt: skip

    def sent(self, **values):
        with self.at(moment=NOW):
            notice = self.notice(**values).with_user(self.manager)
            notice.action_match()
            notice.action_send()
            self.leave()
        return notice

    def leave(self):
        """The mails queued so far leave: this is what keeps the promise."""
        self.env.flush_all()
        queued = self.env["charter.delivery"].search([("kind", "=", "notice"), ("state", "=", "queued")])
        queued._mail_left()

    def line(self, notice, client=None):
        return notice.line_ids.filtered(lambda line: line.partner_id == (client or self.client))

    def test_scope(self):
        free = self.env["res.partner"].create({"name": "No charter", "is_company": True})
        self.env["charter.equipment"].create(
            {"name": "Camera", "partner_id": free.id, "product_id": self.product.id}
        )
        for name, scope, expected in (
            ("product", {}, {self.client: self.cam, self.other: self.far}),
            ("equipment", {"product_ids": [], "equipment_ids": self.nvr.ids}, {self.client: self.nvr}),
            ("tag", {"product_ids": [], "tag_ids": self.tag.ids}, {self.client: self.cam}),
            ("département", {"departments": "38"}, {self.other: self.far}),
            ("tier", {"product_ids": [], "tier_ids": self.premium.ids},
             {self.client: self.cam | self.nvr, self.other: self.far}),
        ):  # fmt: skip
            with self.subTest(name), self.at(moment=NOW):
                found = self.notice(**scope)._match()
                self.assertEqual(found, {client.id: sorted(rows.ids) for client, rows in expected.items()})

    def test_a_regulation_reaches_clients_without_equipment(self):
        with self.at(moment=NOW):
            bare = self._client("Bare")[0]
            bare.zip = "69001"
            self._contract(bare)
            values = {
                "kind": "regulation",
                "regulation": "prefectoral",
                "product_ids": [],
                "departments": "69",
            }
            found = self.notice(**values)._match()
        self.assertEqual(set(found), {self.client.id, bare.id})

    def test_preview_sends_nothing(self):
        with self.at(moment=NOW):
            notice = self.notice()
            notice.action_match()
            self.assertEqual(notice.line_ids.partner_id, self.client | self.other)
            self.assertFalse(self.mails_to(self.alice) | self.mails_to(self.olga))
            owed = notice.line_ids.obligation_ids
            self.assertEqual(owed.mapped("state"), ["open", "open"], "nobody may forget a draft")
            notice.departments = "69"
            notice.action_match()
            self.assertEqual(notice.line_ids.partner_id, self.client, "narrowed")

    def test_each_client_is_told_of_its_own(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.olga.lang = "fr_FR"
        notice = self.sent()
        notice.invalidate_recordset()
        line = self.line(notice)
        self.assertEqual((notice.state, line.sent_at), ("open", NOW))
        mail = self.mails_to(self.alice)
        self.assertEqual(len(mail), 1, "one a contact")
        self.assertIn("Camera 1", mail.body_html)
        self.assertNotIn("Camera 9", mail.body_html)
        self.assertIn("Replace it with the P3265.", mail.body_html)
        self.assertNotIn("Hello", self.mails_to(self.olga).body_html, "in her language")
        [promise] = self.promise(line, "notice.advance")
        self.assertEqual((promise.state, promise.due_at), ("kept", datetime(2026, 12, 1, 23)))

    def test_informed_is_who_was_sent_it_and_not_who_was_written_to(self):
        """Found by a stranger: with the mail server down a notice said “informed” of all its clients."""
        with self.at(moment=NOW):
            notice = self.notice().with_user(self.manager)
            notice.action_match()
            notice.action_send()
            self.env.flush_all()
            notice.invalidate_recordset()
        mine, other = self.line(notice), self.line(notice, self.other)
        self.assertEqual((notice.told_count, notice.waiting_count, notice.failed_count), (0, 2, 0))
        self.assertEqual((mine.informed_state, mine.informed_at), ("waiting", False))
        self.assertEqual(self.promise(mine, "notice.advance").state, "open")
        deliveries = self.env["charter.delivery"].sudo().search([("kind", "=", "notice")])
        later = NOW + timedelta(hours=1)
        with self.at(moment=later):
            deliveries.filtered(lambda row: row.partner_id == self.client)._mail_left()
            deliveries.filtered(lambda row: row.partner_id == self.other)._fail("550 no such user")
            self.env.flush_all()
            self.env.invalidate_all()
        self.assertEqual((notice.told_count, notice.waiting_count, notice.failed_count), (1, 0, 1))
        self.assertEqual((mine.informed_state, mine.informed_at), ("informed", later))
        self.assertEqual((other.informed_state, other.not_delivered), ("failed", "550 no such user"))
        with self.at(moment=later):
            notice.action_send_again()
            self.env.flush_all()
            self.env.invalidate_all()
            self.assertEqual(other.informed_state, "waiting")
            with self.assertRaisesRegex(UserError, "No email of it failed"):
                notice.action_send_again()
            # Who says that it has read it is informed, whatever became of the email.
            other._acknowledge(self.olga)
            self.env.flush_all()
            self.env.invalidate_all()
        self.assertEqual((other.informed_state, other.informed_at), ("informed", later))

    def test_the_next_report_recommends_it_once(self):
        self.client.lang = "en_US"
        notice = self.sent(severity="high")
        [recommendation] = self.env["charter.recommendation"].search(
            [("contract_id", "=", self.contracts[self.client].id)]
        )
        self.assertEqual(
            (recommendation.name, recommendation.advice, recommendation.urgency, recommendation.state),
            ("End of support: AXIS P3225", "Replace it with the P3265.", "3", "draft"),
        )
        self.assertEqual(recommendation.equipment_ids, self.cam)
        self.assertIn("31 January 2027", recommendation.benefit)
        with self.at(moment=datetime(2026, 10, 10, 8)):
            notice.effect_on = "2027-03-31"
        self.assertEqual(
            self.env["charter.recommendation"].search_count([("name", "=", notice.name)]), 2, "one a client"
        )

    def test_late_needs_a_reason_that_is_kept(self):
        with self.at(moment=NOW - timedelta(days=90)):
            notice = self.notice(effect_on="2026-11-01")
        with self.at(moment=NOW):
            notice.action_match()
            with self.assertRaisesRegex(ValidationError, "Reason for missing the time limit"):
                notice.action_send()
            notice.late_reason = "The maker told us yesterday"
            notice.action_send()
            self.leave()
            line = self.line(notice)
            self.assertEqual((line.late_reason, line.sent_late), ("The maker told us yesterday", True))
            self.assertIn(
                "comes after the time limit we set ourselves: The maker told us yesterday",
                self.mails_to(self.alice).body_html,
            )
            promise = self.promise(line, "notice.advance")
            self.assertEqual(promise.state, "kept", "it runs from when its clients were found")
            self.assertGreater(promise.due_at, promise.opened_at)

    def test_a_vulnerability_published_today_is_told_today(self):
        """It runs from its publication, needs no date of effect, and is neither refused nor late."""
        notice = self.sent(
            kind="vulnerability", severity="critical", cve="CVE-2026-12345", effect_on=False,
            published_on="2026-10-05",
        )  # fmt: skip
        line = self.line(notice)
        promise = self.promise(line, "notice.advance")
        self.assertEqual((promise.state, line.late_reason or ""), ("kept", ""))
        self.assertEqual(notice.tell_by, date(2026, 10, 10))
        self.assertEqual(promise.due_at, datetime(2026, 10, 10, 22), "the whole of the fifth day, in Paris")
        mail = self.mails_to(self.alice).body_html
        self.assertIn("Published on", mail)
        self.assertNotIn("Date of effect", mail)
        with self.at(moment=NOW + timedelta(days=200)):
            self.env["charter.notice"]._pick_up()
            self.assertEqual(notice.state, "open")
            notice.action_close()
        self.assertEqual(notice.state, "closed")

    def test_known_too_late_runs_from_when_it_was_known(self):
        """(kind, values, day known, last day to tell): no promise is opened already due, and the client reads why."""
        vulnerability = {"kind": "vulnerability", "severity": "high", "effect_on": False}
        for name, values, tell_by, late in (
            ("published today", {**vulnerability, "published_on": "2026-10-05"}, date(2026, 10, 10), False),
            (
                "published four days ago",
                {**vulnerability, "published_on": "2026-10-01"},
                date(2026, 10, 6),
                False,
            ),
            (
                "published in the summer",
                {**vulnerability, "published_on": "2026-07-01"},
                date(2026, 10, 10),
                True,
            ),
            ("in a month", {"effect_on": "2026-11-01"}, date(2026, 10, 10), True),
            ("the day after tomorrow", {"effect_on": "2026-10-07"}, date(2026, 10, 6), True),
            ("in 60 days", {"effect_on": "2026-12-04"}, date(2026, 10, 5), False),
            ("in a year", {"effect_on": "2027-10-05"}, date(2027, 8, 6), False),
        ):
            with self.subTest(name):
                notice = self.sent(**values)
                line = self.line(notice)
                promise = self.promise(line, "notice.advance")
                with self.at(moment=NOW):
                    notice.invalidate_recordset(["is_late"])
                    self.assertEqual((notice.tell_by, notice.is_late), (tell_by, False))
                self.assertGreaterEqual(promise.due_at, promise.opened_at)
                self.assertEqual(bool(line.late_reason), late)
                if late:
                    self.assertIn("since 5 October 2026", line.late_reason)
                    self.assertIn("que depuis le 5 octobre 2026", line.with_context(lang="fr_FR").late_reason)
                    mail = self.mails_to(self.alice)[-1].body_html
                    self.assertIn("since 5 October 2026", mail)
                    self.assertIn("Why you are informed only now:", mail)
                    # Found by a stranger: an apology on the very day it became known.
                    self.assertNotIn("after the time limit", mail)
                    self.assertFalse(line.sent_late)
                # The day a promise of 60 days ends with the day before.
                if tell_by != date(2026, 10, 5):
                    self.assertEqual(promise.state, "kept")

    def test_a_vulnerability_nobody_tells_of_is_late_and_asks_why(self):
        with self.at(moment=NOW):
            notice = self.notice(
                kind="vulnerability", severity="high", effect_on=False, published_on="2026-10-05"
            )
        with self.at(moment=NOW + timedelta(days=6)):
            notice.action_match()
            self.assertTrue(notice.is_late)
            with self.assertRaisesRegex(ValidationError, "Reason for missing the time limit"):
                notice.action_send()
            notice.late_reason = "…"
            with self.assertRaisesRegex(ValidationError, "Reason for missing the time limit"):
                notice.action_send()

    def test_bad_input(self):
        for name, values, words in (
            ("past", {"effect_on": "2026-10-05"}, "not in the future"),
            (
                "nobody",
                {"product_ids": [], "departments": "13", "tag_ids": []},
                "no client under the charter",
            ),
            ("no scope", {"product_ids": []}, "nothing is chosen"),
            ("code", {"departments": "69, Rhône"}, "is no code"),
            ("CVE", {"kind": "vulnerability", "severity": "high", "cve": "CVE-26-1"}, "CVE-2026-12345"),
            ("severity", {"kind": "vulnerability"}, "how severe"),
            (
                "to come",
                {"kind": "vulnerability", "severity": "low", "published_on": "2026-10-06"},
                "still to come",
            ),
            (
                "unpublished",
                {"kind": "vulnerability", "severity": "low", "published_on": False},
                "Published on",
            ),
            ("no date", {"effect_on": False}, "Date of effect"),
            ("regulation", {"kind": "regulation"}, "choose its type"),
        ):
            with self.subTest(name), self.at(moment=NOW), self.assertRaisesRegex(UserError, words):
                self.notice(**values).action_match()
        with self.at(moment=NOW):
            for vals, words in (({"body": False}, "What happens"), ({"advice": " "}, "What we recommend")):
                notice = self.notice(**vals)
                with self.assertRaisesRegex(UserError, "find the affected"):
                    notice.action_send()
                notice.action_match()
                with self.assertRaisesRegex(ValidationError, words):
                    notice.action_send()
            self.assertEqual(self.notice(cve=" cve-2026-12345 ").cve, "CVE-2026-12345")

    def test_a_date_that_moves_is_told_again(self):
        notice = self.sent()
        line = self.line(notice)
        line._acknowledge(self.alice)
        with self.at(moment=datetime(2026, 10, 10, 8)):
            notice.effect_on = "2027-03-31"
            self.assertEqual((line.told_times, line.told_effect_on), (2, date(2027, 3, 31)))
            self.assertFalse(line.acknowledged_at, "the new date is to be read")
            self.assertEqual(len(self.mails_to(self.alice)), 2)
            self.assertEqual(len(self.promise(line, "notice.advance")), 2)
            with self.assertRaisesRegex(ValidationError, "not in the future"):
                notice.effect_on = "2026-10-01"

    def test_new_equipment_is_picked_up_once(self):
        notice = self.sent(departments="69")
        with self.at(moment=datetime(2026, 10, 12, 8)):
            new = self._equipment(self.client, "Camera 2", product_id=self.product.id)
            self.env["charter.notice"]._pick_up()
            self.env["charter.notice"]._pick_up()
            line = self.line(notice)
            self.assertEqual((line.equipment_ids, line.told_times), (self.cam | new, 2))
            self.assertIn("Camera 2", self.mails_to(self.alice)[-1].body_html)
        with self.at(moment=datetime(2027, 2, 2, 8)):
            self.env["charter.notice"]._pick_up()
            self.assertEqual(notice.state, "closed")

    def test_a_notice_without_scope_is_passed_by(self):
        """One from before scopes were asked for: its clients were given, nobody can join them, and no night fails on it."""
        notice = self.sent(departments="69")
        notice._charter_engine().write({"product_ids": [(5,)], "departments": False})
        self.assertFalse(notice._has_scope())
        with (
            self.at(moment=datetime(2026, 10, 12, 8)),
            self.assertNoLogs("odoo.addons.mileo_client_charter", "ERROR"),
        ):
            self.env["charter.notice"]._pick_up()
        self.assertEqual((notice.state, len(notice.line_ids)), ("open", 1))

    def test_nobody_to_write_to_is_said(self):
        (self.alice | self.adam).write({"email": False})
        notice = self.sent()
        line = self.line(notice)
        self.assertFalse(line.sent_at)
        self.assertIn("email", line.error)
        self.env["res.lang"]._activate_lang("fr_FR")
        self.assertIn("e-mail", line.with_context(lang="fr_FR").error)
        self.assertEqual(self.promise(line, "notice.advance").state, "open", "still owed")
        self.assertTrue(self.line(notice, self.other).sent_at, "holds nobody up")
        self.alice.email = "one@alpine.example.com"
        with self.at(moment=datetime(2026, 10, 6, 8)):
            notice.action_notify_again()
            self.leave()
            self.assertTrue(line.sent_at)
            self.assertEqual(self.promise(line, "notice.advance").state, "kept")

    def test_dates_of_the_installed_base_raise_drafts_early(self):
        milestone = self.env["charter.equipment.milestone"].create(
            [
                {"equipment_id": one.id, "kind": "end_of_support", "date": "2027-01-31"}
                for one in (self.cam, self.far)
            ]
        )
        model = self.env["charter.notice"]
        with self.at(moment=datetime(2026, 10, 1, 8)):
            self.assertFalse(model._raise_drafts(), "too early")
        with self.at(moment=datetime(2026, 10, 20, 8)):
            notice = model._raise_drafts()
            self.assertFalse(model._raise_drafts(), "once")
            self.assertEqual((notice.state, notice.effect_on), ("draft", date(2027, 1, 31)))
            self.assertEqual(notice.line_ids.equipment_ids, self.cam | self.far)
            self.assertFalse(self.mails_to(self.alice), "reviewed first")
            [promise] = self.promise(self.line(notice), "notice.advance")
            self.assertEqual((promise.state, promise.due_at), ("open", datetime(2026, 12, 1, 23)))
            milestone.date = "2027-02-28"
            model._raise_drafts()
            self.assertEqual(notice.effect_on, date(2027, 2, 28))
            self.assertEqual(promise.state, "cancelled")
            self.assertIn("no more updates of its firmware", notice.body)
            self.assertIn(
                "remplacement", notice.with_context(lang="fr_FR").advice, "proposed in each language"
            )
            notice.write({"body": "<p>No more updates.</p>", "advice": "Replace it."})
            notice.action_send()
            milestone.date = "2027-04-30"
            model._raise_drafts()
            self.assertEqual(self.line(notice).told_effect_on, date(2027, 4, 30), "told again by itself")

    def test_a_makers_list(self):
        book = openpyxl.Workbook()
        for row in (
            ["Model", "End of support", "Brand"],
            ["p3225", "31/01/2027", None],
            ["NVR-9", date(2028, 1, 1), None],
            ["Unheard-of", "2027-01-01", None],
        ):
            book.active.append(row)
        content = io.BytesIO()
        book.save(content)
        self.assertEqual(len(list(support_sheet.read(content.getvalue()))), 3)
        with self.at(moment=datetime(2026, 10, 20, 8)):
            wizard = (
                self.env["charter.support.import"]
                .with_user(self.manager)
                .create({"file": base64.b64encode(content.getvalue()), "filename": "axis.xlsx"})
            )
            wizard.action_show()
            self.assertEqual(wizard.line_ids.mapped("equipment_count"), [2, 1, 0])
            self.assertFalse(self.cam.end_of_support, "shown only")
            wizard.action_import()
            self.assertEqual(
                (self.cam.end_of_support, self.nvr.end_of_support), (date(2027, 1, 31), date(2028, 1, 1))
            )
            raised = self.env["charter.notice"].search([("effect_on", "=", "2027-01-31")])
            self.assertEqual(raised.line_ids.partner_id, self.client | self.other)
        for rows, words in (
            ([["Model"]], "End of support"),
            ([["Model", "End of support"], ["NVR-9", "soon"]], "no date"),
        ):
            book = openpyxl.Workbook()
            for row in rows:
                book.active.append(row)
            content = io.BytesIO()
            book.save(content)
            wizard.file = base64.b64encode(content.getvalue())
            with self.assertRaisesRegex(UserError, words):
                wizard.action_import()
        wizard.file = base64.b64encode(b"no workbook")
        with self.assertRaisesRegex(UserError, "no Excel file"):
            wizard.action_show()

    def test_given_up(self):
        with self.at(moment=NOW):
            notice = self.notice()
            notice.action_match()
            notice.action_cancel()
            self.assertEqual(notice.state, "cancelled")
        sent = self.sent()
        with self.assertRaisesRegex(UserError, "out already"):
            sent.action_cancel()
        with self.assertRaises(UserError):
            sent.sudo().unlink()

    def test_statements_of_the_matching(self):
        self.env["charter.equipment"].create(
            [
                {"name": f"C{n}", "partner_id": self.client.id, "product_id": self.product.id}
                for n in range(200)
            ]
        )
        with self.at(moment=NOW):
            notice = self.notice(tag_ids=[], departments="69")
            notice._match()
            self.env.flush_all()
            with self.assertQueryCount(3):
                found = notice._match()
        self.assertEqual(len(found[self.client.id]), 201)


@tagged("post_install", "-at_install")
class TestLegalReminder(YearCase):
    def test_between_three_months_and_one(self):
        contract = self.renewing(self.client)
        renewal = self.opened(contract)
        last = date(2027, 1, 27)  # the lines renew by themselves on the 28th
        self.assertEqual(renewal._legal_last_day(), last)
        for name, day, told, error in (
            ("off by default", "2026-12-01", False, False),
            ("in time", "2026-12-01", True, False),
        ):
            with self.subTest(name), self.at(moment=datetime.fromisoformat(f"{day} 09:00")):
                self.client.charter_legal_reminder = name != "off by default"
                self.schedule(contract)
                self.schedule(contract)
                self.assertEqual((bool(renewal.legal_told_at), bool(renewal.legal_error)), (told, error))
        mails = self.mails_to(self.alice).filtered(lambda mail: "Tacit renewal" in mail.subject)
        self.assertEqual(len(mails), 1, "once")
        self.assertIn("border:3px solid", mails.body_html)
        self.assertIn("27 January 2027", mails.body_html)

    def test_missed_is_said(self):
        client = self._client("Missed")[0]
        contract = self.renewing(client)
        renewal = self.opened(contract)
        client.charter_legal_reminder = True
        with self.at(moment=datetime(2027, 1, 10, 9)):
            self.schedule(contract)
            self.assertFalse(renewal.legal_told_at)
            self.assertIn("begun already", renewal.legal_error)


@tagged("post_install", "-at_install")
class TestDayOnScreen(YearCase, BrowserCase):
    """A day is written in lists as in emails."""

    def test_the_first_of_a_month_in_french(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.manager.lang = "fr_FR"
        self.env["charter.notice"].create(
            {"name": "Fin de support", "effect_on": "2099-03-01", "company_id": self.company.id, "body": "<p>x</p>", "advice": "y"}
        )  # fmt: skip
        self.browser_js(
            "/odoo/action-mileo_client_charter.action_charter_notice",
            """(async () => {
                for (let time = 0; time < 100; time++) {
                    const said = [...document.querySelectorAll("td[name=effect_on]")].map((one) => one.innerText);
                    if (said.length) {
                        if (said.includes("1er mars 2099")) {
                            console.log("test successful");
                        } else {
                            console.error(`days: ${said}`);
                        }
                        return;
                    }
                    await new Promise((resolve) => setTimeout(resolve, 100));
                }
                console.error("no list");
            })()""",
            login=self.manager.login,
        )

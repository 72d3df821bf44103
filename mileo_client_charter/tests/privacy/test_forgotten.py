"""A person who lived through everything is forgotten: no text of the database holds its name, and every proof stands."""

import io
import zipfile
from datetime import datetime, timedelta

import openpyxl
import pypdf
from odoo.exceptions import AccessError, UserError
from odoo.modules.migration import load_script
from odoo.tests import tagged
from odoo.tools import SQL, file_path

from ...models.base.charter_redaction import digest
from ...models.report.charter_report import fingerprint
from ...tools import people
from ..cases.common import START
from ..cases.reports import AFTER, ReportCase

NAME = "Zénobie d'Arquebuse-Quux"
MAIL = "zenobie.quux@arquebuse.example.com"
PHONE = "+33 6 70 41 95 83"
STREET = "17 impasse des Arquebusiers"
SIGNED = "Zoltan Arquebuse-Staff"
# What is looked for in every text, as PostgreSQL writes expressions.
LOOKS = [
    "arquebus",
    "6[^0-9]{0,2}7[^0-9]{0,2}0[^0-9]{0,2}4[^0-9]{0,2}1[^0-9]{0,2}9[^0-9]{0,2}5[^0-9]{0,2}8[^0-9]{0,2}3",
]


@tagged("post_install", "-at_install")
class TestForgotten(ReportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.zoe = cls.env["res.partner"].create(
            {
                "name": NAME, "parent_id": cls.client.id, "email": MAIL, "phone": PHONE,
                "type": "contact", "lang": "en_US", "comment": f"<p>{NAME} prefers the afternoon.</p>",
                "charter_recipient": True,
            }
        )  # fmt: skip
        cls.alice.charter_recipient = False
        # An address of its own, which Odoo would give to the whole company.
        cls.zoe.with_context(_partners_skip_fields_sync=True).street = STREET
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE res_partner SET street = NULL WHERE id != %s AND street = %s", [cls.zoe.id, STREET]
        )
        cls.env.invalidate_all()
        cls.user = cls._portal(cls.zoe, "t_zoe")
        cls.user.login = MAIL
        cls.user.signature = f"<p>{NAME}</p>"

    def hits(self):
        """{(table, column): texts} of every text of the database, and of every file, that names the person."""
        columns = self.env.execute_query(
            SQL(
                """
                SELECT t.relname, a.attname FROM pg_class t
                  JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
                  JOIN pg_type y ON y.oid = a.atttypid
                 WHERE t.relkind IN ('r', 'p', 'm') AND t.relnamespace = current_schema::regnamespace
                   AND y.typname IN ('text', 'varchar', 'bpchar', 'json', 'jsonb', 'xml', 'name', '_text', '_varchar')
                """
            )
        )
        self.columns = len(columns)
        found = {}
        tables = {}
        for table, column in columns:
            tables.setdefault(table, []).append(column)
        for table, names in tables.items():
            for name in names:
                rows = self.env.execute_query(
                    SQL("SELECT %s::text FROM %s WHERE %s::text ~* ANY(%s) LIMIT 3", SQL.identifier(name),
                        SQL.identifier(table), SQL.identifier(name), LOOKS)
                )  # fmt: skip
                if rows:
                    found[table, name] = [row for [row] in rows]
        for file in (
            self.env["ir.attachment"]
            .sudo()
            .search([("id", ">", 0), ("type", "=", "binary"), ("id", ">", self.first_file)])
        ):
            text = self.text_of(file)
            if "arquebus" in text.lower():
                found["file", file.name, file.res_model, file.mimetype] = [text]
        return found

    def text_of(self, file):
        content = file.raw or b""
        if content[:4] == b"%PDF":
            return " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
        if content[:2] == b"PK":
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                return " ".join(archive.read(name).decode(errors="replace") for name in archive.namelist())
        return content.decode(errors="replace")

    def leave_all(self):
        self.env.flush_all()
        for delivery in self.env["charter.delivery"].search(
            [("state", "=", "queued"), ("contact_id", "=", self.zoe.id)]
        ):
            mail = delivery.sudo().mail_id
            mail._postprocess_sent_message(mail.recipient_ids.ids, [])

    def live(self):
        """Everything a contact can live through with us."""
        env, zoe = self.env, self.zoe
        october = datetime(2026, 10, 12, 9)
        with self.at(moment=october):
            # Known twice, and merged: the other name and address are hers as well.
            twin = env["res.partner"].create(
                {"name": "Z. Arquebuse", "parent_id": self.client.id, "email": "z@arquebuse.example.com"}
            )
            spoken = env["charter.feedback"]._from_portal(
                twin, rating=5, comment="It is Z. Arquebuse who asks."
            )
            spoken.message_post(body="z@arquebuse.example.com is the address.")
            wizard = env["base.partner.merge.automatic.wizard"]
            wizard._merge([twin.id, zoe.id], zoe, extra_checks=False)
            self.assertTrue(spoken.said_by)
            env["charter.feedback"]._from_portal(zoe, rating=5, comment=f"Ask for {NAME}, {PHONE}.")
            bad = self.negative(zoe)
            bad.message_post(body=f"{NAME} called.")
            bad.with_user(self.manager)._record_callback(
                called_at=october,
                understanding=f"{NAME} is angry.",
                apology="made",
                actions=[],
                no_action_reason=f"{NAME} said so.",
            )
            bad.with_user(self.manager)._record_outcome("Outcome", f"<p>Dear {NAME}, done.</p>")
            escalation = self.escalate(zoe)
            self.answer(escalation, self.operations, f"<p>Dear {NAME}, we are sorry.</p>")
            escalation.with_user(self.user).sudo()._portal_accept()
            equipment = env["charter.equipment"].create(
                {"name": f"Camera of {NAME}", "partner_id": self.client.id, "company_id": self.company.id,
                 "contract_id": self.contract.id, "site_id": zoe.id, "model": "Z-1", "supervised_from": "2026-01-01"}
            )  # fmt: skip
            notice = env["charter.notice"].create(
                {"name": "End of Z-1", "effect_on": "2027-01-31", "equipment_ids": equipment.ids,
                 "body": "<p>It ends.</p>", "advice": "Replace it."}
            ).with_user(self.manager)  # fmt: skip
            notice.action_match()
            notice.action_send()
            self.leave_all()
            notice.line_ids.sudo()._acknowledge(zoe)
            env["charter.handover"]._announce_change(
                self.client, "account_manager", self.manager, self.operations, self.company,
                datetime(2026, 10, 20).date(), f"As agreed with {NAME}.",
            )._notify(october)  # fmt: skip
            work = env["charter.intervention"].create(
                {"name": f"At the desk of {NAME}", "partner_id": self.client.id, "contract_id": self.contract.id,
                 "description": f"Call {PHONE} first.", "contact_ids": zoe.ids}
            )  # fmt: skip
            work.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=f"Call {NAME}",
                note=f"<p>{MAIL}</p>",
                user_id=self.manager.id,
            )
            work.action_close()
            work.feedback_ids.with_user(self.operations).action_suppress(f"{NAME} is leaving")
            self.leave_all()
        with self.at(moment=datetime(2026, 10, 20, 9)):
            review = env["charter.review"].with_user(self.manager).create(
                {"contract_id": self.contract.id, "start_at": datetime(2026, 10, 21, 9), "contact_ids": [(6, 0, zoe.ids)],
                 "staff_ids": [(6, 0, self.manager.ids)]}
            )  # fmt: skip
            review.action_plan()
            review.sudo().event_id.description = f"<p>With {NAME} ({MAIL})</p>"
        with self.at(moment=datetime(2026, 10, 21, 12)):
            review.answer_ids = [
                (0, 0, {"contact_id": zoe.id, "rating": "5", "nps": "9", "comment": f"{NAME}: fine."})
            ]
            review.action_hold()
            review._record_minutes("Minutes", f"<p>{NAME} said: fine.</p>")
            self.leave_all()
        report = self.sent()
        self.leave_all()
        advice = report.recommendation_ids[:1]
        with self.at(moment=AFTER):
            advice.sudo()._answer("accept", f"Yes, {NAME}.", zoe)
            files = env["ir.attachment"]
            files.create(
                [
                    {
                        "name": f"Letter of {NAME}.txt",
                        "raw": f"Dear {NAME}".encode(),
                        "res_model": "charter.review",
                        "res_id": review.id,
                    }
                ]
            )
            book, target = openpyxl.Workbook(), io.BytesIO()
            book.active["A1"] = NAME
            book.save(target)
            files.create(
                [
                    {
                        "name": "List.xlsx",
                        "raw": target.getvalue(),
                        "res_model": "charter.review",
                        "res_id": review.id,
                    }
                ]
            )
            printed = env["charter.anonymiser"]._notice_of(files.new({"name": NAME}), b"")
            self.pdf = files.create(
                [{"name": "Page.pdf", "raw": printed, "res_model": "charter.review", "res_id": review.id}]
            )
        # A line of a release before people were named by keys.
        promise = self.promise(escalation, "escalation.level1").sudo()
        promise._charter_engine().evidence = f'Answered by t_operations by mail to "{NAME}" <{MAIL}>.'
        env.flush_all()
        self.legacy, self.report_sent, self.review = promise, report.sudo(), review.sudo()

    def test_no_text_holds_the_person(self):
        self.first_file = self.env["ir.attachment"].sudo().search([], order="id desc", limit=1).id
        self.live()
        before = self.hits()
        places = {where[0] for where in before}
        self.assertLessEqual(
            {"charter_feedback", "charter_escalation", "charter_report", "charter_obligation", "calendar_event", "mail_message",
             "mail_mail", "charter_review", "charter_delivery", "charter_intervention", "mail_activity", "res_partner", "file"},
            places, "the test has not lived through everything",
        )  # fmt: skip
        self.assertGreater(len(before), 25)
        self.assertGreater(self.columns, 1000)
        proof = {
            row: (row.state, row.done_at, row.due_at, row.met)
            for row in self.env["charter.obligation"].search([("partner_id", "=", self.client.id)])
        }
        self.assertIn("charter_merged_contact", places)
        report, sent_as = self.report_sent, self.report_sent.fingerprint
        self.assertEqual(sent_as, fingerprint(report.table))
        files = {file: digest(file.raw) for file in self.pdf}
        evidence = self.legacy.evidence
        figures = report.table["figures"]
        self.zoe._charter_anonymise()
        self.env.flush_all()
        self.env.invalidate_all()
        left = {
            where: [text[max(0, text.lower().find("rquebus") - 300) :][:500] for text in texts]
            for where, texts in self.hits().items()
        }
        self.assertFalse(left, "\n".join(f"{where}: {texts}" for where, texts in left.items()))
        # The proof stands.
        self.assertEqual({row: (row.state, row.done_at, row.due_at, row.met) for row in proof}, proof)
        self.assertEqual(self.legacy.evidence.count(self.zoe._charter_key()), 2)
        self.assertIn("Anonymised contact", self.legacy.evidence_text)
        redactions = self.env["charter.redaction"].sudo()
        self.assertEqual(
            redactions._original(self.legacy, "evidence", digest(self.legacy.evidence)), digest(evidence)
        )
        self.assertEqual((report.fingerprint, report.table["figures"]), (sent_as, figures))
        self.assertTrue(report._is_intact(), "the figures sent are known to be those, though a name went")
        self.assertNotEqual(fingerprint(report.table), sent_as)
        for file, was in files.items():
            self.assertIn(was, self.text_of(file), "what the file was is known by its digest")
            self.assertEqual(redactions._original(file, "raw", digest(file.raw)), was)
        report._charter_engine().table = dict(report.table, client="Somebody else")
        self.assertFalse(report._is_intact(), "another change is still seen")

    def test_no_text_is_signed_by_somebody_of_ours_who_is_forgotten(self):
        """Reasons and histories say who gave them, whoever wrote the row afterwards; every text of the catalogue is read."""
        self.first_file = self.env["ir.attachment"].sudo().search([], order="id desc", limit=1).id
        staff = self._staff("t_leaver", "group_charter_admin")
        staff.name = SIGNED
        with self.at():
            equipment = self.env["charter.equipment"].create(
                {
                    "name": "Camera 9",
                    "serial": "C9",
                    "partner_id": self.client.id,
                    "contract_id": self.contract.id,
                }
            )
            outage = self.env["charter.outage"]._charter_engine().create(
                {"equipment_id": equipment.id, "start_at": START - timedelta(hours=2), "end_at": START, "reason": "Power",
                 "source": "monitoring", "event_id": "signed"}
            )  # fmt: skip
            outage = outage.with_env(self.env)
            outage.with_user(staff).write(
                {"end_at": START - timedelta(hours=1), "correction": "The switch was dark."}
            )
            closed = self.env["charter.intervention"].create(
                {"name": "Gate", "partner_id": self.client.id, "contact_ids": self.adam.ids}
            )
            closed.action_close()
            survey = closed.feedback_ids
            survey.with_user(staff).action_suppress("She has left them.")
            work = self.env["charter.intervention"].create({"name": "Door", "partner_id": self.client.id})
            work.with_user(staff).action_cancel("Asked for twice.")
            promise = self.contract._charter_open("remediation.start", occurrence="signed")
            promise.with_user(staff).action_cancel("It was opened by mistake.")
            # Somebody else writes to the rows afterwards.
            outage.with_user(self.operations).write({"end_at": START, "correction": "It was both, they say."})
        self.env.flush_all()
        places = {table for table, *_column in self.hits()}
        self.assertLessEqual(
            {"charter_outage", "charter_feedback", "charter_intervention", "charter_obligation"}, places
        )
        reasons = outage.history, promise.cancel_reason
        with self.assertRaisesRegex(UserError, "archive the user first"):
            staff.partner_id._charter_anonymise()
        staff.active = False
        staff.partner_id._charter_anonymise()
        self.env.flush_all()
        self.env.invalidate_all()
        ours = set(self.env["charter.merge"]._tables())
        self.assertEqual({where: texts for where, texts in self.hits().items() if where[0] in ours}, {})
        for before, after in zip(reasons, (outage.history, promise.cancel_reason), strict=True):
            self.assertEqual(
                before.replace(SIGNED, staff.partner_id._charter_key()), after, "what was said stays"
            )

    def test_a_namesake_keeps_its_name(self):
        other, _one, _two = self._client("Namesakes")
        namesake = self.env["res.partner"].create(
            {"name": NAME, "parent_id": other.id, "email": "z@namesakes.example.com"}
        )
        feedback = self.env["charter.feedback"].create(
            {
                "partner_id": other.id,
                "contact_id": namesake.id,
                "comment": f"{NAME} here.",
                "company_id": self.company.id,
            }
        )
        product = self.env["product.product"].create({"name": f"Chair {NAME}"})
        self.zoe._charter_anonymise()
        self.env.invalidate_all()
        self.assertEqual(
            (namesake.name, feedback.comment, product.name), (NAME, f"{NAME} here.", f"Chair {NAME}")
        )

    def test_what_the_client_is_called_stays(self):
        self.client.name = f"Cabinet {NAME}"
        self.client.phone = self.zoe.phone
        feedback = self.env["charter.feedback"].create(
            {
                "partner_id": self.client.id,
                "company_id": self.company.id,
                "comment": f"{NAME} of Cabinet {NAME}, {PHONE}",
            }
        )
        self.zoe._charter_anonymise()
        self.env.invalidate_all()
        key = self.zoe._charter_key()
        self.assertEqual(
            feedback.comment, f"{key} of Cabinet {NAME}, {PHONE}", "a switchboard is not the person's"
        )
        self.assertEqual(self.client.name, f"Cabinet {NAME}")

    def test_evidence_names_a_key(self):
        with self.at():
            bad = self.negative(self.zoe)
            bad.with_user(self.manager)._record_callback(
                called_at=bad.answered_at,
                understanding="Nobody had come since Monday.",
                apology="made",
                actions=[],
                no_action_reason="None was needed this time.",
            )
            bad.with_user(self.manager)._record_outcome("Outcome", "<p>The camera has been mended.</p>")
        promise = self.promise(bad, "feedback.outcome")
        self.assertEqual(promise.evidence, f"Email to {self.zoe._charter_key()}.")
        self.assertEqual(promise.evidence_text, f"Email to {NAME}.")
        called = self.promise(bad, "feedback.callback")
        self.assertIn(self.manager._charter_key(), called.evidence)
        self.assertRegex(called.evidence_text, "recorded at .* by t_manager")

    def test_redactions_are_the_engine_s(self):
        with self.assertRaises(AccessError):
            self.env["charter.redaction"].with_user(self.admin).create({"res_model": "x"})


class TestTraces(ReportCase):
    def test_forms(self):
        traces = people.Traces(
            words=["Ana O'Neill"],
            emails=["ana@x.example.com"],
            phones=["+33 6 12 34 56 78"],
            put="#",
            keep=["Ana O'Neill & Co"],
        )
        for text, clean in (
            ("ANA O'NEILL", "#"), ("Ana O&#x27;Neill", "#"), ("Diana O'Neills", "Diana O'Neills"),
            ("06 12 34 56 78", "#"), ("0033612345678", "#"), ("+33612345678.", "#."), ("612345678901", "612345678901"),
            ("Ana O'Neill & Co", "Ana O'Neill & Co"), ("<ANA@x.example.com>", "<#>"), ("diana@x.example.com", "diana@x.example.com"),
        ):  # fmt: skip
            with self.subTest(text=text):
                self.assertEqual(traces.out_of(text), clean)
        self.assertEqual(traces.out_of({"a": ["Ana O'Neill", 3, None]}), {"a": ["#", 3, None]})
        self.assertFalse(people.Traces())
        self.assertEqual(
            people.named("[user 1] [contact 2] [contact 9]", {("user", 1): "U", ("contact", 2): "C"}),
            "U C [contact 9]",
        )


class TestEvidenceOfEarlierReleases(ReportCase):
    def test_rewritten_where_it_is_known_whom_it_names(self):
        report = self.sent()
        delivery = self.deliveries(report).filtered("obligation_id")[:1]
        promise = delivery.obligation_id
        with self.at(moment=AFTER):
            promise._fulfil(f"Mail to {delivery.contact_id.name} ({delivery.email}): Report")
            answered = self.negative()
        call = self.promise(answered, "feedback.callback")
        written = f'Mail to "{self.alice.name}" <{self.alice.email}> and "Somebody" <else@x.example.com>.'
        call._charter_engine().evidence = written
        self.env.flush_all()
        script = load_script(
            file_path("mileo_client_charter/migrations/19.0.1.2.0/post-forgotten.py"), "post_forgotten"
        )
        for _run in range(2):
            script.migrate(self.env.cr, "19.0.1.1.0")
            self.env.invalidate_all()
            self.assertEqual(promise.evidence, f"Mail to {delivery.contact_id._charter_key()}: Report")
            self.assertEqual(
                call.evidence, f'Mail to {self.alice._charter_key()} and "Somebody" <else@x.example.com>.'
            )

"""Words and names go when their time is over, figures stay; a client takes its data with it."""

import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import openpyxl
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ...models.privacy.charter_privacy import BATCH
from ..cases.common import START, CharterCase
from ..cases.portal import DoorsCase
from ..cases.year import YearCase

LATER = START + timedelta(days=4 * 366)


class TestPrivacy(CharterCase):
    def setUp(self):
        super().setUp()
        self.company.write(
            {"charter_words_months": 36, "charter_complaints_months": 36, "charter_bodies_months": 36}
        )
        # Rows of a database with a life of its own are not these tests'.
        self.env["charter.feedback"].search([])._charter_engine().write({"anonymised_at": START})
        self.env["charter.delivery"].search([])._charter_engine().write({"anonymised_at": START})
        self.env["charter.escalation"].search([])._charter_engine().write({"anonymised_at": START})
        self.env["charter.review"].search([])._charter_engine().write({"anonymised_at": START})

    def forget(self, moment=LATER):
        with self.at(moment=moment), self.committing():
            self.env["charter.privacy"]._cron_privacy()

    def answered(self, rating=4):
        with self.at():
            feedback = self.invitation()
            feedback._answer(rating=rating, nps=9, comment="Ask Bernard.")
            feedback.message_post(body="Bernard called.")
        return feedback

    def delivery(self, **values):
        with self.at():
            return self.env["charter.delivery"]._queue(
                [
                    {"kind": "notice", "partner_id": self.client.id, "contact_id": self.alice.id,
                     "company_id": self.company.id, "subject": "A letter", "body": "<p>Dear Alice</p>",
                     "attachments": [("letter.txt", b"Dear Alice")], **values}
                ]
            )  # fmt: skip

    def leave(self, delivery):
        with self.at():
            mail = delivery.sudo().mail_id
            mail._postprocess_sent_message(mail.recipient_ids.ids, [])

    def test_figures_stay_words_and_names_go(self):
        feedback = self.answered()
        self.forget(START + timedelta(days=1000))
        self.assertEqual(feedback.comment, "Ask Bernard.", "its time is not over")
        self.forget()
        self.assertEqual((feedback.rating, feedback.nps, feedback.promoter), (4, 9, 1))
        self.assertEqual((feedback.partner_id, feedback.answered_at), (self.client, START))
        self.assertFalse(
            feedback.comment or feedback.contact_id or feedback.answer_ip or feedback.sudo().token
        )
        self.assertFalse(feedback.message_ids or feedback.message_follower_ids)
        self.assertEqual(feedback.anonymised_at, LATER)

    def test_nothing_while_something_is_owed(self):
        with self.at():
            feedback = self.negative()
            escalation = self.escalate()
            escalation._charter_correct({"feedback_id": feedback.id}, "The same matter.")
        self.forget()
        self.assertEqual((feedback.comment, feedback.contact_id), ("Nobody came.", self.alice))
        for record in (feedback, escalation):
            with self.assertRaisesRegex(UserError, "outstanding"):
                record._charter_anonymise()

    def test_invitation_nobody_answered(self):
        with self.at():
            feedback = self.invitation()
            feedback._charter_engine().state = "expired"
        self.env.cr.execute(
            "UPDATE charter_feedback SET create_date = %s WHERE id = %s", [START, feedback.id]
        )
        feedback.invalidate_recordset()
        self.forget()
        self.assertFalse(feedback.contact_id)

    def test_deliveries_keep_their_proof(self):
        sent, waiting = self.delivery(), self.delivery()
        fingerprint = sent.fingerprint
        self.leave(sent)
        attachment = sent.attachment_ids
        self.assertTrue(sent.body and attachment and sent.sudo().mail_message_id)
        self.forget()
        self.assertFalse(sent.body or sent.email or sent.attachment_ids or attachment.exists())
        self.assertFalse(sent.sudo().mail_id or sent.sudo().mail_message_id)
        self.assertEqual((sent.state, sent.contact_id, sent.sent_at), ("sent", self.alice, START))
        self.assertEqual((sent.subject, sent.fingerprint), ("A letter", fingerprint))
        self.assertTrue(waiting.body, "it has not left yet")

    def test_a_file_of_many_letters_stays_with_the_others(self):
        shared = self.env["ir.attachment"].create({"name": "charter.pdf", "raw": b"x"})
        old, young = (self.delivery(attachments=[], attachment_ids=shared.ids) for _n in range(2))
        self.leave(old)
        self.forget()
        self.assertTrue(shared.exists())
        self.assertEqual((old.attachment_ids.ids, young.attachment_ids), ([], shared))

    def test_zero_keeps(self):
        self.company.write({"charter_words_months": 0, "charter_bodies_months": 0})
        feedback, delivery = self.answered(), self.delivery()
        self.leave(delivery)
        self.forget()
        self.assertTrue(feedback.comment and delivery.body)

    def test_each_company_its_own(self):
        other = self.env["res.company"].create({"name": "Keeps", "charter_words_months": 0})
        feedback = self.answered()
        feedback._charter_engine().company_id = other
        self.forget()
        self.assertTrue(feedback.comment)

    def test_batches_and_killed_in_between(self):
        rows = self.env["charter.feedback"]._charter_engine().create(
            [
                {"channel": "portal", "partner_id": self.client.id, "contact_id": self.alice.id, "rating": 3,
                 "company_id": self.company.id, "state": "answered", "answered_at": START, "comment": str(n)}
                for n in range(BATCH + 5)
            ]
        )  # fmt: skip
        with self.at(moment=LATER), self.committing(seconds=0):
            self.env["charter.privacy"]._cron_privacy()
        self.assertEqual(len(rows.filtered("comment")), 5, "no time was left after the first batch")
        self.forget()
        self.assertFalse(rows.filtered("comment"))
        stamps = set(rows.mapped("anonymised_at"))
        self.forget(LATER + timedelta(days=1))
        self.assertEqual(set(rows.mapped("anonymised_at")), stamps, "done once")

    def test_settings(self):
        self.company.charter_nps_months = 12
        with self.assertRaisesRegex(ValidationError, "looks back 12 months"):
            self.company.charter_words_months = 11
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self.company.charter_nps_months = 36
            self.company.charter_words_months = 35
        self.assertEqual(
            self.env["res.company"].create({"name": "New"})._charter_retention(),
            {"words": 0, "complaints": 0, "bodies": 0},
            "nothing is removed before somebody decides it",
        )

    def test_escalation(self):
        with self.at():
            escalation = self.escalate()
            self.answer(escalation, self.operations)
            escalation._portal_accept()
        escalation._charter_anonymise()
        self.assertFalse(escalation.description or escalation.answer or escalation.contact_id)
        self.assertEqual((escalation.level, escalation.state, escalation.raised_at), ("1", "resolved", START))

    def test_escalations_by_themselves_once_they_are_resolved(self):
        with self.at():
            resolved, answered = self.escalate(), self.escalate(self.adam)
            for escalation in (resolved, answered):
                self.answer(escalation, self.operations)
            resolved._portal_accept()
        promise = self.promise(resolved, "escalation.level1")
        proof = (promise.state, promise.done_at, promise.due_at)
        self.forget(START + timedelta(days=1000))
        self.assertTrue(resolved.description, "its time is not over")
        self.forget()
        self.assertEqual(resolved.name, "Anonymised")
        self.assertFalse(
            resolved.description or resolved.answer or resolved.contact_id or resolved.email_from
        )
        self.assertFalse(resolved.message_ids or resolved.message_follower_ids)
        self.assertEqual((resolved.level, resolved.state, resolved.resolved_at), ("1", "resolved", START))
        self.assertEqual((promise.state, promise.done_at, promise.due_at), proof)
        self.assertTrue(answered.description, "a complaint is one until it is resolved")

    def test_escalations_are_kept_where_nobody_decided(self):
        self.company.charter_complaints_months = 0
        with self.at():
            escalation = self.escalate()
            self.answer(escalation, self.operations)
            escalation._portal_accept()
        self.forget()
        self.assertEqual(escalation.contact_id, self.alice)

    def test_words_in_the_language_of_the_company_s_people(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        (self.manager | self.technician | self.operations | self.direction | self.admin).lang = "fr_FR"
        with self.at():
            escalation = self.escalate()
            self.answer(escalation, self.operations)
            escalation._portal_accept()
        self.forget()
        self.assertEqual(escalation.name, "Anonymisé")

    def test_what_is_refused_keeps_nothing_else(self):
        feedback = self.answered(), self.answered()
        real = type(self.env["charter.feedback"])._charter_anonymise

        def refusing(records):
            if feedback[0] in records:
                raise ValueError("Not this one")
            return real(records)

        with (
            patch.object(type(self.env["charter.feedback"]), "_charter_anonymise", refusing),
            self.assertLogs(
                "odoo.addons.mileo_client_charter.models.privacy.charter_privacy", "ERROR"
            ) as said,
        ):
            self.forget()
        self.assertIn("Not this one", said.output[0])
        self.assertEqual([bool(one.comment) for one in feedback], [True, False])

    def test_the_engine_alone(self):
        with self.assertRaises(AccessError):
            self.answered().with_user(self.admin).write({"anonymised_at": START})


@tagged("post_install", "-at_install")
class TestPrivacyOfMeetings(YearCase):
    """What was said at a meeting goes with the words; that it was held stays."""

    def setUp(self):
        super().setUp()
        self.company.charter_words_months = 36
        self.env["charter.review"].search([])._charter_engine().write({"anonymised_at": START})

    def forget(self):
        with self.at(moment=LATER), self.committing():
            self.env["charter.privacy"]._cron_privacy()
        self.env.invalidate_all()

    def held(self, rating="4"):
        """An interview of October, its minutes sent."""
        contract = self.renewing(self.client)
        with self.at(moment=datetime(2026, 10, 20, 9)):
            self.schedule(contract)
            review = self.env["charter.review"].search(
                [("contract_id", "=", contract.id), ("kind", "=", "interview")]
            )
            review = review.with_user(self.manager)
            review.write({"start_at": datetime(2026, 11, 20, 9), "satisfaction": "Alice is glad."})
            review.action_plan()
        with self.at(moment=datetime(2026, 11, 20, 12)):
            values = {
                "contact_id": self.alice.id,
                "rating": rating,
                "nps": "9",
                "comment": "Good.",
                "wishes": "More.",
            }
            review.answer_ids = [(0, 0, values)]
            review.action_hold()
            review._record_minutes("Minutes", "<p>Alice said: good.</p>")
        return review.sudo()

    def test_words_and_names_go_the_meeting_stays(self):
        review = self.held()
        answer, promise = review.answer_ids, review.obligation_id
        proof = (promise.state, promise.done_at, review.held_at)
        self.assertEqual(promise.state, "kept")
        self.forget()
        self.assertFalse(answer.comment or answer.wishes or answer.contact_id)
        self.assertFalse(review.minutes or review.satisfaction or review.contact_ids or review.message_ids)
        self.assertEqual((answer.rating, answer.nps, answer.anonymised_at), ("4", "9", LATER))
        self.assertEqual((promise.state, promise.done_at, review.held_at), proof)
        self.assertEqual(
            (review.state, bool(review.minutes_at), review.staff_ids), ("minutes", True, self.manager)
        )
        self.assertFalse(answer.feedback_id.comment, "the answer became feedback, which is forgotten with it")
        self.assertEqual(answer.feedback_id.nps, 9)

    def test_not_while_a_call_is_owed(self):
        review = self.held(rating="1")
        self.forget()
        self.assertEqual((review.answer_ids.comment, bool(review.minutes)), ("Good.", True))
        with self.assertRaisesRegex(UserError, "outstanding"):
            review._charter_anonymise()
        with self.assertRaisesRegex(UserError, "outstanding"):
            review.answer_ids._charter_anonymise()

    def test_one_answer_takes_the_minutes_that_quote_it(self):
        review = self.held()
        review.answer_ids._charter_anonymise()
        self.assertFalse(review.minutes or review.message_ids or review.answer_ids.contact_id)
        self.assertEqual(review.satisfaction, "Alice is glad.")

    def test_an_answer_is_somebody_s(self):
        review = self.env["charter.review"].create({"contract_id": self.renewing(self.client).id})
        with self.assertRaisesRegex(Exception, "whose answer|somebody_s"), mute_logger("odoo.sql_db"):
            review.answer_ids = [(0, 0, {"rating": "4"})]
            self.env.flush_all()

    def test_meetings_that_never_took_place(self):
        contract = self.renewing(self.client)
        planned, cancelled = self.env["charter.review"].create(
            [{"contract_id": contract.id, "satisfaction": "Words", "contact_ids": self.alice.ids}] * 2
        )
        cancelled._charter_engine().state = "cancelled"
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE charter_review SET create_date = %s WHERE id IN %s", [START, (planned.id, cancelled.id)]
        )
        self.env.invalidate_all()
        self.forget()
        self.assertEqual((planned.satisfaction, cancelled.satisfaction), ("Words", False))

    def test_what_was_agreed_in_a_remediation(self):
        remediation = self.env["charter.remediation"]._charter_engine().create(
            {"renewal_id": self.opened().id, "agreement": "Alice said yes.", "agreed_contact_id": self.alice.id,
             "causes": "A slow month.", "state": "agreed", "measured_at": START}
        )  # fmt: skip
        self.forget()
        self.assertTrue(remediation.agreement, "it is not over")
        remediation.state = "succeeded"
        self.forget()
        self.assertFalse(remediation.agreement or remediation.agreed_contact_id)
        self.assertEqual(remediation.causes, "A slow month.", "our own words")


@tagged("post_install", "-at_install")
class TestMyData(DoorsCase):
    """Alice and Adam are Alpine's, Sara its subsidiary's, Bea another client's."""

    def setUp(self):
        super().setUp()
        self.company.write(
            {"charter_words_months": 36, "charter_complaints_months": 60, "charter_bodies_months": 36}
        )
        self.escalation = self.escalate()
        self.feedback = self.invitation()
        self.feedback._answer(rating=5, comment="=1+1 thanks")
        [self.delivery] = self.env["charter.delivery"]._queue(
            [
                {"kind": "report", "partner_id": self.client.id, "contact_id": self.alice.id,
                 "company_id": self.company.id, "subject": "October", "body": "<p>Dear Alice</p>",
                 "attachments": [("October.pdf", b"%PDF-1.4 October")]}
            ]
        )  # fmt: skip

    def archive(self, login):
        self.log_in(login)
        response = self.post("/my/charter/data")
        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.headers["Content-Type"], "application/zip")
        self.assertIn("no-store", response.headers["Cache-Control"])
        return zipfile.ZipFile(io.BytesIO(response.content))

    def test_everything_of_one_s_own(self):
        archive = self.archive("p_adam")
        names = archive.namelist()
        data = json.loads(archive.read("data.json"))
        self.assertEqual([row["reference"] for row in data["escalations"]], [self.escalation.reference])
        self.assertEqual([row["comment"] for row in data["feedback"]], ["=1+1 thanks"])
        self.assertEqual([row["name"] for row in data["interventions"]], ["Camera 4"])
        self.assertIn(self.alice.email, {row["email"] for row in data["contacts"]})
        self.assertNotIn(
            "Sara", {row["name"] for row in data["contacts"]}, "a subsidiary is a client of its own"
        )
        self.assertTrue(data["promises"] and data["documents"])
        [raised] = [row["raised_at"] for row in data["escalations"]]
        self.assertRegex(raised, r"[+]0[12]:00$", "in the reader's time zone, which it says")
        self.assertEqual(
            datetime.fromisoformat(raised).astimezone(UTC).replace(tzinfo=None), self.escalation.raised_at
        )
        [said] = data["feedback"]
        self.assertEqual((said["rating"], said["nps"]), (5, None), "what nobody answered is no 0")
        [report] = [name for name in names if name.startswith("reports/")]
        self.assertEqual(archive.read(report), b"%PDF-1.4 October")
        self.assertIn(b"Dear Alice", archive.read(f"documents/{self.delivery.id}.html"))
        book = openpyxl.load_workbook(io.BytesIO(archive.read("data.xlsx")))
        self.assertEqual(len(book.sheetnames), len(data))
        self.assertIn("Files", book.sheetnames)
        files = [row[0] for row in book["Files"].iter_rows(min_row=2, values_only=True)]
        self.assertEqual(sorted([*files, "data.json", "data.xlsx"]), sorted(names), "every file is listed")
        cells = [cell for row in book["Feedback"].iter_rows() for cell in row if cell.value == "=1+1 thanks"]
        self.assertEqual([cell.data_type for cell in cells], ["s"], "words are no formula")
        raised = [cell.value for cell in book["Escalation"][2] if isinstance(cell.value, datetime)]
        self.assertTrue(raised, "dates are dates")

    def test_nothing_of_another_s(self):
        for login in ("p_bea", "p_sara"):
            archive = self.archive(login)
            everything = b"".join(archive.read(name) for name in archive.namelist())
            data = json.loads(archive.read("data.json"))
            self.assertFalse(data["escalations"] or data["feedback"] or data["documents"])
            self.assertEqual(len(archive.namelist()), 2)
            self.assertNotIn(b"thanks", everything)
            self.assertNotIn(self.alice.email.encode(), everything)

    def test_only_by_the_form(self):
        self.log_in("p_alice")
        self.assertShows(self.get("/my/charter/data"), "Download everything", "36 months", "60 months")
        self.assertIn('href="/my/charter/data"', self.get("/my/charter").text)
        self.assertEqual(self.url_open("/my/charter/data", data={"x": "1"}).status_code, 400)
        self.authenticate(None, None)
        self.assertEqual(self.get("/my/charter/data").status_code, 303)

    def test_an_employee_is_no_client(self):
        employee = new_test_user(self.env, "t_employee", groups="base.group_user")
        self.log_in(employee.login)
        self.assertEqual(self.post("/my/charter/data").status_code, 303)

    def test_forgotten_documents_say_so(self):
        self.delivery._charter_engine().write({"state": "sent", "sent_at": START})
        self.delivery._charter_anonymise()
        self.log_in("p_alice")
        self.assertShows(self.get(f"/my/charter/document/{self.delivery.id}"), "are not kept any more")
        self.feedback._charter_anonymise()
        self.assertShows(self.get(f"/my/charter/feedback/{self.feedback.id}"), "5 out of 5")


class TestPortalAccess(CharterCase):
    """Access to the portal for many clients at once."""

    def setUp(self):
        super().setUp()
        self.borea, self.bea, self.bob = self._client("Borea")
        self.silent = self.env["res.partner"].create({"name": "No mail", "parent_id": self.client.id})
        self.nobody = self.env["res.partner"].create({"name": "Nobody there", "is_company": True})
        new_test_user(self.env, "t_has", groups="base.group_portal", partner_id=self.adam.id, name="Adam")

    def wizard(self, clients, user=None):
        action = clients.with_user(user or self.manager).action_charter_portal_access()
        return self.env[action["res_model"]].browse(action["res_id"])

    def test_who_is_invited_and_who_is_not(self):
        wizard = self.wizard(self.client | self.borea | self.nobody)
        self.assertEqual(wizard.user_ids.partner_id, self.alice | self.bea | self.bob)
        for words in ("No mail (Alpine)", "Nobody there", f"access already: {self.adam.name}"):
            self.assertIn(words, wizard.charter_note)

    def test_all_at_once(self):
        wizard = self.wizard(self.client | self.borea)
        wizard.user_ids.filtered(lambda one: one.partner_id == self.bob).email = "broken"
        wizard.with_user(self.manager).action_charter_grant_all()
        users = self.env["res.users"].search([("partner_id", "in", (self.alice | self.bea | self.bob).ids)])
        self.assertEqual(users.partner_id, self.alice | self.bea)
        self.assertTrue(all(user._is_portal() for user in users))
        again = self.wizard(self.client | self.borea)
        self.assertEqual(again.user_ids.partner_id, self.bob)

    def test_marked_recipients_alone(self):
        self.bea.charter_recipient = True
        self.assertEqual(self.wizard(self.borea).user_ids.partner_id, self.bea)

    def test_nobody_left(self):
        with self.assertRaisesRegex(UserError, "Nobody there"):
            self.wizard(self.nobody)

    def test_who_may(self):
        reader = new_test_user(
            self.env, "t_reader", groups="base.group_user,mileo_client_charter.group_charter_user"
        )
        with self.assertRaisesRegex(AccessError, "Access to the portal"):
            self.wizard(self.client, reader)
        action = self.env.ref("mileo_client_charter.action_portal_access")
        self.assertEqual(action.group_ids, self.env.ref("mileo_client_charter.group_charter_user"))

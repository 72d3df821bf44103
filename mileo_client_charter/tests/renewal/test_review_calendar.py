"""Reviews on the client's own calendar: one entry that moves and goes, and the answers that calendars send back (RFC 5545 to 6047)."""

import re
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import SMTP
from unittest.mock import patch

import icalendar
import vobject
from freezegun import freeze_time
from odoo import Command
from odoo.tests import tagged
from odoo.tools import file_open, mute_logger

from ...tools import ical
from ..cases.year import YearCase

MEETING, PLANNING, ANSWERING = (
    datetime(2026, 11, 20, 9),
    datetime(2026, 10, 20, 9),
    datetime(2026, 10, 21, 8, 5),
)
FILES = "mileo_client_charter/tests/files/"


@tagged("post_install", "-at_install")
class TestReviewCalendar(YearCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        domain = cls.env["mail.alias.domain"].create(
            {"name": "charter.example.com", "catchall_alias": "reply"}
        )
        cls.company.alias_domain_id = domain
        cls.alice.lang, cls.adam.lang = "en_US", "fr_FR"

        with freeze_time(PLANNING), patch.object(cls.env.cr, "now", lambda: PLANNING):
            contract = cls._contract(
                cls.client, contract_line_ids=[Command.create(cls.line(cls, "2026-03-01", "2027-02-28"))]
            )
            cls.env["charter.scheduler"]._schedule(contract)
            cls.review = (
                cls.env["charter.review"]
                .search([("contract_id", "=", contract.id), ("kind", "=", "interview")])
                .with_user(cls.manager)
            )
            people = (cls.alice | cls.adam).ids
            cls.review.write(
                {"start_at": MEETING, "location": "At yours", "contact_ids": [Command.set(people)]}
            )
            cls.review.action_plan()
        cls.env.flush_all()

    def sent(self, contact):
        """Every mail of a meeting to ``contact`` as it leaves, the oldest first."""
        found = []
        for mail in self.mails_to(contact):
            [email] = mail._prepare_outgoing_list()
            message = self.env["ir.mail_server"]._build_email__(
                email_from="hello@charter.example.com", email_to=email["email_to"], subject=email["subject"],
                body=email["body"], subtype="html", attachments=email["attachments"], headers=email["headers"],
            )  # fmt: skip
            found.append(message_from_bytes(message.as_bytes(policy=SMTP), policy=SMTP))
        return found

    def entry(self, contact, number=-1):
        """(method, the entry as ``icalendar`` reads it, as ``vobject`` does) of a mail to ``contact``."""
        message = self.sent(contact)[number]
        forms = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
        alternative, file = forms
        self.assertEqual(file.get_filename(), "invitation.ics")
        content = file.get_content()
        self.assertEqual(alternative.get_content().replace("\r\n", "\n"), content.replace("\r\n", "\n"))
        for part in forms:
            self.assertEqual(part.get_content_charset(), "utf-8")
        methods = {part["Content-Type"].params["method"] for part in forms}
        read = icalendar.Calendar.from_ical(content)
        self.assertEqual(methods, {str(read["METHOD"])})
        [method] = methods
        [one] = read.walk("VEVENT")
        self.assertFalse(read.errors + one.errors)
        self.assertEqual([str(zone["TZID"]) for zone in read.walk("VTIMEZONE")], ["Europe/Paris"])
        other = vobject.readOne(content)
        other.vevent.validate(raiseException=True)
        self.assertEqual(other.vevent.dtstart.value, one["DTSTART"].dt)
        for line in content.encode().split(b"\r\n"):
            self.assertLessEqual(len(line), 75, line)
        return method, one, other.vevent

    def reply(self, name, at=ANSWERING, **values):
        """The mail of a fixture reaches us; the message it leaves on the review."""
        values = {
            "uid": self.review.sudo().ical_uid,
            "sequence": self.review.sudo().ical_sequence,
            "stamp": f"{at:%Y%m%dT%H%M%SZ}",
            **values,
        }
        with file_open(f"{FILES}{name}.eml", "r") as file:
            text = file.read()
        for key, value in values.items():
            text = text.replace(f"{{{key}}}", str(value))
        for before, after in values.get("replaced", {}).items():
            text = text.replace(before, after)
        text = re.sub(r"(?im)^(Message-ID: <)", rf"\g<1>{self.env['mail.message'].search_count([])}.", text)
        with self.at(moment=at), mute_logger("odoo.addons.mail.models.mail_thread"):
            self.env["mail.thread"].message_process(None, text)
        return self.review.sudo().message_ids[:1]

    def state(self, contact):
        attendees = self.review.sudo().event_id.attendee_ids
        return attendees.filtered(lambda one: one.partner_id == contact).state

    def unread(self):
        return self.env["charter.word"]._unread_of(self.review)

    # -- sent -------------------------------------------------------------------------------------

    def test_the_invitation(self):
        method, one, other = self.entry(self.alice)
        self.assertEqual(method, "REQUEST")
        self.assertEqual((str(one["UID"]), one["SEQUENCE"]), (self.review.sudo().ical_uid, 0))
        self.assertEqual(one["DTSTART"].dt.isoformat(), "2026-11-20T10:00:00+01:00")
        self.assertEqual(one["DTSTART"].params["TZID"], "Europe/Paris")
        self.assertEqual(one["ORGANIZER"].params["CN"], "t_manager")
        self.assertEqual(str(one["ORGANIZER"]), "mailto:reply@charter.example.com", "answers reach us")
        people = {str(each): each.params for each in one["ATTENDEE"]}
        self.assertEqual(set(people), {f"mailto:{mail}" for mail in (self.alice.email, self.adam.email)})
        for params in people.values():
            self.assertEqual(
                (params["PARTSTAT"], params["RSVP"], params["ROLE"]),
                ("NEEDS-ACTION", "TRUE", "REQ-PARTICIPANT"),
            )
        self.assertEqual(other.status.value, "CONFIRMED")

    def test_in_each_reader_s_language(self):
        english, french = self.sent(self.alice)[-1], self.sent(self.adam)[-1]
        self.assertIn("Friday 20 November 2026, 10:00", english["Subject"])
        self.assertTrue(french["Subject"].startswith("Invitation\u00a0: "), french["Subject"])
        self.assertIn("· Alpine, vendredi 20 novembre 2026", french["Subject"])
        body = french.get_body(("html",)).get_content()
        self.assertIn("Vous êtes invité", body)
        self.assertNotIn("You are", body)
        _method, one, _other = self.entry(self.adam)
        self.assertIn("votre satisfaction", str(one["DESCRIPTION"]))
        opened = map(self.env["charter.link"]._opened, set(re.findall(r"/charter/l/([\w-]{31})", body)))
        self.assertEqual(
            {purpose: (record, contact, status) for record, contact, purpose, _link, status in opened},
            {"decline": (self.review, self.adam, "open"), "mails": (self.adam, self.adam, "open")},
        )
        self.adam.tz = "America/Montreal"
        with self.at(moment=ANSWERING):
            self.review.location = "Online"
        self.assertIn(
            "4\u00a0h\u00a000 (America/Montreal)", self.sent(self.adam)[-1]["Subject"].replace("\u202f", "")
        )

    def test_it_moves_and_goes_as_one_entry(self):
        uid = self.review.sudo().ical_uid
        self.reply("google_accepted")
        with self.at(moment=ANSWERING):
            self.review.start_at = MEETING + timedelta(days=3)
            method, one, _other = self.entry(self.alice)
            self.assertEqual((method, str(one["UID"]), one["SEQUENCE"]), ("REQUEST", uid, 1))
            self.assertEqual(one["DTSTART"].dt.day, 23)
            self.assertEqual(self.state(self.alice), "needsAction", "another day asks again")
            # From the calendar's side.
            self.review.sudo().event_id.write({"location": "Online"})
            method, one, _other = self.entry(self.alice)
            self.assertEqual((method, one["SEQUENCE"], str(one["LOCATION"])), ("REQUEST", 2, "Online"))
            count = len(self.sent(self.alice))
            self.review.write({"location": "Online", "start_at": self.review.start_at})
            self.assertEqual(len(self.sent(self.alice)), count, "nothing has changed")
            self.review.contact_ids = [(3, self.adam.id)]
            method, one, _other = self.entry(self.adam)
            self.assertEqual((method, str(one["STATUS"])), ("CANCEL", "CANCELLED"))
            self.assertIn(f"mailto:{self.adam.email}", {str(each) for each in one["ATTENDEE"]})
            self.assertEqual(len(self.sent(self.alice)), count, "it stays hers")
            self.review.sudo().event_id.active = False
            method, one, _other = self.entry(self.alice)
            self.assertEqual((method, str(one["UID"]), one["SEQUENCE"]), ("CANCEL", uid, 3))
            self.assertEqual(self.review.state, "draft")
            self.review.start_at = MEETING + timedelta(days=7)
            self.review.action_plan()
            self.assertNotEqual(
                str(self.entry(self.alice)[1]["UID"]), uid, "what was cancelled does not come back"
            )

    def test_every_end_is_told(self):
        event = self.review.sudo().event_id
        ends = {
            "deleted": event.unlink,
            "cancelled": self.review.action_cancel,
            "declined": self.review.action_decline,
        }
        for name, end in ends.items():
            with self.subTest(name), self.at(moment=ANSWERING), self.cr.savepoint() as savepoint:
                self.review.write(
                    {"declined_contact_id": self.alice.id, "decline_words": "Everything is fine here."}
                )
                end()
                self.assertEqual(self.entry(self.alice)[0], "CANCEL")
                self.assertEqual(self.entry(self.adam)[0], "CANCEL")
                savepoint.rollback()
        with self.at(moment=MEETING + timedelta(hours=3)):
            count = len(self.sent(self.alice))
            event.active = False
            self.assertEqual(len(self.sent(self.alice)), count, "what is over is cancelled for nobody")

    def test_guests_and_reminders(self):
        event = self.review.sudo().event_id
        guest = self.env["res.partner"].create({"name": "Interpreter", "email": "i@example.com"})
        with self.at(moment=ANSWERING):
            event.partner_ids += guest
            method, one, _other = self.entry(guest)
            self.assertEqual((method, str(one["UID"])), ("REQUEST", self.review.sudo().ical_uid))
            self.assertNotIn("/charter/l/", self.sent(guest)[-1].as_string(), "a client's page is no guest's")
            count = len(self.sent(self.alice))
            event.attendee_ids._notify_attendees(self.env.ref("calendar.calendar_template_meeting_reminder"))
            self.assertEqual(len(self.sent(self.alice)), count + 1)
            self.assertTrue(self.sent(self.alice)[-1]["Subject"].startswith("Reminder: "))
            self.assertEqual(self.entry(self.alice)[1]["SEQUENCE"], 0, "nothing has moved")

    # -- answered ---------------------------------------------------------------------------------

    def test_answers_of_every_calendar(self):
        for name, state, words, to_read in (
            ("google_accepted", "accepted", "Alpine one comes.", False),
            ("apple_accepted", "accepted", "Alpine one comes.", False),
            ("google_tentative", "tentative", "Alpine one may come. “Perhaps, I ask”", True),
            (
                "outlook_declined",
                "declined",
                "Alpine one cannot come. “Nous sommes fermés ce jour-là, désolés.”",
                True,
            ),
            ("outlook_counter", "tentative", "Monday 23 November 2026, 14:30", True),
        ):
            with self.subTest(name), self.cr.savepoint() as savepoint:
                message = self.reply(name)
                self.assertEqual(self.state(self.alice), state)
                self.assertEqual(message.author_id, self.alice)
                self.assertIn(words, message.body)
                self.assertNotIn("BEGIN:VCALENDAR", message.body)
                self.assertFalse(message.attachment_ids)
                self.assertEqual(bool(self.unread()), to_read)
                if to_read:
                    self.assertEqual(self.unread().user_id, self.manager)
                    self.assertTrue(
                        self.review.activity_ids.filtered(lambda one: one.user_id == self.manager)
                    )
                savepoint.rollback()
                self.env.invalidate_all()

    def test_a_decline_waits_for_whoever_plans_and_is_taken_back(self):
        self.reply("outlook_declined")
        self.assertEqual(self.review.declined_contact_id, self.alice)
        self.assertIn("fermés", self.review.decline_words)
        self.reply("google_accepted", ANSWERING + timedelta(minutes=5))
        self.assertEqual((self.state(self.alice), self.review.declined_contact_id.ids), ("accepted", []))

    def test_a_counter_is_taken_by_one_button(self):
        self.reply("outlook_counter")
        self.assertEqual(self.review.proposed_start_at, datetime(2026, 11, 23, 13, 30))
        with self.at(moment=ANSWERING):
            self.review.action_take_proposal()
            self.assertEqual(self.review.start_at, datetime(2026, 11, 23, 13, 30))
            self.assertFalse(self.review.proposed_start_at)
            self.assertEqual(self.entry(self.adam)[1]["SEQUENCE"], 1)

    def test_what_is_not_applied_is_said(self):
        mallory = {"From: Alpine one <one@alpine.example.com>": "From: Else <else@alpine.example.com>"}
        stranger = {"one@alpine.example.com": "nobody@alpine.example.com"}
        early = ANSWERING - timedelta(hours=1)
        self.reply("google_tentative")
        for case, values, words in (
            ("sent by somebody else", {"replaced": mallory}, "it came from else@alpine.example.com"),
            ("nobody who was invited", {"replaced": stranger}, "it came from"),
            ("sent before", {"stamp": f"{early:%Y%m%dT%H%M%SZ}"}, "a later answer"),
        ):
            with self.subTest(case):
                self.assertIn(words, self.reply("outlook_declined", **values).body)
                self.assertEqual(self.state(self.alice), "tentative")
        with self.at(moment=ANSWERING):
            self.review.start_at = MEETING + timedelta(days=3)
        message = self.reply("google_accepted", ANSWERING + timedelta(hours=1), sequence=0)
        self.assertIn("before the last change", message.body)
        self.assertEqual(self.state(self.alice), "needsAction")

    def test_what_is_no_answer_of_ours_is_an_ordinary_mail(self):
        before = len(self.review.sudo().message_ids)
        for uid in ("040000008200E00074C5B7101A82E008", ""):
            with self.subTest(uid):
                self.reply("google_accepted", uid=uid)
                self.assertEqual(self.state(self.alice), "needsAction")
        self.assertEqual(len(self.review.sudo().message_ids), before)

    # -- tools/ical.py ----------------------------------------------------------------------------

    def test_files_nobody_can_read_are_none(self):
        event = "BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nUID:x\nATTENDEE;PARTSTAT=ACCEPTED:mailto:a@x.example.com\n"
        end = "END:VEVENT\nEND:VCALENDAR\n"
        self.assertEqual(len(ical.read_answers(event + end)), 1)
        self.assertEqual(ical.read_answers(event + "SEQUENCE:99999999999\n" + end)[0].sequence, 0)
        for case, text in (
            ("empty", ""), ("words", "hello"), ("cut", event), ("no method", (event + end).replace("METHOD:REPLY\n", "")),
            ("published", (event + end).replace("REPLY", "PUBLISH")), ("no status", (event + end).replace("ACCEPTED", "X")),
            ("crossed", event + "END:VCALENDAR\nEND:VEVENT\n"), ("a task", (event + end).replace("VEVENT", "VTODO")),
        ):  # fmt: skip
            with self.subTest(case):
                self.assertEqual(ical.read_answers(text), [])

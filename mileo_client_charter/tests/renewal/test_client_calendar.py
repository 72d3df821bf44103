"""What a client sets for itself, and the feed of its own dates: made, read by a calendar, revoked."""

import icalendar
import vobject
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from ..cases.year import YearCase

SETTINGS = "/my/charter/settings"


@tagged("post_install", "-at_install")
class TestClientCalendar(YearCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.portal = cls._portal(cls.alice)
        cls.portal.password = cls.portal.login
        cls.other, cls.stranger, _two = cls._client("Baltic")

    def setUp(self):
        super().setUp()
        self.enterContext(self.at())
        for client in (self.client, self.other):
            contract = self.renewing(client)
            self.schedule(contract)
            notice = self.env["charter.notice"].create(
                {"name": f"News for {client.name}", "effect_on": "2027-06-01", "kind": "regulation", "regulation": "gdpr",
                 "body": "<p>It changes.</p>", "advice": "Read it.", "tier_ids": self.premium.ids}
            )  # fmt: skip
            notice.action_match()
            notice.action_send()
            self.env.flush_all()

    def post(self, path, **form):
        self.authenticate(self.portal.login, self.portal.login)
        page = self.url_open(SETTINGS)
        key = page.text.split('name="csrf_token" value="')[1].split('"')[0]
        self.env.flush_all()
        response = self.url_open(f"{SETTINGS}{path}", data={**form, "csrf_token": key}, allow_redirects=False)
        self.env.invalidate_all()
        return response

    def feed(self):
        """(response, {title: entry}) of Alice's feed, read by two programs."""
        self.env.flush_all()
        address = self.alice._charter_calendar_address()
        response = self.url_open(f"/charter/calendar/{address.rsplit('/', 1)[1]}")
        self.assertEqual(response.status_code, 200, response.text[:300])
        read = icalendar.Calendar.from_ical(response.content)
        entries = {str(one["SUMMARY"]): one for one in read.walk("VEVENT")}
        self.assertFalse([error for one in read.walk() for error in one.errors])
        self.assertEqual(str(read["METHOD"]), "PUBLISH")
        other = vobject.readOne(response.content.decode())
        self.assertEqual({one.summary.value for one in other.vevent_list}, set(entries))
        return response, entries

    def test_the_feed_is_made_read_and_revoked(self):
        self.assertIsNone(self.alice._charter_calendar_address())
        self.assertEqual(self.post("/calendar").status_code, 303)
        address = self.alice._charter_calendar_address()
        page = self.url_open(SETTINGS).text
        self.assertIn(address, page)
        self.assertIn("webcal://", page)
        response, entries = self.feed()
        self.assertTrue(response.headers["Content-Type"].startswith("text/calendar"))
        self.assertIn("no-store", response.headers["Cache-Control"])
        self.assertIn("Contract end date: Maintenance Alpine", entries)
        self.assertEqual(
            entries["Contract end date: Maintenance Alpine"]["DTSTART"].dt.isoformat(), "2027-02-28"
        )
        self.assertIn("Takes effect: News for Alpine", entries)
        self.assertTrue([title for title in entries if "report is due" in title], list(entries))
        self.assertFalse(
            [title for title in entries if "Baltic" in title and "News" not in title], "another client's"
        )
        first = {title: str(one["UID"]) for title, one in entries.items()}
        self.assertEqual(
            first, {title: str(one["UID"]) for title, one in self.feed()[1].items()}, "the same entries"
        )
        self.assertEqual(len(set(first.values())), len(first))
        self.alice.lang = "fr_FR"
        self.assertTrue([title for title in self.feed()[1] if title.startswith("Échéance du contrat")])
        self.post("/calendar")
        self.assertNotEqual(self.alice._charter_calendar_address(), address)
        self.assertEqual(self.url_open(f"/charter/calendar/{address.rsplit('/', 1)[1]}").status_code, 404)
        self.post("/calendar", revoke="1")
        self.assertIsNone(self.alice._charter_calendar_address())

    def test_a_meeting_of_the_feed_is_the_one_of_the_invitation(self):
        review = self.env["charter.review"].search([("partner_id", "=", self.client.id)], limit=1)
        review.write({"start_at": "2026-11-20 09:00:00"})
        review.with_user(self.manager).action_plan()
        self.alice._charter_make_calendar()
        self.alice.tz = "America/Montreal"
        _response, entries = self.feed()
        meeting = entries[review.with_context(lang="en_US").name]
        self.assertEqual(str(meeting["UID"]), review.sudo().ical_uid)
        self.assertEqual(meeting["DTSTART"].dt.isoformat(), "2026-11-20T04:00:00-05:00")

    def test_whoever_is_no_client_any_more_reads_nothing(self):
        self.adam._charter_make_calendar()
        key = self.adam.sudo().charter_calendar_key
        self.assertEqual(self.env["res.partner"]._charter_by_calendar_key(key), self.adam)
        self.assertFalse(self.env["res.partner"]._charter_by_calendar_key(""))
        self.assertFalse(self.env["res.partner"]._charter_by_calendar_key(False))
        for leave in ({"active": False}, {"parent_id": False}):
            with self.subTest(leave), self.cr.savepoint() as savepoint:
                self.adam.write(leave)
                self.assertFalse(self.env["res.partner"]._charter_by_calendar_key(key))
                savepoint.rollback()
        with self.assertRaises(AccessError):
            self.adam.with_user(self.manager).read(["charter_calendar_key"])

    def test_the_time_zone_and_the_surveys_are_the_contact_s(self):
        self.assertEqual(self.post("/zone", tz="America/Montreal").status_code, 303)
        self.assertEqual(self.alice.tz, "America/Montreal")
        self.assertIn("America/Montreal", self.url_open("/my/charter/promises").text)
        self.assertEqual(self.post("/zone", tz="Nowhere/Else").status_code, 422)
        self.assertEqual(self.alice.tz, "America/Montreal")
        self.post("/mails")
        self.assertTrue(self.alice.charter_no_survey)
        self.post("/mails", surveys="1")
        self.assertFalse(self.alice.charter_no_survey)

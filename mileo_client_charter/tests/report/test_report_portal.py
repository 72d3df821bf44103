"""The client reads its reports on the portal, and answers what we advise; another client finds nothing there."""

from datetime import datetime

from freezegun import freeze_time
from odoo.tests import tagged

from ..cases.portal import DoorsCase
from ..cases.reports import ReportCase


@tagged("post_install", "-at_install")
class TestReportPortal(ReportCase, DoorsCase):
    def test_client_reads_and_answers(self):
        report = self.sent()
        advice = report.recommendation_ids
        self.log_in("p_alice")
        self.assertShows(self.get("/my/charter/reports"), "October 2026", "Replace the recorder", "Accept")
        page = self.get(f"/my/charter/report/{report.id}")
        view = report._view()
        shown = [text for tile in view["glance"] for text in (tile["label"], tile["value"], tile["note"])]
        self.assertShows(page, "At a glance", "Replace the recorder", report.reference, *shown)
        deliveries = self.deliveries(report)
        self.assertTrue(deliveries.filtered(lambda one: one.contact_id == self.alice).opened_at)
        self.assertFalse(deliveries.filtered(lambda one: one.contact_id == self.adam).opened_at)
        pdf = self.get(f"/my/charter/report/{report.id}/pdf")
        self.assertTrue(pdf.content.startswith(b"%PDF"))
        url = f"/my/charter/recommendation/{advice.id}"
        self.assertShows(self.post(url, answer="perhaps"), "choose to accept or to decline", status=422)
        self.assertEqual(self.url_open(url, data={"answer": "accept"}).status_code, 400, "a form is needed")
        self.assertEqual(self.post(url, answer="accept", comment="Please send a quote.").status_code, 303)
        self.assertEqual((advice.state, advice.comment), ("accepted", "Please send a quote."))
        self.log_in("p_adam")
        self.assertIn("answered=1", self.post(url, answer="decline").headers["Location"])
        self.assertEqual((advice.state, advice.answered_by_id), ("accepted", self.alice))

    def test_in_french(self):
        report = self.sent()
        self.portal_user(self.alice).lang = "fr_FR"
        self.log_in("p_alice")
        self.assertShows(self.url_open(f"/my/charter/report/{report.id}"), "octobre 2026")

    def test_not_yours_is_the_same_as_not_there(self):
        report = self.sent()
        advice = report.recommendation_ids
        with freeze_time(datetime(2026, 11, 3, 8)):
            unsent = report.with_user(self.manager).action_correct("A figure.")["res_id"]
        self.log_in("p_bea")
        for number in (report.id, unsent):
            for tail in ("", "/pdf"):
                theirs = self.get(f"/my/charter/report/{number}{tail}")
                nothing = self.get(f"/my/charter/report/{number + 1000}{tail}")
                self.assertEqual((theirs.status_code, nothing.status_code), (404, 404))
                self.assertEqual(self.body(theirs), self.body(nothing))
        response = self.post(f"/my/charter/recommendation/{advice.id}", answer="accept")
        self.assertEqual((response.status_code, advice.state), (404, "proposed"))
        self.log_in("p_alice")
        self.assertEqual(self.get(f"/my/charter/report/{unsent}").status_code, 404, "not sent yet")

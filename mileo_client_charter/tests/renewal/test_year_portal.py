from datetime import datetime

from odoo.tests import tagged

from ..cases.portal import DoorsCase
from ..cases.year import YearCase


@tagged("post_install", "-at_install")
class TestYearPortal(DoorsCase):
    """Alice and Adam are Alpine's, Sara its subsidiary's, Bob and Bea another client's."""

    line = YearCase.line

    def setUp(self):
        super().setUp()
        contract = self._contract(
            self.client, contract_line_ids=[(0, 0, self.line("2026-03-01", "2099-02-28"))]
        )
        self.renewal = self.env["charter.renewal"]._charter_engine().create(
            {"contract_id": contract.id, "term_end": "2099-02-28", "partner_id": self.client.id,
             "company_id": self.company.id}
        )  # fmt: skip
        notice = self.env["charter.notice"].create(
            {"name": "End of support: P3225", "effect_on": "2099-01-31", "body": "<p>No more updates.</p>",
             "advice": "Replace it."}
        )  # fmt: skip
        self.told = self.env["charter.notice.line"]._charter_engine().create(
            {"notice_id": notice.id, "partner_id": self.client.id, "sent_at": datetime(2026, 10, 5, 8)}
        )  # fmt: skip
        self.meeting = self.env["charter.review"].create({"contract_id": contract.id, "location": "At yours"})
        self.meeting._charter_engine().write({"state": "planned", "start_at": datetime(2026, 11, 20, 9)})

    def test_notices(self):
        self.log_in("p_alice")
        self.assertShows(self.get("/my/charter"), "1 · Notices to read", "Coming up")
        self.assertShows(
            self.get("/my/charter/notices"), "End of support: P3225", "31 January 2099", "to read"
        )
        page = self.get(f"/my/charter/notice/{self.told.id}")
        self.assertShows(page, "No more updates.", "Replace it.", "I have read it")
        self.assertFalse(self.told.acknowledged_at, "reading the page is no acknowledgement")
        self.assertEqual(self.post(f"/my/charter/notice/{self.told.id}/acknowledge").status_code, 303)
        self.told.invalidate_recordset()
        self.assertEqual(self.told.acknowledged_by_id, self.alice)
        self.assertShows(self.get(f"/my/charter/notice/{self.told.id}"), "that you have read it")

    def test_a_notice_whose_email_has_not_left_is_not_said_to_be_sent(self):
        self.told._charter_engine().told_times = 1
        self.env["charter.delivery"]._charter_engine().create(
            {"kind": "notice", "res_model": self.told._name, "res_id": self.told.id, "partner_id": self.client.id, "state": "queued",
             "contact_id": self.alice.id, "company_id": self.told.company_id.id, "subject": "x", "body": "<p>x</p>",
             "fingerprint": self.told._charter_notified()[0]}
        )  # fmt: skip
        self.log_in("p_alice")
        page = self.get("/my/charter/notices")
        self.assertShows(page, "its email has not left yet")
        self.assertNotIn("sent on", page.text)

    def test_meetings_and_the_renewal_in_words(self):
        self.log_in("p_alice")
        page = self.get("/my/charter/reviews")
        self.assertShows(
            page, "Satisfaction interview", "planned", "We decide with you, at the annual review"
        )
        self.assertShows(
            self.get(f"/my/charter/review/{self.meeting.id}"), "At yours", "Agenda", "from 0 to 10"
        )
        self.renewal._charter_engine().state = "remediation"
        self.assertShows(
            self.get("/my/charter/reviews"), "We would first like to resolve with you what did not go well"
        )
        self.assertEqual(self.get(f"/my/charter/review/{self.meeting.id}/dossier").status_code, 404)

    def test_minutes(self):
        self.meeting._charter_engine().write(
            {"state": "minutes", "minutes_at": datetime(2026, 11, 21, 9), "minutes": "<p>We agreed.</p>"}
        )
        self.log_in("p_alice")
        self.assertShows(self.get(f"/my/charter/review/{self.meeting.id}"), "We agreed.", "minutes sent")

    def test_nothing_of_another_client(self):
        self.log_in("p_bob")
        for address in (f"/my/charter/notice/{self.told.id}", f"/my/charter/review/{self.meeting.id}"):
            self.assertEqual(self.get(address).status_code, 404)
        self.assertEqual(self.post(f"/my/charter/notice/{self.told.id}/acknowledge").status_code, 404)
        self.told.invalidate_recordset()
        self.assertFalse(self.told.acknowledged_at)
        for address in ("/my/charter/notices", "/my/charter/reviews", "/my/charter"):
            page = self.get(address)
            self.assertNotIn("P3225", page.text)
            self.assertNotIn("At yours", page.text)

    def test_the_workbook_is_for_staff(self):
        self.log_in("p_alice")
        self.assertEqual(self.get("/charter/renewals.xlsx").status_code, 403)

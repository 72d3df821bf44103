"""A client with rows in every list of its portal."""

from datetime import date, timedelta

from odoo import fields
from odoo.tests import HttpCase

from ...controllers.document_reading import DocumentReading
from ...controllers.equipment_reading import EquipmentReading
from ...controllers.intervention_reading import InterventionReading
from ...controllers.report_reading import ReportReading
from ...controllers.year_reading import YearReading
from .common import CharterCase

LISTS = {
    "/my/charter/promises": (InterventionReading, "promises_page"),
    "/my/charter/reports": (ReportReading, "reports_page"),
    "/my/charter/interventions": (InterventionReading, "interventions_page"),
    "/my/charter/equipment": (EquipmentReading, "equipment_page"),
    "/my/charter/feedback": (InterventionReading, "feedback_page"),
    "/my/charter/escalations": (InterventionReading, "escalations_page"),
    "/my/charter/notices": (YearReading, "notices_page"),
    "/my/charter/authorisations": (YearReading, "authorisations_page"),
    "/my/charter/reviews": (YearReading, "reviews_page"),
    "/my/charter/documents": (DocumentReading, "documents_page"),
}


class ListsCase(CharterCase, HttpCase):
    """A client with any number of rows in each of its lists."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = cls._portal(cls.alice, "t_lists")
        cls.contract = cls.contract or cls._contract(cls.client, start="2020-01-01", end="2099-12-31")

    @classmethod
    def fill(cls, count, start=0):
        """``count`` more rows in each list; their number is in their name."""
        env, client, company = cls.env, cls.client.id, cls.company.id
        numbers = range(start, start + count)
        now = fields.Datetime.now()
        env["charter.intervention"].create(
            [{"name": f"Work {n:03}", "partner_id": client, "contract_id": cls.contract.id} for n in numbers]
        )
        env["charter.equipment"].create(
            [{"name": f"Camera {n:03}", "serial": f"SN{n:03}", "partner_id": client} for n in numbers]
        )
        env["charter.feedback"]._charter_engine().create(
            [
                {"channel": "portal", "partner_id": client, "contact_id": cls.alice.id, "company_id": company,
                 "state": "answered", "answered_at": now, "rating": 1 + n % 5, "comment": f"Words {n:03}"}
                for n in numbers
            ]
        )  # fmt: skip
        for n in numbers:
            env["charter.escalation"]._from_portal(cls.alice, f"Complaint {n:03}", "Nobody came.")
        notices = env["charter.notice"].create(
            [
                {"name": f"Notice {n:03}", "effect_on": date(2099, 1, 1) + timedelta(days=n), "body": "<p>x</p>",
                 "advice": "Replace it."}
                for n in numbers
            ]
        )  # fmt: skip
        env["charter.notice.line"]._charter_engine().create(
            [{"notice_id": notice.id, "partner_id": client, "sent_at": now} for notice in notices]
        )
        env["charter.authorisation"].create(
            [
                {"kind_id": env.ref("mileo_client_charter.authorisation_video").id, "partner_id": client, "company_id": company,
                 "number": f"AUT-{n:03}", "document": b"eA==", "document_name": "order.pdf"}
                for n in numbers
            ]
        )  # fmt: skip
        reviews = env["charter.review"].create(
            [{"contract_id": cls.contract.id, "location": f"Room {n:03}"} for n in numbers]
        )
        reviews._charter_engine().write({"state": "planned", "start_at": now + timedelta(days=3)})
        env["charter.delivery"]._charter_engine().create(
            [
                {"kind": "notice", "partner_id": client, "contact_id": cls.alice.id, "company_id": company,
                 "subject": f"Letter {n:03}", "body": "<p>x</p>", "state": "sent", "sent_at": now}
                for n in numbers
            ]
        )  # fmt: skip
        env["charter.report"]._charter_engine().create(
            [
                {"contract_id": cls.contract.id, "partner_id": client, "company_id": company,
                 "reference": f"RAP/{n:03}", "period": f"{2000 + n // 12}-{1 + n % 12:02}",
                 "first_day": date(2000 + n // 12, 1 + n % 12, 1), "last_day": date(2000 + n // 12, 1 + n % 12, 28),
                 "state": "sent", "sent_at": now}
                for n in numbers
            ]
        )  # fmt: skip
        env.flush_all()

    def queries(self, reading, method, query):
        self.env.invalidate_all()
        env = self.env(user=self.portal, context={"lang": "en_US"})
        # The layout of every page of the portal reads who asks.
        self.assertTrue(env.user.partner_id.commercial_partner_id.name)
        before = self.env.cr.sql_log_count
        getattr(reading(env), method)(query)
        return self.env.cr.sql_log_count - before

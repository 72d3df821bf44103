"""What the report may not leave out or count otherwise: late notices with their reasons, one NPS for everybody."""

from datetime import datetime, timedelta

from ..cases.reports import AFTER, ReportCase

LAST_SECOND = datetime(2026, 10, 31, 22, 59, 59)  # of October in Paris


class TestLateNotices(ReportCase):
    def told(self, moment, effect_on, reason):
        with self.at(moment=moment):
            equipment = self.env["charter.equipment"].create(
                {"name": "Camera", "partner_id": self.client.id, "contract_id": self.contract.id}
            )
            notice = self.env["charter.notice"].create(
                {
                    "name": "End of support: P3225", "effect_on": effect_on, "equipment_ids": equipment.ids,
                    "body": "<p>No more updates.</p>", "advice": "Replace it.", "late_reason": reason,
                }
            )  # fmt: skip
            notice.action_match()
            notice.action_send()
        return notice

    def rows(self, report):
        section = next(one for one in report._view()["sections"] if one["key"] == "promises")
        return [
            row
            for table in section["tables"]
            if table.get("sheet") == "Notices sent late"
            for row in table["rows"]
        ]

    def test_the_reason_is_printed_in_the_period_it_was_told(self):
        self.told(datetime(2026, 10, 12, 8), "2026-11-20", "The maker told us on the 11th.")
        self.cron()
        [row] = self.rows(self.report())
        self.assertEqual((row[0], row[3]), ("End of support: P3225", "The maker told us on the 11th."))
        self.assertEqual((row[1].value, row[2].value.isoformat()), (datetime(2026, 10, 12, 10), "2026-11-20"))
        self.cron(datetime(2026, 12, 2, 8))
        self.assertFalse(self.rows(self.report(period="2026-11")), "once")

    def test_in_time_is_not_listed(self):
        self.told(datetime(2026, 10, 12, 8), "2027-03-01", False)
        self.cron()
        self.assertFalse(self.rows(self.report()))

    def test_in_one_report_of_the_client(self):
        with self.at(moment=datetime(2026, 10, 1, 8)):
            second = self._contract(self.client)
        self.told(datetime(2026, 10, 12, 8), "2026-11-20", "The maker told us on the 11th.")
        self.cron()
        self.assertEqual([len(self.rows(self.report(one))) for one in (self.contract, second)], [1, 0])

    def test_a_table_of_before_has_none(self):
        report = self.drafted()
        table = report.table
        del table["details"]["notices"]
        report._charter_engine().table = table
        self.assertFalse(self.rows(report))


class TestOneNps(ReportCase):
    def setUp(self):
        super().setUp()
        for moment, contact, nps in (
            (datetime(2025, 10, 31, 23, 30), self.adam, 0),  # outside of twelve months by half an hour
            (datetime(2026, 2, 6, 8), self.alice, 9),
            (datetime(2026, 10, 20, 8), self.alice, 3),
            (LAST_SECOND, self.adam, 10),
        ):
            with self.at(moment=moment):
                self.invitation(contact)._answer(rating=4, nps=nps, comment="Hm.")
        # Somebody who answered and has left since.
        gone = self.alice.copy({"name": "Gone", "email": "gone@alpine.example.com"})
        with self.at(moment=datetime(2026, 10, 21, 8)):
            self.invitation(gone)._answer(rating=4, nps=10)
        gone.active = False

    def both(self):
        with self.at(moment=AFTER):
            self.report().action_refresh()
            standing = self.env["charter.nps"]._standings(self.client, self.company, LAST_SECOND)[
                self.client.id
            ]
        figures = self.report().table["figures"]["nps"]
        return (
            (figures["score"], figures["n"], figures["promoters"], figures["detractors"]),
            (standing.score, standing.answers, standing.promoters, standing.detractors),
            figures["from"],
        )

    def test_the_report_and_the_client_say_the_same(self):
        self.drafted()
        for settings, expected, since in (
            ({}, (33, 3, 2, 1), "2025-11-01"),
            ({"charter_nps_months": 13}, (33, 3, 2, 1), "2025-10-01"),
            ({"charter_nps_months": 1}, (33, 3, 2, 1), "2026-10-01"),
        ):
            with self.subTest(settings):
                self.company.write(settings)
                report, client, first_day = self.both()
                self.assertEqual((report, first_day), (expected, since))
                self.assertEqual(report, client)

    def test_the_second_after_is_the_next_period(self):
        self.drafted()
        with self.at(moment=LAST_SECOND + timedelta(seconds=1)):
            self.invitation(self.adam)._answer(rating=4, nps=0)
        report, client, _first_day = self.both()
        self.assertEqual((report, report), ((33, 3, 2, 1), client))

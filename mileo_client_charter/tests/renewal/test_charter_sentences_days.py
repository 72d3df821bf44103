"""Days of the charter's promises, sentence by sentence: clocks that change, zones overseas, leap days, ends of months.

Every row is reckoned by hand: the moment is naive UTC, the day begins at midnight where the company is.
"""

from datetime import date, datetime

from odoo import Command
from odoo.tests import tagged

from ..cases.sentences import SentenceCase

REPORT = "A monthly report for Premium contracts, a quarterly one for Comfort and Essential ones."
INTERVIEW = "Interviews twice a year with the account manager."
NOTICE = "Clients are told at least 60 days before the date."
ABSENCE = "Contacts are replaced, and the client is told before."
DECISION = "Tacit renewal is conditional."


@tagged("post_install", "-at_install")
class TestSentencesDays(SentenceCase):
    def in_zone(self, zone):
        self.company.resource_calendar_id.tz = zone
        self.env.registry.clear_cache()

    def check(self, sentence, rows, moments):
        """Each row has its own savepoint: the zone of the company is the row's."""
        for zone, case, *asked, expected in rows:
            with self.subTest(sentence, zone=zone, case=case), self.env.cr.savepoint() as savepoint:
                self.in_zone(zone)
                self.assertEqual([str(moment) for moment in moments(*asked)], expected)
                savepoint.rollback()
                self.env.invalidate_all()
                self.env.registry.clear_cache()

    def moments_of(self, contract, code):
        return self.promise(contract, code).sorted("trigger_at").mapped("due_at")

    def test_reports(self):
        """Ten days after the last day of the month or quarter (zone, case, tier, under the charter on, nights, due)"""

        def due(tier, since, *nights):
            line = self.line(since, False, is_auto_renew=False)
            with self.on(since):
                contract = self._contract(
                    self.client,
                    self.env.ref(f"mileo_client_charter.tier_{tier}"),
                    contract_line_ids=[Command.create(line)],
                )
            self.nightly(contract, *nights)
            rows = self.promise(contract, "report.delivery").filtered(lambda row: row.state != "cancelled")
            return rows.sorted("trigger_at").mapped("due_at")

        self.check(REPORT, (
            ("Europe/Paris", "a month of 28 days, then of 31, over summer time", "premium", "2027-02-01", "2027-03-01",
             ["2027-03-10 23:00:00", "2027-04-10 22:00:00"]),
            ("Europe/Paris", "29 February", "premium", "2028-02-01", ["2028-03-10 23:00:00"]),
            ("Europe/Paris", "a quarter over the end of summer time", "comfort", "2026-10-05", ["2027-01-10 23:00:00"]),
            ("Europe/Paris", "from the last day of a month", "premium", "2026-10-31", "2026-11-01",
             ["2026-11-10 23:00:00", "2026-12-10 23:00:00"]),
            ("America/Miquelon", "clocks change on the first day after the month", "premium", "2026-10-05", ["2026-11-11 03:00:00"]),
            ("Indian/Reunion", "a month", "premium", "2026-10-05", ["2026-11-10 20:00:00"]),
            ("America/Guadeloupe", "a month", "premium", "2026-10-05", ["2026-11-11 04:00:00"]),
            ("Pacific/Noumea", "a quarter", "essential", "2026-10-05", ["2027-01-10 13:00:00"]),
        ), due)  # fmt: skip

    def test_interviews(self):
        """Within six months, from the day under the charter and never from the interview before."""

        def due(since, *nights):
            contract = self.made("2020-01-15", False, since, partner=self.client)
            self.nightly(contract, *nights)
            return self.moments_of(contract, "interview.biannual")

        self.check(INTERVIEW, (
            # Six months from the 28th, which is no later than from the 31st; the next is counted from the 31st again.
            ("Europe/Paris", "month ends: the 31st is the 31st again after February", "2026-08-31", "2027-03-01", "2027-09-01",
             ["2027-02-27 23:00:00", "2027-08-27 22:00:00", "2028-02-28 23:00:00"]),
            ("Europe/Paris", "from 29 February", "2028-02-29", "2028-08-30", ["2028-08-28 22:00:00", "2029-02-27 23:00:00"]),
            ("Indian/Reunion", "no clock changes", "2026-10-05", ["2027-04-04 20:00:00"]),
            ("America/Martinique", "no clock changes", "2026-10-05", ["2027-04-05 04:00:00"]),
        ), due)  # fmt: skip

    def test_decisions(self):
        """The day the lines renew by themselves begins where the company is (zone, case, start, end, months of notice, due)"""

        def due(start, end, notice):
            contract = self.made(start, end, start, notice, partner=self.client)
            return self.moments_of(contract, "renewal.decision")

        self.check(DECISION, (
            ("Europe/Paris", "the term ends on 28 February", "2026-03-01", "2027-02-28", 1, ["2027-01-27 23:00:00"]),
            ("Europe/Paris", "and on 29 February", "2027-03-01", "2028-02-29", 1, ["2028-01-28 23:00:00"]),
            ("Europe/Paris", "notice from a 31st into a month of 30 days", "2026-06-01", "2027-05-31", 1, ["2027-04-29 22:00:00"]),
            ("Europe/Paris", "due in winter, ends in summer", "2026-04-15", "2027-04-14", 2, ["2027-02-13 23:00:00"]),
            ("Indian/Reunion", "a month", "2026-10-01", "2027-09-30", 1, ["2027-08-29 20:00:00"]),
            ("America/Guadeloupe", "a month", "2026-10-01", "2027-09-30", 1, ["2027-08-30 04:00:00"]),
            ("Pacific/Noumea", "a month", "2026-10-01", "2027-09-30", 1, ["2027-08-29 13:00:00"]),
        ), due)  # fmt: skip

    def test_notices(self):
        def due(known, effect):
            self.made("2026-01-01", False, "2026-01-05", partner=self.client)
            with self.on(known):
                notice = self.env["charter.notice"].create(
                    {"name": "NF S 61-931", "kind": "regulation", "regulation": "nf", "effect_on": effect,
                     "tier_ids": self.premium.ids}
                )  # fmt: skip
                notice.action_match()
                line = notice.line_ids.filtered(lambda one: one.partner_id == self.client)
            return self.promise(line, "notice.advance").mapped("due_at")

        self.check(NOTICE, (
            ("Europe/Paris", "over the beginning of summer time", "2026-11-20", "2027-05-01", ["2027-03-01 23:00:00"]),
            ("Europe/Paris", "due on 29 February", "2027-11-20", "2028-04-29", ["2028-02-28 23:00:00"]),
            ("Europe/Paris", "over 29 February", "2027-11-20", "2028-03-31", ["2028-01-30 23:00:00"]),
            ("Indian/Reunion", "a day", "2026-11-20", "2027-05-01", ["2027-03-01 20:00:00"]),
            ("America/Martinique", "a day", "2026-11-20", "2027-05-01", ["2027-03-02 04:00:00"]),
        ), due)  # fmt: skip

    def test_replacements(self):
        def due(known, first):
            contract = self.made("2026-01-01", False, "2026-01-05", partner=self.client)
            with self.on(known):
                self.env["charter.absence"].create(
                    {"user_id": self.manager.id, "company_id": self.company.id, "date_from": first,
                     "date_to": date.fromisoformat(first).replace(day=29), "stand_in_id": self.technician.id}
                )  # fmt: skip
            handover = self.env["charter.handover"].search(
                [("partner_id", "=", contract.commercial_partner_id.id)]
            )
            return self.promise(handover, "contact.handover").mapped("due_at")

        self.check(ABSENCE, (
            ("Europe/Paris", "from the Sunday the clocks change", "2027-03-01", "2027-03-28", ["2027-03-27 23:00:00"]),
            ("Europe/Paris", "from the Monday after", "2026-10-05", "2026-10-26", ["2026-10-25 23:00:00"]),
            ("Europe/Paris", "on 29 February", "2028-02-01", "2028-02-29", ["2028-02-28 23:00:00"]),
            ("Indian/Reunion", "a day", "2026-11-02", "2026-11-20", ["2026-11-19 20:00:00"]),
            ("America/Guadeloupe", "a day", "2026-11-02", "2026-11-20", ["2026-11-20 04:00:00"]),
        ), due)  # fmt: skip

    def test_a_day_that_begins_in_no_zone_twice_is_counted_once(self):
        """At the ends of the earth: the same night is another day for each company, and each opens its own period once."""
        for zone, period in (("Pacific/Noumea", "2026-11"), ("Pacific/Tahiti", "2026-10")):
            with self.subTest(REPORT, zone=zone), self.env.cr.savepoint() as savepoint:
                self.in_zone(zone)
                with self.at(moment=datetime(2026, 10, 31, 22)):
                    contract = self._contract(self.client, start="2026-01-01", end="2027-12-31")
                    self.schedule(contract)
                    self.schedule(contract)
                self.assertEqual(self.promise(contract, "report.delivery").mapped("occurrence"), [period])
                savepoint.rollback()
                self.env.invalidate_all()
                self.env.registry.clear_cache()

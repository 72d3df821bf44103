"""What all lists of the portal have in common: search, order, pages, and a number of queries that does not grow."""

from datetime import datetime

from odoo.tests import new_test_user, tagged

from ...controllers.intervention_reading import InterventionReading
from ...controllers.listing import PAGE_ROWS, Listing, Sort, pager, periods
from ..cases.common import CharterCase
from ..cases.portal_lists import LISTS, ListsCase

QUERIES = 12


@tagged("post_install", "-at_install")
class TestPortalLists(ListsCase):
    def test_queries_do_not_grow(self):
        self.fill(2)
        for page in LISTS.values():
            self.queries(*page, {})  # what the server keeps for everybody is read once
        few = {address: self.queries(*page, {}) for address, page in LISTS.items()}
        self.fill(2 * PAGE_ROWS, start=2)
        for address, page in LISTS.items():
            with self.subTest(address=address):
                many = self.queries(*page, {"page": "2"})
                self.assertLessEqual(many, few[address] + 1)
                self.assertLessEqual(many, QUERIES)
                self.assertLessEqual(self.queries(*page, {"q": "0", "sort": "oldest"}), QUERIES)

    def test_each_is_searched_sorted_and_paged(self):
        self.fill(PAGE_ROWS + 5)
        words = {
            "/my/charter/reports": ("RAP/007", "August 2000"), "/my/charter/interventions": ("Work 007",) * 2,
            "/my/charter/equipment": ("SN007", "Camera 007"), "/my/charter/feedback": ("Words 007", "Your rating"),
            "/my/charter/escalations": ("Complaint 007",) * 2, "/my/charter/notices": ("Notice 007",) * 2,
            "/my/charter/authorisations": ("AUT-007",) * 2,
            "/my/charter/reviews": ("Room 007",) * 2, "/my/charter/documents": ("Letter 007",) * 2,
        }  # fmt: skip
        self.authenticate("t_lists", "t_lists")
        for address, (wanted, shown) in words.items():
            with self.subTest(address=address):
                page = self.url_open(address)
                self.assertEqual(page.status_code, 200)
                self.assertIn("Page 1 of 2", page.text.replace("\n", " "))
                found = self.url_open(f"{address}?q={wanted}")
                self.assertIn("Found: 1", " ".join(found.text.split()))
                self.assertIn(shown, found.text)
                self.assertIn(f'value="{wanted}"', found.text)
                nothing = self.url_open(f"{address}?q=%25%25&page=3")
                self.assertIn("Nothing matches.", nothing.text)
                second = self.url_open(f"{address}?sort=oldest&page=2")
                self.assertIn("Page 2 of 2", " ".join(second.text.split()))


@tagged("post_install", "-at_install")
class TestListing(CharterCase):
    """The parts of a list, without its page."""

    def reading(self):
        user = new_test_user(
            self.env, "t_reading", groups="base.group_portal", partner_id=self.alice.id, tz="Europe/Paris",
            name=self.alice.name,
        )  # fmt: skip
        return InterventionReading(self.env(user=user, context={"lang": "en_US"}))

    def test_pager(self):
        for total, page, expected in (
            (0, "1", (1, 1, 0)), (PAGE_ROWS, "1", (1, 1, 0)), (PAGE_ROWS + 1, "2", (2, 2, PAGE_ROWS)),
            (PAGE_ROWS + 1, "9", (2, 2, PAGE_ROWS)), (5, "-1", (1, 1, 0)), (5, "1e9", (1, 1, 0)),
            (5, None, (1, 1, 0)), (5, "9" * 30, (1, 1, 0)), (50, "٢", (2, 3, PAGE_ROWS)),
        ):  # fmt: skip
            with self.subTest(total=total, page=page):
                got = pager(total, page, str)
                self.assertEqual((got["number"], got["pages"], got["offset"]), expected)

    def test_periods_begin_at_midnight_of_the_client(self):
        reading = self.reading()
        with self.at(moment=datetime(2026, 12, 31, 23, 30)):
            # Already the new year in Paris.
            options = {key: list(domain) for key, _label, domain in periods(reading, "reported_at").options}
        self.assertEqual(options["year"], [("reported_at", ">=", datetime(2026, 12, 31, 23, 0))])
        self.assertEqual(options["before"][1], ("reported_at", ">=", datetime(2025, 12, 31, 23, 0)))
        self.assertEqual(options["30"], [("reported_at", ">=", datetime(2026, 12, 1, 23, 0))])

    def test_links_keep_the_question(self):
        self.env["charter.intervention"].create(
            [{"name": f"R&D {n}", "partner_id": self.client.id} for n in range(PAGE_ROWS + 1)]
        )
        reading = self.reading()
        listing = Listing(
            reading, "/x", {"q": " R&D ", "page": "1", "sort": "b", "foreign": "1"}, "charter.intervention", ["name"],
            [Sort("a", "A", "id"), Sort("b", "B", "id desc")], search=("name",), own=reading.own_work,
            kept={"equipment": 4},
        )  # fmt: skip
        self.assertEqual(listing.pager["next"], "/x?equipment=4&q=R%26D&sort=b&page=2")
        self.assertEqual(listing.everything, "/x?equipment=4")
        self.assertEqual(len(listing.rows), PAGE_ROWS)
        self.assertTrue(listing.narrowed and listing.refined)

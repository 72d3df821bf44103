import io
import json
import pathlib
import tarfile
import threading
from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ...models.renewal import charter_advisory_feed
from ...tools import feed
from ..cases.advisories import NOW, csaf, product
from ..cases.common import CharterCase
from ..cases.https_server import HttpsServer
from ..cases.scheduled import ScheduledMixin

REAL = pathlib.Path(__file__).resolve().parents[3] / "tests/data/csaf_advisories.tar.xz"


def rolie(**documents):
    """A ROLIE feed: {name: updated}."""
    entries = [
        {"id": name, "updated": updated, "link": [{"rel": "signature", "href": "x.asc"}, {"rel": "self", "href": f"{name}.json"}]}
        for name, updated in documents.items()
    ]  # fmt: skip
    return json.dumps({"feed": {"id": "test", "entry": entries}}).encode()


@tagged("post_install", "-at_install")
class TestAdvisoryFeed(ScheduledMixin, CharterCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        server = HttpsServer()
        cls.enterClassContext(server)
        cls.server = server
        cls.env["charter.equipment.model"]._of([("Hikvision", "DS-2CD4A25F")])
        cls.cron = cls.env.ref("mileo_client_charter.cron_advisory_feed")

    def setUp(self):
        super().setUp()
        self.server.pages.clear()
        self.server.asked.clear()

    def feed(self, address="/feed.json", **values):
        with self.at(moment=NOW):
            return self.env["charter.advisory.feed"].create(
                {"name": "Test", "address": self.server.url + address, "authority": self.server.authority, **values}
            )  # fmt: skip

    def run_feeds(self, moment=NOW):
        with self.at(moment=moment):
            self.run_cron(self.cron)

    def outcomes(self, one):
        return {row.address.rpartition("/")[2]: row.outcome for row in one.document_ids}

    def page_of(self, identifier, **values):
        return csaf(
            [product(0, "DS-2CD4A25F", "< 6.0", **values.pop("product", {}))], identifier=identifier, **values
        )

    # -- what is new is imported ------------------------------------------------------------------

    def test_new_revised_and_unchanged(self):
        self.server.pages.update(
            {
                "/feed.json": rolie(
                    a="2026-10-01T08:00:00Z", b="2026-10-02T08:00:00Z", old="2020-01-01T00:00:00Z", bad="2026-10-02T09:00:00Z"
                ),
                "/a.json": self.page_of("A"), "/b.json": self.page_of("B", product={"vendor": "Nobody"}), "/bad.json": b"{}",
            }
        )  # fmt: skip
        one = self.feed()
        self.run_feeds()
        self.assertEqual(self.outcomes(one), {"a.json": "created", "b.json": "passed", "bad.json": "refused"})
        self.assertEqual((one.error, one.checked_at), (False, NOW))
        self.assertEqual(
            self.server.asked,
            ["/feed.json", "/a.json", "/b.json", "/bad.json"],
            "none older, the oldest first",
        )
        self.assertIn(
            "neither a CSAF", one.document_ids.filtered(lambda row: row.outcome == "refused").message
        )
        self.assertEqual(
            self.env["charter.advisory"].search([("identifier", "=", "A")]).product_ids.model, "DS-2CD4A25F"
        )
        self.run_feeds(NOW + timedelta(hours=12))
        self.assertEqual(self.server.asked[4:], ["/feed.json"], "nothing new, nothing fetched")
        self.server.pages["/feed.json"] = rolie(a="2026-10-06T08:00:00Z", b="2026-10-02T08:00:00Z")
        self.server.pages["/a.json"] = self.page_of("A", version="2", revised="2026-10-06T08:00:00Z")
        self.run_feeds(NOW + timedelta(days=2))
        self.assertEqual(self.outcomes(one)["a.json"], "revised")
        self.assertEqual(self.server.asked[5:], ["/feed.json", "/a.json"])

    def test_an_unchanged_feed_costs_nothing(self):
        states = []

        def page(handler):
            states.append(handler.headers.get("If-None-Match"))
            if states[-1] == '"1"':
                handler.answer(b"", status=304)
            else:
                handler.answer(rolie(a="2026-10-01T08:00:00Z"), ETag='"1"')

        self.server.pages.update({"/feed.json": page, "/a.json": self.page_of("A")})
        one = self.feed()
        self.run_feeds()
        later = NOW + timedelta(hours=12)
        with self.at(moment=later):
            written, statements = self.written_by(self.cron)
        written = {table: rows for table, rows in written.items() if not table.startswith("ir_cron")}
        self.assertEqual(
            (states, written), ([None, '"1"'], {"charter_advisory_feed": 1}), "when it was looked at"
        )
        self.assertLessEqual(statements, 10)
        self.assertEqual((one.checked_at, self.server.asked.count("/a.json")), (later, 1))

    def test_the_real_documents_of_a_directory(self):
        """26 documents of CISA, listed in changes.csv; without it, in index.txt."""
        with tarfile.open(fileobj=io.BytesIO(REAL.read_bytes())) as archive:
            files = {
                f"/d/{one.name.rpartition('/')[2]}": archive.extractfile(one).read()
                for one in archive
                if one.isfile()
            }
        self.assertEqual(len(files), 26)
        names = [name.removeprefix("/d/") for name in files]
        self.server.pages.update(files)
        self.server.pages["/d/changes.csv"] = "".join(
            f'"{name}","2026-10-01T08:00:00Z"\n' for name in names
        ).encode()
        one = self.feed("/d/", only_ours=False)
        self.run_feeds()
        self.assertEqual(set(self.outcomes(one).values()), {"created"})
        self.assertEqual(len(one.document_ids.advisory_id), 26)
        del self.server.pages["/d/changes.csv"]
        self.server.pages["/d/index.txt"] = "\n".join(names[:2]).encode()
        self.server.asked.clear()
        self.run_feeds(NOW + timedelta(days=1))
        self.assertEqual(self.server.asked[:2], ["/d/changes.csv", "/d/index.txt"])
        self.assertFalse(one.error)

    # -- never while somebody waits ---------------------------------------------------------------

    def test_never_in_a_request(self):
        self.server.pages["/feed.json"] = rolie()
        one = self.feed()
        with self.at(moment=NOW), patch.object(charter_advisory_feed, "request", object()):
            self.env["charter.advisory.feed"]._cron_feeds()
            one.action_fetch()
        self.assertFalse(self.server.asked)
        self.assertTrue(self.wakes(self.cron), "the scheduled action is woken in the place of it")

    # -- what a server may not do -----------------------------------------------------------------

    def test_what_is_refused_of_a_feed(self):
        def redirect(handler):
            handler.answer(b"", status=302, Location="https://elsewhere.example/feed.json")

        def endless(handler):
            handler.send_response(200)
            handler.end_headers()
            while True:  # until the other side hangs up
                handler.wfile.write(b"x" * 65536)

        def large(handler):
            handler.send_response(200)
            handler.send_header("Content-Length", str(10**9))
            handler.end_headers()

        def cut_short(handler):
            handler.send_response(200)
            handler.send_header("Content-Length", "100")
            handler.end_headers()
            handler.wfile.write(b"{}")

        there = json.dumps(
            {"feed": {"entry": [{"link": [{"rel": "self", "href": "https://elsewhere.example/a.json"}]}]}}
        )
        metadata = json.dumps(
            {"distributions": [{"rolie": {"feeds": [{"url": "https://a.example/feed.json"}]}}]}
        )
        for name, page, words in (
            ("sent elsewhere", redirect, r"sends on to https://elsewhere\.example/feed\.json"),
            ("never ends", endless, "larger than 20 MB, or never ends"),
            ("says it is large", large, "larger than 20 MB"),
            ("ends too early", cut_short, "cannot be reached"),
            ("not there", None, "answers 404"),
            ("a page", b"<html><body>Hello</body></html>", "neither a ROLIE feed"),
            ("a picture", b"\x89PNG\r\n\0\0", "neither a ROLIE feed"),
            ("half a feed", rolie(a="2026-10-01T08:00:00Z")[:-9], "neither a ROLIE feed"),
            ("another object", b'{"bomFormat": "CycloneDX"}', "neither a ROLIE feed"),
            ("an entry without an address", b'{"feed": {"entry": [{"id": "a"}]}}', "feed/entry/0/link"),
            ("documents elsewhere", there.encode(), r"another server: https://elsewhere\.example/a\.json"),
            ("documents not over HTTPS", there.replace("https://", "http://").encode(), "another server"),
            ("a publisher's own description", metadata.encode(), r"Enter one of its feeds: https://a\.example"),
            ("no list", b"a.json\nHello, all\n", "2: Hello"),
        ):  # fmt: skip
            with self.subTest(name):
                self.server.pages["/feed.json"] = page
                self.env["charter.advisory.feed"].search([]).unlink()
                one = self.feed()
                self.run_feeds()
                self.assertRegex(one.error or "", words)
                self.assertFalse(one.document_ids)

    def test_a_server_that_is_slow_is_cut_off(self):
        going = threading.Event()
        self.addCleanup(going.set)

        def silent(handler):
            handler.send_response(200)
            handler.end_headers()
            handler.wfile.write(b"{")
            going.wait()

        self.server.pages["/feed.json"] = silent
        with self.assertRaises(feed.FeedError) as caught:
            feed.fetch(self.server.url + "/feed.json", authority=self.server.authority, seconds=0.4)
        self.assertEqual((caught.exception.code, caught.exception.is_passing), ("time", True))

    def test_a_server_nobody_vouches_for(self):
        self.server.pages["/feed.json"] = rolie()
        one = self.feed(authority=False)
        self.run_feeds()
        self.assertIn("not trusted", one.error)
        self.env["res.lang"]._activate_lang("fr_FR")
        self.assertIn("reconnu", one.with_context(lang="fr_FR").error)
        self.assertFalse(self.server.asked)

    def test_a_server_that_goes_away_is_asked_again(self):
        self.server.pages.update(
            {
                "/feed.json": rolie(a="2026-10-01T08:00:00Z", b="2026-10-02T08:00:00Z"),
                "/a.json": lambda handler: handler.answer(b"", status=503), "/b.json": self.page_of("B"),
            }
        )  # fmt: skip
        one = self.feed()
        self.run_feeds()
        self.assertEqual(self.outcomes(one), {"a.json": "waiting", "b.json": "waiting"})
        self.assertIn("503", one.error)
        self.server.pages["/a.json"] = self.page_of("A")
        self.run_feeds(NOW + timedelta(hours=12))
        self.assertEqual((set(self.outcomes(one).values()), one.error), ({"created"}, False))

    def test_addresses(self):
        for address in (
            "http://example.com/feed.json", "ftp://example.com/", "example.com", "https://", "https://user:secret@example.com/",
            "https://example.com/a b", "https://example.com:99999/", "file:///etc/passwd", "https://exämple.com/",
        ):  # fmt: skip
            with self.subTest(address), self.assertRaisesRegex(ValidationError, "Address:"):
                self.env["charter.advisory.feed"].create({"name": "x", "address": address})
        with self.assertRaisesRegex(ValidationError, "Certificate authority:"):
            self.env["charter.advisory.feed"].create(
                {"name": "x", "address": "https://example.com/", "authority": "-----BEGIN"}
            )

"""Every route of the project, whichever addon it is in, asked with every method by everybody: nothing changes but by POST."""

import re
from types import SimpleNamespace

from lxml import html
from odoo.tests import tagged

from ...models.base import door
from ..cases.doors import ChangesSweep

READING = ("GET", "HEAD")
OTHERS = ("OPTIONS", "PUT", "DELETE", "PATCH")


@tagged("post_install", "-at_install")
class TestMethods(ChangesSweep):
    def ask(self, login, methods, prefix=""):
        """Each route with each method; {(method, address): status}; what changed is said with the address it came by."""
        changed, answers = [], {}
        self.log_in_as(login)
        self.changes()
        for method in methods:
            for route in self.routes():
                address = prefix + self.address(route)
                answers[method, route.rule] = self.url_open(
                    f"{address}?{self.query()}", method=method, allow_redirects=False
                )
                changed += [f"{method} {address} as {login}: {table}" for table in self.changes()]
        self.assertFalse(changed)
        return answers

    def test_a_page_below_ours_is_ours_whoever_made_it(self):
        """Found by somebody who made one: a route without ``READ`` was in no sweep."""

        def page():
            """Stand for a handler of another addon."""

        page.__module__ = "odoo.addons.parcel"
        for address, ours in (
            ("/my/charter/parcels", True),
            ("/my/charter", True),
            ("/my/charters", False),
            ("/parcels", False),
        ):
            endpoint = SimpleNamespace(original_endpoint=page, routing={"routes": [address]})
            self.assertEqual(bool(door.is_ours(endpoint)), ours, address)

    def test_reading_changes_nothing(self):
        count = 0
        for login in self.logins:
            answers = self.ask(login, READING)
            count += len(answers)
            for (method, rule), response in answers.items():
                with self.subTest(login=login, method=method, rule=rule):
                    self.assertLess(response.status_code, 500, "the page fails: its error is in the log")
        self.assertGreater(count, 2 * 3 * 40, "the sweep has routes to ask")

    def test_other_methods_are_refused(self):
        asked = [*((login, OTHERS, "") for login in self.logins), ("p_sweep", ("OPTIONS",), "/fr")]
        for login, methods, prefix in asked:
            for (method, rule), response in self.ask(login, methods, prefix).items():
                with self.subTest(login=login, method=method, rule=rule, prefix=prefix):
                    # Nobody in particular is sent to the login page, or told to bring a key.
                    refused = {405, 303, 401} if login is None else {405, 401}
                    self.assertIn(response.status_code, refused)
                    if response.status_code == 405:
                        self.assertTrue(set(re.split(r",\s*", response.headers["Allow"])) & {"GET", "POST"})
                        self.assertNotIn(
                            method,
                            re.split(r",\s*", response.headers["Allow"]) if method != "OPTIONS" else (),
                        )

    def test_pages_without_a_framework_are_light(self):
        """Whatever anybody reads without a login: at most 6 requests and 60 kB, as they come over the wire."""
        sizes = {}
        for route in self.routes():
            reads = "GET" in (route.endpoint.routing["methods"] or ())
            if route.endpoint.routing["auth"] != "public" or not reads:
                continue
            page = self.url_open(self.address(route))
            if page.status_code != 200 or not page.headers["Content-Type"].startswith("text/html"):
                continue
            tree = html.fromstring(page.content)
            parts = tree.xpath("//link[@rel='stylesheet']/@href | //script/@src | //img/@src | //iframe/@src")
            others = [self.url_open(part) for part in dict.fromkeys(parts)]
            others += [
                self.url_open(path) for one in others for path in re.findall(r"url\(([^)]+)\)", one.text)
            ]
            self.assertTrue(all(one.status_code == 200 for one in others), route.rule)
            sizes[route.rule] = 1 + len(others), sum(len(one.content) for one in (page, *others))
        for rule, (requests, size) in sizes.items():
            with self.subTest(rule):
                self.assertLessEqual(requests, 6)
                self.assertLessEqual(size, 60_000)
        self.assertLessEqual(
            {"/charter", "/charter/s/<string:token>", "/charter/l/<string:link>", "/charter/verify"},
            set(sizes),
        )

    def test_a_survey_is_not_answered_by_options(self):
        """Office software asks with OPTIONS what a link is before it opens it."""
        for query in ("rating=1", ""):
            response = self.url_open(
                f"/charter/s/{self.open_survey.token}?{query}", method="OPTIONS", data="rating=1"
            )
            self.assertEqual(response.status_code, 405)
            self.assertEqual(response.headers["Allow"], "GET, HEAD, POST")
        self.assertEqual(self.open_survey.state, "sent")

    def test_every_route_names_its_methods_and_goes_through_the_door(self):
        for route in self.routes():
            with self.subTest(rule=route.rule):
                self.assertTrue(route.endpoint.routing["methods"], "a route of ours says what it answers")
                self.assertTrue(door.is_ours(route.endpoint))
                self.assertEqual(
                    set(door._methods(route.endpoint)) - {"HEAD"},
                    set(route.endpoint.routing["methods"]) - {"OPTIONS"},
                )

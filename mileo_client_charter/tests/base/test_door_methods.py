"""Every route of the project, whichever addon it is in, asked with every method by everybody: nothing changes but by POST."""

import re

from odoo.tests import tagged
from psycopg2.sql import SQL, Identifier

from ...models.base import door
from ..cases.doors import DoorSweep

READING = ("GET", "HEAD")
OTHERS = ("OPTIONS", "PUT", "DELETE", "PATCH")
# What reading a page notes, and why that is no change by a scanner of mail.
NOTED = {
    # Column by column: a document is “opened” when its own recipient, logged in, has opened it: a read receipt.
    "charter_delivery": {"opened_at", "write_date", "write_uid"},
}
# Odoo's own: which devices a user has.
ODOO = {"res_device_log"}


@tagged("post_install", "-at_install")
class TestMethods(DoorSweep):
    def tables(self):
        self.env.cr.execute(
            "SELECT relname FROM pg_stat_xact_user_tables WHERE schemaname = current_schema ORDER BY relname"
        )
        return [name for [name] in self.env.cr.fetchall()]

    def touched(self):
        """{table: rows this transaction inserted, changed or deleted}, of the server's own count."""
        self.env.cr.execute("SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables")
        return dict(self.env.cr.fetchall())

    def sum_of(self, table):
        """(rows, checksum) of a table, without what reading may note."""
        columns = NOTED.get(table, ())
        self.env.cr.execute(
            SQL(
                "SELECT count(*), coalesce(sum(('x' || substr(md5((to_jsonb(r) - %s::text[])::text), 1, 15))::bit(60)::bigint::numeric), 0) FROM {} r"
            ).format(Identifier(table)),
            [list(columns)],
        )
        return self.env.cr.fetchone()

    def setUp(self):
        super().setUp()
        self.env.flush_all()
        self.counts = self.touched()
        self.sums = {table: self.sum_of(table) for table in self.tables() if table not in ODOO}

    def changes(self):
        """The tables whose rows are not those of the last time; only those the server says were written are read."""
        counts, changed = self.touched(), []
        for table in {name for name in counts if counts[name] != self.counts.get(name, 0)} - ODOO:
            now = self.sum_of(table)
            if now != self.sums.get(table, (0, 0)):
                changed.append(table)
            self.sums[table] = now
        self.counts = counts
        return sorted(changed)

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

    def test_reading_changes_nothing(self):
        count = 0
        for login in self.logins:
            answers = self.ask(login, READING)
            count += len(answers)
            for (method, rule), response in answers.items():
                with self.subTest(login=login, method=method, rule=rule):
                    self.assertNotEqual(response.status_code // 100, 5)
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

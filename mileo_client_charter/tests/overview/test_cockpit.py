from datetime import datetime, timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ...models.base.charter_engine import charter_door
from ...tools.codes import RENEWAL_DECISION
from ..cases.common import START
from ..cases.year import YearCase


@tagged("post_install", "-at_install")
class TestCockpit(YearCase):
    """What each role reads first. It is Monday 5 October 2026, 10:00 in Paris."""

    def setUp(self):
        super().setUp()
        self.enterContext(self.at())
        # Rows the database had before are nobody's of these tests.
        with charter_door(self.env.cr):
            self.env.cr.execute("UPDATE charter_obligation SET state = 'cancelled', met = 0, missed = 0")
            self.env.cr.execute("DELETE FROM charter_feedback")
            self.env.cr.execute("UPDATE charter_escalation SET is_complaint = FALSE, state = 'resolved'")
        self.env.invalidate_all()
        for user in (self.manager, self.operations, self.direction, self.technician):
            user.tz = "Europe/Paris"
        self.contract = self._contract(self.client, end="2028-02-28")
        for promise in self.client.obligation_ids | self.contract.obligation_ids:
            promise._cancel("not of this test")

    def page(self, user=None, name=None, **context):
        self.env.flush_all()
        self.env.invalidate_all()
        user = user or self.manager
        cockpit = (
            self.env["charter.cockpit"].with_user(user).with_context(lang="en_US", tz=user.tz, **context)
        )
        return cockpit.charter_page(name)

    def figures(self, page):
        return {figure["key"]: figure["value"] for figure in page["figures"]}

    def block(self, page, key):
        [block] = [block for block in page["blocks"] if block["key"] == key]
        return block

    def rows(self, page, key):
        return [
            (group["title"], row["when"], row["title"])
            for group in self.block(page, key)["groups"]
            for row in group["rows"]
        ]

    def test_the_step_of_a_row_is_a_button_of_its_document(self):
        """Every model that owes is asked, for every commitment: the page names no model of its own."""
        found = set()
        for name in self.env.registry.descendants(["charter.obligation.mixin"], "_inherit"):
            model = self.env[name]
            for code in self.document.commitment_ids.mapped("code") if not model._abstract else ():
                label, method = model._charter_met_by(code)
                if method:
                    found.add((name, code))
                    with self.subTest(name, code=code):
                        self.assertTrue(label)
                        self.assertIn(f'name="{method}"', model.get_view(view_type="form")["arch"])
        self.assertLessEqual(
            {("charter.feedback", "feedback.callback"), ("charter.feedback", "feedback.outcome"),
             ("charter.escalation", "escalation.level1"), ("charter.escalation", "escalation.level2")},
            found,
        )  # fmt: skip

    def owe(self, name, due, client=None, user=None, code="feedback.callback"):
        """A promise of the account manager due at ``due`` (naive UTC)."""
        promise = (client or self.client)._charter_open(
            code, occurrence=name, user_id=(user or self.manager).id
        )
        promise._charter_engine().write({"due_at": due, "warn_at": False})
        return promise

    def counted(self, page, key):
        """How many rows the list behind a figure has, for the reader."""
        [figure] = [figure for figure in page["figures"] if figure["key"] == key]
        action = figure["action"]
        return self.env[action["res_model"]].search_count(action["domain"])

    # -- the account manager ----------------------------------------------------------------------

    def test_what_is_due_by_hour(self):
        self.owe("late", START - timedelta(hours=1))
        self.owe("soon", datetime(2026, 10, 5, 14, 30))
        self.owe("evening", datetime(2026, 10, 5, 22, 0))  # midnight in Paris ends today
        self.owe("tomorrow", datetime(2026, 10, 6, 7, 0))
        self.owe("friday", datetime(2026, 10, 9, 7, 0))
        self.owe("later", datetime(2026, 10, 20, 7, 0))
        self.owe("not mine", datetime(2026, 10, 5, 15, 0), user=self.technician)
        page = self.page()
        self.assertEqual(
            [(title, when) for title, when, _name in self.rows(page, "due")],
            [
                ("Overdue", "Mon 5 Oct 09:00"),
                ("Today", "16:30"),
                ("Today", "by evening"),
                ("Tomorrow", "09:00"),
                ("In the next seven days", "Fri 9 Oct 09:00"),
            ],
        )
        figures = self.figures(page)
        for key, count in {"due_late": 1, "due_today": 2, "due_tomorrow": 1, "due_week": 1}.items():
            self.assertEqual(figures[key], str(count), key)
            self.assertEqual(self.counted(page, key), count, key)
        tick = self.env["charter.obligation"]._detect(self.env["charter.cockpit"]._charter_now())
        self.assertEqual(tick[1], 1)
        self.assertEqual(self.figures(self.page())["due_late"], "1")

    def test_a_row_opens_what_it_comes_from(self):
        self.owe("one", START + timedelta(hours=2))
        [row] = [row for group in self.block(self.page(), "due")["groups"] for row in group["rows"]]
        self.assertEqual(
            (row["action"]["res_model"], row["action"]["res_id"]), ("res.partner", self.client.id)
        )
        self.assertEqual(row["lines"], ["Alpine"])

    def test_many_are_counted_and_few_are_shown(self):
        for number in range(12):
            self.owe(f"n{number}", START + timedelta(hours=2))
        page = self.page()
        self.assertEqual(len(self.rows(page, "due")), 8)
        self.assertEqual((self.figures(page)["due_today"], self.counted(page, "due_today")), ("12", 12))

    def test_nothing_is_said(self):
        page = self.page()
        for key in ("due", "absences", "reports"):
            self.assertEqual(self.rows(page, key), [])
            self.assertTrue(self.block(page, key)["empty"].endswith("."))

    def test_my_clients_in_trouble_and_why(self):
        stranger, _one, _two = self._client("Stranger", held=False)
        self._contract(stranger, end="2028-02-28")
        self.escalate()
        page = self.page()
        self.assertEqual(self.rows(page, "trouble"), [("", "", "Alpine")])
        [row] = self.block(page, "trouble")["groups"][0]["rows"]
        self.assertIn("an escalation waits for our answer", row["lines"])
        self.assertEqual((self.figures(page)["trouble"], self.counted(page, "trouble")), ("1", 1))

    def test_absences_ahead(self):
        absences = self.env["charter.absence"]
        today = self.company._charter_today()
        absences.create({"user_id": self.manager.id, "stand_in_id": self.technician.id,
                         "date_from": today + timedelta(days=7), "date_to": today + timedelta(days=11)})  # fmt: skip
        absences.create({"user_id": self.operations.id, "stand_in_id": self.manager.id,
                         "date_from": today + timedelta(days=2), "date_to": today + timedelta(days=3)})  # fmt: skip
        absences.create({"user_id": self.direction.id, "stand_in_id": self.operations.id,
                         "date_from": today + timedelta(days=2), "date_to": today + timedelta(days=3)})  # fmt: skip
        self.assertEqual(
            [(when, title) for _group, when, title in self.rows(self.page(), "absences")],
            [
                ("7 Oct – 8 Oct", "t_operations will be away: you are the substitute"),
                ("12 Oct – 16 Oct", "You will be away; your substitute: t_technician"),
            ],
        )

    def draft(self, client):
        """A report of September, drafted and not sent."""
        contract = self.contract if client == self.client else self._contract(client, end="2028-02-28")
        promise = contract._charter_open(
            "report.delivery", occurrence="2026-09", at=datetime(2026, 9, 30, 22)
        )
        return self.env["charter.report"]._draft(promise)

    def test_reports_of_my_clients(self):
        report = self.draft(self.client)
        self.draft(self._client("Stranger", held=False)[0])
        page = self.page()
        [row] = self.block(page, "reports")["groups"][0]["rows"]
        self.assertEqual((row["action"]["res_id"], row["badge"]), (report.id, "Draft"))
        self.assertEqual((self.figures(page)["reports"], self.counted(page, "reports")), ("1", 1))
        # The technical contact writes the recommendations: it is theirs too.
        self.assertEqual(self.figures(self.page(self.technician))["reports"], "1")
        self.assertEqual(self.figures(self.page(self.operations, "operations"))["reports"], "2")

    # -- the operations manager -------------------------------------------------------------------

    def test_team_load(self):
        self.owe("late", START - timedelta(hours=1))
        self.owe("today", START + timedelta(hours=2), user=self.technician)
        self.owe("week", START + timedelta(days=3))
        self.owe("month", START + timedelta(days=20))
        orphan = self.owe("orphan", START + timedelta(days=3))
        orphan._charter_engine().user_id = False
        page = self.page(self.operations, "operations")
        table = self.block(page, "load")["table"]
        load = {row["label"]: [cell["value"] for cell in row["cells"]] for row in table["rows"]}
        self.assertEqual(
            load,
            {
                "t_manager": [1, "", "", 1, 1],
                "t_technician": ["", 1, "", "", ""],
                "No one": ["", "", "", 1, ""],
            },
        )
        for row in table["rows"]:
            for cell in row["cells"]:
                action = cell["action"]
                self.assertEqual(
                    self.env[action["res_model"]].search_count(action["domain"]),
                    cell["value"] or 0,
                    action["name"],
                )
        self.assertEqual(self.figures(page)["orphans"], "1")
        self.assertEqual(self.counted(page, "late"), 1)

    def test_escalations_and_breaches(self):
        escalation = self.escalate()
        self.owe("late", START - timedelta(hours=1))
        with self.at(hours=30):
            self.tick()
            page = self.page(self.operations, "operations")
            [row] = self.block(page, "escalations")["groups"][0]["rows"]
            self.assertEqual((row["action"]["res_id"], row["tone"]), (escalation.id, "danger"))
            self.assertIn("Alpine", row["lines"])
            self.assertEqual(self.figures(page)["escalations"], "1")
            self.assertEqual(len(self.rows(page, "breaches")), 2)
            self.assertEqual(self.figures(page)["late"], "2")

    def test_what_is_to_mend(self):
        lone, _one, _two = self._client("Lonely", held=False)
        self._contract(lone, end="2028-02-28")
        page = self.page(self.operations, "operations")
        titles = {title: int(when) for _group, when, title in self.rows(page, "defects")}
        self.assertGreaterEqual(titles["Vacant role"], 2)
        self.assertEqual(self.figures(page)["defects"], str(sum(titles.values())))

    # -- general management -----------------------------------------------------------------------

    def test_nothing_fell_due_is_no_rate(self):
        page = self.page(self.direction, "direction")
        self.assertEqual((self.figures(page)["rate"], self.figures(page)["nps"]), ("–", "–"))
        self.assertIsNone(self.block(page, "kept")["table"])
        self.assertEqual(page["figures"][0]["note"], "nothing fell due in 90 days")
        self.assertEqual(page["figures"][1]["note"], "no answer yet")

    def test_kept_rate_by_commitment_and_month(self):
        with self.at(moment=datetime(2026, 9, 10, 8)):
            self.owe("kept", datetime(2026, 9, 12, 8))._fulfil("called")
            self.owe("missed", datetime(2026, 9, 12, 8))
            self.owe("missed too", datetime(2026, 9, 12, 8))
        self.tick()
        page = self.page(self.direction, "direction")
        self.assertEqual(self.figures(page)["rate"], "33.3 %")
        self.assertEqual(page["figures"][0]["note"], "1 of 3 due in 90 days")
        table = self.block(page, "kept")["table"]
        self.assertEqual(table["head"][-2:], ["Sep 2026", "Oct 2026"])
        [row] = table["rows"]
        cells = {cell["key"]: cell for cell in row["cells"]}
        self.assertEqual((cells["2026-09-01"]["value"], cells["2026-09-01"]["note"]), ("33.3 %", "n = 3"))
        self.assertEqual((cells["2026-10-01"]["value"], cells["2026-10-01"]["action"]), ("–", None))
        action = cells["2026-09-01"]["action"]
        self.assertEqual(self.env[action["res_model"]].search_count(action["domain"]), 3)

    def test_nps(self):
        self.say(self.alice, 10)
        self.say(self.adam, 3)
        self.say(self.alice, 9)
        page = self.page(self.direction, "direction")
        self.assertEqual(self.figures(page)["nps"], "0")
        self.assertEqual(page["figures"][1]["note"], "n = 2, latest answer of each contact")
        [row] = self.block(page, "nps")["table"]["rows"]
        # In its month every answer counts: two promoters, one detractor.
        self.assertEqual((row["cells"][-1]["value"], row["cells"][-1]["note"]), ("33", "n = 3"))
        self.assertEqual(row["cells"][0]["value"], "–")

    def test_the_nps_is_coloured_by_the_threshold_of_the_charter(self):
        """As the renewal is decided (article 04): not above a threshold of 40 is no success, whatever its sign."""
        self.say(self.alice, 10)
        self.say(self.adam, 10)
        self.say(self.alice, 7)
        [terms] = self.document.commitment_ids.filtered(lambda one: one.code == RENEWAL_DECISION)
        for threshold, tone, month_tone in (
            (0, "success", "success"),
            (60, "danger", "success"),
            (70, "danger", "danger"),
        ):
            with self.subTest(threshold):
                # The terms of a charter in force are frozen; what is tested here is who reads them.
                with charter_door(self.env.cr):
                    self.env.cr.execute(
                        "UPDATE charter_commitment SET threshold = %s WHERE id = %s", [threshold, terms.id]
                    )
                self.env.invalidate_all()
                page = self.page(self.direction, "direction")
                [figure] = [one for one in page["figures"] if one["key"] == "nps"]
                [row] = self.block(page, "nps")["table"]["rows"]
                self.assertEqual((figure["value"], figure["tone"]), ("50", tone))
                self.assertEqual((row["cells"][-1]["value"], row["cells"][-1]["tone"]), ("67", month_tone))

    def test_renewals_at_risk_with_their_money(self):
        contract = self.renewing(self._client("Renewing")[0])
        page = self.page(self.direction, "direction")
        [row] = self.block(page, "renewals")["groups"][0]["rows"]
        self.assertEqual(row["title"], "Renewing")
        self.assertIn("1,200.00", row["lines"][0])
        self.assertIn("no answer yet", row["lines"][1])
        [figure] = [figure for figure in page["figures"] if figure["key"] == "renewals"]
        self.assertEqual(figure["value"], "1")
        self.assertIn("1,200.00", figure["note"])
        self.assertEqual(self.counted(page, "renewals"), 1)
        self.assertEqual(row["action"]["res_id"], contract.charter_renewal_ids.id or contract.id)

    # -- whose page -------------------------------------------------------------------------------

    def test_each_opens_on_its_own(self):
        for user, page, pages in (
            (self.manager, "manager", ["manager"]),
            (self.operations, "operations", ["manager", "operations"]),
            (self.direction, "direction", ["manager", "operations", "direction"]),
            (self.admin, "manager", ["manager", "operations", "direction"]),
        ):
            read = self.page(user)
            self.assertEqual((read["page"], [one["id"] for one in read["pages"]]), (page, pages), user.name)

    def test_nobody_reads_another_roles_page(self):
        for user, name in (
            (self.manager, "operations"),
            (self.operations, "direction"),
            (self.manager, "_due_ids"),
        ):
            with self.assertRaises(AccessError):
                self.page(user, name)
        outsider = self._staff("t_outsider", "group_charter_monitoring")
        with self.assertRaises(AccessError):
            self.page(outsider)

    def test_only_the_companies_one_works_in(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.document.copy({"company_id": other.id}).action_publish()
        self.direction.company_ids += other
        self.owe("here", START - timedelta(hours=1))
        theirs = self.client.with_company(other)._charter_open("feedback.callback", occurrence="there")
        theirs._charter_engine().write({"due_at": START - timedelta(hours=1), "user_id": self.manager.id})
        self.say(self.alice, 2).company_id = other
        with self.at(hours=1):
            self.tick()
            for companies, late, nps in (
                (self.company, "1", "–"),
                (other, "1", "-100"),
                (self.company | other, "2", "-100"),
            ):
                allowed = {"allowed_company_ids": companies.ids}
                self.assertEqual(
                    self.figures(self.page(self.direction, "operations", **allowed))["late"], late
                )
                self.assertEqual(self.figures(self.page(self.direction, "direction", **allowed))["nps"], nps)

    def test_queries_do_not_grow(self):
        def costs():
            result = {}
            for user, name in (
                (self.manager, "manager"),
                (self.operations, "operations"),
                (self.direction, "direction"),
            ):
                self.page(user, name)
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                self.env["charter.cockpit"].with_user(user).with_context(tz=user.tz).charter_page(name)
                result[name] = self.env.cr.sql_log_count - before
            return result

        self.escalate()
        self.owe("late", START - timedelta(hours=1))
        self.tick()
        few = costs()
        for number in range(20):
            client, one, _two = self._client(f"Client {number}")
            self._contract(client, end="2027-02-28")
            self.escalate(one)
            self.say(one, number % 11)
            self.owe(f"late {number}", START - timedelta(hours=1), client)
            self.owe(f"soon {number}", START + timedelta(hours=number), client)
        self.tick()
        many = costs()
        for name, count in many.items():
            self.assertLessEqual(count, 25, name)
            self.assertLessEqual(count, few[name] + 6, name)

    def test_what_opens_has_a_page_of_its_own(self):
        """A form that Odoo makes up lists raw fields and has no step: seen for a client's row of a notice."""
        owing = self.env.registry.descendants(["charter.obligation.mixin"], "_inherit")
        found = {
            name: self.env[name].new({})._charter_worked_on()._name
            for name in owing
            if not self.env[name]._abstract
        }
        self.assertGreater(len(found), 8)
        shown = set(
            self.env["ir.ui.view"]
            .search([("type", "=", "form"), ("model", "in", list(found.values()))])
            .mapped("model")
        )
        self.assertEqual({name: home for name, home in found.items() if home not in shown}, {})

    def test_each_line_opens_where_it_is_worked_on(self):
        """What a contract owes is worked on in the report, the review or the renewal of it, not on the contract."""
        keepers = {
            name: self.env[name]._charter_keeps
            for name in self.env.registry.descendants(["charter.keeping.mixin"], "_inherit")
            if not self.env[name]._abstract
        }
        # Deliveries prove what is sent: they are made when it is, and nothing is worked on in one.
        self.assertEqual([name for name, codes in keepers.items() if not codes], ["charter.delivery"])
        codes = [code for kept in keepers.values() for code in kept]
        self.assertEqual(len(codes), len(set(codes)), "one place for each commitment")
        contract = self.renewing(self.client, end="2026-12-31")
        with self.at(moment=datetime(2026, 11, 5, 9)):
            self.schedule(contract)
            with self.committing():
                self.env["charter.report"]._draft_owed()
            owed = contract.obligation_ids.filtered(lambda row: row.is_owed and row.code in codes)
            self.assertEqual(set(owed.mapped("code")), set(codes))
            kept = owed.with_user(self.manager)._kept_in()
            for row in owed:
                action = kept.get(row)
                if row.code == "report.delivery" and row.trigger_at > datetime(2026, 11, 5, 9):
                    self.assertFalse(action, "its period is not over: there is no report yet")
                    continue
                with self.subTest(row.code):
                    self.assertIn(row.code, keepers[action["res_model"]])
                    self.assertEqual(
                        self.env[action["res_model"]].browse(action["res_id"]).obligation_id, row
                    )
                    self.assertEqual(row.with_user(self.manager).action_open_origin(), action)
            review = self.env["charter.review"].search(
                [("contract_id", "=", contract.id), ("kind", "=", "annual")]
            )
            annual = review.obligation_id
            annual._charter_engine().due_at = datetime(2026, 11, 5, 9) + timedelta(hours=1)
            self.assertIn(
                {"charter.review": review.id},
                [
                    {row["action"]["res_model"]: row["action"].get("res_id")}
                    for group in self.block(self.page(), "due")["groups"]
                    for row in group["rows"]
                ],
            )
            review.with_user(self.manager).action_cancel()
            action = annual.with_user(self.manager)._kept_in()[annual]
            self.assertNotIn("res_id", action, "a meeting that was given up is planned anew")
            opened = {key.removeprefix("default_"): value for key, value in action["context"].items()}
            planned = self.env["charter.review"].with_user(self.manager).create(
                {**opened, "start_at": datetime(2026, 11, 6, 9)}
            )  # fmt: skip
            self.assertEqual((planned.kind, planned.contract_id), ("annual", contract))

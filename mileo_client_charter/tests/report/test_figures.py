import inspect
import json
import re
from datetime import date, datetime, timedelta

from freezegun import freeze_time

from ...tools import figures as formulas
from ..cases.common import START, CharterCase

OCTOBER = (date(2026, 10, 1), date(2026, 10, 31))


class FiguresCase(CharterCase):
    """A client's October: what the tests make happen, and the figures read from it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(START - timedelta(days=30)):
            cls.contract = cls._contract(cls.client)
        cls.client.tz = "Europe/Paris"

    def worked(self, reported, resolved=None, **values):
        """An intervention reported and resolved at moments (naive UTC), typed in as it happened."""
        contract = values.pop("contract", self.contract)
        with self.at(moment=reported):
            intervention = self.env["charter.intervention"].create(
                {
                    "name": "Camera 4",
                    "partner_id": contract.partner_id.id,
                    "contract_id": contract.id,
                    **values,
                }
            )
        if resolved:
            with self.at(moment=resolved):
                intervention.action_close()
        return intervention

    def figures(self, contract=None, days=OCTOBER, now=datetime(2026, 11, 2, 8)):
        contract = contract or self.contract
        with self.at(moment=now):
            figures = self.env["charter.figures"]._figures(contract, *days)[contract.id]
        return json.loads(json.dumps(figures))


class TestFigures(FiguresCase):
    def test_interventions_by_kind_and_priority(self):
        self.worked(datetime(2026, 9, 30, 8), datetime(2026, 10, 1, 8), kind="remote", priority="2")
        self.worked(datetime(2026, 10, 5, 8), datetime(2026, 10, 5, 9))
        self.worked(datetime(2026, 10, 6, 8), datetime(2026, 10, 6, 9), kind="preventive")
        self.worked(datetime(2026, 10, 30, 8), datetime(2026, 11, 1, 9))
        self.worked(datetime(2026, 10, 20, 8))
        cancelled = self.worked(datetime(2026, 10, 7, 8))
        with self.at(moment=datetime(2026, 11, 1, 12)):
            cancelled.action_cancel("Reported twice.")
        before = self.worked(datetime(2026, 9, 7, 8))
        with self.at(moment=datetime(2026, 10, 8, 8)):
            before.action_cancel("Reported twice.")
        self.assertEqual(
            self.figures()["interventions"],
            {
                "done": 3,
                "by_kind": {"remote": 1, "corrective": 1, "preventive": 1},
                "by_priority": {"2": 1, "1": 2},
                "open_at_end": 2,
                "cancelled": 1,
                "without_contract": 0,
            },
        )

    def test_a_day_is_the_clients_own(self):
        """23:30 in Paris on the 31st is October; the same moment is November in Auckland."""
        self.worked(datetime(2026, 10, 31, 20), datetime(2026, 10, 31, 22, 30))
        self.worked(datetime(2026, 10, 31, 20), datetime(2026, 10, 31, 23, 0))
        self.assertEqual(self.figures()["interventions"]["done"], 1)
        self.client.tz = "Pacific/Auckland"
        figures = self.figures()
        self.assertEqual(figures["interventions"]["done"], 0)
        self.assertEqual(figures["period"]["tz"], "Pacific/Auckland")
        self.client.tz = False
        self.assertEqual(self.figures()["period"]["tz"], "Europe/Paris", "the company's")

    def test_service_levels_and_what_is_left_out(self):
        """Critical, Premium: response in 1 h, resolution in 8 h, round the clock."""
        self.worked(datetime(2026, 10, 6, 8), datetime(2026, 10, 6, 8, 30), priority="3")
        self.worked(datetime(2026, 10, 7, 8), datetime(2026, 10, 7, 20), priority="3")
        self.worked(datetime(2026, 10, 31, 22, 30), priority="3")
        cancelled = self.worked(datetime(2026, 10, 9, 8), priority="3")
        with self.at(moment=datetime(2026, 10, 9, 8, 30)):
            cancelled.action_cancel("Reported twice.")
        figures = self.figures(now=datetime(2026, 10, 31, 22, 45))
        self.assertEqual(figures["response"], {"met": 1, "total": 2, "running": 1, "cancelled": 1})
        self.assertEqual(figures["resolution"], {"met": 1, "total": 2, "running": 1, "cancelled": 1})

    def test_late_belongs_to_the_period_it_fell_due_in(self):
        late = self.worked(datetime(2026, 10, 31, 20), datetime(2026, 11, 1, 10), priority="3")
        self.assertEqual(self.figures()["response"], {"met": 0, "total": 1, "running": 0, "cancelled": 0})
        self.assertEqual(self.figures()["resolution"]["total"], 0, "due on 1 November")
        november = self.figures(days=(date(2026, 11, 1), date(2026, 11, 30)))
        self.assertEqual(november["resolution"], {"met": 0, "total": 1, "running": 0, "cancelled": 0})
        [named] = [row for row in self.figures()["promises"]["late_list"] if row["about"]]
        self.assertEqual(
            (named["code"], named["about"], named["occurrence"]), ("intervention.response", late.name, "")
        )
        self.assertIn("en_US", named["title"])

    def test_late_is_late_before_the_clock_has_come_round(self):
        self.worked(datetime(2026, 10, 7, 8), priority="3")
        before = self.figures(now=datetime(2026, 10, 7, 17))
        with self.at(moment=datetime(2026, 10, 7, 17)):
            self.tick()
        after = self.figures(now=datetime(2026, 10, 7, 17))
        self.assertEqual(before["response"], {"met": 0, "total": 1, "running": 0, "cancelled": 0})
        self.assertEqual(before["promises"], after["promises"])

    def test_paused_time_is_counted_apart_and_given_back(self):
        work = self.worked(datetime(2026, 10, 30, 8), priority="3")
        with self.at(moment=datetime(2026, 10, 30, 8, 30)):
            work.action_respond()
            work.action_pause("A part is on order.")
        with self.at(moment=datetime(2026, 11, 1, 23)):
            work.action_resume()
            work.action_close()
        figures = self.figures()
        hours = (datetime(2026, 10, 31, 23) - datetime(2026, 10, 30, 8, 30)) / timedelta(hours=1)
        self.assertEqual(figures["paused"], {"interventions": 1, "seconds": int(hours * 3600)})
        november = self.figures(days=(date(2026, 11, 1), date(2026, 11, 30)))
        self.assertEqual(november["resolution"], {"met": 1, "total": 1, "running": 0, "cancelled": 0})

    def test_nothing_happened_is_said_to_be_missing(self):
        beta = self._client("Beta")[0]
        with self.at():
            contract = self._contract(beta)
        figures = self.figures(contract)
        self.assertEqual(figures["availability"]["equipment"], False)
        self.assertEqual(figures["satisfaction"]["n"], 0)
        self.assertIsNone(figures["nps"]["score"])
        for name in ("response", "resolution", "callbacks"):
            self.assertIsNone(formulas.percent(figures[name].get("met", 0), figures[name]["total"]))

    def test_availability(self):
        camera = self.env["charter.equipment"].create(
            {
                "name": "Camera",
                "partner_id": self.client.id,
                "contract_id": self.contract.id,
                "company_id": self.company.id,
                "supervised_from": "2026-10-02",
            }
        )
        with self.at(moment=datetime(2026, 10, 12)):
            self.env["charter.outage"].create(
                [
                    {
                        "equipment_id": camera.id,
                        "start_at": "2026-10-10 08:00:00",
                        "end_at": "2026-10-10 10:00:00",
                    },
                    {
                        "equipment_id": camera.id,
                        "start_at": "2026-10-10 09:00:00",
                        "end_at": "2026-10-10 11:00:00",
                    },
                ]
            )
        found = self.figures()["availability"]
        self.assertEqual(found["down"], 3 * 3600)
        self.assertEqual(found["expected"], 30 * 86400 + 3600, "the clocks went back on the 25th")
        camera.supervised_from = False
        found = self.figures()["availability"]
        self.assertEqual((found["supervised"], found["equipment"]), (False, True))

    def test_satisfaction_and_recommendation(self):
        with self.at(moment=datetime(2026, 10, 6, 8)):
            self.invitation(self.alice)._answer(rating=5, nps=9)
        with self.at(moment=datetime(2026, 10, 20, 8)):
            self.invitation(self.alice)._answer(rating=2, nps=3, comment="No.")
            self.invitation(self.adam)._answer(rating=4, nps=8)
        with self.at(moment=datetime(2026, 9, 20, 8)):
            self.invitation(self.adam)._answer(rating=1, nps=0, comment="No.")
        figures = self.figures()
        self.assertEqual((figures["satisfaction"]["n"], figures["satisfaction"]["sum"]), (3, 11))
        self.assertEqual(figures["satisfaction"]["distribution"], {"1": 0, "2": 1, "3": 0, "4": 1, "5": 1})
        self.assertEqual(
            figures["nps"],
            {"promoters": 0, "detractors": 1, "n": 2, "left_out": 0, "score": -50, "from": "2025-11-01"},
            "the latest answer of each contact",
        )

    def test_callbacks_and_escalations(self):
        with self.at(moment=datetime(2026, 10, 6, 8)):
            self.negative()
            escalation = self.escalate()
        figures = self.figures()
        self.assertEqual(figures["callbacks"], {"kept": 0, "total": 1, "running": 0, "cancelled": 0})
        self.assertEqual(figures["escalations"], {"raised": 1, "level2": 0, "resolved": 0, "open_at_end": 1})
        named = [
            row["about"] for row in figures["promises"]["late_list"] if row["code"] == "escalation.level1"
        ]
        self.assertEqual(named, [f"{escalation.reference} {escalation.name}"])

    def test_what_names_no_contract_is_counted_once(self):
        with self.at(moment=START - timedelta(days=10)):
            other = self._contract(self.client)
        with self.at(moment=datetime(2026, 10, 6, 8)):
            self.escalate()
            self.negative(self.adam)
        first, second = self.figures(), self.figures(other)
        self.assertEqual((first["escalations"]["raised"], second["escalations"]["raised"]), (1, 0))
        self.assertEqual((first["satisfaction"]["n"], second["satisfaction"]["n"]), (1, 0))
        self.assertEqual(first["satisfaction"]["without_contract"], 1)
        self.assertEqual(first["nps"]["n"], second["nps"]["n"], "the recommendation is the client's")

    def test_statements_do_not_grow_with_contracts(self):
        with self.at(moment=START - timedelta(days=10)):
            contracts = self.contract
            for number in range(5):
                contracts |= self._contract(self._client(f"Client {number}")[0])
        figures = self.env["charter.figures"]
        self.env.flush_all()
        self.env.invalidate_all()
        with self.at(moment=datetime(2026, 11, 2, 8)):
            figures._figures(contracts, *OCTOBER)  # reads the contracts and their time zones
            with self.assertQueryCount(8):
                found = figures._figures(contracts, *OCTOBER)
        self.assertEqual(set(found), set(contracts.ids))

    def test_reversed_days_are_refused(self):
        with self.assertRaisesRegex(ValueError, "before it starts"):
            self.figures(days=OCTOBER[::-1])

    def test_the_method_is_the_docstrings_word_for_word(self):
        method = self.env["charter.figures"]._method()
        documented = {
            name: function
            for name, function in inspect.getmembers(formulas, inspect.isfunction)
            if (function.__doc__ or "").startswith("Formula:")
        }
        self.assertEqual(set(method), set(documented))
        for name, function in documented.items():
            first = inspect.getdoc(function).split("\n\n")[0].removeprefix("Formula: ")
            self.assertEqual(method[name][1], re.sub(r"\s+", " ", first), name)

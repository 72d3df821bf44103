"""No step of a contract or of its lines ends with time under contract past a term nobody has decided (article 04)."""

import contextlib
import inspect
from datetime import date, datetime

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..cases.year import YearCase

TERM = date(2027, 2, 28)
# (first day, last day): a pause across the term, the year after it, a pause before the line began, one within the term.
PERIODS = (
    ("2027-02-01", "2027-11-30"), ("2027-03-01", "2028-02-29"), ("2026-01-01", "2026-12-31"), ("2027-01-15", "2027-01-20"),
)  # fmt: skip
ORM = ("create", "write", "copy")


@tagged("post_install", "-at_install")
class TestNoWayRound(YearCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        case = cls("test_every_step_of_the_registry")
        cls.contract = case.renewing(cls.client)
        with case.at():
            # One that had been cancelled before the renewal was opened.
            cancelled = case.line("2027-01-01", "2028-02-29", is_auto_renew=False, is_canceled=True)
            cls.contract.contract_line_ids = [Command.create(cancelled)]
            cls.first_line = cls.contract.contract_line_ids[0]
        cls.renewal = case.opened(cls.contract)
        with case.at(moment=datetime(2027, 1, 10, 9)):
            case.say(cls.alice, 2)
            cls.renewal.action_decide()

    def steps(self, model):
        """Names of the public methods that addons define on ``model``, and what the ORM does with any."""
        found = set(ORM)
        for cls in type(self.env[model]).mro():
            if cls.__dict__.get("_name") == model and cls.__module__.startswith("odoo.addons."):
                found |= {
                    name for name, what in vars(cls).items()
                    if not name.startswith("_") and callable(getattr(what, "__func__", what)) and inspect.isfunction(
                        getattr(what, "__func__", what))
                }  # fmt: skip
        return sorted(found)

    def arguments(self, method, model, first, last):
        """What ``method`` is called with, by the names of its parameters; a name nobody knows fails and is named."""
        of_line = model == "contract.line"
        new = {**self.line_values(last), "contract_id": self.contract.id} if of_line else {
            "name": "Again", "partner_id": self.client.id, "charter_copied_from_id": self.contract.id,
            "charter_tier_id": self.premium.id, "line_recurrence": True,
            "contract_line_ids": [Command.create(self.line_values(last))],
        }  # fmt: skip
        change = {"date_end": last, "is_auto_renew": False} if of_line else {
            "contract_line_ids": [Command.update(self.first_line.id, {"date_end": last, "is_auto_renew": False})]
        }  # fmt: skip
        known = {
            "date_start": date.fromisoformat(first), "date_end": date.fromisoformat(last), "is_auto_renew": True,
            "recurring_next_date": date.fromisoformat(first), "vals": change, "values": change, "vals_list": [new],
            "default": {"date_end": last} if of_line else {}, "signature": "t", "access_uid": None,
        }  # fmt: skip
        found = {}
        for name, parameter in self.parameters(model, method.__name__).items():
            if name in known:
                found[name] = known[name]
            else:
                self.assertIsNot(
                    parameter.default,
                    parameter.empty,
                    f"{model}.{method.__name__}({name}): say here how to call it",
                )
        return found

    def parameters(self, model, name):
        """What its definitions name: an override may take ``*args, **kwargs``."""
        found = {}
        for cls in type(self.env[model]).mro():
            if name in vars(cls):
                said = list(inspect.signature(getattr(cls, name)).parameters.values())[1:]
                found |= {
                    one.name: one for one in said if one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD)
                }
        return found

    def line_values(self, last):
        return self.line("2027-01-01", last, is_auto_renew=False)

    def beyond(self):
        """Lines of the client that run past the term."""
        return self.env["contract.line"].search(
            [("contract_id.commercial_partner_id", "=", self.client.id), ("is_canceled", "=", False),
             ("display_type", "=", False), ("date_start", "!=", False),
             "|", ("date_end", "=", False), ("date_end", ">", TERM)]
        )  # fmt: skip

    def wizards(self):
        """{transient model: its field}: dialogs that set days of a line or of a contract."""
        found = {}
        for model in self.env.registry.values():
            if model._transient and any(field.type == "date" for field in model._fields.values()):
                for field in model._fields.values():
                    if field.type == "many2one" and field.comodel_name in (
                        "contract.line",
                        "contract.contract",
                    ):
                        found[model._name] = field
        return found

    def tried(self):
        """Yield (name, call) of every step with every period; a call acts within the caller's savepoint."""
        lines = self.contract.contract_line_ids
        records = [("contract.line", line) for line in lines] + [("contract.contract", self.contract)]
        for model, record in records:
            for name in self.steps(model):
                for first, last in PERIODS:

                    def call(record=record, name=name, model=model, first=first, last=last):
                        method = getattr(record, name)
                        return method(**self.arguments(method, model, first, last))

                    yield f"{model} {record.id} {name} {first}", call
            for values in ({"is_canceled": False}, {"date_start": "2027-01-02"}, {"display_type": False}):
                if model == "contract.line":
                    yield (
                        f"{model} {record.id} {values}",
                        lambda record=record, values=values: record.write(values),
                    )
        for model, field in self.wizards().items():
            for name in set(self.steps(model)) - set(ORM):
                for first, last in PERIODS:
                    for line in lines:

                        def call_of_wizard(
                            model=model, field=field, name=name, first=first, last=last, line=line
                        ):
                            target = line if field.comodel_name == "contract.line" else self.contract
                            values = {field.name: target.id, "date_start": first, "date_end": last,
                                      "is_auto_renew": True, "recurring_next_date": first}  # fmt: skip
                            wizard = self.env[model].create(
                                {
                                    key: value
                                    for key, value in values.items()
                                    if key in self.env[model]._fields
                                }
                            )
                            method = getattr(wizard, name)
                            return method(**self.arguments(method, model, first, last))

                        yield f"{model} {line.id} {name} {first}", call_of_wizard

    def test_every_step_of_the_registry(self):
        self.assertFalse(self.beyond(), "nothing to begin with")
        self.assertEqual(self.renewal.state, "remediation")
        count = 0
        with self.at(moment=datetime(2027, 1, 12, 9)):
            for name, call in self.tried():
                count += 1
                with self.subTest(name), self.env.cr.savepoint() as savepoint:
                    # Refused in words, or nothing is past the term.
                    with contextlib.suppress(UserError):
                        call()
                        self.env.flush_all()
                        self.assertFalse(self.beyond().mapped("date_end"), f"{name} ends past the term")
                    savepoint.rollback()
                    self.env.invalidate_all()
        self.assertGreater(count, 150, "the sweep has found its steps")

    def test_a_pause_past_the_term_is_refused_in_words(self):
        with self.at(moment=datetime(2027, 1, 12, 9)):
            wizard = self.env["contract.line.wizard"].create(
                {"contract_line_id": self.first_line.id, "date_start": "2027-02-01", "date_end": "2027-11-30"}
            )
            with (
                self.assertRaisesRegex(UserError, "(?s)whose renewal waits.*article 04.*Decide it in"),
                self.env.cr.savepoint(),
            ):
                wizard.stop_plan_successor()
        self.env.invalidate_all()
        self.assertEqual(self.first_line.date_end, TERM)

    def test_a_pause_before_the_renewal_opens_moves_the_term(self):
        early = self.renewing(self._client("Early")[0])
        with self.at():
            early.contract_line_ids.stop_plan_successor(date(2026, 11, 1), date(2026, 11, 30), True)
        self.assertEqual(max(early.contract_line_ids.mapped("date_end")), date(2027, 3, 30))

"""Every public method of the project, called by those it is not for, on rows that are not theirs: nothing is told, nothing changes.

From the registry: a method, a model or a dialogue of next year is in it by itself.
"""

import inspect
import re

import psycopg2
from odoo.exceptions import UserError
from odoo.models import BaseModel
from odoo.service.model import call_kw
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ...models.base.charter_addons import is_charter_model
from ..cases.two_companies import DECIDING, TwoCompaniesCase
from ..cases.written import rows_written, written_since

OURS = "odoo.addons.mileo_client_charter"
# What a call without sense ends with, wherever it is refused.
SENSELESS = (TypeError, ValueError, AttributeError, KeyError, IndexError, psycopg2.Error)


@tagged("post_install", "-at_install")
class TestCallsFromOutside(TwoCompaniesCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        machine = "mileo_client_charter.group_charter_"
        cls.strangers = {
            "a client": cls.a.portal,
            "an employee": new_test_user(cls.env, "o_employee", groups="base.group_user"),
            "a monitoring": new_test_user(cls.env, "o_monitoring", groups=f"{machine}monitoring"),
            "a feeding program": new_test_user(cls.env, "o_feeding", groups=f"{machine}feeding"),
            "a technician": cls.a.staff["technician"],
        }
        cls.marks = re.compile("|".join(map(re.escape, [cls.b.client.name, *cls.b.contacts.mapped("email")])))

    def setUp(self):
        super().setUp()
        self.enterContext(self.at(moment=DECIDING))
        self.rows = {
            name: model.sudo().with_context(active_test=False).search([("company_id", "=", self.company_b.id)], limit=1).ids
            for name, model in self.env.items()
            if self.is_ours(model) and not model._transient and model._auto and "company_id" in model._fields
        }  # fmt: skip
        self.rows.update({"res.partner": self.b.client.ids, "contract.contract": self.b.rows["contract"].ids})
        self.rows = {name: ids for name, ids in self.rows.items() if ids}

    def is_ours(self, model):
        return not model._abstract and is_charter_model(model)

    def as_stranger(self, who, name, **context):
        self.env.invalidate_all()
        user = self.strangers[who]
        return self.env(user=user, context={"allowed_company_ids": user.company_ids.ids, **context})[name]

    def methods(self, model):
        """{name: function} of what the addons define for remote calls; creating and writing have sweeps of their own."""
        return {
            name: function
            for cls in reversed(type(model).__mro__)
            if cls.__module__.startswith(OURS)
            for name, function in vars(cls).items()
            if inspect.isfunction(function) and not name.startswith("_") and not hasattr(BaseModel, name)
        }  # fmt: skip

    def arguments(self, function, ids):
        """What a call is made with: the rows, and something for each argument that is asked for."""
        if getattr(function, "_api_model", False):
            ids = []
        wanted = list(inspect.signature(function).parameters.values())[1:]
        usual = {"vals": {}, "values": {}, "vals_list": [{}], "fields": ["display_name"], "domain": []}
        given = [
            usual.get(one.name, "All is well here.")
            for one in wanted
            if one.default is one.empty and one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)
        ]
        return [*([ids] if ids else []), *given]

    @mute_logger("odoo.sql_db", "odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_every_public_method(self):
        called, problems, before = set(), [], rows_written(self.env.cr)
        for name, ids in sorted(self.rows.items()):
            for method, function in sorted(self.methods(self.env[name]).items()):
                for who in self.strangers:
                    model = self.as_stranger(who, name)
                    if model.browse(ids).has_access("read"):
                        continue  # contacts are no company's
                    savepoint = self.env.cr.savepoint()
                    try:
                        answer = call_kw(model, method, self.arguments(function, ids), {})
                        self.env.flush_all()
                    except (UserError, *SENSELESS):
                        before = None  # it may have written, which is taken back
                    else:
                        said = self.marks.search(str(answer))
                        after = rows_written(self.env.cr)
                        written = written_since(before, after)
                        if said or written:
                            problems.append(
                                f"{name}.{method} by {who}: says {said and said[0]!r}, writes {sorted(written)}"
                            )
                            before = after
                    finally:
                        savepoint.close(rollback=True)
                        self.env.invalidate_all()
                        called.add((name, method))
                    before = rows_written(self.env.cr) if before is None else before
        self.assertEqual(problems, [], "\n".join(problems))
        self.assertGreaterEqual(len(called), 120)

    @mute_logger("odoo.sql_db", "odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_every_form_as_it_opens_and_changes(self):
        """``default_get`` and ``onchange`` compute with what the caller names, as somebody who may read it would see it."""
        tried, problems = 0, []
        for name, model in sorted(self.env.items()):
            if not self.is_ours(model):
                continue
            links = {
                field.name: self.rows[field.comodel_name][0]
                for field in model._fields.values()
                if field.type == "many2one" and field.comodel_name in self.rows
            }
            comodels = {model._fields[link].comodel_name for link in links} | {name} & self.rows.keys()
            comodels |= {
                field.comodel_name
                for field in model._fields.values()
                if field.type == "many2many" and field.comodel_name in self.rows
            }
            for who in ("a client", "an employee", "a technician"):
                for comodel in sorted(comodels):
                    [row] = self.rows[comodel]
                    context = {"active_model": comodel, "active_id": row, "active_ids": [row]}
                    tried += 1
                    problems += self.told(
                        f"{name}.default_get on {comodel} by {who}",
                        lambda one: one.default_get(list(one._fields)),
                        self.as_stranger(who, name, **context),
                    )
                stranger = self.as_stranger(who, name)
                strange = {
                    link: row
                    for link, row in links.items()
                    if not self.as_stranger(who, model._fields[link].comodel_name)
                    .browse(row)
                    .has_access("read")
                }
                if strange and stranger.has_access("create"):
                    for chosen in [strange, *({link: row} for link, row in strange.items())]:
                        tried += 1
                        problems += self.told(
                            f"{name}.onchange of {sorted(chosen)} by {who}", self.change(chosen), stranger
                        )
                        if model._transient:
                            problems += self.told(
                                f"{name} made with {sorted(chosen)} by {who}", self.make(chosen), stranger
                            )
        self.assertEqual(problems, [], "\n".join(problems))
        self.assertGreaterEqual(tried, 200)

    def change(self, values):
        def act(model):
            spec = {
                field.name: {"fields": {"display_name": {}}} if field.relational else {}
                for field in model._fields.values()
                if field.name not in values and model._has_field_access(field, "read")
            }
            return model.onchange(values, list(values), spec)

        return act

    def make(self, values):
        def act(model):
            made = model.create(values)
            return made.read(
                [name for name, field in made._fields.items() if made._has_field_access(field, "read")]
            )

        return act

    def told(self, what, act, model):
        savepoint = self.env.cr.savepoint()
        try:
            said = self.marks.search(str(act(model)))
            return [f"{what} says {said[0]!r}"] if said else []
        except (UserError, *SENSELESS):
            return []
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all()

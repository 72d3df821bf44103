"""Every form, as each role opens, fills and saves it in the web client."""

from collections import Counter
from contextlib import contextmanager
from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ...models.base.charter_addons import is_charter_model
from ..cases.two_companies import DECIDING, TwoCompaniesCase
from ..cases.web_client import WebClientMixin, WebForm


@tagged("post_install", "-at_install")
class TestForms(WebClientMixin, TwoCompaniesCase):
    def test_every_form_saves_what_it_holds(self):
        employee = new_test_user(
            self.env, "t_employee", groups="base.group_user", email="e@mileo.example.com"
        )
        people = {**self.a.staff, "employee": employee}
        done = Counter()
        with self.at(moment=DECIDING + timedelta(hours=2)):
            for model, view in self.our_forms():
                for role, user in people.items():
                    env = self.env(
                        user=user, context={**self.env.context, "allowed_company_ids": self.company.ids}
                    )
                    with self.subTest(f"{model} {view.xml_id} {role}"), self.tried(), self.of_ours(model):
                        self._try(env[model], view, done)
        for what, count in (("create", 45), ("write", 50), ("copy", 30)):
            self.assertGreaterEqual(done[what], count, "the sweep finds the forms by itself")

    @contextmanager
    def of_ours(self, model):
        """What another app's own form refuses to somebody without that app's rights is none of ours."""
        try:
            yield
        except AccessError as error:
            if is_charter_model(self.env.registry.get(model)) or "charter" in str(error).lower():
                raise

    def _given(self, model):
        given = {"partner_id": self.env["res.partner"].browse(self.a.client.id)}
        if model._name == "charter.advisory.feed":
            given["address"] = "https://www.example.com/feed.json"
        if model._name == "charter.group.access":
            given["reader_id"] = self.a.rows["access"].reader_id
        return given

    def _try(self, model, view, done):
        record = model.browse()
        if model.has_access("create") and not model._transient:
            form = WebForm(model, view)
            if form.allows("create"):
                given = {
                    n: v if isinstance(v, str) else v.with_env(model.env)
                    for n, v in self._given(model).items()
                    if n in model._fields
                }
                form.fill(given)
                record = form.save()
                done["create"] += 1
        if not record and not model._transient and model.has_access("read"):
            record = model.search([], limit=1)
        if record and model.has_access("write") and record.has_access("write"):
            form = WebForm(record, view)
            name = form.allows("edit") and form.plain_field()
            if model._name == "contract.contract" and not model._charter_may_write_all():
                # The words of a contract are the accountants': test_contract_write holds what these roles may.
                self.assertNotIn(name, model._charter_editable_fields())
                name = None
            if name:
                form[name] = "Another word of ours"
                form.save()
                done["write"] += 1
            if model.has_access("create") and form.allows("create") and form.allows("duplicate"):
                record.copy()
                done["copy"] += 1

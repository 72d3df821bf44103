"""What a form requires because of another field is seen, on the same page as that field; what is missing is named when it is saved."""

import ast
from itertools import product

from lxml import etree
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from ...models.base.charter_addons import is_charter_model
from ..cases.common import BrowserCase, CharterCase
from ..cases.web_client import WebClientMixin, WebForm

ALWAYS = ("", "0", "1", "True", "False", "true", "false", "required")
# The values by which an expression of a view decides; of what is neither: none, and some.
SOME = {
    "boolean": (False, True),
    "many2one": (False, 1),
    "date": (False, "2026-10-05"),
    "datetime": (False, "2026-10-05 10:00:00"),
}
MISSING = """
(async () => {
    const wait = async (found) => {
        for (let turn = 0; turn < 400; turn++) {
            if (found()) {
                return found();
            }
            await new Promise((done) => setTimeout(done, 25));
        }
        throw new Error(`not there: ${found}`);
    };
    (await wait(() => document.querySelector(".o_field_widget[name='name'] textarea, .o_field_widget[name='name'] input"))).focus();
    (await wait(() => document.querySelector(".o_form_button_save"))).click();
    const said = await wait(() => document.querySelector(".o_notification_content"));
    if (said.textContent.includes("To complete:") && said.textContent.includes("Date of effect")) {
        console.log("test successful");
    } else {
        console.error(said.textContent);
    }
})();
"""


@tagged("post_install", "-at_install")
class TestFormsRequired(WebClientMixin, CharterCase, BrowserCase):
    def names(self, *expressions):
        return {
            node.id for text in expressions for node in ast.walk(ast.parse(text or "0", mode="eval")) if isinstance(node, ast.Name)
        } - {"True", "False", "None", "true", "false"}  # fmt: skip

    def values(self, model, name):
        field = model._fields.get(name)
        if field is not None and field.type == "selection":
            return [False, *(key for key, _label in field._description_selection(self.env))]
        return SOME.get(field.type if field is not None else None, (False, 1))

    def wrong(self, model, arch):
        """Yield (field, what is wrong) of the fields of ours that another field makes required."""
        for node in arch.iterfind(".//field[@required]"):
            required, name = node.get("required"), node.get("name")
            if required in ALWAYS or not (is_charter_model(model) or name.startswith("charter_")):
                continue
            around = [node, *node.iterancestors()]
            inside = next((one.get("name") for one in around[1:] if one.tag == "field"), None)
            rows = self.env[model._fields[inside].comodel_name] if inside else model
            hidden = (
                [one.get("invisible") for one in around if one.get("invisible") not in (None, *ALWAYS)]
                if not inside
                else []
            )
            hidden += (
                [node.get("column_invisible")] if node.get("column_invisible") not in (None, *ALWAYS) else []
            )
            names = sorted(self.names(required, *hidden))
            self.looked_at.append((model._name, name))
            for chosen in product(*(self.values(rows, one) for one in names)):
                values = dict(zip(names, chosen, strict=True))
                if safe_eval(required, dict(values)) and any(safe_eval(one, dict(values)) for one in hidden):
                    yield name, f"required and not seen with {values}"
                    break
            page = next((one for one in around if one.tag == "page"), None)
            pages = {
                next((one for one in trigger.iterancestors("page")), None)
                for trigger_name in self.names(required) - {"id"}
                for trigger in arch.iterfind(f".//field[@name='{trigger_name}']")
            }
            if page is not None and not inside and pages and page not in pages:
                yield name, "on another page than what requires it"

    def test_what_is_required_is_seen_beside_what_requires_it(self):
        self.looked_at, found = [], []
        for model, view in self.our_forms():
            records = self.env[model]
            arch = etree.fromstring(records.get_view(view.id, "form")["arch"])
            found += [(model, view.name, *one) for one in self.wrong(records, arch)]
        self.assertFalse(found)
        self.assertGreater(len(self.looked_at), 20, "the sweep finds the forms by itself")

    def test_what_a_role_may_edit_it_may_save(self):
        """Fields that write into other documents of ours, on the forms of other apps: open to whoever may write those, and to nobody else."""
        tried = set()
        contract = self._contract(self.client)
        records = {"res.partner": self.client, "contract.contract": contract, "res.users": self.technician}
        people = (self.manager, self.technician, self.operations, self.direction, self.admin)
        for model, view in self.our_forms():
            if model not in records:
                continue
            ours = [
                name
                for name, field in self.env[model]._fields.items()
                if name.startswith("charter_") and field.inverse
            ]
            for user in people:
                record = records[model].with_user(user).with_company(self.company)
                if not record.has_access("write"):
                    continue
                for name in ours:
                    with self.subTest(f"{model}.{name}", role=user.login), self.tried():
                        form = WebForm(record, view)
                        if name not in form._view["fields"] or not form.is_open(name):
                            continue
                        tried.add((model, name, user.login))
                        form[name] = (
                            self.direction.with_user(user)
                            if record._fields[name].type == "many2one"
                            else form.value_for(name)
                        )
                        form.save()
        self.assertGreaterEqual(
            {name for _model, name, _login in tried},
            {"charter_account_manager_id", "charter_technical_contact_id"},
        )
        self.assertNotIn(("res.partner", "charter_account_manager_id", "t_manager"), tried)

    def test_a_tier_comes_with_its_first_day(self):
        contract = self._contract(self.client, self.premium.browse())
        self.assertFalse(contract.charter_since)
        with self.at():
            contract = contract.new(origin=contract)
            contract.charter_tier_id = self.premium
            contract._onchange_charter_tier_id()
            self.assertEqual(contract.charter_since, self.company._charter_today())

    def test_what_is_missing_is_named(self):
        self.browser_js(
            "/odoo/charter-notice/new",
            MISSING,
            ready="document.querySelector('.o_form_view') !== null",
            login=self.manager.login,
        )

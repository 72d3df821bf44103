"""A form that is opened and left as it opened records nothing, also when the page is closed under it.

Odoo 19.0 saves a new form on the way out of the page whether anybody touched it or not, if its defaults are enough.
"""

import json

from odoo.tests import tagged

from ...models.base.charter_addons import is_charter_model
from ..cases.common import BrowserCase, CharterCase
from ..cases.web_client import WebClientMixin, WebForm

# What the browser would still send as the page closes is kept instead, by the model it is for.
LEAVE = """
const {action} = odoo.__WOWL_DEBUG__.root.env.services;
const sent = [], opened = [];
navigator.sendBeacon = (address) => sent.push(address.split("/").at(-2));
const shown = async (model) => {
    for (let turn = 0; turn < 400; turn++) {
        const form = document.querySelector(".o_action_manager .o_form_view");
        if (form && form.dataset.charterModel !== "seen" && form.querySelector(".o_field_widget")) {
            form.dataset.charterModel = "seen";
            return form;
        }
        await new Promise((done) => setTimeout(done, 25));
    }
    throw new Error(`${model} does not open`);
};
(async () => {
    for (const model of %(models)s) {
        await action.doAction(
            {type: "ir.actions.act_window", name: model, res_model: model, views: [[false, "form"]], target: "current"},
            {clearBreadcrumbs: true},
        );
        await shown(model);
        opened.push(model);
        window.dispatchEvent(new Event("beforeunload", {cancelable: true}));
        await new Promise((done) => setTimeout(done, 25));
    }
    if (sent.length) {
        console.error(`recorded by nobody: ${sent.join(", ")}`);
    } else if (opened.length === %(models)s.length) {
        console.log("test successful");
    }
})();
"""


@tagged("post_install", "-at_install")
class TestFormsUntouched(WebClientMixin, CharterCase, BrowserCase):
    def complete_as_they_open(self, user):
        """The models whose new form needs nothing from a person: those the page could save as it closes."""
        found = set()
        for model, view in self.our_forms():
            records = self.env[model].with_user(user)
            # A dialog is closed without being saved.
            if not is_charter_model(records) or records._transient or not records.has_access("create"):
                continue
            form = WebForm(records, view=view)
            if form.allows("create") and not form.missing():
                found.add(model)
        return sorted(found)

    def test_nothing_is_recorded(self):
        with self.at():
            models = self.complete_as_they_open(self.operations)
        self.assertIn("charter.absence", models)
        self.browser_js(
            "/odoo/charter-absence",
            LEAVE % {"models": json.dumps(models)},
            ready="document.querySelector('.o_list_view') !== null",
            login=self.operations.login,
        )

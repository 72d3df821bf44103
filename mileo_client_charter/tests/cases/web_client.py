"""Forms opened, filled and saved as the web client does: with every field that the view holds and does not lock."""

from contextlib import contextmanager

from odoo import fields
from odoo.tests import Form
from odoo.tools.safe_eval import safe_eval

from ...models.base.charter_addons import charter_addons

WORDS = "Seen on site with the client."


class WebForm(Form):
    """``odoo.tests.Form`` sends what the web client's ``_getChanges`` does; this fills in what a person would have to."""

    def allows(self, what):
        """Whether the form's root lets people ``create``, ``edit`` or ``duplicate``."""
        return self._view["tree"].get(what, "1").lower() not in ("0", "false")

    def evaluated(self, expression):
        """A modifier of a node of the view on the present values."""
        if expression in (None, "", "0", "False", "false"):
            return False
        return expression in ("1", "True", "true") or bool(safe_eval(expression, self._get_eval_context()))

    def is_open(self, name):
        return not any(self._get_modifier(name, modifier) for modifier in ("readonly", "invisible"))

    def missing(self):
        """Fields that a person sees, has to fill and has not filled."""
        return [
            name
            for name, info in self._view["fields"].items()
            if name in self._values and name != "id"
            and info["type"] != "boolean" and not self._values[name] and info["type"] not in ("one2many", "many2many")
            and not (info["type"] in ("integer", "float", "monetary") and self._values[name] == 0 and name != "number")
            and self.is_open(name) and self._get_modifier(name, "required")
        ]  # fmt: skip

    def fill(self, given):
        """Fill what is missing with ``given`` values, else with the first that its field takes."""
        for name, value in given.items():
            if name in self._view["fields"] and self.is_open(name):
                self[name] = value
        while missing := self.missing():
            name = missing[0]
            value = self.value_for(name)
            assert value or value == 0, f"{self._record._name}.{name}: nothing to choose"
            self[name] = value

    def value_for(self, name):
        info = self._view["fields"][name]
        kind = info["type"]
        if kind == "many2one":
            domain = info.get("domain") or []
            if isinstance(domain, str):
                domain = safe_eval(domain, self._get_eval_context())
            return self._env[info["relation"]].search(domain, limit=1)
        return {
            "char": WORDS,
            "text": WORDS,
            "html": f"<p>{WORDS}</p>",
            "integer": 97,
            "float": 1.0,
            "monetary": 1.0,
            "date": fields.Date.to_string(fields.Date.today()),
            "datetime": fields.Datetime.to_string(fields.Datetime.now()),
            "selection": info["selection"][0][0] if kind == "selection" else None,
            "binary": "JVBERi0=",
        }[kind]

    def plain_field(self):
        """The first field of words that a person can change, or None."""
        for name, info in self._view["fields"].items():
            if (
                info["type"] in ("char", "text", "html")
                and self.is_open(name)
                and not info.get("related")
                and name not in ("email", "login", "code", "vat", "website", "phone", "barcode", "tz")
            ):
                return name
        return None


class WebClientMixin:
    def our_forms(self):
        """[(model, form as it is opened)] of every form view that the addon, or one around it, adds or extends.

        Without the window of a key, whose model has no table: nothing is saved of it (``base/test_key_window.py``).
        """
        known = (
            self.env["ir.model.data"]
            .sudo()
            .search([("model", "=", "ir.ui.view"), ("module", "in", list(charter_addons(self.env.registry)))])
        )
        opened = set()
        for view in self.env["ir.ui.view"].sudo().browse(known.mapped("res_id")):
            if view.type == "form" and view.model in self.env and not self.env[view.model]._abstract:
                root = view
                while root.mode != "primary":
                    root = root.inherit_id
                opened.add((view.model, root))
        return sorted(opened, key=lambda pair: (pair[0], pair[1].id))

    @contextmanager
    def tried(self):
        """What happens inside is undone."""
        savepoint = self.env.cr.savepoint()
        try:
            yield
        finally:
            self.env.invalidate_all(flush=False)
            savepoint.close(rollback=True)
            self.env.invalidate_all(flush=False)

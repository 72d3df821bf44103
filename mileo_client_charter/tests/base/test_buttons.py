"""Every button of a view calls a method of its model on records: the web client always sends their ids."""

from lxml import etree
from odoo.tests import TransactionCase, tagged

from ...models.base.charter_addons import charter_addons


@tagged("post_install", "-at_install")
class TestButtons(TransactionCase):
    def views(self):
        rows = self.env["ir.model.data"].search(
            [("model", "=", "ir.ui.view"), ("module", "in", list(charter_addons(self.env.registry)))]
        )
        return self.env["ir.ui.view"].browse(rows.mapped("res_id")).exists().filtered("model")

    def buttons(self, node, model):
        """(model, method) of each button of type object below ``node``, whichever list or form within it stands in."""
        for child in node:
            if child.tag == "button" and child.get("type") == "object":
                yield model, child.get("name")
            # With a position, it only says where something of the model itself is put.
            field = (
                child.tag == "field" and not child.get("position") and model._fields.get(child.get("name"))
            )
            inner = self.env[field.comodel_name] if field and field.relational else model
            yield from self.buttons(child, inner)

    def test_buttons_call_what_takes_records(self):
        count = 0
        for view in self.views():
            for model, name in self.buttons(etree.fromstring(view.arch_db), self.env[view.model]):
                with self.subTest(view.xml_id, button=name):
                    # An extension may stand within a list of the view it extends: a model of one of its fields then.
                    inner = (
                        self.env[field.comodel_name] for field in model._fields.values() if field.relational
                    )
                    near = [model, *(inner if view.inherit_id else ())]
                    method = next(
                        (getattr(type(one), name) for one in near if hasattr(type(one), name)), None
                    )
                    self.assertTrue(callable(method), f"{model._name} has no method {name}")
                    self.assertFalse(
                        getattr(method, "_api_model", False),
                        f"{model._name}.{name} is @api.model: it would take the ids for an argument",
                    )
                    count += 1
        self.assertGreater(count, 60)

"""On a contract the charter's roles write what the charter added, and nothing else."""

import re

from lxml import etree
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..cases.common import CharterCase

ROLES = ("manager", "operations", "direction", "admin")
MAY = ROLES[1:]


@tagged("post_install", "-at_install")
class TestContractWrite(CharterCase):
    def setUp(self):
        super().setUp()
        with self.at():
            self.contract = self._contract(self.client)

    def test_the_account_team_reads_no_price(self):
        """Every amount of a contract and its lines, from the registry: for operations, accounts and the client; in no view of ours."""
        line = self.contract.contract_line_ids[:1]
        counted = set()
        for record in (self.contract, line):
            amounts = {
                name
                for name, field in record._fields.items()
                if field.type == "monetary"
                or (re.search("price|discount|amount|subtotal", name) and field.type == "float")
            }
            for name in amounts:
                counted.add((record._name, name))
                for role in ("technician", "manager"):
                    mine = record.with_user(getattr(self, role))
                    with self.subTest(record._name, field=name, role=role), self.assertRaises(AccessError):
                        mine.read([name])
                    self.assertNotIn(name, mine.fields_get())
                with self.subTest(record._name, field=name, role="operations"):
                    record.with_user(self.operations).read([name])
        self.assertLessEqual({("contract.line", "price_unit"), ("contract.line", "price_subtotal")}, counted)
        mine = self.contract.with_user(self.technician)
        for view in ("form", "list"):
            arch = etree.fromstring(mine.get_view(view_type=view)["arch"])
            self.assertFalse(
                {node.get("name") for node in arch.iter("field")} & {name for _model, name in counted}
            )

    def _present(self, record, name):
        """The present value of a field, as ``write`` takes it: writing it changes nothing, and is refused all the same."""
        return record._fields[name].convert_to_write(record.sudo()[name], record)

    def test_every_field_but_the_charter_s(self):
        allowed = self.env["contract.contract"]._charter_editable_fields()
        self.assertEqual(allowed, {"charter_tier_id", "charter_since", "charter_calendar_id"})
        counted = 0
        for record in (self.contract, self.contract.contract_line_ids[:1]):
            for name in record._fields:
                if name == "id":
                    continue
                for role in ROLES:
                    mine = record.with_user(getattr(self, role))
                    value = self._present(record, name)
                    with self.subTest(record._name, field=name, role=role):
                        if record == self.contract and name in allowed and role in MAY:
                            mine.write({name: value})
                        else:
                            with self.assertRaises(AccessError):
                                mine.write({name: value})
                        counted += 1
        self.assertGreater(counted, 400)

    def test_no_creating_copying_or_deleting(self):
        for role in ROLES:
            for record in (self.contract, self.contract.contract_line_ids[:1]):
                mine = record.with_user(getattr(self, role))
                for act in (
                    lambda one: one.create({"name": "Mine", "partner_id": self.client.id}),
                    lambda one: one.copy(),
                    lambda one: one.unlink(),
                ):
                    with self.subTest(record._name, role=role), self.assertRaises(UserError):
                        act(mine)

    def test_the_lines_through_the_contract(self):
        line = self.contract.contract_line_ids[:1]
        with self.assertRaises(AccessError):
            self.contract.with_user(self.operations).write(
                {"contract_line_ids": [(1, line.id, {"price_unit": 0})], "charter_since": "2026-03-01"}
            )
        self.assertEqual(line.price_unit, 100)

    def test_the_form_saves_what_it_lets_edit(self):
        """Opened and saved as the web client does, by who has no rights in Invoicing."""
        view = self.env.ref("mileo_client_charter.view_charter_contract_form")
        contract = self.contract.with_user(self.operations)
        arch = etree.fromstring(contract.get_view(view.id, "form")["arch"])
        self.assertNotEqual(arch.get("edit"), "0")
        fields = contract.fields_get()
        names = [
            node.get("name")
            for node in arch.iter("field")
            if not node.xpath("ancestor::field")
            and node.get("readonly") != "1"
            and node.get("invisible") != "1"
            and not fields[node.get("name")]["readonly"]
        ]
        self.assertEqual(set(names), contract._charter_editable_fields())
        calendar = self.company.resource_calendar_id
        with self.at():
            contract.web_save(
                {"charter_tier_id": self.env.ref("mileo_client_charter.tier_comfort").id, "charter_since": "2026-09-01",
                 "charter_calendar_id": calendar.id},
                {name: {} for name in names},
            )  # fmt: skip
        self.assertEqual((contract.charter_tier_id.code, contract.charter_calendar_id), ("comfort", calendar))

    def test_who_may_in_invoicing_may(self):
        """Rights another addon gives say more than the charter's."""
        self.assertFalse(self.contract.with_user(self.operations)._charter_may_write_all())
        group = self.env["res.groups"].create({"name": "Contracts of ours"})
        self.env["ir.model.access"].create(
            {"name": "contracts", "model_id": self.env["ir.model"]._get_id("contract.contract"), "group_id": group.id,
             "perm_read": True, "perm_write": True, "perm_create": False, "perm_unlink": False}
        )  # fmt: skip
        self.operations.group_ids += group
        contract = self.contract.with_user(self.operations)
        contract.code = "C-1"
        self.assertEqual(contract.code, "C-1")
        with self.assertRaises(AccessError):
            self.contract.with_user(self.direction).code = "C-2"

from collections import defaultdict

from odoo import Command, fields, models
from odoo.exceptions import UserError

from ..tools import support_sheet


class CharterSupportImport(models.TransientModel):
    """A maker's end-of-support list: shown first, then written on the equipment it names; drafts follow from it.

    A row names a product by its internal reference or name, or equipment by its model. What we have none of is left out.
    """

    _name = "charter.support.import"
    _description = "Import end-of-support dates"
    _inherit = ["charter.sheet.mixin"]

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    shown = fields.Boolean()
    line_ids = fields.One2many("charter.support.import.line", "import_id", readonly=True)

    def action_show(self):
        """Return what each row would do; nothing is written."""
        self.ensure_one()
        lines = [
            {
                "row": row.number,
                "model": row.model,
                "date": row.date,
                "equipment_count": len(equipment),
                "message": message,
            }
            for row, equipment, message in self._plan()
        ]
        self.line_ids = [Command.clear(), *(Command.create(line) for line in lines)]
        self.shown = True
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def action_import(self):
        """Write the dates, then raise the drafts they call for. :raise UserError: a row has no date"""
        self.ensure_one()
        plan = self._plan()
        wrong = [str(row.number) for row, _equipment, _message in plan if not row.date]
        if wrong:
            raise UserError(
                self.env._("Rows %s: the end of support is no date. Nothing was written.", ", ".join(wrong))
            )
        # Two rows on one equipment: the later row of the list is the maker's last word.
        wanted = {equipment: row for row, found, _message in plan for equipment in found}
        known = {
            m.equipment_id: m
            for m in self.env["charter.equipment.milestone"].search(
                [("kind", "=", "end_of_support"), ("equipment_id", "in", [one.id for one in wanted])]
            )
        }
        fresh = []
        for equipment, row in wanted.items():
            values = {
                "status": "announced",
                "date": row.date,
                "source": row.source or self.filename,
                "checked_on": self.env.company._charter_today(),
            }
            if equipment in known:
                known[equipment].write(values)
            else:
                fresh.append({"equipment_id": equipment.id, "kind": "end_of_support", **values})
        self.env["charter.equipment.milestone"].create(fresh)
        raised = self.env["charter.notice"].sudo()._raise_drafts()
        action = self.env["ir.actions.act_window"]._for_xml_id("mileo_client_charter.action_charter_notice")
        return {**action, "context": {}, "domain": [("id", "in", raised.ids)] if raised else []}

    def _plan(self):
        """Return [(row, equipment it names, message)]. :raise UserError: the file cannot be read"""
        rows = self._sheet_rows(support_sheet.read)
        by_name = self._equipment_by_name()
        plan = []
        for row in rows:
            found = by_name.get(row.model.casefold(), self.env["charter.equipment"])
            if row.brand:
                found = found.filtered(
                    lambda e, brand=row.brand: not e.maker or e.maker.casefold() == brand.casefold()
                )
            message = ""
            if not row.date:
                message = self.env._("The end of support is no date.")
            elif not found:
                message = self.env._("None of our clients' equipment: left out.")
            plan.append((row, found, message))
        return plan

    def _equipment_by_name(self):
        """Return {name in small letters: equipment} by model, product reference and product name; two queries."""
        equipment = self.env["charter.equipment"].search([("company_id", "=", self.company_id.id)])
        found = defaultdict(list)
        for one in equipment:
            product = one.product_id.sudo()
            for name in {one.model, product.default_code, product.name} - {False, None}:
                found[name.casefold()].append(one.id)
        return {name: self.env["charter.equipment"].browse(ids) for name, ids in found.items()}


class CharterSupportImportLine(models.TransientModel):
    _name = "charter.support.import.line"
    _description = "Row of an import of end-of-support dates"
    _order = "row"

    import_id = fields.Many2one("charter.support.import", required=True, ondelete="cascade")
    row = fields.Integer()
    model = fields.Char()
    date = fields.Date("End of support")
    equipment_count = fields.Integer("Pieces of equipment")
    message = fields.Char()

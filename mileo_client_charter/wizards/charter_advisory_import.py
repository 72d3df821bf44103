from odoo import Command, fields, models
from odoo.exceptions import UserError

MAX_FILES = 200


class CharterAdvisoryImport(models.TransientModel):
    """Advisories from files: each is taken whole or refused in words, whatever becomes of the others."""

    _name = "charter.advisory.import"
    _description = "Import security advisories"

    file_ids = fields.Many2many(
        "ir.attachment", string="Files", help="CSAF 2.0 or 2.1, or CVE records (CVE JSON 5)."
    )
    line_ids = fields.One2many("charter.advisory.import.line", "import_id", readonly=True)

    def action_import(self):
        """Take the files, and say what became of each."""
        self.ensure_one()
        if not self.file_ids:
            raise UserError(self.env._("Files: choose at least one."))
        if len(self.file_ids) > MAX_FILES:
            raise UserError(self.env._("Files: choose %s at most; import them in parts.", MAX_FILES))
        model = self.env["charter.advisory"]
        lines = []
        for file in self.file_ids:
            line = {"name": file.name}
            try:
                one, outcome = model._import_noting(file.raw or b"")
                told = one.revision_ids[:1].told_count if outcome == "revised" else 0
                line.update(advisory_id=one.id, outcome=outcome, told_count=told)
            except UserError as error:
                line.update(outcome="refused", message=str(error))
            lines.append(line)
        self.file_ids.unlink()
        self.line_ids = [Command.clear(), *(Command.create(line) for line in lines)]
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "name": self.env._("Import advisories"),
            "views": [(False, "form")],
            "target": "new",
        }

    def action_advisories(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("mileo_client_charter.action_charter_advisory")
        return {**action, "domain": [("id", "in", self.line_ids.advisory_id.ids)], "context": {}}


class CharterAdvisoryImportLine(models.TransientModel):
    """What became of one file."""

    _name = "charter.advisory.import.line"
    _description = "File of an import of advisories"
    _order = "id"

    import_id = fields.Many2one("charter.advisory.import", required=True, ondelete="cascade")
    name = fields.Char("File")
    outcome = fields.Selection(
        [
            ("created", "New"),
            ("revised", "Revised"),
            ("unchanged", "On record already"),
            ("refused", "Refused"),
        ]
    )
    advisory_id = fields.Many2one("charter.advisory", ondelete="cascade")
    affected_count = fields.Integer(related="advisory_id.affected_count")
    look_count = fields.Integer(related="advisory_id.look_count")
    told_count = fields.Integer(
        "Clients informed of it",
        help="Of a revision whose notice is out, and that changes something for them.",
    )
    message = fields.Char("Why")


class CharterAdvisoryAnswer(models.TransientModel):
    """What somebody found on devices that the texts do not decide."""

    _name = "charter.advisory.answer"
    _description = "Answer about devices of an advisory"

    concern_ids = fields.Many2many("charter.advisory.concern", string="Devices", required=True)
    answer = fields.Selection(
        [("affected", "Affected"), ("not_affected", "Not affected")], required=True, default="not_affected"
    )
    why = fields.Char("What was found", required=True)

    def action_save(self):
        self.ensure_one()
        self.concern_ids._decide(self.answer, self.why)
        return {"type": "ir.actions.act_window_close"}

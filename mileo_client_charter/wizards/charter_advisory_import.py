from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..tools.advisory import MAX_BYTES, AdvisoryError

MAX_FILES = 200
MAX_NAME = 200


class CharterAdvisoryImport(models.TransientModel):
    """Advisories from files: each is taken whole or refused in words, whatever becomes of the others."""

    _name = "charter.advisory.import"
    _description = "Import security advisories"

    file_ids = fields.Many2many(
        "ir.attachment", string="Files", help="CSAF 2.0 or 2.1, or CVE records (CVE JSON 5)."
    )
    left_out = fields.Json(
        "Files that were not uploaded",
        help="[name, bytes] of each: empty ones and those that are too large are named with the others.",
    )
    line_ids = fields.One2many("charter.advisory.import.line", "import_id", readonly=True)
    any_taken = fields.Boolean("At least one was taken", compute="_compute_any_taken")

    @api.depends("line_ids.advisory_id")
    def _compute_any_taken(self):
        for one in self:
            one.any_taken = bool(one.line_ids.advisory_id)

    def action_import(self):
        """Take the files, and say what became of each."""
        self.ensure_one()
        left_out = self._left_out()
        if not self.file_ids and not left_out:
            raise UserError(self.env._("Files: choose at least one."))
        if len(self.file_ids) + len(left_out) > MAX_FILES:
            raise UserError(self.env._("Files: choose %s at most; import them in parts.", MAX_FILES))
        model = self.env["charter.advisory"]
        lines = [{"name": name, "outcome": "refused", "message": why} for name, why in left_out]
        for file in self.file_ids:
            line = {"name": file.name}
            try:
                one, outcome = model._import_noting(file.raw or b"")
                informed = one.revision_ids[:1].told_count if outcome == "revised" else 0
                line.update(advisory_id=one.id, outcome=outcome, told_count=informed)
            except UserError as error:
                line.update(outcome="refused", message=str(error))
            lines.append(line)
        self.file_ids.unlink()
        self.left_out = False
        self.line_ids = [Command.clear(), *(Command.create(line) for line in lines)]
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "name": self.env._("Import advisories"),
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def _left_out(self):
        """Return [(name, why)] of the files dropped that the browser did not upload. :raise UserError: what it said of them is no list"""
        found = []
        for one in self.left_out or []:
            if not (isinstance(one, list) and len(one) == 2 and isinstance(one[0], str)):
                raise UserError(self.env._("Files: choose at least one."))
            name, size = one
            error = (
                AdvisoryError("bytes", detail=MAX_BYTES // 1024 // 1024) if size else AdvisoryError("empty")
            )
            found.append((name[:MAX_NAME], self.env["charter.advisory"]._import_words(error)))
        return found

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

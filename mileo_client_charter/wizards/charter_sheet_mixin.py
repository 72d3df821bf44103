import base64
import binascii

from odoo import fields, models
from odoo.exceptions import UserError

from ..tools.workbook_rows import MAX_BYTES, SheetError


class CharterSheetMixin(models.AbstractModel):
    """A workbook somebody sends in, read whole before anything is written, or refused in words."""

    _name = "charter.sheet.mixin"
    _description = "Excel file to import"

    file = fields.Binary(required=True, attachment=False)
    filename = fields.Char()
    titles_row = fields.Integer("Row of the titles", help="As the file counts its rows.")

    def _sheet_rows(self, read):
        """Return every row of the file.

        :param read: function of the file's bytes that gives its rows
        :raise UserError: it cannot be read, passes a bound, or has no row
        """
        self.ensure_one()
        try:
            rows = list(read(self._sheet_content()))
        except SheetError as error:
            raise UserError(self._sheet_words(error)) from error
        if not rows:
            raise UserError(self.env._("File: there is no row below the titles."))
        return rows

    def _sheet_content(self):
        # Four letters of base64 are three bytes: what is too long is not even decoded.
        if len(self.file or b"") > MAX_BYTES * 4 // 3 + 4096:
            raise SheetError("bytes", MAX_BYTES // 1024 // 1024)
        try:
            return base64.b64decode(self.file or b"")
        except (binascii.Error, ValueError) as error:
            raise SheetError("format") from error

    def _sheet_words(self, error):
        detail = error.detail
        return {
            "format": self.env._("File: it is no Excel file (.xlsx). Save it as .xlsx and try again."),
            "bytes": self.env._("File: it is larger than %s MB; import it in parts.", detail),
            "unpacked": self.env._(
                "File: unpacked it is larger than %s MB. Copy the table alone, as values, into a new Excel file.",
                detail,
            ),
            "columns": self.env._(
                "File: these columns are missing in row %(row)s, which was taken for the titles: %(columns)s.",
                row=error.row or 1,
                columns=detail,
            ),
            "columns_many": self.env._("File: it has more than %s columns; delete those not needed.", detail),
            "twice": self.env._("File: these columns are there twice: %s.", detail),
            "endoflife": self.env._(
                "File: it is no file of endoflife.date (API v1): %s is missing, or is not what belongs there.",
                detail,
            ),
            "letters": self.env._(
                "File: a cell of row %s holds more text than we can take, or what is no text; shorten it.",
                detail,
            ),
            "rows": self.env._("File: more than %s rows; import it in parts.", detail),
            "seconds": self.env._(
                "File: it could not be read within %s seconds; import it in parts.", detail
            ),
        }[error.code]

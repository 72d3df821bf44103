"""The renewal calendar as a workbook, written as it is read: its memory does not grow with the contracts."""

import io
from datetime import date

import xlsxwriter
from odoo import http
from odoo.http import content_disposition, request


class CharterRenewals(http.Controller):
    @http.route("/charter/renewals.xlsx", type="http", auth="user", methods=["GET"], readonly=True)
    def renewals(self, **_query):
        forecast = request.env["charter.renewal.forecast"]
        forecast.check_access("read")
        out = io.BytesIO()
        write_workbook(out, forecast._xlsx_rows())
        return request.make_response(
            out.getvalue(),
            headers=[
                ("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
                ("Content-Disposition", content_disposition(request.env._("Renewal calendar") + ".xlsx")),
            ],
        )


def write_workbook(out, rows):
    """Write ``rows`` (the first are titles) to the file-like ``out``, row by row."""
    book = xlsxwriter.Workbook(
        out, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet()
    bold = book.add_format({"bold": True, "bg_color": "#E8EEF4", "bottom": 1})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    money = book.add_format({"num_format": "#,##0.00"})
    sheet.set_column(0, 1, 34)
    sheet.set_column(2, 10, 15)
    sheet.set_column(11, 11, 60)
    sheet.set_column(12, 13, 14)
    sheet.freeze_panes(1, 0)
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if number == 0:
                sheet.write_string(0, column, value, bold)
            elif isinstance(value, date):
                sheet.write_datetime(number, column, value, day)
            elif isinstance(value, float):
                sheet.write_number(number, column, value, money)
            elif isinstance(value, bool):
                sheet.write_boolean(number, column, value)
            elif isinstance(value, int):
                sheet.write_number(number, column, value)
            elif value:
                sheet.write_string(number, column, str(value))
    book.close()

"""Export what was done and promised over a period, row by row; memory does not grow with the rows.

Rows are read through a server-side cursor and written to disk as they come (``constant_memory`` of xlsxwriter). Which rows
a user gets is the ORM's own query, record rules included; their columns are then read by one statement.
"""

from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.workbook import Book
from ..base.charter_words import in_words
from ..ledger.charter_past_due import decided_sql

FETCH = 2_000
SHEET_ROWS = 1_048_575  # of a sheet, less its header
EPOCH = "1899-12-30"  # day 0 of a spreadsheet


class Column(NamedTuple):
    """``style``: text, or how a number is shown; ``sql``: of ``row`` and of the tables joined to it."""

    title: str
    style: str
    width: int
    sql: SQL


class CharterExport(models.AbstractModel):
    _name = "charter.export"
    _description = "Rows of a period as an Excel file"

    @api.model
    def _export(self, target, what, start, end, tz, domain=()):
        """Write the rows of ``what`` that the user may read to the file-like ``target``.

        :param what: "interventions" or "promises"
        :param start, end: naive UTC, ``end`` not included; as the figures of a report take them
        :param tz: name of the time zone the moments are written in
        :return: the number of rows
        """
        self.env.flush_all()
        model = self.env[{"interventions": "charter.intervention", "promises": "charter.obligation"}[what]]
        columns = getattr(self, f"_{what}_columns")(start, end, tz)
        statement = SQL(
            "SELECT %(columns)s %(source)s WHERE row.id IN %(rows)s AND %(in_period)s ORDER BY row.id",
            columns=SQL(", ").join(column.sql for column in columns),
            source=getattr(self, f"_{what}_source")(start, end),
            rows=model._search(list(domain)).subselect(),
            in_period=getattr(self, f"_{what}_in_period")(start, end),
        )
        title = {"interventions": self.env._("Interventions"), "promises": self.env._("Commitments")}[what]
        book = Book(target, constant_memory=True)
        count = self._write_rows(book, title, columns, self._fetch(statement))
        self._about_sheet(book, start, end, tz, count)
        book.close()
        return count

    @api.model
    def _fetch(self, statement):
        """Yield the rows of ``statement``, some thousands at a time."""
        cr = self.env.cr
        cr.execute(SQL("DECLARE charter_export NO SCROLL CURSOR FOR %s", statement))
        try:
            while True:
                cr.execute(SQL("FETCH FORWARD %s FROM charter_export", FETCH))
                rows = cr.fetchall()
                if not rows:
                    return
                yield from rows
        finally:
            cr.execute(SQL("CLOSE charter_export"))

    @api.model
    def _write_rows(self, book, title, columns, rows):
        """Write as many sheets as it takes; an empty cell is what is not known."""
        count, sheet, writers = 0, None, ()
        for row in rows:
            line = count % SHEET_ROWS + 1
            if line == 1:
                sheet = self._rows_sheet(book, title, columns)
                writers = self._writers(book, sheet, columns)
            for number, (write, form) in enumerate(writers):
                value = row[number]
                if value is not None:
                    write(line, number, value, form)
            count += 1
        if not count:
            self._rows_sheet(book, title, columns)
        return count

    @api.model
    def _rows_sheet(self, book, title, columns):
        sheet = book.sheet(title, [column.width for column in columns])
        for number, column in enumerate(columns):
            book.cell(sheet, 0, number, column.title, "head")
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, SHEET_ROWS, len(columns) - 1)
        return sheet

    @api.model
    def _writers(self, book, sheet, columns):
        """Return method and format of each column: looked up once, not once a cell."""
        plain = book.formats["plain"]

        def write_words(row, column, value, form):
            # What the program said is put into the reader's words as it is written.
            return sheet.write_string(row, column, in_words(self.env, value), form)

        texts = {"text": sheet.write_string, "words": write_words}
        return [
            (texts[column.style], plain)
            if column.style in texts
            else (sheet.write_number, book.formats[column.style])
            for column in columns
        ]

    @api.model
    def _about_sheet(self, book, start, end, tz, count):
        sheet = book.sheet(self.env._("About"), (34, 60))
        now = fields.Datetime.now()
        last = fields.Datetime.context_timestamp(
            self.with_context(tz=tz), fields.Datetime.subtract(end, seconds=1)
        )
        first = fields.Datetime.context_timestamp(self.with_context(tz=tz), start)
        for number, (label, value) in enumerate(
            (
                (self.env._("Period"), f"{first.date()} – {last.date()}"),
                (self.env._("Times of"), tz.replace("_", " ")),
                (self.env._("Rows"), str(count)),
                (self.env._("Companies"), ", ".join(self.env.companies.mapped("name"))),
                (self.env._("Made for"), self.env.user.name),
                (self.env._("Made on (UTC)"), str(now)),
                (self.env._("An empty cell"), self.env._("is what did not happen, was not due or is not known.")),
            )
        ):  # fmt: skip
            book.cell(sheet, number, 0, label, "muted")
            book.cell(sheet, number, 1, value)

    # -- words and moments in SQL ----------------------------------------------------------------------

    @api.model
    def _moment_sql(self, column, tz):
        """Return a moment as a spreadsheet counts it, in days of ``tz``: cheaper than a datetime of Python for each cell."""
        return SQL(
            "EXTRACT(epoch FROM (%(column)s AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s) - %(epoch)s::timestamp)::float8 / 86400",
            column=column,
            tz=tz,
            epoch=EPOCH,
        )

    @api.model
    def _due_sql(self, row, tz):
        """Return the due moment of ``row`` of the ledger: midnight of a promise in days or months is the last minute of the day before."""
        due = SQL("%s.due_at", SQL.identifier(row))
        local = SQL("(%(due)s AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)", due=due, tz=tz)
        shown = SQL(
            "CASE WHEN %(row)s.unit != 'hours' AND %(local)s::time = '00:00' THEN %(due)s - interval '1 minute' ELSE %(due)s END",
            row=SQL.identifier(row),
            local=local,
            due=due,
        )
        return self._moment_sql(shown, tz)

    @api.model
    def _label_sql(self, column, model, name):
        """Return the words of a selection, in the language of the environment."""
        labels = self.env[model]._fields[name]._description_selection(self.env)
        cases = SQL(" ").join(
            SQL("WHEN %(key)s THEN %(label)s", key=key, label=label) for key, label in labels
        )
        return SQL("CASE %(column)s %(cases)s ELSE %(column)s END", column=column, cases=cases)

    @api.model
    def _words_sql(self, expression, words):
        cases = SQL(" ").join(
            SQL("WHEN %(key)s THEN %(label)s", key=key, label=label) for key, label in words
        )
        return SQL("CASE %(expression)s %(cases)s END", expression=expression, cases=cases)

    # -- interventions ---------------------------------------------------------------------------------

    @api.model
    def _interventions_in_period(self, start, end):
        """Find those done in the period, in progress at its end, or reported in it and cancelled: what the figures count."""
        return SQL(
            """row.reported_at < %(end)s AND (row.resolved_at IS NULL OR row.resolved_at >= %(start)s)
               AND (row.state != 'cancelled' OR row.reported_at >= %(start)s)""",
            start=start,
            end=end,
        )

    @api.model
    def _interventions_source(self, start, end):
        return SQL(
            """FROM charter_intervention row
               JOIN res_partner client ON client.id = row.commercial_partner_id
               JOIN res_company company ON company.id = row.company_id
               LEFT JOIN contract_contract contract ON contract.id = row.contract_id
               LEFT JOIN res_users technician_user ON technician_user.id = row.user_id
               LEFT JOIN res_partner technician ON technician.id = technician_user.partner_id
               LEFT JOIN LATERAL (SELECT due_at, state FROM charter_obligation
                                   WHERE res_model = 'charter.intervention' AND res_id = row.id
                                     AND code = 'intervention.response' ORDER BY id DESC LIMIT 1) response ON TRUE
               LEFT JOIN LATERAL (SELECT due_at, state FROM charter_obligation
                                   WHERE res_model = 'charter.intervention' AND res_id = row.id
                                     AND code = 'intervention.resolution' ORDER BY id DESC LIMIT 1) resolution ON TRUE"""
        )

    @api.model
    def _interventions_columns(self, start, end, tz):
        outcome = self._outcome_words()
        in_period = self._words_sql(
            SQL(
                """CASE WHEN row.state = 'cancelled' THEN 'cancelled'
                        WHEN row.state = 'closed' AND row.resolved_at < %s THEN 'done' ELSE 'open' END""",
                end,
            ),
            [
                ("done", self.env._("done")),
                ("open", self.env._("in progress at the end")),
                ("cancelled", self.env._("cancelled")),
            ],
        )
        return [
            Column(self.env._("Number"), "text", 14, SQL("row.reference")),
            Column(self.env._("Client"), "text", 30, SQL("client.name")),
            Column(self.env._("Contract"), "text", 30, SQL("contract.name")),
            Column(self.env._("Intervention"), "text", 44, SQL("row.name")),
            Column(self.env._("Kind"), "text", 14, self._label_sql(SQL("row.kind"), "charter.intervention", "kind")),
            Column(self.env._("Priority"), "text", 12, self._label_sql(SQL("row.priority"), "charter.intervention", "priority")),
            Column(self.env._("In the period"), "text", 20, in_period),
            Column(self.env._("Technician"), "text", 22, SQL("technician.name")),
            Column(self.env._("Reported"), "moment", 17, self._moment_sql(SQL("row.reported_at"), tz)),
            Column(self.env._("Answered"), "moment", 17, self._moment_sql(SQL("row.responded_at"), tz)),
            Column(self.env._("Solved"), "moment", 17, self._moment_sql(SQL("row.resolved_at"), tz)),
            Column(self.env._("Answer due"), "moment", 17, self._moment_sql(SQL("response.due_at"), tz)),
            Column(self.env._("Answer"), "text", 14, self._words_sql(SQL("response.state"), outcome)),
            Column(self.env._("Solution due"), "moment", 17, self._moment_sql(SQL("resolution.due_at"), tz)),
            Column(self.env._("Solution"), "text", 14, self._words_sql(SQL("resolution.state"), outcome)),
            Column(self.env._("Company"), "text", 24, SQL("company.name")),
        ]  # fmt: skip

    @api.model
    def _outcome_words(self):
        return [
            ("kept", self.env._("in time")), ("late", self.env._("missed")), ("open", self.env._("running")), ("cancelled", self.env._("not counted")),
        ]  # fmt: skip

    # -- promises --------------------------------------------------------------------------------------

    @api.model
    def _promises_in_period(self, start, end):
        """Find those decided in the period, or running at its end: what the figures count."""
        decided = decided_sql("row", fields.Datetime.now())
        return SQL(
            "row.opened_at < %(end)s AND (%(decided)s IS NULL OR %(decided)s >= %(start)s)",
            end=end,
            decided=decided,
            start=start,
        )

    @api.model
    def _promises_source(self, start, end):
        return SQL(
            """FROM charter_obligation row
               JOIN charter_commitment commitment ON commitment.id = row.commitment_id
               JOIN res_partner client ON client.id = row.partner_id
               JOIN res_company company ON company.id = row.company_id
               LEFT JOIN contract_contract contract ON contract.id = row.contract_id
               LEFT JOIN res_users owner_user ON owner_user.id = row.user_id
               LEFT JOIN res_partner owner ON owner.id = owner_user.partner_id"""
        )

    @api.model
    def _promises_columns(self, start, end, tz):
        decided = decided_sql("row", fields.Datetime.now())
        result = SQL(
            """CASE WHEN %(decided)s IS NULL OR %(decided)s >= %(end)s THEN 'open' WHEN row.state = 'open' THEN 'late' ELSE row.state END""",
            decided=decided,
            end=end,
        )
        title = SQL("COALESCE(commitment.name->>%s, commitment.name->>'en_US')", self.env.lang or "en_US")
        return [
            Column(self.env._("Commitment"), "text", 44, title),
            Column(self.env._("Code"), "text", 24, SQL("row.code")),
            Column(self.env._("Client"), "text", 30, SQL("client.name")),
            Column(self.env._("Contract"), "text", 30, SQL("contract.name")),
            Column(self.env._("Occurrence"), "text", 16, SQL("NULLIF(row.occurrence, '')")),
            Column(self.env._("Role"), "text", 22, self._label_sql(SQL("row.role"), "charter.obligation", "role")),
            Column(self.env._("Owner"), "text", 22, SQL("owner.name")),
            Column(self.env._("Opened"), "moment", 17, self._moment_sql(SQL("row.opened_at"), tz)),
            Column(self.env._("Due"), "moment", 17, self._due_sql("row", tz)),
            Column(self.env._("Done"), "moment", 17, self._moment_sql(SQL("CASE WHEN row.cancelled_at IS NULL THEN row.done_at END"), tz)),
            Column(self.env._("In the period"), "text", 16, self._words_sql(result, self._outcome_words())),
            Column(self.env._("Now"), "text", 14, self._label_sql(SQL("row.state"), "charter.obligation", "state")),
            Column(self.env._("Why no longer outstanding"), "text", 40, SQL("row.cancel_reason")),
            Column(self.env._("Company"), "text", 24, SQL("company.name")),
        ]  # fmt: skip

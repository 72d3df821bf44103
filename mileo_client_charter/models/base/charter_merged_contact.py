"""Which contact a merged one has become: links that were sent to it before still open.

What somebody said keeps the name under which it was said: if two people were made one, their client still reads who of them spoke.

Core's merge deletes the contact that goes; the links of its mails name it by its number, and its other keys are its own columns.
"""

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.people import KEY
from .charter_merge_columns import Link

# These say whose client a row is of, not who spoke.
CLIENT_COLUMNS = {"partner_id", "commercial_partner_id"}


class CharterMergedContact(models.Model):
    """One row a contact that is no more: its number, keys that cannot be guessed, and how it was called.

    Its name and addresses are forgotten with the contact it was merged into, wherever they stand (charter.anonymiser).
    """

    _name = "charter.merged.contact"
    _description = "Contact merged into another one"
    _log_access = False
    _rec_name = "former_id"

    former_id = fields.Integer(
        "Former number",
        required=True,
        readonly=True,
        aggregator=None,
        help="The record number of the contact that is no more.",
    )
    # A foreign key: should that contact be merged too, the row follows it.
    partner_id = fields.Many2one(
        "res.partner", "Contact today", required=True, readonly=True, index=True, ondelete="cascade"
    )

    merged_at = fields.Datetime("Merged on", readonly=True)
    name = fields.Char("Former name", readonly=True)
    email = fields.Char("Former email", readonly=True)
    phone = fields.Char("Former phone", readonly=True)
    spoken = fields.Json(
        "Rows that named it", readonly=True, charter_json="numbers of rows of the addon by model and field"
    )

    _former_once = models.UniqueIndex("(former_id)", "This contact has been merged already.")

    @api.model
    def _remember(self, sources, target):
        """Record that each contact of ``sources`` is ``target`` from now on."""
        self.sudo().create([{"partner_id": target.id, **self._kept_of(source)} for source in sources])

    @api.model
    def _kept_of(self, source):
        """Return what is kept of a contact that is about to go, as values of a row."""
        return {
            "former_id": source.id,
            "merged_at": fields.Datetime.now(),
            "name": source.name,
            "email": source.email,
            "phone": source.phone,
            "spoken": self._rows_of(source),
        }

    def _valid_field_parameter(self, field, name):
        return name == "charter_json" or super()._valid_field_parameter(field, name)

    @api.model
    def _rows_of(self, source):
        """Return {model: {field: numbers of its rows}} of what a contact said, received or did, of every table of ours."""
        merging, found = self.env["charter.merge"], {}
        tables = merging._tables()
        for table, columns in merging._links().items():
            for column in set(columns) - CLIENT_COLUMNS if table in tables else ():
                [[numbers]] = self.env.execute_query(
                    SQL(
                        "SELECT array_agg(id ORDER BY id) FROM %(table)s WHERE %(of)s",
                        table=SQL.identifier(table),
                        of=Link(column).of([source.id]),
                    )
                )
                if numbers:
                    found.setdefault(tables[table], {})[column] = numbers
        return found

    @api.model
    def _said_as(self, records, name):
        """Return {id of a record: (name, moment of the merge)} where the contact in field ``name`` was another one when it spoke.

        Of a contact merged twice, the first name. Nothing of a person that was forgotten.
        """
        contacts = {record.id: record[name] for record in records.sudo()}
        found = {}
        rows = self.sudo().search(
            [("partner_id", "in", [contact.id for contact in contacts.values()]), ("name", "!=", False)],
            order="id",
        )
        for row in rows:
            if KEY.search(row.name) or row.name == row.partner_id.name:
                continue
            for number in (row.spoken or {}).get(records._name, {}).get(name, ()):
                if contacts.get(number) == row.partner_id:
                    found.setdefault(number, (row.name, row.merged_at))
        return found

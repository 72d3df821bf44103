"""A file is read exactly when its page is: every binary field, every attachment, every state, every kind of user."""

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged
from odoo.tools import SQL, mute_logger

from ...models.base.charter_addons import builds_on_charter, is_charter_model
from ..cases.reading import ReadingCase

# Where the portal shows the file of a field. A field without a page is closed to clients.
PAGES = {
    ("charter.authorisation", "document"): "/my/charter/authorisation/%s/document",
    ("charter.review", "dossier_file"): "/my/charter/review/%s/dossier",
}


class FilesCase(ReadingCase):
    def outsider(self, role):
        return self.users[role].share

    def our_models(self):
        return {
            name: self.env[name]
            for name, model in self.env.registry.items()
            if not model._abstract and not model._transient and is_charter_model(model)
        }

    def client_models(self):
        """Models of the charter that clients may read some records of."""
        return [
            name
            for name, model in self.our_models().items()
            if model.with_user(self.users["alice"]).has_access("read")
        ]

    def readable(self, read):
        """Whether ``read`` gives bytes."""
        try:
            return bool(read())
        except AccessError:
            return False


@tagged("post_install", "-at_install")
class TestReadingFields(FilesCase, HttpCase):
    def binary_fields(self):
        found = [
            (name, field)
            for name, model in self.env.registry.items()
            if not model._abstract and not model._transient
            for field in model._fields.values()
            if field.type == "binary" and (builds_on_charter(field._module) or is_charter_model(model))
        ]
        self.assertIn(("charter.review", "dossier_file"), [(name, field.name) for name, field in found])
        return found

    def get(self, path):
        return self.url_open(path, allow_redirects=False)

    # Who asks over HTTP: one of each kind; all ask by remote calls.
    VISITORS = ("alice", "bob", "follower", "public", "employee", "other", "manager")

    def bytes_by_every_door(self, record, name, attachment):
        """{door: the bytes it gave, or None}"""
        found = {}
        for door, path in (
            ("content", f"/web/content/{record._name}/{record.id}/{name}"),
            ("image", f"/web/image?model={record._name}&id={record.id}&field={name}"),
            ("attachment", f"/web/content/{attachment.id}?download=1"),
        ):
            answer = self.get(path)
            # Instead of a picture that may not be seen, a placeholder is sent.
            found[door] = (
                answer.content if answer.status_code == 200 and b"PNG" not in answer.content[:8] else None
            )
        return found

    def read_by_remote_calls(self, role, record, name, attachment):
        """The same as a remote call of ``role`` gets them."""
        record, files = self.as_user(role, record), self.as_user(role, self.env["ir.attachment"])
        of_field = [("res_model", "=", record._name), ("res_field", "=", name), ("res_id", "=", record.id)]
        return {
            "read": self.readable(lambda: record.with_context(bin_size=False).read([name])[0][name]),
            "search_read": self.readable(
                lambda: record.with_context(bin_size=False).search_read([("id", "=", record.id)], [name])[0][
                    name
                ]
            )
            if record.has_access("read")
            else False,
            **self._read_attachments(files, attachment, of_field),
        }

    def _read_attachments(self, files, attachment, of_field):
        return {
            "attachment": self.readable(lambda: files.browse(attachment.id).read(["raw"])[0]["raw"]),
            "attachments": self.readable(lambda: files.search_read(of_field, ["raw"])),
            "by id": self.readable(lambda: files.search_read([("id", "=", attachment.id)], ["raw"])),
        }

    def test_every_binary_field(self):
        given = refused = 0
        for name, field in self.binary_fields():
            documents = self.documents.get(name)
            remedy = (
                f"Have ReadingCase (tests/cases/reading.py) make a {name} of each state with {field.name}."
            )
            self.assertTrue(documents, f"{name}.{field.name} is in no sweep. {remedy}")
            for role in self.users:
                self.enter_as(role)
                for label, record in documents.items():
                    attachment = self.env["ir.attachment"].search(
                        [("res_model", "=", name), ("res_field", "=", field.name), ("res_id", "=", record.id)]
                    )
                    if not attachment:
                        continue
                    with (
                        self.subTest(role=role, field=f"{name}.{field.name}", document=label),
                        mute_logger("odoo.http"),
                    ):
                        expected = self.may_read(role, record, field)
                        # Odoo lets outsiders read no row of attachments: theirs are the record and its page.
                        rows = expected and not self.outsider(role)
                        self.assertEqual(
                            self.read_by_remote_calls(role, record, field.name, attachment),
                            {
                                **dict.fromkeys(("read", "search_read"), expected),
                                **dict.fromkeys(("attachment", "attachments", "by id"), rows),
                            },
                        )
                        if role in self.VISITORS:
                            doors = self.bytes_by_every_door(record, field.name, attachment)
                            self.assertEqual(
                                {door: bool(content) for door, content in doors.items()},
                                {"content": expected, "image": expected, "attachment": rows},
                            )
                        given, refused = given + expected, refused + (not expected)
            self.assertEqual(
                {record.state for record in documents.values()},
                set(self.states(name)),
                f"A state is missing. {remedy}",
            )
        self.assertTrue(given and refused)

    def may_read(self, role, record, field):
        """For outsiders the page says it, for staff the rules."""
        if self.outsider(role):
            page = PAGES.get((record._name, field.name))
            return bool(page) and self.get(page % record.id).status_code == 200
        record = self.as_user(role, record)
        return record.has_access("read") and record._has_field_access(field, "read")

    def bare_row(self, name):
        """A row the administrator made, with what the table asks for and nothing else."""
        model = self.env[name]
        values = {"create_uid": self.admin.id}
        for field in model._fields.values():
            if field.store and field.column_type and field.required:
                values[field.name] = self.something(field)
        query = SQL(
            "INSERT INTO %s (%s) VALUES %s RETURNING id",
            SQL.identifier(model._table),
            SQL(", ").join(map(SQL.identifier, values)),
            tuple(values.values()),
        )
        return self.env.execute_query(query)[0][0]

    def something(self, field):
        if field.type == "many2one":
            rows = self.env[field.comodel_name].sudo()
            return (not rows._transient and rows.search([], limit=1).id) or self.bare_row(rows._name)
        if field.type == "selection":
            return field.get_values(self.env)[0]
        values = {"date": "2026-10-05", "datetime": "2026-10-05 08:00:00", "boolean": False, "binary": b"x"}
        return values.get(field.type, 1 if field.type in ("integer", "float", "many2one_reference") else "x")

    def test_dialogues_are_their_owners(self):
        """What somebody is importing, previewing or writing is nobody else's, of whatever company and role."""
        names = [
            name for name, model in self.env.registry.items() if model._transient and is_charter_model(model)
        ]
        self.assertGreater(len(names), 10)
        for name in names:
            number = self.bare_row(name)
            for role in self.users:
                with self.subTest(role=role, model=name):
                    dialogue = self.as_user(role, self.env[name].browse(number))
                    self.assertEqual(dialogue.has_access("read"), role == "admin")
                    self.assertEqual(dialogue.has_access("write"), role == "admin")


@tagged("post_install", "-at_install")
class TestReadingAttachments(FilesCase, HttpCase):
    """What hangs on a record without being one of its fields."""

    @classmethod
    def _rows_of_client(cls, label, contact, company):
        result = super()._rows_of_client(label, contact, company)
        contract = cls.rows["contract.contract", label]
        client = contact.commercial_partner_id
        engine = {
            name: cls.env[name]._charter_engine() for name in ("charter.delivery", "charter.notice.line")
        }
        equipment = cls.env["charter.equipment"].create(
            {"name": "Camera", "serial": f"R-{label}", "partner_id": client.id, "contract_id": contract.id,
             "company_id": company.id, "supervised_from": "2026-01-01", "tag_ids": [(0, 0, {"name": f"Tag {label}"})],
             "milestone_ids": [(0, 0, {"kind": "end_of_support", "status": "announced", "date": "2028-01-01"})]}
        )  # fmt: skip
        advisory = cls.env["charter.advisory"].create(
            {"identifier": f"R-{label}", "publisher": "Acme", "name": "Anybody may log in"}
        )
        notice = cls.env["charter.notice"].create(
            {
                "name": "News",
                "effect_on": "2027-06-01",
                "kind": "regulation",
                "regulation": "gdpr",
                "company_id": company.id,
            }
        )
        cls.rows.update(
            {
                ("charter.equipment", label): equipment,
                ("charter.equipment.tag", label): equipment.tag_ids,
                ("charter.equipment.milestone", label): equipment.milestone_ids,
                ("charter.advisory.concern", label): cls.env["charter.advisory.concern"].create(
                    {"advisory_id": advisory.id, "equipment_id": equipment.id, "answer": "affected", "reason": "version",
                     "state": "open", "found_on": "2026-10-05", "told_at": "2026-10-05 08:00:00"}
                ),
                ("charter.authorisation", label): cls.env["charter.authorisation"].create(
                    {"kind_id": cls.env.ref("mileo_client_charter.authorisation_video").id, "partner_id": client.id,
                     "company_id": company.id, "number": f"R-{label}", "document": b"eA=="}
                ),
                ("charter.outage", label): cls.env["charter.outage"].create(
                    {"equipment_id": equipment.id, "start_at": "2026-10-04 08:00:00", "end_at": "2026-10-04 09:00:00"}
                ),
                ("charter.notice.line", label): engine["charter.notice.line"].create(
                    {"notice_id": notice.id, "partner_id": client.id, "sent_at": "2026-10-05 08:00:00"}
                ),
                ("charter.recommendation", label): cls.env["charter.recommendation"]._charter_engine().create(
                    {"name": "Recorder", "advice": "Old.", "benefit": "New.", "contract_id": contract.id}
                ),
                ("charter.delivery", label): engine["charter.delivery"]._queue(
                    [
                        {
                            "kind": "contacts", "partner_id": client.id, "contact_id": contact.id, "company_id": company.id,
                            "subject": "Assigned contacts", "body": "<p>Call us.</p>", "attachments": [("sheet.txt", b"handed")],
                        }
                    ]
                ),
            }
        )  # fmt: skip
        complaint = cls.rows["charter.escalation", label].sudo()
        complaint._charter_correct({"description": "Nobody has come since Monday."}, "Heard again")
        cls.rows["charter.correction", label] = complaint.correction_ids[:1]
        people = cls.env["res.partner"]
        client.parent_id = people.create({"name": f"Holding of {label}", "is_company": True})
        head = people.create(
            {
                "name": f"Head of {label}",
                "parent_id": client.parent_id.id,
                "email": f"head-{label}@example.com",
            }
        )
        cls.rows["charter.group.access", label] = cls.env["charter.group.access"]._entitle(client, head)
        return result

    def record_of(self, name, label="a"):
        """A record of client a, whatever made it."""
        record = self.rows.get((name, label)) or next(
            (one for key, one in self.documents.get(name, {}).items() if key.startswith(label)), None
        )
        self.assertTrue(record, f"No {name} of client {label}: clients read it, so have this test make one.")
        return record[:1].with_env(self.env)

    def attached(self, record):
        """{how: attachment} of ``record``: by hand, to a note of staff, to a message its client reads, handed over."""
        files = self.env["ir.attachment"]
        values = {"raw": b"secret", "res_model": record._name, "res_id": record.id}
        found = {"by hand": files.create({"name": "by hand", **values})}
        if hasattr(record, "message_post"):
            for how, subtype in (("note", "mail.mt_note"), ("message", "mail.mt_comment")):
                found[how] = files.create({"name": how, **values})
                record.sudo().message_post(
                    body="See the file",
                    subtype_xmlid=subtype,
                    message_type="comment",
                    attachment_ids=found[how].ids,
                )
        if record._name == "charter.delivery":
            found["handed"] = record.attachment_ids
        return found

    def test_every_attachment(self):
        """By their own ids attachments are staff's, who read the record; clients get from the page what was handed over."""
        given = refused = 0
        for name in self.client_models():
            record = self.record_of(name)
            attached = self.attached(record)
            for state in self.states(name) or [None]:
                if state:
                    (
                        record._charter_engine() if hasattr(record, "_charter_engine") else record.sudo()
                    ).state = state
                    self.env.flush_all()
                for role in ("alice", "bob", "public", "employee", "other", "manager"):
                    expected = not self.outsider(role) and self.as_user(role, record).has_access("read")
                    for how, file in attached.items():
                        with self.subTest(name, state=state, role=role, how=how):
                            files = self.as_user(role, file)
                            of_record = [("res_model", "=", name), ("res_id", "=", record.id)]
                            self.assertEqual(
                                self.readable(lambda files=files: files.read(["raw"])[0]["raw"]), expected
                            )
                            found = self.readable(
                                lambda files=files, of_record=of_record: files in files.search(of_record)
                            )
                            self.assertEqual(found, expected)
                            given, refused = given + expected, refused + (not expected)
            self._check_addresses(record, attached)
        self.assertTrue(given and refused)
        models = self.client_models()
        self.assertFalse(
            self.env["ir.attachment"].search([("res_model", "in", models), ("public", "=", True)])
        )

    def _check_addresses(self, record, attached):
        for role in ("alice", "bob", "public"):
            self.enter_as(role)
            for how, file in attached.items():
                with self.subTest(record._name, role=role, address=how), mute_logger("odoo.http"):
                    self.assertNotEqual(
                        self.url_open(f"/web/content/{file.id}", allow_redirects=False).status_code, 200
                    )

    def test_what_was_handed_over(self):
        delivery = self.rows["charter.delivery", "a"]
        for state in self.states("charter.delivery"):
            delivery._charter_engine().state = state
            self.env.flush_all()
            for role in ("alice", "bob", "follower"):
                self.enter_as(role)
                with self.subTest(state=state, role=role), mute_logger("odoo.http"):
                    page = self.url_open(f"/my/charter/document/{delivery.id}/file/1", allow_redirects=False)
                    may = self.as_user(role, delivery).has_access("read")
                    self.assertEqual((page.status_code == 200, page.content == b"handed"), (may, may))
                    self.assertEqual(may, role == "alice" and state in ("queued", "sent"))

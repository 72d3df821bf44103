"""Files on record stay as they were handed over, and are handed out as long as they are theirs."""

import base64
import hashlib
import os
from datetime import timedelta

import psycopg2
from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import config, mute_logger

from ...models.base.charter_engine import charter_door
from ..cases.common import START
from ..cases.two_companies import TwoCompaniesCase

OTHER = b"%PDF-1.4 something else"
# Stored files of models that prove something, which are no document of theirs: {field: why}
# A site's papers are replaced when they are renewed; what clients were handed is on the delivery.
NOT_ON_RECORD = {"charter.authorisation.document"}


class FrozenCase(TwoCompaniesCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.system = cls._staff("t_system", "group_charter_admin")
        cls.system.group_ids += cls.env.ref("base.group_system")
        names = cls.env.registry.descendants(["charter.engine.mixin"], "_inherit")
        cls.models = [cls.env[name].sudo() for name in names if not cls.env[name]._abstract]
        with cls._moment(START + timedelta(days=110)):
            cls.review = cls.a.rows["review"].sudo()
            cls.review._charter_engine().write(
                {"dossier_file": base64.b64encode(b"%PDF-1.4 dossier"), "dossier_name": "dossier.pdf"}
            )
            for side in cls.sides:
                side.document.sudo().write(
                    {"official_pdf": base64.b64encode(b"%PDF-1.4 signed"), "official_pdf_name": "signed.pdf"}
                )
            cls.env.flush_all()

    def on_record(self):
        """{"model.field": its files} of everything the charter has on record, from the registry."""
        files = {}
        attachments = self.env["ir.attachment"].sudo()
        for model in self.models:
            for name, field in model._fields.items():
                if not field.store or f"{model._name}.{name}" in NOT_ON_RECORD:
                    continue
                if field.type == "binary":
                    self.assertTrue(
                        field.attachment, f"{model._name}.{name}: a file of its own row has no SHA-256"
                    )
                    rows = model.search([(name, "!=", False)])
                    files[f"{model._name}.{name}"] = attachments._charter_files_of(rows, name)
                elif field.type in ("many2many", "many2one") and field.comodel_name == "ir.attachment":
                    if name != "message_main_attachment_id":
                        files[f"{model._name}.{name}"] = model.search([(name, "!=", False)])[name]
        return files


@tagged("post_install", "-at_install")
class TestFrozenFiles(FrozenCase):
    def setUp(self):
        super().setUp()
        self.enterContext(self.at(moment=START + timedelta(days=120)))

    def test_everything_on_record_has_its_sha256(self):
        found = self.on_record()
        self.assertEqual(
            found.keys(),
            {
                "charter.delivery.attachment_ids",
                "charter.document.official_pdf",
                "charter.review.dossier_file",
            },
        )
        for what, files in found.items():
            with self.subTest(what):
                self.assertTrue(files, "give the story of the two companies one")
                for file in files:
                    self.assertEqual(file.charter_sha256, hashlib.sha256(file.raw).hexdigest())

    def ways(self, file):
        """{what somebody tries: how} of everything that would make another file of ``file``."""
        mine = file.with_user(self.system)
        spare = self.env["ir.attachment"].with_user(self.system).create({"name": "spare", "raw": OTHER})
        ways = {
            "raw": lambda: mine.write({"raw": OTHER}),
            "base64": lambda: mine.write({"datas": base64.b64encode(OTHER)}),
            "name": lambda: mine.write({"name": "other.pdf"}),
            "a link": lambda: mine.write({"type": "url", "url": "https://example.com"}),
            "moved": lambda: mine.write({"res_id": file.res_id + 1}),
            "thawed": lambda: mine.write({"charter_sha256": False}),
            "another sha": lambda: mine.write({"charter_sha256": hashlib.sha256(OTHER).hexdigest()}),
            "deleted": mine.unlink,
            "deleted as superuser": file.unlink,
            "written as superuser": lambda: file.write({"raw": OTHER}),
        }
        if not file.res_field:
            return ways
        place = {"res_model": file.res_model, "res_id": file.res_id, "res_field": file.res_field}
        record = self.env[file.res_model].browse(file.res_id).with_user(self.system)
        return {
            **ways,
            "another in its place": lambda: spare.create({"name": "x", "raw": OTHER, **place}),
            "moved into its place": lambda: spare.write(place),
            "the field": lambda: record.write({file.res_field: base64.b64encode(OTHER)}),
            "emptied": lambda: record.write({file.res_field: False}),
        }

    def test_nobody_touches_them(self):
        """As an administrator of everything, by every way in."""
        count = 0
        for what, files in self.on_record().items():
            file = files[0]
            ways = self.ways(file)
            for way, act in ways.items():
                with self.subTest(what, way=way):
                    with self.assertRaises(UserError), self.cr.savepoint():
                        act()
                    count += 1
            for statement in (
                f"UPDATE ir_attachment SET store_fname = 'aa/aa' WHERE id = {file.id}",
                f"UPDATE ir_attachment SET charter_sha256 = NULL WHERE id = {file.id}",
                f"UPDATE ir_attachment SET res_id = 0 WHERE id = {file.id}",
                f"DELETE FROM ir_attachment WHERE id = {file.id}",
            ):
                with (
                    self.subTest(what, statement=statement),
                    self.assertRaises(psycopg2.errors.RestrictViolation),
                    mute_logger("odoo.sql_db"),
                    self.cr.savepoint(),
                ):
                    self.cr.execute(statement)
                count += 1
            self.env.invalidate_all()
            self.assertEqual(file.charter_sha256, hashlib.sha256(file.raw).hexdigest())
        self.assertGreaterEqual(count, 50)

    def test_whoever_has_the_password_of_the_database_is_found_out(self):
        """Each document with a file on record is sealed, and the file's SHA-256 too: both replaced, the chain tells."""
        seals, files = self.env["charter.seal"], self.env["ir.attachment"]
        with self.committing():
            seals._cron_seal()
        sealed = {model._name for model in seals._sealed_models()}
        self.assertLessEqual({what.rpartition(".")[0] for what in self.on_record()}, sealed)
        self.cr.execute("ALTER TABLE ir_attachment DISABLE TRIGGER USER")
        for what, found in self.on_record().items():
            with self.subTest(what):
                file = found[0]
                company = file._charter_company()
                broken = {(one["model_name"], one["row_id"]) for one in seals._verify(company)}
                self.assertNotIn((files._name, file.id), broken)
                other = files.create({"name": "other", "raw": OTHER})
                self.cr.execute(
                    "UPDATE ir_attachment SET store_fname = %s, checksum = %s, charter_sha256 = %s WHERE id = %s",
                    [other.store_fname, other.checksum, hashlib.sha256(OTHER).hexdigest(), file.id],
                )
                self.env.invalidate_all()
                self.assertTrue(file._charter_is_intact(), "the row itself does not tell")
                found = [
                    one for one in seals._verify(company) if (one["model_name"], one["row_id"]) not in broken
                ]
                self.assertEqual(
                    [(one["problem"], one["model_name"], one["row_id"]) for one in found],
                    [("content", files._name, file.id)],
                )
        self.cr.execute("ALTER TABLE ir_attachment ENABLE TRIGGER USER")

    def test_a_review_is_sealed_from_its_dossier_on(self):
        self.review._charter_engine().write({"dossier_at": START})
        self.env.flush_all()
        with self.committing():
            self.env["charter.seal"]._cron_seal()
        self.cr.execute("ALTER TABLE charter_review DISABLE TRIGGER USER")
        self.cr.execute(
            "UPDATE charter_review SET performance = 'It never failed.' WHERE id = %s", [self.review.id]
        )
        self.cr.execute("ALTER TABLE charter_review ENABLE TRIGGER USER")
        [broken] = self.env["charter.seal"]._verify(self.review.company_id)
        self.assertEqual(
            (broken["problem"], broken["model_name"], broken["row_id"]),
            ("content", "charter.review", self.review.id),
        )

    def test_what_stays_possible(self):
        file = self.on_record()["charter.delivery.attachment_ids"][0]
        file.generate_access_token()
        file.write({"raw": file.raw})  # as moving the store of files does
        loose = self.env["ir.attachment"].create({"name": "loose", "raw": b"1"})
        loose.raw = b"2"
        loose.unlink()
        copied = file.copy()
        self.assertFalse(copied.charter_sha256, "a copy is nobody's proof")
        copied.unlink()

    def test_nobody_says_what_is_on_record(self):
        files = self.env["ir.attachment"].with_user(self.system)
        loose = files.create({"name": "loose", "raw": b"1"})
        for vals in ({"charter_sha256": "0" * 64}, {"charter_broken_at": START}):
            with self.subTest(**vals):
                with self.assertRaises(UserError), self.cr.savepoint():
                    files.create({"name": "x", "raw": b"1", **vals})
                with self.assertRaises(UserError), self.cr.savepoint():
                    loose.write(vals)

    def test_the_signed_text_is_added_once(self):
        document = self.document.copy({"version": "v77"}).with_user(self.admin)
        document.official_pdf = base64.b64encode(b"first")
        document.official_pdf = base64.b64encode(b"second")  # a draft's is nobody's yet
        document.sudo()._charter_engine().write({"state": "superseded"})
        self.assertTrue(document.sudo()._official_pdf_file().charter_sha256)
        for vals in (
            {"official_pdf": base64.b64encode(b"third")},
            {"official_pdf": False},
            {"official_pdf_name": "x"},
        ):
            with self.subTest(**vals), self.assertRaisesRegex(UserError, "New version"), self.cr.savepoint():
                document.write(vals)

    def test_another_dossier_is_the_engine_s(self):
        self.review._charter_engine().write({"dossier_file": base64.b64encode(b"%PDF-1.4 anew")})
        [file] = self.env["ir.attachment"]._charter_files_of(self.review, "dossier_file")
        self.assertEqual(file.raw, b"%PDF-1.4 anew")
        self.assertEqual(file.charter_sha256, hashlib.sha256(b"%PDF-1.4 anew").hexdigest())


@tagged("post_install", "-at_install")
class TestAlteredFiles(FrozenCase, HttpCase):
    """Somebody wrote over the file itself, behind the back of Odoo."""

    def alter(self, file):
        """Another content where the store of files keeps this one; what was there comes back at the end."""
        path = os.path.join(config.filestore(self.env.cr.dbname), file.store_fname)
        with open(path, "rb") as content:
            before = content.read()
        mode = os.stat(path).st_mode

        def put(content):
            os.chmod(path, 0o600)
            with open(path, "wb") as target:
                target.write(content)
            os.chmod(path, mode)
            file.invalidate_recordset()

        self.addCleanup(put, before)
        put(OTHER)
        return lambda: put(before)

    def told(self):
        return self.env["mail.mail"].search([("subject", "like", "A file on record was altered")])

    def test_it_is_not_handed_out_and_the_right_people_know(self):
        self.authenticate("t_system", "t_system")
        for what, files in self.on_record().items():
            file = files.filtered(lambda one: one._charter_company() == self.company)[0]
            with self.subTest(what):
                self.assertEqual(self.url_open(f"/web/content/{file.id}").status_code, 200)
                restore = self.alter(file)
                addresses = [f"/web/content/{file.id}"]
                if file.res_field:
                    addresses.append(f"/web/content/{file.res_model}/{file.res_id}/{file.res_field}")
                for address in addresses:
                    response = self.url_open(address)
                    self.assertEqual(response.status_code, 409)
                    self.assertIn("is no longer the file that was recorded", response.text)
                    self.assertNotIn(OTHER.decode(), response.text)
                self.env.invalidate_all()
                self.assertTrue(file.charter_broken_at)
                self.assertFalse(file.raw, "nor is it read by any other way")
                self.assertFalse(file.datas)
                mails = self.told().filtered(lambda mail, file=file: file.name in mail.subject)
                company = file._charter_company()
                side = next(side for side in self.sides if side.company == company)
                told = mails.recipient_ids
                self.assertIn(side.staff["direction"].partner_id, told)
                self.assertIn(side.staff["admin"].partner_id, told)
                self.assertNotIn(self.other(side).staff["admin"].partner_id, told)
                defect = self.env["charter.defect"].search(
                    [("kind", "=", "altered"), ("res_id", "=", file.res_id)]
                )
                self.assertEqual(len(defect), 1)
                self.assertEqual(defect.company_id, company)
                self.assertIn("backup", defect.remedy)
                count = len(self.told())
                self.url_open(addresses[0])
                self.assertEqual(len(self.told()), count, "once")
                restore()
                self.assertEqual(self.url_open(addresses[0]).status_code, 200)
                defect.action_mend()
                self.assertFalse(file.charter_broken_at)

    def test_the_client_reads_why(self):
        delivery = self.env["charter.delivery"].search(
            [("partner_id", "=", self.a.client.id), ("contact_id", "=", self.a.contacts[0].id), ("kind", "=", "report"),
             ("attachment_ids", "!=", False)], limit=1
        )  # fmt: skip
        self.authenticate(self.a.portal.login, self.a.portal.login)
        address = f"/my/charter/document/{delivery.id}/file/1"
        self.assertEqual(self.url_open(address).status_code, 200)
        self.alter(delivery.attachment_ids[0])
        response = self.url_open(address)
        self.assertEqual(response.status_code, 409)
        self.assertIn("is not delivered", response.text)

    def test_no_mail_carries_it(self):
        file = self.on_record()["charter.delivery.attachment_ids"].filtered(
            lambda one: one.res_model == "charter.delivery"
        )[0]
        delivery = self.env["charter.delivery"].browse(file.res_id)
        mail = self.env["mail.mail"].create(
            {
                "subject": "Again",
                "body_html": "x",
                "email_to": "a@example.com",
                "attachment_ids": [(6, 0, file.ids)],
            }
        )
        delivery._charter_engine().mail_id = mail
        self.alter(file)
        mail.send()
        self.assertEqual(mail.state, "exception")
        self.assertIn("is no longer the file", mail.failure_reason)
        self.assertEqual(delivery.state, "failed")

    def test_minutes_do_not_leave_without_their_dossier(self):
        self.alter(self.env["ir.attachment"]._charter_files_of(self.review, "dossier_file"))
        with self.assertRaisesRegex(UserError, "is no longer the file that was recorded"):
            self.review._dossier_attachment()
        with charter_door(self.cr), self.assertRaisesRegex(UserError, "is no longer"):
            self.review._dossier_attachment()

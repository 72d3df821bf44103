import importlib.util
import random
from datetime import datetime, timedelta

import psycopg2
from odoo import Command
from odoo.tests import tagged
from odoo.tools import mute_logger
from odoo.tools.misc import file_path

from ...models.base.charter_engine import charter_door
from ...models.ledger.charter_obligation import MissingCharter
from ...tools.clock import Delay
from ..cases.common import START, CharterCase

FACTS = (
    "commitment_id", "code", "partner_id", "contract_id", "company_id", "res_model", "res_id", "role", "user_id", "delay",
    "unit", "clock", "trigger_at", "opened_at", "warn_at", "due_at", "clock_error", "state", "met", "missed",
)  # fmt: skip
CODES = ("feedback.callback", "escalation.level1", "contacts.sheet", "review.annual", "remediation.start")
DELAYS = (None, Delay(40, "hours", "working"), Delay(3, "days", "working"), Delay(2, "months", "elapsed"))


@tagged("post_install", "-at_install")
class TestOpening(CharterCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ledger = cls.env["charter.obligation"]
        cls.other_client, *_contacts = cls._client("Bistro", held=False)
        with cls.at(cls):
            cls.contracts = cls._contract(cls.client) | cls._contract(cls.other_client)
        cls.contracts[1].charter_calendar_id = cls.env["resource.calendar"].create(
            {"name": "Mornings", "tz": "America/New_York", "attendance_ids": [
                Command.create({"name": "m", "dayofweek": str(day), "hour_from": 8, "hour_to": 12, "day_period": "morning"})
                for day in range(5)
            ]}
        )  # fmt: skip

    def _requests(self, number, **values):
        draw = random.Random(2026)
        return [
            {
                "code": draw.choice(CODES),
                "res_model": "contract.contract",
                "res_id": contract.id,
                "partner_id": contract.commercial_partner_id.id,
                "contract_id": draw.choice((contract.id, None)),
                "company_id": self.company.id,
                "at": START + timedelta(minutes=draw.randrange(600_000)),
                "occurrence": f"test {index}",
                "delay": draw.choice(DELAYS),
                "user_id": draw.choice((None, self.technician.id)),
                **values,
            }
            for index in range(number)
            for contract in [draw.choice(self.contracts)]
        ]

    def _facts(self, rows):
        return rows.read([*FACTS, "occurrence"], load=False)

    def test_a_batch_is_what_one_by_one_gives(self):
        with self.at():
            requests = self._requests(120)
            batch = self.ledger._open(requests)
            self.assertEqual(batch.mapped("occurrence"), [request["occurrence"] for request in requests])
            singles = self.ledger.union(
                *(
                    self.ledger._open([dict(request, occurrence=f"one {request['occurrence']}")])
                    for request in requests
                )
            )
        for together, alone in zip(self._facts(batch), self._facts(singles), strict=True):
            alone["occurrence"] = alone["occurrence"].removeprefix("one ")
            del together["id"], alone["id"]
            self.assertEqual(together, alone)
        self.assertTrue(batch.filtered("warn_at"))
        self.assertEqual(set(batch.mapped("unit")), {"hours", "days", "months"})

    def test_the_reminder_reads_no_calendar_again(self):
        """Of a batch: the same moments as asked for by themselves, and one reading of the calendar for both."""
        with self.at():
            requests = self._requests(40, delay=DELAYS[1], contract_id=None, code="feedback.callback")
            rows = self.ledger._open(requests)
            commitment = self.document._commitment("feedback.callback")
            back = Delay(commitment.warn_before, commitment.warn_unit, "working")
            warns = self.ledger._due_moments(
                [(request, row.due_at, back, "before") for request, row in zip(requests, rows, strict=True)]
            )
            self.assertEqual(
                rows.mapped("warn_at"),
                [max(warn, row.opened_at) for warn, row in zip(warns, rows, strict=True)],
            )
            self.env.flush_all()
            self.env.invalidate_all()
            for request in requests:
                request["occurrence"] += " again"
            with self.assertQueryCount(13):
                self.ledger._open(requests)

    def test_queries_do_not_grow(self):
        def queries(times, start):
            requests = [dict(r, occurrence=f"{start} {i}") for i, r in enumerate(self._requests(100) * times)]
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.ledger._open(requests)
            self.env.flush_all()
            return self.cr.sql_log_count - before

        with self.at():
            queries(1, "warm")
            hundred, more = queries(1, "few"), queries(10, "many")
        self.assertEqual(hundred, more)
        self.assertLessEqual(more, 20)

    def test_over_several_inserts(self):
        requests = self._requests(2300)
        with self.at():
            rows = self.ledger._open(requests)
            self.assertEqual(len(set(rows.ids)), 2300)
            self.assertEqual(rows.mapped("occurrence"), [request["occurrence"] for request in requests])
            # Half are there, half are new: the rows still come in the order asked.
            mixed = [r if i % 2 else dict(r, occurrence=f"new {i}") for i, r in enumerate(requests[:50])]
            again = self.ledger._open(mixed)
        self.assertEqual(again[1::2], rows[:50][1::2])
        self.assertFalse(again[::2] & rows)
        self.assertEqual(again.mapped("occurrence"), [request["occurrence"] for request in mixed])

    def test_any_text_is_an_occurrence(self):
        texts = [
            '"',
            "\\",
            "{}",
            "NULL",
            "null",
            "a,b",
            "",
            " x ",
            "é—漢",
            "'; DROP TABLE",
            "%s %(x)s",
            "line\nbreak",
        ]
        requests = [dict(self._requests(1)[0], occurrence=text) for text in texts]
        with self.at():
            rows = self.ledger._open(requests)
        rows.invalidate_recordset()
        self.assertEqual(rows.mapped("occurrence"), texts)

    def test_no_time_on_one_calendar_holds_up_nobody(self):
        self.contracts[1].charter_calendar_id.flexible_hours = True
        requests = self._requests(40, delay=DELAYS[1])
        for request in requests:
            request["contract_id"] = request["res_id"]
        with self.at():
            rows = self.ledger._open(requests)
        broken = rows.filtered(lambda row: row.contract_id == self.contracts[1])
        self.assertTrue(broken)
        self.assertFalse(any(broken.mapped("due_at")) or any(broken.mapped("warn_at")))
        self.assertIn("flexible", broken[0].clock_error)
        self.assertTrue(all((rows - broken).mapped("due_at")))

    def test_a_company_without_charter_opens_nothing(self):
        company = self.env["res.company"].create({"name": "Mileo Belgium"})
        requests = [*self._requests(3), dict(self._requests(1)[0], company_id=company.id, occurrence="there")]
        before = self.ledger.search_count([])
        with self.at(), self.assertRaisesRegex(MissingCharter, "Mileo Belgium has no charter in force"):
            self.ledger._open(requests)
        self.assertEqual(self.ledger.search_count([]), before)

    def test_many_documents_say_whom_they_owe(self):
        """What contracts read by one statement is what each says by itself."""
        self.contracts[1].partner_id = self.other_client.child_ids[:1]
        alone = [
            (c._charter_partner().id, c._charter_contract().id, c._charter_company().id)
            for c in self.contracts
        ]
        self.assertEqual(self.contracts._charter_parties(), alone)
        self.assertEqual(self.contracts[::-1]._charter_parties(), alone[::-1])

    # -- integrity --------------------------------------------------------------------------------

    def test_what_a_promise_names_cannot_go(self):
        with self.at():
            row = self.ledger._open([dict(self._requests(1)[0], contract_id=self.contracts[0].id)])
        for table, row_id in (
            ("charter_commitment", row.commitment_id.id),
            ("res_partner", row.partner_id.id),
            ("contract_contract", row.contract_id.id),
            ("res_users", row.user_id.id or self.manager.id),
            ("res_company", row.company_id.id),
        ):
            with (
                self.subTest(table),
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.IntegrityError),
                self.cr.savepoint(),
            ):
                # Nothing but the ledger holds it back.
                self.cr.execute(
                    "SELECT conname, conrelid::regclass::text FROM pg_constraint WHERE contype = 'f' "
                    "AND confrelid = %s::regclass AND conrelid != 'charter_obligation'::regclass "
                    "AND NOT (%s AND conrelid = 'charter_commitment'::regclass)",
                    [table, table == "res_company"],
                )
                for name, owner in self.cr.fetchall():
                    self.cr.execute(f'ALTER TABLE {owner} DROP CONSTRAINT "{name}"')
                self.cr.execute(f"DELETE FROM {table} WHERE id = %s", [row_id])

    def test_a_promise_is_of_its_commitment_s_company(self):
        company = self.env["res.company"].create({"name": "Mileo Belgium"})
        with self.at():
            row = self.ledger._open(self._requests(1))
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.ForeignKeyViolation),
            self.cr.savepoint(),
            charter_door(self.cr),
        ):
            self.cr.execute(
                "UPDATE charter_obligation SET company_id = %s WHERE id = %s", [company.id, row.id]
            )
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.ForeignKeyViolation),
            self.cr.savepoint(),
        ):
            self.cr.execute(
                "UPDATE charter_commitment SET company_id = %s WHERE id = %s",
                [company.id, row.commitment_id.id],
            )

    def test_a_commitment_with_promises_is_said_to_be_used(self):
        """The ORM names the reason, as for any link."""
        with self.at():
            row = self.ledger._open(self._requests(1))
        self.document._charter_engine().state = "draft"
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.IntegrityError) as caught:
            row.commitment_id.unlink()
        said = self.ledger._sql_error_to_message(caught.exception)
        self.assertIn("commitments made under it", said)

    # -- without the ORM's log columns ------------------------------------------------------------

    def test_the_ledger_keeps_its_own_times(self):
        self.cr.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'charter_obligation' "
            "AND column_name IN ('create_uid', 'create_date', 'write_uid', 'write_date')"
        )
        self.assertEqual(self.cr.fetchall(), [])
        self.assertNotIn("create_date", self.ledger._fields)

    def test_what_the_web_client_asks(self):
        with self.at():
            rows = self.ledger._open(self._requests(3)).with_user(self.operations)
        shown = rows.web_read({"promise": {}, "due_text": {}, "user_id": {"fields": {"display_name": {}}}})
        self.assertEqual(len(shown), 3)
        domain = [("id", "in", rows.ids)]
        found = self.ledger.with_user(self.operations).web_search_read(
            domain, {"due_at": {}}, order="due_at desc"
        )
        self.assertEqual(found["length"], 3)
        groups = self.ledger.with_user(self.operations).formatted_read_group(
            domain, ["due_at:month", "code"], ["missed:sum", "__count"]
        )
        self.assertEqual(sum(group["__count"] for group in groups), 3)
        [exported] = rows.with_env(self.env).export_data(["id", "code", "due_at", "partner_id/name"]).values()
        self.assertEqual(len(exported), 3)
        self.assertTrue(rows[0].get_metadata()[0]["id"])

    def test_automated_actions_still_run(self):
        action = self.env["base.automation"].create(
            {
                "name": "Late, of this test",
                "model_id": self.env.ref("mileo_client_charter.model_charter_obligation").id,
                "trigger": "on_create_or_write",
                "trigger_field_ids": [
                    Command.set(self.env.ref("mileo_client_charter.field_charter_obligation__evidence").ids)
                ],
            }
        )
        self.env["ir.actions.server"].create(
            {
                "name": "Name the client", "base_automation_id": action.id, "state": "code", "model_id": action.model_id.id,
                "code": "record.partner_id.write({'comment': 'seen'})",
            }
        )  # fmt: skip
        with self.at():
            row = self.ledger._open(self._requests(1))
            row._fulfil("done")
            self.env.flush_all()
        self.assertIn("seen", row.partner_id.comment or "")

    def test_a_database_of_the_last_version_is_migrated(self):
        self.cr.execute(
            """
            ALTER TABLE charter_obligation
                  ADD create_uid int REFERENCES res_users (id), ADD create_date timestamp,
                  ADD write_uid int REFERENCES res_users (id), ADD write_date timestamp,
                  ADD CONSTRAINT charter_obligation_commitment_id_fkey
                      FOREIGN KEY (commitment_id) REFERENCES charter_commitment (id),
                  ADD CONSTRAINT charter_obligation_company_id_fkey
                      FOREIGN KEY (company_id) REFERENCES res_company (id)
            """
        )
        path = file_path("mileo_client_charter/migrations/19.0.1.1.0/pre-ledger.py")
        spec = importlib.util.spec_from_file_location("pre_ledger", path)
        script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(script)
        for _time in range(2):
            script.migrate(self.cr, "19.0.1.0.0")
        self.test_the_ledger_keeps_its_own_times()
        self.cr.execute(
            "SELECT conname FROM pg_constraint WHERE contype = 'f' AND conrelid = 'charter_obligation'::regclass ORDER BY 1"
        )
        self.assertEqual(
            [name for (name,) in self.cr.fetchall()],
            [
                "charter_obligation_commitment_of_company",
                "charter_obligation_contract_id_fkey",
                "charter_obligation_partner_id_fkey",
                "charter_obligation_user_id_fkey",
            ],
        )

    def test_the_clock_wakes_for_the_first_reminder_or_due_time(self):
        cron = self.env.ref("mileo_client_charter.cron_clock")
        triggers = self.env["ir.cron.trigger"]
        with self.at(moment=datetime(2026, 1, 1)):
            before = triggers.search([("cron_id", "=", cron.id)])
            rows = self.ledger._open(self._requests(30))
            new = triggers.search([("cron_id", "=", cron.id)]) - before
        self.assertEqual(len(new), 1)
        self.assertEqual(
            new.call_at, min(moment for row in rows for moment in (row.warn_at, row.due_at) if moment)
        )

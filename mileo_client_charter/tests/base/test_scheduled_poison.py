"""One poisoned row among healthy ones: each scheduled action goes on, whatever table refuses the row.

The poison is the database's own refusal: a trigger that raises for whatever is written about one client. Which tables a
scheduled action writes about clients is learned from a run without poison, so that a queue of next year is in it by itself.
"""

from collections import defaultdict
from datetime import datetime
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ..cases.common import CharterCase
from ..cases.own_rows import is_of_clients, owner_of
from ..cases.scheduled import ScheduledMixin

MOMENTS = [
    datetime(2026, 10, 5, 9), datetime(2026, 10, 6, 9), datetime(2026, 10, 12, 9), datetime(2026, 11, 2, 9),
    datetime(2026, 11, 11, 11), datetime(2027, 1, 4, 9),
]  # fmt: skip
# What speaks of what could not be done, and is read elsewhere.
LOUD = (
    "odoo.sql_db",
    "odoo.addons.mileo_client_charter.models.base.charter_batches",
    "odoo.addons.mileo_client_charter.models.ledger.charter_scheduler",
    "odoo.addons.mileo_client_charter.models.renewal.charter_review",
    "odoo.addons.mileo_client_charter.models.ledger.charter_obligation_clock",
    "odoo.addons.mileo_client_charter.models.ledger.charter_obligation_alert",
    "odoo.addons.mileo_client_charter.models.delivery.charter_contact_sheet",
    "odoo.addons.mileo_client_charter.models.delivery.charter_delivery_run",
    "odoo.addons.mileo_client_charter.models.feedback.charter_feedback_invitation",
    "odoo.addons.mileo_client_charter.models.people.charter_stand_in",
    "odoo.addons.mileo_client_charter.models.renewal.charter_notice_milestone",
)


@tagged("post_install", "-at_install")
class TestScheduledPoison(ScheduledMixin, CharterCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["contract.contract"].search([("charter_tier_id", "!=", False)]).active = False
        cls.env["charter.obligation"].search([("is_owed", "=", True)])._cancel("Not these tests'.")
        cls.company.charter_delivery_review_from = 20
        cls.poisoned, _one, _two = cls._client("Poisoned")
        cls.healthy = [cls._client("Healthy")[0], cls._client("Sound")[0]]
        # Before and after the healthy ones, in whatever order rows are taken.
        cls.everybody = [cls.healthy[0], cls.poisoned, cls.healthy[1]]
        cls.crons = cls.our_crons(cls)
        cls.tables = {
            cls.env[name]._table: owner_of(cls.env[name])
            for name in cls.env.registry
            if is_of_clients(cls.env[name])
        }

    def world(self):
        """A beginning for each client; what follows is the scheduled actions' own work."""
        with self.at(moment=datetime(2026, 10, 5, 8)):
            for client in self.everybody:
                contract = self._contract(client, start="2026-03-01", end="2027-02-28")
                camera = self.env["charter.equipment"].create(
                    {
                        "name": "Camera",
                        "maker": "Lynx",
                        "model": "L1",
                        "partner_id": client.id,
                        "contract_id": contract.id,
                    }
                )
                camera.milestone_ids = [(0, 0, {"kind": "end_of_support", "date": "2026-12-20"})]
                done = self.env["charter.intervention"].create(
                    {"name": "Work", "partner_id": client.id, "contact_ids": client.child_ids[:1].ids}
                )
                done.action_close()
            self.env["charter.absence"].create(
                {"user_id": self.manager.id, "date_from": "2026-10-19", "date_to": "2026-10-23",
                 "stand_in_id": self.operations.id}
            )  # fmt: skip

    def refuse(self, mails):
        """The mail server refuses every mail of the first days; they are asked for again."""
        mails.write({"state": "exception", "failure_reason": "refused"})
        self.env["charter.delivery"].search([("mail_id", "in", mails.ids)])._fail("refused")

    def run_one(self, cron):
        """(rows about the healthy clients by state, tables about clients it wrote) after one run of ``cron``."""
        written, _statements = self.written_by(cron)
        tables = written.keys() & self.tables.keys()
        rows = {key: found for key, found in self.count().items() if key[1] != self.poisoned.id}
        return rows, tables

    def deliver(self, moment):
        """The mail server refuses every mail of the first day, and takes those since."""
        outbox = (
            self.env["mail.mail"]
            .sudo()
            .search([("state", "=", "outgoing"), ("model", "=", "charter.delivery")])
        )
        if moment == MOMENTS[0]:
            self.refuse(outbox)
        else:
            for mail in outbox:
                mail.state = "sent"
                mail._postprocess_sent_message(mail.recipient_ids, [], failure_type=None)
        self.env.flush_all()

    def count(self):
        found = defaultdict(dict)
        for table, owner in self.tables.items():
            field = self.env[self.model_of(table)]._fields.get("state")
            state = "state" if field and field.store else None
            self.env.cr.execute(
                SQL(
                    "SELECT %(owner)s, %(state)s, count(*) FROM %(table)s WHERE %(owner)s = ANY(%(clients)s) GROUP BY 1, 2",
                    owner=SQL.identifier(owner),
                    state=SQL.identifier(state) if state else SQL("NULL"),
                    table=SQL.identifier(table),
                    clients=[client.id for client in self.everybody],
                )
            )
            for client, value, rows in self.env.cr.fetchall():
                found[table, client][value] = rows
        return found

    def model_of(self, table):
        return next(name for name in self.env.registry if self.env[name]._table == table)

    def poison(self, table):
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """CREATE OR REPLACE FUNCTION charter_test_poison() RETURNS trigger LANGUAGE plpgsql AS $$
                   BEGIN IF NEW.%(owner)s = %(client)s THEN RAISE EXCEPTION 'poisoned'; END IF; RETURN NEW; END $$""",
                owner=SQL.identifier(self.tables[table]),
                client=self.poisoned.id,
            )
        )
        self.env.cr.execute(
            SQL(
                "CREATE TRIGGER charter_test_poison BEFORE INSERT OR UPDATE ON %s FOR EACH ROW "
                "EXECUTE FUNCTION charter_test_poison()",
                SQL.identifier(table),
            )
        )

    def heal(self, table):
        self.env.cr.execute(SQL("DROP TRIGGER charter_test_poison ON %s", SQL.identifier(table)))

    def tried(self, cron, table):
        """One run of ``cron`` while ``table`` refuses the poisoned client; nothing of it stays."""
        with self.env.cr.savepoint() as savepoint, mute_logger(*LOUD):
            self.poison(table)
            # The scheduled action's transaction begins here.
            begin = self.env.cr.savepoint()
            with patch.object(self.env.cr, "rollback", begin.rollback):
                try:
                    return self.run_one(cron)[0]
                except Exception as error:
                    return f"stopped: {error}"
                finally:
                    savepoint.rollback()
                    self.env.invalidate_all()

    def test_every_scheduled_action_goes_on_without_the_poisoned_row(self):
        self.world()
        asked = set()
        for moment in MOMENTS:
            with self.at(moment=moment):
                for cron in self.crons:
                    with self.env.cr.savepoint() as savepoint:
                        healthy, wrote = self.run_one(cron)
                        savepoint.rollback()
                        self.env.invalidate_all()
                    for table in sorted(wrote):
                        asked.add((cron.cron_name, table))
                        with self.subTest(f"{moment} {cron.cron_name}: {table}"):
                            self.assertEqual(self.tried(cron, table), healthy)
                    self.run_cron(cron)
                self.deliver(moment)
        self.assertGreaterEqual(len(asked), 10, "the sweep finds what scheduled actions write about clients")

"""A change that goes to many clients, killed between any two statements: each contact has exactly one delivery."""

from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.tests import tagged

from ...models.base.charter_engine import charter_door
from ...models.delivery import charter_delivery_run
from ..cases.killed import KilledCase

PREFIX = "t_delivery_killed"
CLIENTS = 4


@tagged("post_install", "-at_install")
class TestDeliveryKilled(KilledCase):
    job = ("charter.delivery.run", "_cron_delivery")

    def setUp(self):
        super().setUp()
        self.addCleanup(self._clean)
        self._clean()
        with self.session() as env:
            clients = env["res.partner"].create(
                [{"name": f"{PREFIX} {number}", "is_company": True} for number in range(CLIENTS)]
            )
            env["res.partner"].create(
                [
                    {"name": PREFIX, "parent_id": client.id, "email": f"{n}@killed.example.com"}
                    for client in clients
                    for n in range(2)
                ]
            )
            self.clients = clients.ids

    def _plan(self):
        """Every client is owed its sheet, and it may go."""
        self._forget()
        with self.session() as env:
            clients = env["res.partner"].browse(self.clients)
            owed = clients._charter_open("contacts.sheet", occurrence=PREFIX)
            recipients = env["res.partner"]._charter_document_recipients(clients.ids)
            env.company.charter_delivery_review_from = 1000
            env["charter.delivery.run"]._start(
                env.company,
                "contacts",
                [
                    {"kind": "contacts", "partner_id": row.partner_id.id, "contact_id": contact,
                     "company_id": env.company.id, "obligation_id": row.id}
                    for row in owed for contact in recipients[row.partner_id.id]
                ],
            )  # fmt: skip

    def _forget(self):
        with self.registry.cursor() as cr, charter_door(cr):
            cr.execute("SELECT id, run_id FROM charter_delivery WHERE partner_id = ANY(%s)", [self.clients])
            rows = cr.fetchall()
            ids, runs = [row for row, _run in rows], list({run for _row, run in rows})
            cr.execute(
                "DELETE FROM mail_mail WHERE mail_message_id IN "
                "(SELECT id FROM mail_message WHERE model = 'charter.delivery' AND res_id = ANY(%s))",
                [ids],
            )
            cr.execute("DELETE FROM charter_delivery WHERE id = ANY(%s)", [ids])
            cr.execute(
                "DELETE FROM mail_message WHERE model = 'charter.delivery' AND res_id = ANY(%s)", [ids]
            )
            cr.execute("DELETE FROM charter_delivery_run WHERE id = ANY(%s)", [runs])
            cr.execute("DELETE FROM charter_obligation WHERE partner_id = ANY(%s)", [self.clients])

    def _clean(self):
        with self.registry.cursor() as cr:
            cr.execute("SELECT id FROM res_partner WHERE name LIKE %s AND is_company", [f"{PREFIX}%"])
            self.clients = [row for (row,) in cr.fetchall()]
        self._forget()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["res.partner"].search([("name", "=like", f"{PREFIX}%")]).sorted(
                "parent_id", reverse=True
            ).unlink()

    def _delivered(self):
        """What each contact has got: (state, number of mails in the outbox)."""
        with self.session() as env:
            rows = env["charter.delivery"].search([("partner_id", "in", self.clients)], order="contact_id")
            mails = env["mail.mail"].search([("model", "=", "charter.delivery"), ("res_id", "in", rows.ids)])
            of_row = mails.grouped("res_id")
            return [(row.contact_id.id, row.state, len(of_row.get(row.id, ()))) for row in rows]

    def test_killed_between_any_two_statements(self):
        # Two contacts a batch, so that several transactions can die.
        with patch.object(charter_delivery_run, "SEND_BATCH", 2):
            self._plan()
            total = self._run()
            expected = [(state, mails) for _contact, state, mails in self._delivered()]
            self.assertEqual(expected, [("queued", 1)] * (2 * CLIENTS))
            for moment in range(1, total + 1, 3):
                with self.subTest(moment):
                    self._plan()
                    self._run(die_at=moment)
                    self._run()
                    got = self._delivered()
                    self.assertEqual([(state, mails) for _contact, state, mails in got], expected)
                    self.assertEqual(len({contact for contact, *_rest in got}), 2 * CLIENTS)

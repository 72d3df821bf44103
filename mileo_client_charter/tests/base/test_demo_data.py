"""The demo company comes into a database that has a life of its own already."""

from odoo.tests import TransactionCase, tagged
from odoo.tools.convert import convert_file


@tagged("post_install", "-at_install")
class TestDemoData(TransactionCase):
    def test_it_loads_where_something_was_booked(self):
        """Found by a stranger: Odoo refuses another currency then, and with it all of the demo data."""
        company = self.env.ref("base.main_company")
        company.currency_id = self.env.ref("base.USD")
        account = self.env["account.account"].create(
            {
                "name": "Cash",
                "code": "5399",
                "account_type": "asset_cash",
                "company_ids": [(6, 0, company.ids)],
            }
        )
        journal = self.env["account.journal"].create(
            {"name": "Misc", "code": "MSC9", "type": "general", "company_id": company.id}
        )
        lines = [
            (0, 0, {"account_id": account.id, "debit": 10.0}),
            (0, 0, {"account_id": account.id, "credit": 10.0}),
        ]
        self.env["account.move"].create({"journal_id": journal.id, "line_ids": lines})
        convert_file(
            self.env, "mileo_client_charter", "demo/charter_demo.xml", {}, mode="init", noupdate=True
        )
        self.env.flush_all()
        self.assertEqual((company.currency_id.name, company.name), ("USD", "Mileo Technology"))

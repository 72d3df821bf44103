"""What other addons added to the charter, once they are gone; and what a list says in the reader's language."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..cases.common import CharterCase


@tagged("post_install", "-at_install")
class TestRemovedAddon(CharterCase):
    def test_a_promise_outlives_the_addon_that_made_it(self):
        """The row is read, reminded of and told late; only its document cannot be opened any more."""
        with self.at(0):
            contract = self._contract(self.client)
            row = self.env["charter.obligation"]._open(
                [
                    {
                        "code": "feedback.callback", "res_model": "site.visit.of.before", "res_id": 1, "at": self.env["charter.obligation"]._charter_now(),
                        "partner_id": self.client.id, "contract_id": contract.id, "company_id": self.company.id,
                    }
                ]
            )  # fmt: skip
            self.assertFalse(row._origin_record())
            self.assertEqual(row._origin_name(), "")
            with self.assertRaisesRegex(UserError, "commitment stays"):
                row.action_open_origin()
        with self.at(49):
            self.tick()
        self.assertEqual((row.state, row.alert, row.alert_error), ("late", "breach", False))

    def test_defects_name_the_role_in_the_reader_s_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        roles = dict(
            self.env["charter.defect"].with_context(lang="fr_FR").fields_get(["role"])["role"]["selection"]
        )
        self.assertEqual(roles["technical_contact"], "Interlocuteur technique")

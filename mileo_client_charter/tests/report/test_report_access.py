"""Who reads and changes reports and recommendations: roles, two companies, two clients with two contacts, a subsidiary, a
follower of another client's."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..cases.access import LADDER, OUTSIDERS, AccessCase, table

# As in test_access: which rows each role sees; u is client a's, not sent yet.
READ = """
charter.report          -  absu  a  a  b  s  b  c  -
charter.recommendation  -  absu  a  a  b  s  b  c  -
"""
# The least role that may write, create and delete what is not sent yet; "-" is nobody.
CHANGE = """
charter.report          manager  -        -
charter.recommendation  manager  manager  manager
"""


@tagged("post_install", "-at_install")
class TestReportAccess(AccessCase):
    @classmethod
    def _rows_of_client(cls, label, contact, company):
        rows = super()._rows_of_client(label, contact, company)
        states = [(label, "sent", "proposed"), *([("u", "draft", "draft")] if label == "a" else [])]
        for name, state, advice in states:
            report, recommendation = cls._report(contact, company, label, name, state, advice)
            cls.rows["charter.report", name] = report
            cls.rows["charter.recommendation", name] = recommendation
            report.sudo().message_subscribe(partner_ids=cls.bea.ids)
        return rows

    @classmethod
    def _report(cls, contact, company, label, name, state, advice):
        contract = cls.rows["contract.contract", label]
        report = cls.env["charter.report"]._charter_engine().create(
            {
                "contract_id": contract.id, "partner_id": contact.commercial_partner_id.id, "company_id": company.id,
                "period": "2026-09" if name != "u" else "2026-10", "state": state, "table": {"x": 1},
                "first_day": "2026-09-01" if name != "u" else "2026-10-01",
                "last_day": "2026-09-30" if name != "u" else "2026-10-31",
            }
        )  # fmt: skip
        recommendation = (
            cls.env["charter.recommendation"]
            ._charter_engine()
            .create({"name": "Recorder", "advice": "Old.", "benefit": "New.", "contract_id": contract.id})
        )
        recommendation.state = advice
        return report.with_env(cls.env), recommendation.with_env(cls.env)

    def test_who_sees_which_rows(self):
        self.check_readers(READ)

    def test_clients_read_their_fields(self):
        self.check_portal_fields("charter.report", "charter.recommendation")

    def test_who_changes_what(self):
        self.enterContext(self.at())
        contract = self.rows["contract.contract", "a"]
        values = {
            "charter.report": ({"introduction": "x"}, {"contract_id": contract.id, "partner_id": self.client.id}),
            "charter.recommendation": (
                {"name": "x"}, {"name": "x", "advice": "x", "benefit": "x", "contract_id": contract.id},
            ),
        }  # fmt: skip
        for model, *least in table(CHANGE):
            written, created = values[model]
            acts = {
                "write": lambda records, written=written: records.write(written),
                "create": lambda records, created=created: records.create(dict(created)),
                "unlink": lambda records: records.unlink(),
            }
            for (operation, act), lowest in zip(acts.items(), least, strict=True):
                allowed = () if lowest == "-" else LADDER[LADDER.index(lowest) :]
                for role in (*LADDER, *OUTSIDERS[1:]):
                    with self.subTest(model=model, operation=operation, role=role), self.undone():
                        records = self.as_user(role, self.rows[model, "u"])
                        if role in allowed:
                            act(records)
                        else:
                            with self.assertRaises(UserError):
                                act(records)

    def test_what_was_sent_is_nobodys_to_change(self):
        for model, values in (
            ("charter.report", {"introduction": "x"}),
            ("charter.report", {"table": {}}),
            ("charter.recommendation", {"name": "x"}),
        ):
            for role in (*LADDER[1:], *OUTSIDERS[1:]):
                with (
                    self.subTest(model, role=role),
                    self.undone(),
                    self.assertRaises(UserError),
                ):
                    self.as_user(role, self.rows[model, "a"]).write(values)

    def test_nobody_posts_on_the_thread_of_what_it_only_reads(self):
        for role in ("alice", "follower"):
            with self.subTest(role), self.assertRaises(AccessError):
                self.as_user(role, self.rows["charter.report", "a"]).message_post(body="Hello")

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..cases.access import LADDER, OUTSIDERS, AccessCase, table

# As in test_access: which rows each role sees, then the least role that may write, create and delete ("-": nobody).
READ = """
charter.renewal              -  abs  -  -  -  -  -  c  -
charter.renewal.forecast     -  abs  -  -  -  -  -  c  -
charter.remediation          -  abs  -  -  -  -  -  c  -
charter.remediation.action   -  abs  -  -  -  -  -  c  -
charter.review               -  abs  a  a  b  s  b  c  -
charter.review.answer        -  abs  -  -  -  -  -  c  -
charter.review.action        -  abs  -  -  -  -  -  c  -
charter.notice               -  abs  -  -  -  -  -  c  -
charter.notice.line          -  abs  a  a  b  s  b  c  -
"""
CHANGE = """
charter.renewal              -        -        -
charter.remediation          manager  -        -
charter.remediation.action   manager  manager  manager
charter.review               manager  manager  -
charter.review.answer        manager  manager  manager
charter.review.action        manager  manager  manager
charter.notice               manager  manager  admin
charter.notice.line          -        -        -
"""


@tagged("post_install", "-at_install")
class TestYearAccess(AccessCase):
    @classmethod
    def _rows_of_client(cls, label, contact, company):
        result = super()._rows_of_client(label, contact, company)
        env = cls.env(context=dict(cls.env.context, allowed_company_ids=[company.id]))
        contract = cls.rows["contract.contract", label]
        renewal = env["charter.renewal"]._charter_engine().create(
            {
                "contract_id": contract.id, "term_end": contract.charter_term_end, "company_id": company.id,
                "partner_id": contact.commercial_partner_id.id,
            }
        ).with_env(env)  # fmt: skip
        remediation = env["charter.remediation"]._open_for(renewal)
        remediation.action_ids = [
            (0, 0, {"name": "Visit", "user_id": cls.manager.id, "date_deadline": "2026-10-20"})
        ]
        review = env["charter.review"].create({"contract_id": contract.id, "contact_ids": contact.ids})
        review.answer_ids = [(0, 0, {"contact_id": contact.id, "rating": "4"})]
        review.action_ids = [
            (0, 0, {"name": "Call", "user_id": cls.manager.id, "date_deadline": "2026-10-20"})
        ]
        review._charter_engine().write({"state": "planned"})
        notice = env["charter.notice"].create(
            {"name": "News", "effect_on": "2027-06-01", "kind": "regulation", "regulation": "gdpr",
             "company_id": company.id}
        )  # fmt: skip
        line = env["charter.notice.line"]._charter_engine().create(
            {"notice_id": notice.id, "partner_id": contact.commercial_partner_id.id, "sent_at": "2026-10-05 08:00:00"}
        )  # fmt: skip
        cls.rows.update(
            {
                ("charter.renewal", label): renewal,
                ("charter.renewal.forecast", label): env["charter.renewal.forecast"].browse(contract.id),
                ("charter.remediation", label): remediation,
                ("charter.remediation.action", label): remediation.action_ids,
                ("charter.review", label): review,
                ("charter.review.answer", label): review.answer_ids,
                ("charter.review.action", label): review.action_ids,
                ("charter.notice", label): notice,
                ("charter.notice.line", label): line.with_env(env),
            }
        )
        if label == "a":
            review.message_subscribe(partner_ids=cls.bea.ids)
            notice.message_subscribe(partner_ids=cls.bea.ids)
        return result

    def test_who_sees_which_rows(self):
        self.enterContext(self.at())
        self.check_readers(READ)

    def test_a_client_sees_nothing_before_it_is_ready(self):
        review, line = self.rows["charter.review", "a"], self.rows["charter.notice.line", "a"]
        review._charter_engine().state = "draft"
        line._charter_engine().sent_at = False
        for record in (review, line):
            self.assertFalse(self.as_user("alice", self.env[record._name]).search([("id", "=", record.id)]))

    def test_clients_read_their_fields(self):
        # The dossier of a review is read once its page shows it: tests/base/test_reading_files.py
        self.check_portal_fields("charter.review", "charter.notice.line", closed={"dossier_file"})

    def test_who_changes_what(self):
        self.enterContext(self.at())
        contract, client = self.rows["contract.contract", "a"], self.client.id
        person = {"user_id": self.manager.id, "date_deadline": "2026-10-20"}
        review, remediation = self.rows["charter.review", "a"], self.rows["charter.remediation", "a"]
        samples = {
            "charter.renewal": (
                {"allowed": True}, {"contract_id": contract.id, "term_end": "2030-01-01", "partner_id": client,
                                    "company_id": self.company.id}),
            "charter.remediation": ({"causes": "y"}, {"renewal_id": self.rows["charter.renewal", "a"].id}),
            "charter.remediation.action": ({"name": "y"}, {"name": "x", "remediation_id": remediation.id, **person}),
            "charter.review": ({"location": "y"}, {"contract_id": contract.id}),
            "charter.review.answer": (
                {"comment": "y"}, {"review_id": review.id, "contact_id": self.adam.id, "rating": "3"}),
            "charter.review.action": ({"name": "y"}, {"name": "x", "review_id": review.id, **person}),
            "charter.notice": (
                {"source": "y"}, {"name": "x", "effect_on": "2027-05-05", "company_id": self.company.id}),
            "charter.notice.line": (
                {"late_reason": "y"}, {"notice_id": self.rows["charter.notice", "a"].id, "partner_id": self.client_b.id}),
        }  # fmt: skip
        spare = self.env["charter.notice"].create({"name": "Spare", "effect_on": "2027-05-05"})
        for model, *least in table(CHANGE):
            written, created = samples[model]
            row = self.rows[model, "a"]
            acts = {
                "write": lambda records, written=written: records.write(written),
                "create": lambda records, created=created: records.create(dict(created)),
                "unlink": lambda records: records.unlink(),
            }
            for (operation, act), lowest in zip(acts.items(), least, strict=True):
                allowed = LADDER[LADDER.index(lowest) :] if lowest != "-" else ()
                target = spare if (model, operation) == ("charter.notice", "unlink") else row
                for role in (*LADDER, *OUTSIDERS[1:]):
                    with self.subTest(model=model, operation=operation, role=role):
                        if role in allowed:
                            with self.undone():
                                act(self.as_user(role, target))
                        else:
                            with self.assertRaises(AccessError), self.undone():
                                act(self.as_user(role, target))

    def test_following_grants_nothing(self):
        for model in ("charter.review", "charter.notice"):
            with self.subTest(model), self.assertRaises(AccessError):
                self.as_user("follower", self.rows[model, "a"]).read(["name"])
            with self.subTest(model, act="posting"), self.assertRaises(AccessError):
                self.as_user("follower", self.rows[model, "a"]).message_post(body="Hello")

    def test_the_steps(self):
        """Clients take none of our steps, another company's staff none on ours."""
        for role in ("alice", "bob", "other", "employee"):
            for model, step in (
                ("charter.renewal", "action_decide"),
                ("charter.remediation", "action_start"),
                ("charter.review", "action_cancel"),
                ("charter.notice", "action_send"),
            ):
                with self.subTest(role=role, step=step), self.assertRaises(AccessError), self.undone():
                    getattr(self.as_user(role, self.rows[model, "a"]), step)()

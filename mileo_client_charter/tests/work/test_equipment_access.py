from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..cases.access import LADDER, OUTSIDERS, AccessCase, table

# As in test_access: which rows each role sees, then the least role that may write, create and delete.
READ = """
charter.equipment            -  abs  a  a  b  s  b  c  -
charter.equipment.milestone  -  abs  a  a  b  s  b  c  -
charter.equipment.stay       -  abs  -  -  -  -  -  c  -
charter.outage               -  abs  a  a  b  s  b  c  -
"""
CHANGE = """
charter.equipment            manager     manager     admin
charter.equipment.milestone  manager     manager     manager
charter.equipment.stay       operations  operations  operations
charter.equipment.tag        manager     manager     admin
charter.outage               manager     manager     admin
"""
MODELS = ("charter.equipment", "charter.equipment.milestone", "charter.equipment.stay", "charter.outage")


@tagged("post_install", "-at_install")
class TestEquipmentAccess(AccessCase):
    @classmethod
    def _rows_of_client(cls, label, contact, company):
        rows = super()._rows_of_client(label, contact, company)
        equipment = cls.env["charter.equipment"].create(
            {
                "name": "Camera",
                "partner_id": contact.commercial_partner_id.id,
                "company_id": company.id,
                "milestone_ids": [(0, 0, {"kind": "end_of_life", "status": "none_announced"})],
                "outage_ids": [(0, 0, {"start_at": "2026-10-01 08:00:00"})],
            }
        )
        ours = (equipment, equipment.milestone_ids, equipment.stay_ids, equipment.outage_ids)
        cls.rows.update({(model, label): row for model, row in zip(MODELS, ours, strict=True)})
        if label == "a":
            equipment.message_subscribe(partner_ids=cls.bea.ids)
        return rows

    def test_who_sees_which_rows(self):
        self.check_readers(READ)

    def test_clients_read_their_fields(self):
        self.check_portal_fields(
            "charter.equipment", "charter.equipment.milestone", "charter.outage", closed=("product_id",)
        )

    def test_nobody_posts_on_the_thread_of_what_it_only_reads(self):
        for role in ("alice", "follower"):
            with self.subTest(role), self.assertRaises(AccessError):
                self.as_user(role, self.rows["charter.equipment", "a"]).message_post(body="Hello")

    def _samples(self, model):
        """(row to change, values to write, values to create) in company 1."""
        partner = self.env["res.partner"].create({"name": "New client", "is_company": True})
        equipment = {"name": "x", "partner_id": partner.id, "company_id": self.company.id}
        other = self.env["charter.equipment"].create(equipment)
        stay = other.stay_ids
        stay.from_at = "2026-01-01 00:00:00"
        created = {
            "charter.equipment": equipment,
            "charter.equipment.milestone": {"equipment_id": other.id, "kind": "end_of_life", "status": "unknown"},
            "charter.equipment.stay": {
                "equipment_id": other.id, "partner_id": partner.id, "until_at": "2026-01-01 00:00:00"
            },
            "charter.equipment.tag": {"name": "Access control"},
            "charter.outage": {"equipment_id": other.id, "start_at": "2026-10-01 08:00:00"},
        }[model]  # fmt: skip
        written = {
            "charter.equipment": {"name": "y"},
            "charter.equipment.milestone": {"source": "y"},
            "charter.equipment.stay": {"until_at": "2026-12-01 00:00:00"},
            "charter.equipment.tag": {"name": "y"},
            "charter.outage": {"reason": "y"},
        }[model]
        row = self.rows.get((model, "a")) or self.env["charter.equipment.tag"].create({"name": "x"})
        return row, written, created

    def test_who_changes_what(self):
        self.enterContext(self.at())
        for model, *least in table(CHANGE):
            with self.undone():
                self._check_who_changes(model, least)

    def _check_who_changes(self, model, least):
        row, written, created = self._samples(model)
        acts = {
            "write": lambda records: records.write(written),
            "create": lambda records: records.create(dict(created)),
            "unlink": lambda records: records.unlink(),
        }
        for (operation, act), lowest in zip(acts.items(), least, strict=True):
            allowed = LADDER[LADDER.index(lowest) :]
            for role in (*LADDER, *OUTSIDERS[1:]):
                if role == "other" and model == "charter.equipment.tag":
                    continue  # tags are everybody's
                with self.subTest(model=model, operation=operation, role=role), self.undone():
                    records = self.as_user(role, row)
                    if role in allowed:
                        act(records)
                    else:
                        with self.assertRaises(AccessError):
                            act(records)

    def test_a_monitoring_key_reads_nothing(self):
        probe = new_test_user(
            self.env,
            "t_probe",
            groups="mileo_client_charter.group_charter_monitoring",
            company_id=self.company.id,
        )
        for model in (*MODELS, "charter.equipment.tag", "charter.obligation", "contract.contract"):
            for operation in ("read", "write", "create", "unlink"):
                self.assertFalse(self.env[model].with_user(probe).has_access(operation), (model, operation))

"""A record of each model with recorded words."""

from datetime import datetime, timedelta

from odoo import Command

from .lists import rows_of
from .year import YearCase

NOW = datetime(2027, 1, 10, 9)


class RecordedCase(YearCase):
    def records(self):
        """{model: a record whose words are on record}."""
        contract = self.renewing(self.client)
        renewal = self.opened(contract)
        with self.at(moment=NOW):
            feedback = self.negative()
            feedback._complete(nps=3)
            feedback.with_user(self.manager)._record_callback(
                NOW, "A cable was cut by the works next door.", "made",
                [{"name": "Lay it", "user_id": self.technician.id, "date_deadline": "2027-01-20"}], "",
            )  # fmt: skip
            # Noted by us, who may have heard wrongly; what a client enters itself is nobody's to correct.
            feedback._charter_engine().channel = "interview"
            escalation = self.escalate()
            remediation = self.env["charter.remediation"]._charter_engine().create({"renewal_id": renewal.id})
            action = {"name": "Visit", "user_id": self.technician.id, "date_deadline": "2027-01-20"}
            remediation.write(
                {
                    "causes": "Nobody called back.", "agreement": "By phone: yes.",
                    "agreed_contact_id": self.alice.id, "action_ids": [(0, 0, action)], "state": "agreed",
                }
            )  # fmt: skip
            review = self.env["charter.review"].create({"contract_id": contract.id, "kind": "annual"})
            review.write(
                {
                    **dict.fromkeys(("achievements", "performance", "satisfaction", "outlook"), "Talked about."),
                    "attended_ids": [Command.link(self.alice.id)],
                    "answer_ids": [
                        (0, 0, {"contact_id": self.alice.id, "rating": "4", "nps": "9", "comment": "Good.", "wishes": "More."})
                    ],
                    "action_ids": [(0, 0, action)],
                }
            )  # fmt: skip
            review.answer_ids._become_feedback()
            review._charter_engine().write({"state": "minutes", "held_at": NOW, "minutes_at": NOW})
            advice = self.env["charter.recommendation"].create(
                {
                    "name": "Replace it",
                    "advice": "It is old.",
                    "benefit": "Peace.",
                    "contract_id": contract.id,
                }
            )
            advice._propose()
            advice._answer("accept", "Send a quote.", self.alice)
            intervention = self.env["charter.intervention"]._charter_engine().create(
                {
                    "name": "The lens is dark", "description": "<p>Since Monday.</p>", "partner_id": self.client.id,
                    "user_id": self.technician.id, "reported_by_id": self.alice.id,
                    "equipment_ids": [Command.create({"name": "Camera 4", "partner_id": self.client.id})],
                }
            )  # fmt: skip
            intervention.with_user(self.technician).action_close(work_done="<p>New lens.</p>")
            rows = rows_of(self.env, self.client, self.alice)
        records = (
            intervention, escalation, feedback, feedback.corrective_action_ids, remediation, remediation.action_ids, review,
            review.answer_ids, review.action_ids, advice,
            *(one for one in rows if getattr(one, "_charter_recorded_fields", dict)()),
        )  # fmt: skip
        return {record._name: record.with_env(self.env) for record in records}

    def other_value(self, record, name):
        """Another value of a recorded field, as ``write`` takes it."""
        field = record._fields[name]
        if field.type == "many2one":
            return {
                "res.partner": self.adam.id,
                "res.users": self.manager.id,
                "charter.feedback": self.negative(self.adam).id,
            }[field.comodel_name]
        if field.type == "many2many":
            return [Command.clear()]
        if field.type == "date":
            return record[name] + timedelta(days=7)
        if field.type == "datetime":
            return record[name] - timedelta(hours=1)
        if field.type == "selection":
            return next(key for key, _label in field._description_selection(self.env) if key != record[name])
        if name in ("rating", "nps"):
            return 5 if field.type == "integer" else "5"
        return "Something else"

    def as_user(self, role, record):
        return record.with_user(getattr(self, role))

"""What a client reads of the work done for it, and whether it was done in the promised time (article 01)."""

from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..models.work.charter_intervention_promise import INCIDENTS, RESOLUTION, RESPONSE
from .client_reading import FEEDBACK_FIELDS, ClientReading
from .common import DAY, MOMENT, WEEKDAY
from .listing import Choice, Listing, Option, Sort, periods, selection

ADDRESS = "/my/charter/interventions"
# Of an installed base, as many as a list on a phone can show.
MACHINES = 500
INTERVENTION_FIELDS = [
    "reference", "name", "kind", "priority", "state", "progress", "reported_at", "responded_at", "resolved_at",
    "reopened_at",
]  # fmt: skip
CODES = (RESPONSE, RESOLUTION)
PAUSE_FIELDS = ["start_at", "stop_at", "reason"]
NO_LEVEL = {"level": "", "level_text": ""}


class InterventionReading(ClientReading):
    def __init__(self, env):
        super().__init__(env)
        # An intervention may name a site or a contact of the client.
        self.own_work = Domain("commercial_partner_id", "=", self.client.id)

    # -- pages ------------------------------------------------------------------------------------

    def interventions_page(self, query):
        env = self.env
        equipment = self._equipment_named(query.get("equipment"))
        own = self.own_work
        if equipment:
            own &= Domain("id", "in", self._work_on(equipment))
        listing = Listing(
            self, ADDRESS, query, "charter.intervention", INTERVENTION_FIELDS,
            sorts=[
                Sort("newest", env._("Newest first"), "reported_at desc, id desc"),
                Sort("oldest", env._("Oldest first"), "reported_at, id"),
                Sort("priority", env._("Most urgent first"), "priority desc, reported_at desc, id desc"),
                Sort("resolved", env._("Last resolved first"), "resolved_at desc nulls last, id desc"),
            ],
            search=("reference", "name", "work_done"),
            choices=[
                Choice("state", env._("State"), [
                    Option("open", env._("In progress"), Domain("state", "=", "open")),
                    Option("closed", env._("Done"), Domain("state", "=", "closed")),
                    Option("cancelled", env._("Work cancelled"), Domain("state", "=", "cancelled")),
                ]),
                selection(env, "charter.intervention", "kind", env._("Kind")),
                periods(self, "reported_at"),
            ],
            own=own, kept={"equipment": equipment.id} if equipment else None,
        )  # fmt: skip
        return {
            "listing": listing,
            "interventions": self._interventions(listing.rows),
            "equipment": equipment and equipment.name,
        }

    def find_intervention(self, record_id):
        return self.find("charter.intervention", record_id, self.own_work)

    def intervention_detail(self, intervention):
        [row] = self._interventions(intervention)
        # Of what is internal to the record, these fields and no other.
        inside = intervention.sudo()
        feedback = self._search(
            "charter.feedback", FEEDBACK_FIELDS, [("intervention_id", "=", intervention.id)]
        )
        return {
            "row": row,
            "technician": inside.user_id.name,
            "reported": self.moment(intervention.reported_at),
            "responded": self.moment(intervention.responded_at),
            "resolved": self.moment(intervention.resolved_at),
            "reopened": self.moment(intervention.reopened_at),
            "reported_words": inside.reported_by_id and inside.description,
            "corrections": self.corrections(intervention).get(intervention.id, []),
            "work_done": intervention.work_done,
            "levels": self._levels(intervention),
            "no_level": self._no_level(intervention),
            "cancel_reason": intervention.state == "cancelled" and inside.cancel_reason,
            "again": inside.promise_cycle > 1,
            "pauses": self._pauses(inside.pause_ids),
            "equipment": self._equipment_of(inside.equipment_ids.ids),
            "feedback": self._feedback(feedback),
            "files": [
                (file.name, f"/my/charter/intervention/{intervention.id}/file/{number}")
                for number, file in enumerate(intervention._charter_files_of_client(), 1)
            ],
        }

    # -- reporting --------------------------------------------------------------------------------

    def incident_choices(self):
        """Return what a form to report an incident offers: the client's contracts, equipment, and how urgent it is."""
        rows = self._search(
            "charter.equipment", ["name", "serial"], [("active", "=", True)], "name, id", MACHINES
        )
        labels = self.env["charter.intervention"]._fields["priority"]._description_selection(self.env)
        return {
            "contracts": [(one.id, one.name) for one in self._contracts()],
            "machines": [(row.id, f"{row.name} ({row.serial})" if row.serial else row.name) for row in rows],
            "priorities": labels,
        }

    def _contracts(self):
        contracts = self.env["contract.contract"].sudo()
        return contracts.search(
            [
                *contracts._charter_active_domain(),
                ("commercial_partner_id", "=", self.client.id),
                ("company_id", "=", self.company.id),
            ],
            order="name, id",
        )

    def contracts_named(self, number):
        """Return the contract a client chose among its own, else all of them. :raise ValidationError: none of its own"""
        contracts = self._contracts()
        if not number:
            return contracts
        chosen = contracts.filtered(lambda one: str(one.id) == number)
        if not chosen:
            raise ValidationError(self.env._("Contract: choose one of the list."))
        return chosen

    def equipment_named(self, number):
        """Return the client's own equipment of a posted number, or none. :raise ValidationError: none of its own"""
        equipment = self._equipment_named(number) if number else self.env["charter.equipment"]
        if number and not equipment:
            raise ValidationError(self.env._("Equipment: choose one of the list."))
        return equipment or self.env["charter.equipment"]

    # -- records ----------------------------------------------------------------------------------

    def _equipment_named(self, number):
        number = int(number) if str(number).isdecimal() and len(str(number)) < 12 else 0
        return self.find("charter.equipment", number)

    def _work_on(self, equipment):
        """Return the ids of the interventions on a piece of the client's own equipment; whose they are, the page's domain says."""
        return self.env["charter.intervention"].sudo()._search([("equipment_ids", "in", equipment.ids)])

    def _equipment_of(self, ids):
        """Return what is the client's own today: an equipment that went to somebody else is theirs to read."""
        rows = self._search("charter.equipment", ["name", "serial"], [("id", "in", ids)], "name, id")
        return [
            {"name": row.name, "serial": row.serial, "url": f"/my/charter/equipment/{row.id}"} for row in rows
        ]

    # -- words ------------------------------------------------------------------------------------

    def _interventions(self, rows):
        labels = {
            name: dict(rows._fields[name]._description_selection(self.env))
            for name in ("kind", "priority", "progress")
        }
        promises = rows._charter_last_promises()
        return [
            {
                "url": f"/my/charter/intervention/{row.id}",
                "reference": row.reference,
                "title": row.name,
                "kind": labels["kind"][row.kind],
                "priority": labels["priority"][row.priority],
                "reported": self.moment(row.reported_at, DAY),
                "resolved": self.moment(row.resolved_at, DAY),
                "progress": labels["progress"][row.progress],
                "open": row.state == "open",
                "cancelled": row.state == "cancelled",
                **self._kept_or_late([promises.get((row.id, code)) for code in CODES]),
            }
            for row in rows
        ]

    def _kept_or_late(self, promises):
        """Return what became of the promises of an intervention, in one word: late when one is, kept when all are."""
        results = [promise._intervention_result() for promise in promises if promise]
        found = {result for result, _words in results}

        def first(*kinds):
            # What is owed next: the time shown is that of the step the client reads beside it.
            return next((words for result, words in results if result in kinds), "")

        if "late" in found:
            return {"level": "late", "level_text": first("late")}
        if first("soon", "open"):
            return {"level": "open", "level_text": first("soon", "open")}
        if "kept" in found and "paused" not in found:
            if any(promise.corrected_at for promise in promises if promise):
                return {"level": "kept", "level_text": self.env._("on time after a correction")}
            return {"level": "kept", "level_text": self.env._("on time")}
        return NO_LEVEL

    def _levels(self, intervention):
        """Return what was promised of this intervention, what became of it and by how much."""
        promises = intervention._charter_last_promises()
        rows = [promises[intervention.id, code] for code in CODES if (intervention.id, code) in promises]
        return [
            {
                "title": row.promise,
                "within": self._within(row, "after"),
                "due": row._due_in_words(self.tz, MOMENT, WEEKDAY),
                "done": self.moment(row.done_at) if not row.cancelled_at else "",
                "result": row._intervention_result()[0],
                "words": self._result_words(row),
                "moved": self._moved(row),
                "corrected": self.moment(row.corrected_at),
                "corrected_words": row.correction_text,
            }
            for row in rows
            if row.state != "cancelled"
        ]

    def _result_words(self, row):
        """Return “kept, 2 h 10 min ahead”, “late by 3 h”, or how much time is left."""
        result, words = row._intervention_result()
        if result == "kept" and row.due_at and row.done_at and row.done_at < row.due_at:
            return self.env._("on time, %s early", row._duration_in_words(row.due_at - row.done_at))
        return words

    def _moved(self, row):
        """Return in words by how much pauses moved the due time."""
        target = row.sudo().target_at
        if not (target and row.due_at and row.due_at > target):
            return ""
        return row._duration_in_words(row.due_at - target)

    def _no_level(self, intervention):
        """Return why no time was promised, for a client to read; empty when there is nothing to explain."""
        if intervention.state == "cancelled":
            return self.env._("It was cancelled: no target time applies any more.")
        if intervention.kind not in INCIDENTS:
            return self.env._("It was planned work: response and resolution times apply to incidents.")
        if intervention.sudo().before_charter:
            return self.env._("It was reported before your contract came under the charter.")
        return self.env._("Your contract sets no response or resolution time for this type of request.")

    def _pauses(self, pauses):
        return [
            {
                "reason": pause["reason"],
                "start": self.moment(pause["start_at"]),
                "stop": self.moment(pause["stop_at"]),
            }
            for pause in pauses.read(PAUSE_FIELDS)
        ]

    # -- first page -------------------------------------------------------------------------------

    def intervention_home(self, counts):
        """Return how many interventions the client has, and how many run. :param counts: {state: number} of them"""
        return {"intervention_count": sum(counts.values()), "intervention_open": counts.get("open", 0)}

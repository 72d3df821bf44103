from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError
from odoo.tools import SQL
from psycopg2.errors import UniqueViolation

from ...tools.outage_events import Reader, Refused
from ..base.charter_batches import run_isolated

ROW = ("equipment_id", "start_at", "end_at", "start_unknown", "series", "active", "correction")


class CharterOutage(models.Model):
    """What the monitoring tells. Each event is taken whole or refused with its reason; told twice, it is the same."""

    _inherit = "charter.outage"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _ingest(self, payload, monitor=None):
        """Take every event of a payload that can be taken.

        :param payload: decoded JSON in one of the shapes of tools/outage_events.py
        :param monitor: prefix of the event ids, where several systems number theirs alike
        :return: one dict an event: ``event_id``, ``status`` (created, updated, unchanged or refused), ``outage_id``,
            or ``field`` and ``error``
        :raise Refused: the payload as a whole cannot be read
        """
        # The user who posts reads nothing, its company included.
        company = self.env.company.sudo()
        reader = Reader(
            fields.Datetime.now(),
            timedelta(minutes=company.charter_clock_skew_minutes),
            company.charter_alert_serial_label or "serial",
            monitor,
        )
        parsed = list(reader.events(payload))
        results = [self._refusal(one.event_id, one.refused) if one.refused else None for one in parsed]
        numbers = [number for number, one in enumerate(parsed) if one.event]
        taken = self._ingest_together([parsed[number].event for number in numbers])
        for number, result in zip(numbers, taken, strict=True):
            results[number] = {"event_id": parsed[number].event_id, **result}
        return results

    @api.model
    def _refusal(self, event_id, refused):
        return {
            "event_id": event_id,
            "status": "refused",
            "field": refused.field,
            "error": refused.message,
        }

    @api.model
    def _ingest_together(self, events):
        """Take ``events`` at once; what cannot be taken is refused alone. :return: one dict an event, as ``_ingest``"""
        results = {}

        def ingest(numbered):
            try:
                taken = self._ingest_events([event for _number, event in numbered])
                self.env.flush_all()
            except UniqueViolation as error:
                # Another worker has just recorded the same event: the request is played again and finds it.
                raise ConcurrencyError(str(error)) from error
            results.update(zip([number for number, _event in numbered], taken, strict=True))

        def say(numbered, why):
            number, event = numbered
            results[number] = self._refusal(event.event_id, Refused("event", why))

        if events:
            run_isolated(list(enumerate(events)), ingest, say, env=self.env)
        return [results[number] for number in range(len(events))]

    @api.model
    def _ingest_events(self, events):
        equipment = self._ingest_equipment(events)
        rows = self._ingest_rows(events)
        results, touched = [], []
        for event in events:
            try:
                row, status = self._ingest_one(event, equipment, rows)
            except Refused as refused:
                results.append(self._refusal(event.event_id, refused))
                continue
            touched.append(row)
            results.append({"status": status, "row": row})
        self._ingest_store(rows)
        for result in results:
            if "row" in result:
                result["outage_id"] = result.pop("row")["id"]
        return results

    @api.model
    def _ingest_equipment(self, events):
        """{lower-case serial: [(id, client's reference, active)]} in the companies of the user who posts."""
        found = self.env.execute_query(
            SQL(
                """SELECT lower(equipment.serial), equipment.id, lower(partner.ref), equipment.active
                     FROM charter_equipment equipment
                     JOIN res_partner partner ON partner.id = equipment.partner_id
                    WHERE lower(equipment.serial) = ANY(%s) AND equipment.company_id = ANY(%s)
                    ORDER BY equipment.id""",
                list({event.serial.lower() for event in events}),
                list(self.env.user._get_company_ids()),
            )
        )
        equipment = {}
        for serial, *values in found:
            equipment.setdefault(serial, []).append(values)
        return equipment

    @api.model
    def _ingest_rows(self, events):
        """The recorded rows these events may change, the set-aside ones too, as dicts with their id."""
        domain = [
            ("company_id", "in", list(self.env.user._get_company_ids())),
            "|",
            ("event_id", "in", [event.event_id for event in events]),
            "&",
            ("end_at", "=", False),
            ("series", "in", [event.series for event in events if event.series]),
        ]
        found = (
            self._charter_engine().with_context(active_test=False).search_fetch(domain, ["event_id", *ROW])
        )
        return [
            {"id": row.id, "event_id": row.event_id, **{name: row[name] for name in ROW},
             "equipment_id": row.equipment_id.id, "changes": {}}
            for row in found
        ]  # fmt: skip

    @api.model
    def _ingest_one(self, event, equipment, rows):
        """Say in ``rows`` what ``event`` changes. :return: (row, status)

        :raise Refused: unknown or ambiguous equipment, or an event that contradicts what is recorded
        """
        equipment_id = self._ingest_find(event, equipment)
        row = next((row for row in rows if row["event_id"] == event.event_id), None)
        status = "updated"
        if row is None:
            status = "created"
            row = self._ingest_new(event, equipment_id)
            rows.append(row)
        elif row["equipment_id"] != equipment_id:
            raise Refused(
                "serial", f"Event {event.event_id} is recorded for another equipment than {event.serial}."
            )
        elif not row["active"] or row["correction"]:
            return row, "unchanged"
        else:
            changes = self._ingest_changes(event, row)
            if not changes:
                status = "unchanged"
            row.update(changes)
            row["changes"].update(changes)
        if event.up and event.series:
            self._ingest_end_series(event, row, rows)
        return row, status

    @api.model
    def _ingest_find(self, event, equipment):
        candidates = equipment.get(event.serial.lower(), [])
        if event.client:
            candidates = [one for one in candidates if one[1] == event.client.lower()]
        active = [one for one in candidates if one[2]]
        if len(active) == 1:
            return active[0][0]
        of_client = f" of client {event.client}" if event.client else ""
        if active:
            raise Refused(
                "client",
                f"Several clients have the serial number {event.serial}: send “client” with the client's reference.",
            )
        if candidates:
            raise Refused(
                "serial", f"The equipment with serial number {event.serial}{of_client} is archived."
            )
        raise Refused(
            "serial",
            f"Unknown serial number {event.serial}{of_client}: enter the equipment, or correct the number.",
        )

    @api.model
    def _ingest_new(self, event, equipment_id):
        return {
            "id": None,
            "event_id": event.event_id,
            "equipment_id": equipment_id,
            "start_at": event.start or event.end,
            "end_at": event.end,
            "start_unknown": event.start is None,
            "series": event.series,
            "active": True,
            "correction": False,
            "planned": event.kind == "planned",
            "no_data": event.kind == "no_data",
            "reason": event.reason,
            "changes": {},
        }

    @api.model
    def _ingest_changes(self, event, row):
        """What an event told again, or out of order, adds to its row. An outage that has ended never opens again."""
        start, end = row["start_at"], row["end_at"]
        if row["start_unknown"] and event.start:
            start = event.start
        if event.up:
            end = event.end
        if end and end < start:
            raise Refused(
                "end", f"It ends ({end} UTC) before its recorded start ({start} UTC): check both clocks."
            )
        changes = {
            "start_at": start,
            "end_at": end,
            "start_unknown": row["start_unknown"] and not event.start,
        }
        return {name: value for name, value in changes.items() if (value or False) != (row[name] or False)}

    @api.model
    def _ingest_end_series(self, event, ended, rows):
        """What comes back under one name is over as a whole: an end that got lost does not leave an outage open."""
        for row in rows:
            if (
                row is not ended
                and row["series"] == event.series
                and row["equipment_id"] == ended["equipment_id"]
                and not row["end_at"]
                and row["start_at"] <= event.end
                and row["active"]
            ):
                row["end_at"] = event.end
                row["changes"]["end_at"] = event.end

    @api.model
    def _ingest_store(self, rows):
        engine = self._charter_engine()
        new = [row for row in rows if row["id"] is None]
        values = [
            {
                **{
                    name: value
                    for name, value in row.items()
                    if name not in ("id", "changes", "correction", "active")
                },
                "source": "monitoring",
            }
            for row in new
        ]
        for row, outage in zip(new, engine.create(values), strict=True):
            row["id"] = outage.id
        for row in rows:
            if row["changes"] and row not in new:
                engine.browse(row["id"]).write(row["changes"])

"""What monitoring programs report: which events are one outage, and for which reason one is refused."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError
from odoo.fields import Domain
from odoo.tools import SQL
from psycopg2.errors import UniqueViolation

from ...tools import outage_runs
from ...tools.outage_events import Parsed, Reader, Refused
from ..base.charter_batches import run_isolated

# What is read of a recorded outage, and what an event may change of it.
ROW = ("equipment_id", "series", "active", "correction", "event_run")
REPORTED = ("start_at", "end_at", "start_unknown", "end_unconfirmed", "alerts", "confirmed_at")


@dataclass
class Row(outage_runs.Run):
    """A run with its row of charter.outage; without ``id`` it is still to be made."""

    id: int | None = None
    event_id: str | None = None
    event_run: int = 0
    equipment_id: int | None = None
    series: str | None = None
    fixed: bool = False  # staff corrected it or set it aside
    confirmed_at: datetime | None = None  # when the monitoring last said it is down
    other: dict = field(default_factory=dict)  # what only a new row says
    before: dict = field(default_factory=dict)

    def values(self):
        alerts = {
            name: [moment and moment.isoformat() for moment in moments]
            for name, moments in self.alerts.items()
        }
        return {
            "start_at": self.start,
            "end_at": self.end or False,
            "start_unknown": self.start_unknown,
            "end_unconfirmed": self.end_unconfirmed,
            "alerts": alerts or False,
            "confirmed_at": self.confirmed_at or False,
        }

    def changes(self):
        return {name: value for name, value in self.values().items() if value != self.before.get(name)}


class CharterOutage(models.Model):
    """What the monitoring reports. Each event is taken whole or refused with its reason; reported twice, it is the same."""

    _inherit = "charter.outage"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _ingest(self, payload, monitor=None, zone=None):
        """Take every event of a payload that can be taken, for the program whose key it is; what cannot is kept.

        :param payload: decoded JSON in one of the shapes of tools/outage_events.py
        :param monitor: prefix of the event ids, where several systems number theirs alike
        :param zone: time zone of moments that name none; by default the one declared for the program
        :return: one dict an event: ``event_id``, ``status`` (created, updated, unchanged or refused), ``outage_id``,
            or ``field`` and ``error``
        :raise Refused: the payload as a whole cannot be read
        """
        reader = self._ingest_reader(fields.Datetime.now(), monitor, zone)
        try:
            parsed = list(reader.events(payload))
        except Refused as refused:
            self.env["charter.outage.refusal"]._keep([(Parsed(None), refused)])
            raise
        results, refused = self._ingest_parsed(parsed)
        if isinstance(payload, dict):
            refused += self._ingest_truncated(payload, monitor)
        self.env["charter.outage.refusal"]._keep(refused, monitor, zone)
        return results

    @api.model
    def _ingest_reader(self, now, monitor, zone):
        # The user who posts reads nothing, its company included.
        company = self.env.company.sudo()
        return Reader(
            now,
            timedelta(minutes=company.charter_clock_skew_minutes),
            company.charter_alert_serial_label or "serial",
            monitor,
            zone or self.env.user.sudo().charter_monitor_zone,
        )

    @api.model
    def _ingest_parsed(self, parsed):
        """:return: (results as of ``_ingest``, [(parsed, Refused)])"""
        results = [None] * len(parsed)
        taken = self._ingest_together([one.event for one in parsed if one.event])
        refused = []
        for number, one in enumerate(parsed):
            why = one.refused
            if one.event:
                result = next(taken)
                why = result if isinstance(result, Refused) else None
            if why:
                refused.append((one, why))
                result = {"status": "refused", "field": why.field, "error": why.message}
            results[number] = {"event_id": one.event_id, **result}
        return results, refused

    @api.model
    def _ingest_truncated(self, payload, monitor):
        """Say how many alerts Alertmanager, or Grafana in its shape, left out, as more than it is set up to send."""
        number = payload.get("truncatedAlerts")
        if not isinstance(number, int) or number <= 0:
            return []
        receiver = payload.get("receiver")
        # Alertmanager knows no organisations.
        sender, limit = (
            ("Grafana", "set “Max Alerts” of its contact point to 0")
            if "orgId" in payload
            else ("Alertmanager", "take max_alerts out of its receiver")
        )
        subject = (receiver if isinstance(receiver, str) else None) or monitor or sender
        message = f"{sender} left out {number} alerts: {limit}, or make it larger."
        return [(Parsed(None, item=None), Refused(subject[:100], message, "truncated"))]

    @api.model
    def _ingest_together(self, events):
        """Take ``events`` at once; what cannot be taken is refused alone. :return: for each as ``_ingest_events``"""
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
            number, _event = numbered
            results[number] = Refused("event", why)

        if events:
            run_isolated(list(enumerate(events)), ingest, say, env=self.env)
        return iter([results[number] for number in range(len(events))])

    @api.model
    def _ingest_events(self, events):
        """:return: for each of ``events`` its status and outage, or Refused"""
        equipment = self._ingest_equipment(events)
        rows = self._ingest_rows(events)
        now = fields.Datetime.now()
        results, firmware = [], []
        for event in events:
            try:
                row, status = self._ingest_one(event, equipment, rows, now)
            except Refused as refused:
                results.append(refused)
                continue
            results.append({"status": status, "row": row})
            if event.firmware:
                seen = min(event.end or event.start or now, now)
                firmware.append((seen, self._ingest_find(event, equipment), event.firmware))
        self._ingest_store(rows)
        self._ingest_firmware(sorted(firmware))
        return [
            result
            if isinstance(result, Refused)
            else {"status": result["status"], **({"outage_id": result["row"].id} if result["row"] else {})}
            for result in results
        ]

    @api.model
    def _ingest_equipment(self, events):
        """Return {name: [(id, client's reference, active)]} in the companies of the user who posts.

        The name is the serial number or what the equipment is called in the monitoring, in small letters.
        """
        found = self.env.execute_query(
            SQL(
                """SELECT named.name, equipment.id, lower(partner.ref), equipment.active
                     FROM (SELECT lower(serial) AS name, id FROM charter_equipment WHERE lower(serial) = ANY(%(names)s)
                            UNION
                           SELECT part.name, one.id
                             FROM charter_equipment one, regexp_split_to_table(lower(one.monitored_as), '\\s*,\\s*') part (name)
                            WHERE one.monitored_as IS NOT NULL AND part.name = ANY(%(names)s)
                            UNION
                           -- A name that has a comma itself stands among the others as it is.
                           SELECT asked.name, one.id
                             FROM unnest(%(with_comma)s::text[]) asked (name)
                             JOIN charter_equipment one ON one.monitored_as IS NOT NULL
                              AND position(',' || regexp_replace(asked.name, '\\s*,\\s*', ',', 'g') || ','
                                           IN ',' || regexp_replace(lower(one.monitored_as), '\\s*,\\s*', ',', 'g') || ',') > 0) named
                     JOIN charter_equipment equipment ON equipment.id = named.id
                     JOIN res_partner partner ON partner.id = equipment.partner_id
                    WHERE equipment.company_id = ANY(%(companies)s)
                    ORDER BY equipment.id""",
                names=list({event.serial.lower() for event in events}),
                with_comma=list({event.serial.lower() for event in events if "," in event.serial}),
                companies=list(self.env.user._get_company_ids()),
            )
        )
        equipment = {}
        for name, *values in found:
            equipment.setdefault(name, []).append(values)
        return equipment

    @api.model
    def _ingest_rows(self, events):
        """Return the recorded rows these events may change, the set-aside ones too."""
        companies = list(self.env.user._get_company_ids())
        names = list({name for event in events for name in (event.event_id, event.former_id) if name})
        moments = [moment for event in events for moment in (event.start, event.end) if moment]
        domain = Domain("company_id", "in", companies) & Domain("sender_id", "=", self.env.uid)
        # Of an id that is used again and again: what is open, what is of those days, and the last.
        last = SQL(
            "(SELECT MAX(id) FROM charter_outage WHERE company_id = ANY(%(companies)s) AND sender_id = %(uid)s AND event_id = ANY(%(names)s) "
            "GROUP BY event_id)",
            companies=companies,
            uid=self.env.uid,
            names=names,
        )
        of_id = Domain("event_id", "in", names) & (
            Domain("end_at", "=", False)
            | Domain("end_at", ">=", min(moments) - timedelta(days=1))
            | Domain("id", "in", last)
        )
        of_series = Domain("end_at", "=", False) & Domain(
            "series", "in", [event.series for event in events if event.series]
        )
        found = (
            self._charter_engine()
            .with_context(active_test=False)
            .search_fetch(domain & (of_id | of_series), ["event_id", *ROW, *REPORTED])
        )
        return [self._ingest_row(row) for row in found]

    @api.model
    def _ingest_row(self, outage):
        alerts = {
            name: tuple(moment and datetime.fromisoformat(moment) for moment in moments)
            for name, moments in (outage.alerts or {}).items()
        }
        return Row(
            start=outage.start_at,
            end=outage.end_at or None,
            start_unknown=outage.start_unknown,
            end_unconfirmed=outage.end_unconfirmed,
            alerts=alerts,
            id=outage.id,
            event_id=outage.event_id,
            event_run=outage.event_run,
            equipment_id=outage.equipment_id.id,
            series=outage.series,
            fixed=not outage.active or bool(outage.correction),
            confirmed_at=outage.confirmed_at or None,
            before={name: outage[name] for name in REPORTED},
        )

    @api.model
    def _ingest_one(self, event, equipment, rows, now):
        """Say in ``rows`` what ``event`` changes. :return: (row or None, status)

        :raise Refused: unknown or ambiguous equipment, or an event that contradicts what is recorded
        """
        equipment_id = self._ingest_find(event, equipment)
        known = [row for row in rows if row.event_id and row.event_id in (event.event_id, event.former_id)]
        own = [row for row in known if row.equipment_id == equipment_id]
        if any(
            row.equipment_id != equipment_id and (row.end is None or (event.up and not own)) for row in known
        ):
            raise Refused(
                "serial",
                f"Event {event.event_id} is recorded for another equipment than {event.serial}.",
                "contradiction",
            )
        row, status = outage_runs.find(event, own), "created"
        if row is None:
            if event.by_check and event.start is None:
                return None, "unchanged"
            row = self._ingest_new(event, equipment_id, known)
            rows.append(row)
        elif row.fixed:
            return row, "unchanged"
        else:
            before = row.values()
            outage_runs.apply_event(event, row)
            status = "unchanged" if row.values() == before else "updated"
        if not event.up and row.end is None:
            row.confirmed_at = now
        if event.up:
            open_ones = [one for one in own if not one.fixed]
            outage_runs.end_earlier(event, row, open_ones)
            if event.series:
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
                "client",
            )
        if candidates:
            raise Refused(
                "serial",
                f"The equipment with serial number {event.serial}{of_client} is archived.",
                "archived",
            )
        raise Refused(
            "serial",
            f"Unknown serial number {event.serial}{of_client}: enter the equipment, or correct the number.",
            "unknown",
        )

    @api.model
    def _ingest_new(self, event, equipment_id, known):
        run = outage_runs.begin(event)
        return Row(
            start=run.start,
            end=run.end,
            start_unknown=run.start_unknown,
            alerts=run.alerts,
            event_id=event.event_id,
            event_run=max((row.event_run for row in known if row.event_id == event.event_id), default=-1) + 1,
            equipment_id=equipment_id,
            series=event.series,
            other={
                "planned": event.kind == "planned",
                "no_data": event.kind == "no_data",
                "reason": event.reason,
            },
        )

    @api.model
    def _ingest_end_series(self, event, ended, rows):
        """End what comes back under one name as a whole: an end that got lost does not leave an outage open."""
        for row in rows:
            if (
                row is not ended
                and row.series == event.series
                and row.equipment_id == ended.equipment_id
                and row.end is None
                and row.start <= event.end
                and not row.fixed
            ):
                row.end, row.end_unconfirmed = event.end, True

    @api.model
    def _ingest_firmware(self, seen):
        """Record what devices run; what an event reports of a day before that on record is history already.

        :param seen: [(moment, equipment id, firmware)], the earliest first
        """
        # The user who posts reads nothing.
        devices = self.env["charter.equipment"].sudo()
        for moment, equipment_id, firmware in seen:
            one = devices.browse(equipment_id)
            day = one.company_id._charter_day_at(moment)
            if firmware != one.firmware and (not one.firmware_on or day >= one.firmware_on):
                one.write({"firmware": firmware, "firmware_on": day, "firmware_source": "monitoring"})

    @api.model
    def _ingest_store(self, rows):
        engine = self._charter_engine()
        new = [row for row in rows if row.id is None]
        values = [
            {
                **row.values(),
                **row.other,
                "equipment_id": row.equipment_id,
                "event_id": row.event_id,
                "event_run": row.event_run,
                "sender_id": self.env.uid,
                "series": row.series,
                "source": "monitoring",
            }
            for row in new
        ]
        for row, outage in zip(new, engine.create(values), strict=True):
            row.id = outage.id
            row.before = row.values()
        for row in rows:
            changes = row.changes()
            if changes:
                engine.browse(row.id).write(changes)

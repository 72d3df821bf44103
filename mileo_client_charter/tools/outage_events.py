"""Events of monitoring systems in one format: ours, Zabbix's webhook, Alertmanager's receiver.

Plain Python; readme/INTEGRATE.md shows each shape. Moments are ISO 8601 with their offset (``Z``, ``+02:00``) or
seconds since 1970; one without an offset is read in the zone the sender declared, and refused without one, because
nobody knows what it means. A moment up to ``skew`` ahead of our clock is taken as now, one further ahead is refused,
unless it is planned maintenance. What the events make of outages: tools/outage_runs.py.
"""

import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from .clock import from_zone, is_zone, to_utc

MAX_EVENTS = 1000
KINDS = ("down", "planned", "no_data")
# What Zabbix leaves where a macro has no value.
# Of Nagios 4.4, “$” is left of a custom variable that the host does not have.
UNRESOLVED = re.compile(r"\{[A-Z0-9_.$#]+\}|\*UNKNOWN\*|\$([\w.:-]*\$)?")
EPOCH = re.compile(r"\d{9,11}(\.\d+)?")
OLDEST = datetime(2000, 1, 1)
# How each system says it; PRTG says “Down (Acknowledged)” and “Down ended (now: Up)”.
STATUSES = {
    **dict.fromkeys(("up", "ok", "recovery", "recovered", "resolved"), "up"),
    **dict.fromkeys(("down", "unreachable", "critical", "problem"), "down"),
}
# Labels in which the alerts of one outage may differ: how bad it is, and which of two servers saw it.
SAME_OUTAGE = ("severity", "replica", "__replica__", "prometheus", "prometheus_replica")
# What cannot be taken, by what fixes it: charter.outage.refusal has a remedy for each.
CAUSES = (
    "unknown",
    "archived",
    "client",
    "no_serial",
    "future",
    "zone",
    "contradiction",
    "order",
    "truncated",
    "field",
)


def named_so(names: str, name: str) -> bool:
    """Return whether ``name`` is one of ``names``, which stand between commas; one that has a comma itself stands there as it is.

    >>> [named_so("cam-4 , Gate, car park", one) for one in ("CAM-4", "gate,car park", "car park", "cam")]
    [True, True, True, False]
    """

    def plain(text):
        return "," + re.sub(r"\s*,\s*", ",", text.strip().lower()) + ","

    return plain(name) in plain(names)


class Event(NamedTuple):
    """One event, in naive UTC to the second. ``up``: it reports the end; ``start`` may then be unknown."""

    event_id: str  # the same when an outage begins, lasts and ends; senders may use it again afterwards
    serial: str
    up: bool
    start: datetime | None
    end: datetime | None
    kind: str = "down"
    client: str | None = None  # the client's reference, where two clients have the same serial number
    series: str | None = None  # what comes back under the same name, outage after outage
    reason: str | None = None
    member: str | None = None  # one of the alerts that report an outage: it is over when all of them are
    former_id: str | None = (
        None  # what the same outage was recorded under before its alerts were taken together
    )
    firmware: str | None = None  # what the device runs, where the monitoring knows
    by_check: bool = False  # the sender numbers nothing: an end without a beginning says nothing


class Refused(Exception):
    """Why an event cannot be taken: the field at fault, what to do about it, and which of ``CAUSES`` it is."""

    def __init__(self, field, message, cause="field"):
        super().__init__(message)
        self.field = field
        self.message = message
        self.cause = cause


class Parsed(NamedTuple):
    """``event`` or ``refused``; ``event_id`` as the sender knows it, where it could be read."""

    event_id: str | None
    event: Event | None = None
    refused: Refused | None = None
    shape: str | None = None  # with ``item``: enough to read the event again
    item: object = None


class Reader:
    """Reads payloads at the present moment ``now`` (naive UTC).

    >>> reader = Reader(datetime(2026, 10, 5, 8), timedelta(minutes=5))
    >>> [parsed] = reader.events({"event_id": "7", "serial": "SN1", "status": "down", "start": "2026-10-05T09:30:00+02:00"})
    >>> parsed.event.start, parsed.event.event_id
    (datetime.datetime(2026, 10, 5, 7, 30), 'native:7')
    >>> [parsed] = reader.events({"event_id": "8", "serial": "SN1", "status": "down", "start": "2026-10-05T09:30:00"})
    >>> parsed.refused.field
    'start'
    """

    def __init__(self, now: datetime, skew: timedelta, serial_label="serial", monitor=None, zone=None):
        """Prepare the reader of one system's events.

        :param monitor: prefix of the event ids, where several systems number theirs alike
        :param zone: name of the time zone of moments that name none (``Europe/Paris``)
        """
        self.now = now
        self.skew = skew
        self.serial_label = serial_label
        self.monitor = monitor
        self.zone = zone

    def events(self, payload) -> Iterator[Parsed]:
        """Yield every event of a payload, each read or refused on its own.

        :raise Refused: the payload as a whole has none of the three shapes, or too many events
        """
        shape, items = self._shape(payload)
        if len(items) > MAX_EVENTS:
            raise Refused("events", f"{len(items)} events at once: send at most {MAX_EVENTS}.")
        for item in items:
            yield self.parse(shape, item)

    def parse(self, shape: str, item) -> Parsed:
        """Return one event: ``item`` in the shape ``native``, ``zabbix`` or ``alert``."""
        name = None
        try:
            if not isinstance(item, dict):
                raise Refused("events", "Each event is a JSON object.")
            name = self._text(item, "fingerprint" if shape == "alert" else "event_id", required=False)
            read = {"native": self._native, "zabbix": self._zabbix, "alert": self._alert}[shape]
            return Parsed(name, event=read(item), shape=shape, item=item)
        except Refused as refused:
            return Parsed(name, refused=refused, shape=shape, item=item)

    def _shape(self, payload):
        if isinstance(payload, list):
            return "native", payload
        if not isinstance(payload, dict):
            raise Refused("payload", "Send a JSON object, or a list of events.")
        for name, shape in (("alerts", "alert"), ("events", "native")):
            if name in payload:
                if not isinstance(payload[name], list):
                    raise Refused(name, f"“{name}” is a list.")
                return shape, payload[name]
        if "event_value" in payload:
            return "zabbix", [payload]
        return "native", [payload]

    # -- shapes -----------------------------------------------------------------------------------

    def _native(self, item):
        status = self._status(item)
        kind = self._kind(item, "kind")
        name = self._text(item, "event_id", required=False, whole=True)
        serial = self._serial(item, "serial")
        # Who numbers nothing reports what happens as it happens, and need not say when.
        start, end = (
            self._moment(item, moment if item.get(moment) else "time", kind, required=False)
            for moment in ("start", "end")
        )
        if status == "down":
            if not item.get("end"):
                end = None
            start = start or self._now_or_missing(name, "start")
            if kind == "planned" and not end:
                raise Refused("end", "“end” is missing or empty.")
        else:
            if not item.get("start"):
                start = None
            end = end or self._now_or_missing(name, "end")
        check = self._text(item, "check", required=False)
        return self._event(
            name or f"{serial.lower()}/{(check or '').lower()}"[:200],
            "native" if name else "check",
            serial=serial,
            up=end is not None,
            start=start,
            end=end,
            kind=kind,
            client=self._text(item, "client", required=False),
            series=self._text(item, "series", required=False),
            reason=self._text(item, "reason", required=False) or check,
            by_check=not name,
            firmware=self._firmware(item),
            server=self._text(item, "server", required=False),
        )

    def _now_or_missing(self, name, field):
        if name:
            raise Refused(field, f"“{field}” is missing or empty.")
        return self.now

    def _status(self, item):
        text = self._text(item, "status")
        status = STATUSES.get(text.lower().split(" (")[0])
        if text.lower().startswith("down ended"):
            status = "up"
        if not status:
            raise Refused("status", f"“{text}” is unknown: send “down” or “up”.")
        return status

    def _zabbix(self, item):
        value = self._text(item, "event_value")
        if value not in ("0", "1"):
            raise Refused(
                "event_value", f"“{value}” is unknown: Zabbix sends 1 for a problem and 0 for its end."
            )
        kind = self._kind(item, "kind")
        up = value == "0"
        return self._event(
            self._text(item, "event_id"),
            "zabbix",
            serial=self._serial(item, "serial"),
            up=up,
            start=self._zabbix_moment(item, "event", kind, required=not up),
            end=self._zabbix_moment(item, "recovery", kind) if up else None,
            kind=kind,
            client=self._text(item, "client", required=False),
            reason=self._text(item, "event_name", required=False),
            firmware=self._firmware(item),
            server=self._text(item, "server", required=False),
        )

    def _zabbix_moment(self, item, name, kind, required=True):
        """Return a date and a time as Zabbix writes them, ``2026.10.05`` and ``08:00:00``; or its timestamp, where a version has one."""
        if self._text(item, f"{name}_timestamp", required=False) is not None:
            return self._moment(item, f"{name}_timestamp", kind)
        date, clock = (self._text(item, f"{name}_{part}", required) for part in ("date", "time"))
        if date is None or clock is None:
            return None
        text = f"{date.replace('.', '-')}T{clock}"
        return self._moment({**item, f"{name}_time": text}, f"{name}_time", kind)

    def _alert(self, item):
        labels, annotations = item.get("labels") or {}, item.get("annotations") or {}
        if not isinstance(labels, dict) or not isinstance(annotations, dict):
            raise Refused("labels", "“labels” and “annotations” are objects.")
        status = self._text(item, "status")
        if status not in ("firing", "resolved"):
            raise Refused("status", f"“{status}” is unknown: Alertmanager sends “firing” or “resolved”.")
        kind = self._kind(labels, "charter_kind")
        start = self._moment(item, "startsAt", kind)
        fingerprint = self._text(item, "fingerprint")
        return self._event(
            # An alert that fires again keeps its fingerprint, and Alertmanager may leave out an end: the labels say what it is
            # about, its start which time it is.
            self._label_set(labels) or fingerprint,
            "alertmanager",
            serial=self._serial(labels, self._label_of_serial(labels)),
            up=status == "resolved",
            start=start,
            # While it fires, endsAt is the year 1, or when Alertmanager would give it up.
            end=self._moment(item, "endsAt", kind) if status == "resolved" else None,
            kind=kind,
            client=self._text(labels, "charter_client", required=False),
            reason=self._text(annotations, "summary", required=False)
            or self._text(labels, "alertname", required=False),
            # An annotation: a label would make another alert of it at every update.
            firmware=self._firmware(annotations),
            member=fingerprint,
            former_id=fingerprint,
        )

    def _label_of_serial(self, labels):
        """Return the label named for the company; ``serial`` where an alert has that one alone, of another monitor."""
        return self.serial_label if labels.get(self.serial_label) or not labels.get("serial") else "serial"

    @staticmethod
    def _label_set(labels):
        """Return one name for all alerts that differ in ``SAME_OUTAGE`` alone; None where there is no such label."""
        if not labels.keys() & set(SAME_OUTAGE):
            return None
        kept = sorted((str(name), str(value)) for name, value in labels.items() if name not in SAME_OUTAGE)
        return hashlib.sha256(repr(kept).encode("utf-8", "replace")).hexdigest()[:16]

    def _event(self, event_id, monitor, server=None, **values):
        monitor = server or self.monitor or monitor
        for name in ("series", "former_id"):
            if values.get(name):
                values[name] = f"{monitor}:{values[name]}"
        event = Event(event_id=f"{monitor}:{event_id}", **values)
        if event.start and event.end and event.end < event.start:
            raise Refused(
                "end",
                f"It ends ({event.end} UTC) before it starts ({event.start} UTC): check both clocks.",
                "order",
            )
        return event

    # -- values -----------------------------------------------------------------------------------

    @staticmethod
    def _text(item, name, required=True, whole=None):
        value = item.get(name)
        if isinstance(value, bool) or not isinstance(value, (str, int, float, type(None))):
            raise Refused(name, f"“{name}” is a text.")
        text = "" if value is None else str(value).strip()
        if UNRESOLVED.fullmatch(text) or "\0" in text:
            text = ""
        if required and not text:
            raise Refused(name, f"“{name}” is missing or empty.")
        if any("\ud800" <= letter <= "\udfff" for letter in text):
            # JSON can write half a character (RFC 8259, section 8.2); no database can hold it.
            raise Refused(name, f"“{name}” holds half a character (a lone surrogate): send UTF-8.")
        if len(text) > 250:
            if whole or (required and whole is None):
                raise Refused(name, f"“{name}” is longer than 250 characters.")
            text = text[:249] + "…"
        return text or None

    def _firmware(self, item):
        text = self._text(item, "firmware", required=False, whole=True)
        return " ".join(text.split()) if text else None

    def _serial(self, item, name):
        try:
            return self._text(item, name)
        except Refused as refused:
            refused.cause = "no_serial"
            raise

    def _kind(self, item, name):
        kind = self._text(item, name, required=False) or "down"
        if kind not in KINDS:
            raise Refused(name, f"“{kind}” is unknown: use one of {', '.join(KINDS)}.")
        return kind

    def _moment(self, item, name, kind, required=True):
        text = self._text(item, name, required)
        if text is None:
            return None
        try:
            if EPOCH.fullmatch(text):
                moment = datetime.fromtimestamp(float(text), UTC)
            else:
                moment = datetime.fromisoformat(text)
            zone = None
            if moment.tzinfo is None:
                zone = self._zone(item)
                moment = self._in_zone(moment, zone, name, text)
            moment = from_zone(moment)
        except (ValueError, OverflowError, OSError):
            raise Refused(
                name, f"“{text}” is no moment: send 2026-10-05T08:00:00Z, or seconds since 1970."
            ) from None
        if moment < OLDEST:
            raise Refused(name, f"“{text}” lies before the year 2000.")
        if kind != "planned" and moment > self.now:
            if moment - self.now > self.skew:
                hint = (
                    f"it was read in the time zone {zone}: declare the one the sender writes in"
                    if zone
                    else "set the sender's clock, or send the offset of its time zone"
                )
                raise Refused(
                    name,
                    f"“{text}” lies in the future, by more than the {self.skew.total_seconds() / 60:.0f} minutes "
                    f"that clocks may differ: {hint}.",
                    "future",
                )
            return self.now
        return moment

    def _zone(self, item):
        """Return the zone an event says it writes in, else the one declared for its sender; None for neither."""
        name = self._text(item, "timezone", required=False) or self.zone
        if not name:
            return None
        if not is_zone(name):
            raise Refused("timezone", f"“{name}” is no time zone: send one such as Europe/Paris or UTC.")
        return name

    def _in_zone(self, moment, zone, name, text):
        """Return ``moment`` on a wall clock of ``zone``. In the hour the clocks are set back, the later that is not to come."""
        if zone is None:
            raise Refused(
                name,
                f"“{text}” has no time zone: send 2026-10-05T08:00:00Z or …+02:00, or declare the sender's zone.",
                "zone",
            )
        later = to_utc(moment, zone, second=True)
        return later if later <= self.now else to_utc(moment, zone)

"""What monitoring systems post about outages, brought to one shape: ours, Zabbix's webhook, Alertmanager's receiver.

Plain Python; readme/INTEGRATE.md shows each shape. Moments are ISO 8601 with their offset (``Z``, ``+02:00``) or
seconds since 1970; one without an offset is refused, because nobody can tell what it means. A moment up to ``skew``
ahead of our clock is taken as now, one further ahead is refused, unless it is planned maintenance.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from .clock import from_zone

MAX_EVENTS = 1000
KINDS = ("down", "planned", "no_data")
# What Zabbix leaves where a macro has no value.
UNRESOLVED = re.compile(r"\{[A-Z0-9_.$#]+\}|\*UNKNOWN\*")
EPOCH = re.compile(r"\d{9,11}(\.\d+)?")
OLDEST = datetime(2000, 1, 1)


class Event(NamedTuple):
    """One event, in naive UTC to the second. ``up``: it tells the end; ``start`` may then be unknown."""

    event_id: str  # unique to the outage: the same when it begins, lasts and ends
    serial: str
    up: bool
    start: datetime | None
    end: datetime | None
    kind: str = "down"
    client: str | None = None  # the client's reference, where two clients have the same serial number
    series: str | None = None  # what comes back under the same name, outage after outage
    reason: str | None = None


class Refused(Exception):
    """Why an event cannot be taken: the field at fault and what to do about it."""

    def __init__(self, field, message):
        super().__init__(message)
        self.field = field
        self.message = message


class Parsed(NamedTuple):
    """``event`` or ``refused``; ``event_id`` as the sender knows it, where it could be read."""

    event_id: str | None
    event: Event | None = None
    refused: Refused | None = None


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

    def __init__(self, now: datetime, skew: timedelta, serial_label="serial", monitor=None):
        self.now = now
        self.skew = skew
        self.serial_label = serial_label
        self.monitor = monitor

    def events(self, payload) -> Iterator[Parsed]:
        """Every event of a payload, each read or refused on its own.

        :raise Refused: the payload as a whole has none of the three shapes, or too many events
        """
        shape, items = self._shape(payload)
        if len(items) > MAX_EVENTS:
            raise Refused("events", f"{len(items)} events at once: send at most {MAX_EVENTS}.")
        for item in items:
            name = None
            try:
                if not isinstance(item, dict):
                    raise Refused("events", "Each event is a JSON object.")
                name = self._text(item, "fingerprint" if shape == self._alert else "event_id", required=False)
                yield Parsed(name, event=shape(item))
            except Refused as refused:
                yield Parsed(name, refused=refused)

    def _shape(self, payload):
        if isinstance(payload, list):
            return self._native, payload
        if not isinstance(payload, dict):
            raise Refused("payload", "Send a JSON object, or a list of events.")
        for name, shape in (("alerts", self._alert), ("events", self._native)):
            if name in payload:
                if not isinstance(payload[name], list):
                    raise Refused(name, f"“{name}” is a list.")
                return shape, payload[name]
        if "event_value" in payload:
            return self._zabbix, [payload]
        return self._native, [payload]

    # -- shapes -----------------------------------------------------------------------------------

    def _native(self, item):
        status = self._text(item, "status")
        if status not in ("down", "up"):
            raise Refused("status", f"“{status}” is unknown: send “down” or “up”.")
        kind = self._kind(item, "kind")
        start = self._moment(item, "start", kind, required=status == "down")
        end = self._moment(item, "end", kind, required=status == "up" or kind == "planned")
        return self._event(
            self._text(item, "event_id"),
            "native",
            serial=self._text(item, "serial"),
            up=end is not None,
            start=start,
            end=end,
            kind=kind,
            client=self._text(item, "client", required=False),
            series=self._text(item, "series", required=False),
            reason=self._text(item, "reason", required=False),
        )

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
            serial=self._text(item, "serial"),
            up=up,
            start=self._moment(item, "event_timestamp", kind, required=not up),
            end=self._moment(item, "recovery_timestamp", kind) if up else None,
            kind=kind,
            client=self._text(item, "client", required=False),
            reason=self._text(item, "event_name", required=False),
        )

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
            # An alert that fires again keeps its fingerprint: its start tells one outage from the next.
            f"{fingerprint}:{start:%Y%m%dT%H%M%S}",
            "alertmanager",
            serial=self._text(labels, self.serial_label),
            up=status == "resolved",
            start=start,
            # While it fires, endsAt is the year 1, or when Alertmanager would give it up.
            end=self._moment(item, "endsAt", kind) if status == "resolved" else None,
            kind=kind,
            client=self._text(labels, "charter_client", required=False),
            series=fingerprint,
            reason=self._text(annotations, "summary", required=False)
            or self._text(labels, "alertname", required=False),
        )

    def _event(self, event_id, monitor, **values):
        monitor = self.monitor or monitor
        if values.get("series"):
            values["series"] = f"{monitor}:{values['series']}"
        event = Event(event_id=f"{monitor}:{event_id}", **values)
        if event.start and event.end and event.end < event.start:
            raise Refused(
                "end", f"It ends ({event.end} UTC) before it starts ({event.start} UTC): check both clocks."
            )
        return event

    # -- values -----------------------------------------------------------------------------------

    @staticmethod
    def _text(item, name, required=True):
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
            if required:
                raise Refused(name, f"“{name}” is longer than 250 characters.")
            text = text[:249] + "…"
        return text or None

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
            if moment.tzinfo is None:
                raise Refused(name, f"“{text}” has no time zone: send 2026-10-05T08:00:00Z or …+02:00.")
            moment = from_zone(moment)
        except (ValueError, OverflowError, OSError):
            raise Refused(
                name, f"“{text}” is no moment: send 2026-10-05T08:00:00Z, or seconds since 1970."
            ) from None
        if moment < OLDEST:
            raise Refused(name, f"“{text}” lies before the year 2000.")
        if kind != "planned" and moment > self.now:
            if moment - self.now > self.skew:
                raise Refused(
                    name,
                    f"“{text}” lies in the future, by more than the {self.skew.total_seconds() / 60:.0f} minutes "
                    "that clocks may differ: set the sender's clock.",
                )
            return self.now
        return moment

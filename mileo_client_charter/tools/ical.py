"""Calendar files: what we send (RFC 5545, RFC 5546), and the answers that calendars send back by mail (RFC 6047).

Plain Python. Written with ``vobject``, which Odoo has with it. Of what others send, no rule of a time zone is ever worked out: it costs what
its sender wants it to cost.
"""

import functools
import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

import vobject
from babel.core import get_global
from vobject.icalendar import TimezoneComponent

from .clock import in_zone, is_zone, to_utc

# More than any invitation: Outlook's own have some 4 kB, a long series 20.
LARGEST_ANSWER = 256 * 1024
ANSWERS = {"REPLY", "COUNTER"}
STATUSES = {
    "ACCEPTED": "accepted",
    "DECLINED": "declined",
    "TENTATIVE": "tentative",
    "NEEDS-ACTION": "needsAction",
}
PRODUCT = "-//Mileo//Client Charter//EN"
ESCAPED = re.compile(r"\\([\\;,nN])")


class Person(NamedTuple):
    """Who organises or comes; ``status`` as RFC 5545 writes it (PARTSTAT)."""

    name: str
    mail: str
    status: str = "NEEDS-ACTION"


class Entry(NamedTuple):
    """One entry of a calendar; naive moments are UTC, a ``date`` is a whole day."""

    uid: str
    start: datetime | date
    summary: str
    stop: datetime | date | None = None
    sequence: int = 0
    description: str = ""
    location: str = ""
    url: str = ""
    organiser: Person | None = None
    attendees: tuple = ()


class Answer(NamedTuple):
    """What somebody's calendar answers to an invitation of ours; moments are naive UTC."""

    method: str
    uid: str
    sequence: int
    mail: str
    status: str
    comment: str = ""
    stamp: datetime | None = None
    start: datetime | None = None


# -- writing ------------------------------------------------------------------------------------------


def write(entries: Iterable[Entry], method: str, stamp: datetime, zone: str = "UTC", name: str = "") -> bytes:
    """Return the file of ``entries``: REQUEST and CANCEL go to people (RFC 5546), PUBLISH is a feed.

    :param stamp: now, naive UTC
    :param zone: IANA name in which moments are written, with its VTIMEZONE
    :param name: of a feed, as calendars show it
    """
    calendar = vobject.iCalendar()
    calendar.add("prodid").value = PRODUCT
    calendar.add("method").value = method
    if name:
        calendar.add("x-wr-calname").value = name
        # How often a feed is read again (RFC 7986, section 5.7; the older name is what Outlook reads).
        interval = calendar.add("refresh-interval")
        interval.value, interval.params["VALUE"] = "P1D", ["DURATION"]
        calendar.add("x-published-ttl").value = "P1D"
    zoned = False
    for entry in entries:
        _add(calendar, entry, method, stamp, zone)
        zoned = zoned or isinstance(entry.start, datetime)
    if zoned and (rules := _rules(zone)):
        calendar.add(rules)
    return calendar.serialize().encode()


@functools.lru_cache(maxsize=64)
def _rules(zone):
    """Return the VTIMEZONE of a zone, which nobody changes: to work it out takes ten times as long as all the rest of a file.

    None where moments are written as UTC.
    """
    tzinfo = in_zone(datetime(2000, 1, 1), zone).tzinfo
    return (
        None
        if TimezoneComponent.registerTzinfo(tzinfo) in (None, "UTC")
        else TimezoneComponent(tzinfo=tzinfo)
    )


def _add(calendar, entry, method, stamp, zone):
    event = calendar.add("vevent")
    event.add("uid").value = entry.uid
    event.add("dtstamp").value = in_zone(stamp, "UTC")
    event.add("sequence").value = str(entry.sequence)
    _add_moment(event, "dtstart", entry.start, zone)
    if entry.stop:
        _add_moment(event, "dtend", entry.stop, zone)
    event.add("status").value = "CANCELLED" if method == "CANCEL" else "CONFIRMED"
    if not isinstance(entry.start, datetime):
        # A day to know of keeps nobody from a meeting.
        event.add("transp").value = "TRANSPARENT"
    for key in ("summary", "description", "location", "url"):
        if value := getattr(entry, key):
            event.add(key).value = value
    if entry.organiser:
        _add_person(event, "organizer", entry.organiser)
    for person in entry.attendees:
        line = _add_person(event, "attendee", person)
        line.params.update(
            CUTYPE=["INDIVIDUAL"], ROLE=["REQ-PARTICIPANT"], PARTSTAT=[person.status], RSVP=["TRUE"]
        )


def _add_moment(event, name, value, zone):
    line = event.add(name)
    if isinstance(value, datetime):
        # In a zone of pytz: of those of dateutil vobject writes “CET” for Europe/Paris, and winter time an hour late.
        line.value = in_zone(value, zone)
    else:
        # As it is written: vobject takes a date of no other class than the one it knows.
        line.value, line.isNative = f"{value:%Y%m%d}", False
        line.params["VALUE"] = ["DATE"]


def _add_person(event, key, person):
    line = event.add(key)
    line.value = f"mailto:{person.mail}"
    # A parameter has no way to hold a double quote or a line break (RFC 5545, section 3.2).
    line.params["CN"] = [" ".join(person.name.replace('"', "'").split()) or person.mail]
    return line


# -- reading ------------------------------------------------------------------------------------------


def answers_in(message) -> list[Answer]:
    """Return the answers of a calendar in a mail (``email.message.EmailMessage``); none in most.

    Google sends them as an alternative of the text and again as a file, Outlook as an alternative alone, and Apple's Mail as the whole
    message.
    """
    for part in message.walk():
        if part.get_content_type() not in ("text/calendar", "application/ics"):
            continue
        content = part.get_payload(decode=True) or b""
        if len(content) <= LARGEST_ANSWER:
            try:
                text = content.decode(part.get_content_charset() or "utf-8", "replace")
            except LookupError:
                text = content.decode("utf-8", "replace")
            found = read_answers(text)
            if found:
                return found
    return []


def read_answers(text: str) -> list[Answer]:
    """Return the answers in an iCalendar text: one for each attendee who answers; what cannot be read is none.

    >>> read_answers("BEGIN:VCALENDAR\\nnonsense")
    []
    """
    try:
        calendars = list(vobject.readComponents(text, validate=False, transform=False))
    except (vobject.base.VObjectError, ValueError, IndexError, AttributeError, TypeError):
        return []
    found = []
    for calendar in calendars:
        method = _value(calendar, "method").strip().upper()
        if calendar.name != "VCALENDAR" or method not in ANSWERS:
            continue
        for event in calendar.contents.get("vevent", ()):
            found += _answers_of(event, method)
    return found


def _answers_of(event, method):
    uid = unescaped(_value(event, "uid")).strip()
    sequence = _value(event, "sequence").strip()
    for line in event.contents.get("attendee", ()):
        status = STATUSES.get(_parameter(line, "PARTSTAT").upper())
        mail = re.sub(r"(?i)^mailto:", "", str(line.value).strip()).strip().lower()
        if uid and status and mail:
            # Google keeps what is written beside an answer on the attendee, everybody else in COMMENT.
            comment = unescaped(_value(event, "comment") or _parameter(line, "X-RESPONSE-COMMENT"))
            yield Answer(
                method,
                uid,
                int(sequence) if sequence.isdecimal() and len(sequence) < 9 else 0,
                mail,
                status,
                comment.strip(),
                _read_moment(event, "dtstamp"),
                _read_moment(event, "dtstart") if method == "COUNTER" else None,
            )


def unescaped(text: str) -> str:
    """Return a TEXT of RFC 5545 (section 3.3.11) as it was written.

    >>> unescaped(r"Monday\\, or\\nTuesday")
    'Monday, or\\nTuesday'
    """
    return ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], text)


def _value(component, name):
    lines = component.contents.get(name) or ()
    value = getattr(lines[0], "value", "") if lines else ""
    return value if isinstance(value, str) else ""


def _parameter(line, name):
    values = getattr(line, "params", {}).get(name) or [""]
    return str(values[0]).strip().strip('"')


def _read_moment(event, name):
    """Return the moment of a line, naive UTC; None for a whole day, a floating time or a zone nobody knows."""
    text = _value(event, name).strip()
    try:
        moment = datetime.strptime(text.rstrip("Z"), "%Y%m%dT%H%M%S")
    except ValueError:
        return None
    if text.endswith("Z"):
        return moment
    zone = _zone(_parameter(event.contents[name][0], "TZID"))
    return to_utc(moment, zone) if zone else None


def _zone(name):
    """Return the IANA name of a zone, of itself or of the one that Windows and so Outlook give it (CLDR); None for no zone.

    >>> _zone("Romance Standard Time"), _zone("Europe/Paris")
    ('Europe/Paris', 'Europe/Paris')
    >>> _zone("Nowhere/Else"), _zone("")
    (None, None)
    """
    key = get_global("windows_zone_mapping").get(name, name)
    return key if key and is_zone(key) else None

import doctest
from datetime import date, datetime

import pytest
import vobject
from tools import ical

MEETING = ical.Entry("m", datetime(2026, 10, 21, 9), "Meeting", datetime(2026, 10, 21, 10))
DAY = ical.Entry("d", date(2026, 10, 21), "Day")


def test_doctests():
    assert not doctest.testmod(ical).failed


@pytest.mark.parametrize(
    "zone",
    ["Europe/Paris", "Indian/Reunion", "America/New_York", "Africa/Casablanca", "UTC", "Etc/UTC", "GMT"],
)
def test_the_rules_of_a_zone_are_kept_and_the_file_is_the_same(monkeypatch, zone):
    """As ``vobject`` writes it when it works the rules out itself, the first time and every other."""
    for entries in ([MEETING], [DAY], [DAY, MEETING]):
        first, again = (ical.write(entries, "PUBLISH", datetime(2026, 1, 1), zone) for _time in range(2))
        with monkeypatch.context() as patched:
            patched.setattr(ical, "_rules", lambda _zone: None)
            assert first == again == ical.write(entries, "PUBLISH", datetime(2026, 1, 1), zone)
        [calendar] = vobject.readComponents(first.decode())
        assert len(calendar.contents.get("vtimezone", ())) == (MEETING in entries and b"TZID=" in first)

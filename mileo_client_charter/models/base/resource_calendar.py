"""Working time: due moments of any number of delays on one calendar, and opening hours as clients read them."""

from datetime import timedelta

import pytz
from babel.dates import get_day_names
from odoo import api, models
from odoo.tools import babel_locale_parse

from ...tools.clock import HORIZON, NeedsMore, NoWorkingTime, WorkingTime, shift

# A day more than plan_hours looks at, so that no interval that may answer is cut.
FURTHEST = HORIZON + timedelta(days=1)
HOUR = timedelta(hours=1)
HALF_A_SECOND = timedelta(milliseconds=500)


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    def write(self, vals):
        result = super().write(vals)
        # Whose day it is, and when it opens next, is remembered for all companies.
        self.env.registry.clear_cache()
        return result

    def _charter_working_time(self, lo, hi):
        """Return the attendances less the closures of this calendar between two moments, computed once for many questions.

        Nobody's own time off counts, only closures without a resource, of this calendar or of none. It reads
        as superuser, so that a deadline does not depend on who opens it. Hence the condition on the company
        of closures, the calendar's (else the current one) or none: plan_hours adds other companies' holidays.

        On a calendar open round the clock, Odoo's days end at 23:59:59.999999. That microsecond is kept:
        filling it would be simpler but moves deadlines away from plan_hours', by a microsecond a day.

        :param lo: first moment, naive UTC
        :param hi: last moment, naive UTC
        :rtype: WorkingTime
        :raises NoWorkingTime: no calendar, a flexible one, or one without attendances
        """
        if not self:
            raise NoWorkingTime(self.env._("There is no working calendar to count with: choose one."))
        self.ensure_one()
        # The time zone is passed: core would take one from the context.
        calendar = self.sudo().with_context(charter_fetch=True)
        if calendar.flexible_hours:
            raise NoWorkingTime(
                self.env._(
                    "The working calendar %s is flexible, without hours to count: choose a fixed one.",
                    calendar.name,
                )
            )
        company = calendar.company_id or self.env.company
        intervals = calendar._work_intervals_batch(
            pytz.utc.localize(lo),
            pytz.utc.localize(hi),
            domain=[("time_type", "=", "leave"), ("company_id", "in", (False, company.id))],
            tz=pytz.timezone(calendar.tz),
        )[False]
        if not intervals and not calendar._get_global_attendances():
            raise NoWorkingTime(
                self.env._("The working calendar %s has no working hours: give it some.", calendar.name)
            )
        return WorkingTime(
            [(_naive_utc(start), _naive_utc(end)) for start, end, _attendances in intervals],
            covered=(lo, hi),
            tz=calendar.tz,
        )

    def _charter_shift_many(self, requests):
        """Return due moments of many delays on this calendar: see ``Ruler.shift_many``."""
        return Ruler(self).shift_many(requests)

    def _charter_office_hours(self):
        """Return the opening hours as a client reads them: a list of (days, hours) in the language of the environment.

        For instance [("Monday to Thursday", "08:00–12:00, 13:00–17:00"), ("Friday", "08:00–12:00")].
        """
        if not self:
            return []
        lines = self.sudo().attendance_ids.filtered(lambda line: line.day_period != "lunch")
        of_day = {}
        for line in lines.sorted(lambda line: (line.dayofweek, line.hour_from)):
            spans = of_day.setdefault(int(line.dayofweek), [])
            # A fortnight's two weeks share their days: the client reads the widest opening.
            if spans and line.hour_from <= spans[-1][1]:
                spans[-1][1] = max(spans[-1][1], line.hour_to)
            else:
                spans.append([line.hour_from, line.hour_to])
        names = get_day_names("wide", "stand-alone", locale=babel_locale_parse(self.env.lang))
        face = _clock_face_french if (self.env.lang or "").startswith("fr") else _clock_face
        groups = []
        for day, spans in sorted(of_day.items()):
            if groups and groups[-1][1] == day - 1 and groups[-1][2] == spans:
                groups[-1][1] = day
            else:
                groups.append([day, day, spans])
        return [
            (
                names[first].capitalize()
                if first == last
                else self.env._("%(first)s to %(last)s", first=names[first].capitalize(), last=names[last]),
                ", ".join(f"{face(start)}–{face(end)}" for start, end in spans),
            )
            for first, last, spans in groups
        ]

    def _charter_first_reach(self, requests):
        """Return how far from a moment the longest of these delays should end, holidays included."""
        longest = {"hours": 0, "days": 0}
        for _at, delay, _anchor in requests:
            if delay.unit in longest:
                longest[delay.unit] = max(longest[delay.unit], abs(delay.amount))
        weeks = longest["hours"] / (self.sudo().hours_per_week or 40) + longest["days"] / 5
        return min(timedelta(weeks=2 + 1.5 * weeks), FURTHEST)


def reaches(first):
    """Yield ever wider windows of working time: fourfold each time, at most to where plan_hours gives up."""
    reach = min(first, FURTHEST)
    yield reach
    while reach < FURTHEST:
        reach = min(4 * reach, FURTHEST)
        yield reach


class Ruler:
    """One calendar, for question after question: the working time it was read for is kept.

    An empty recordset measures too: no calendar is no reason to lose the elapsed delays.
    """

    def __init__(self, calendar):
        self.calendar = calendar
        self.tz = calendar.sudo().tz or calendar.env.company._charter_tz()
        self.working = None

    def shift_many(self, requests):
        """Return due moments of many delays, in a number of queries that does not grow with them.

        The window of intervals is guessed wide enough to be read once; it widens fourfold, at most to where
        plan_hours gives up, while long closures leave delays unfilled.

        :param requests: list of (moment in naive UTC, Delay, "after" or "before"). Elapsed days and months
            are those of the calendar's time zone, else of the current company's.
        :return: list of naive UTC moments in the same order; a NoWorkingTime instance stands in place of
            each one that the calendar cannot yield
        :raises ValueError: unknown anchor, unit or clock, or working months (see ``shift``)
        """
        results = [None] * len(requests)
        pending = self._measure(requests, range(len(requests)), results)
        if not pending:
            return results
        for reach in reaches(self.calendar._charter_first_reach([requests[index] for index in pending])):
            try:
                window = _window([requests[index] for index in pending], reach)
                self.working = self.calendar._charter_working_time(*window)
            except NoWorkingTime as error:
                for index in pending:
                    results[index] = error
                return results
            if not self.working and reach < FURTHEST:
                # Closed throughout this window; it takes the widest one to say that it does not open again.
                self.working = None
            pending = self._measure(requests, pending, results)
            if not pending:
                break
        return results

    def _measure(self, requests, pending, results):
        """Write the answers the working time read so far gives. :return: indexes of those that need more of it"""
        unfilled = []
        for index in pending:
            at, delay, anchor = requests[index]
            if self.working is None and delay.clock == "working":
                unfilled.append(index)
                continue
            try:
                results[index] = shift(at, delay, anchor, self.tz, self.working)
            except NeedsMore:
                unfilled.append(index)
            except NoWorkingTime as error:
                results[index] = error
        return unfilled

    def moments(self, requests):
        """Return moments as ``shift_many`` does, to the second: a calendar open round the clock loses a microsecond each midnight, and a
        promise counts in seconds."""
        return [_to_the_second(answer) for answer in self.shift_many(requests)]


class CharterOpeningMixin(models.AbstractModel):
    """What opening hours are made of: ``res.company._charter_open_from`` is read again once it changes."""

    _name = "charter.opening.mixin"
    _description = "Part of the opening hours"

    def _charter_changes_opening(self):
        return True

    @api.model_create_multi
    def create(self, vals_list):
        return super().create(vals_list)._charter_forget_opening()

    def write(self, vals):
        self._charter_forget_opening()
        result = super().write(vals)
        self._charter_forget_opening()
        return result

    def unlink(self):
        self._charter_forget_opening()
        return super().unlink()

    def _charter_forget_opening(self):
        if self and self._charter_changes_opening():
            self.env.registry.clear_cache()
        return self


class ResourceCalendarAttendance(models.Model):
    _name = "resource.calendar.attendance"
    _inherit = ["resource.calendar.attendance", "charter.opening.mixin"]

    def search_fetch(self, domain, field_names=None, offset=0, limit=None, order=None):
        return super().search_fetch(domain, _fetched(self, field_names), offset, limit, order)


class ResourceCalendarLeaves(models.Model):
    _name = "resource.calendar.leaves"
    _inherit = ["resource.calendar.leaves", "charter.opening.mixin"]

    def _charter_changes_opening(self):
        # Somebody's own time off closes nothing.
        return not all(leave.resource_id for leave in self)

    def search_fetch(self, domain, field_names=None, offset=0, limit=None, order=None):
        return super().search_fetch(domain, _fetched(self, field_names), offset, limit, order)


def _fetched(records, field_names):
    """Return what a search brings along: everything inside ``_charter_working_time``, so that core's search for rows
    followed by the reading of their fields is one query and not two."""
    return None if not field_names and records.env.context.get("charter_fetch") else field_names


def _window(requests, reach):
    """Return (first, last) moments that these requests ask about when each looks as far as ``reach``."""
    moments = [at for at, _delay, _anchor in requests]
    back = [delay.amount > 0 if anchor == "before" else delay.amount < 0 for _at, delay, anchor in requests]
    lo = min(moments) - (reach if any(back) else timedelta())
    hi = max(moments) + (timedelta() if all(back) else reach)
    # On the hour, for the intervals it cuts to keep lengths that WorkingTime adds up quickest.
    return lo.replace(minute=0, second=0, microsecond=0), hi.replace(minute=0, second=0, microsecond=0) + HOUR


def _to_the_second(answer):
    if isinstance(answer, NoWorkingTime) or not answer.microsecond:
        return answer
    return (answer + HALF_A_SECOND).replace(microsecond=0)


def _naive_utc(moment):
    # Half the time of astimezone(), and this is called for every interval.
    return moment.replace(tzinfo=None) - moment.utcoffset()


def _clock_face(hours):
    """Return the time of day: 8.5 -> 08:30"""
    minutes = round(hours * 60)
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _clock_face_french(hours):
    """Return “8 h 00”, as French writes an hour in words, with spaces that do not break."""
    whole, minutes = _clock_face(hours).split(":")
    return f"{int(whole)}\u00a0h\u00a0{minutes}"

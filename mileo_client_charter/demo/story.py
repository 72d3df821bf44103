"""Eighteen months between Mileo Technology and its twelve clients, played on the real engine.

Nothing is written by hand into the ledger: every step is the method behind a button or a scheduled action, taken by the
person who would take it, at a frozen moment, in chronological order. The anchor is ``now``, the last full hour when the
demo is built; all else follows from it and from fixed seeds, so that two runs with one anchor tell the same story.
"""

import gc
import heapq
import random
from datetime import datetime, time, timedelta
from unittest.mock import patch

from dateutil.relativedelta import relativedelta
from freezegun import freeze_time
from odoo import fields

from ..tools.clock import to_local, to_utc
from . import (
    story_clients,
    story_desk,
    story_devices,
    story_gear,
    story_notices,
    story_people,
    story_reports,
    story_voice,
    story_work,
    story_year,
)

PARIS = "Europe/Paris"
MONTHS = 18
# A season in which too few people did too much, and the months when it shows: counted back from now.
BAD_SEASON = range(6, 10)
# From so many days ago on, threads show every change, and the mornings are gone through one by one.
RECENT_DAYS = 40
# Mails written in these last days wait for the demo's mail catcher; older ones are on record as sent.
CAUGHT_DAYS = 6


class Story:
    """An agenda of steps, and the clock that leads from one to the next.

    All moments are naive UTC; ``hour`` in the methods below is the hour in Paris.
    """

    def __init__(self, env, now=None):
        # Core would mail "assigned to you" for each intervention, and try to reach a mail server at each invitation.
        quiet = {"mail_auto_subscribe_no_notify": True, "mail_notify_force_send": False}
        self.recent_env = env(su=True, context={**env.context, **quiet})
        # Of what is long past, threads keep what people wrote, not each change of a field.
        self.env = self.recent_env(context={**self.recent_env.context, "tracking_disable": True})
        self.now = (now or fields.Datetime.now()).replace(minute=0, second=0, microsecond=0)
        self.today = to_local(self.now, PARIS).date()
        self.first_day = self.today + relativedelta(months=-MONTHS, day=1)
        self.clients = {}
        self.works = {}
        self.installed = {}
        self.agenda = []
        self.steps = 0

    # -- who and when ------------------------------------------------------------------------------

    def ref(self, name):
        return self.env.ref(f"mileo_client_charter.{name}")

    def user(self, login):
        return self.ref(f"user_{login}")

    def named(self, record, name):
        """Give ``record`` an external id, by which ``ref`` and integrators find it."""
        data = {"xml_id": f"mileo_client_charter.{name}", "record": record, "noupdate": True}
        self.env["ir.model.data"]._update_xmlids([data])
        return record

    def dice(self, theme):
        """Chance for one theme: what happens in another does not change it."""
        return random.Random(f"Mileo {theme}")

    def moment(self, day, hour=9, minute=0):
        """``hour`` in Paris on ``day``."""
        local = datetime.combine(day, time(hour, minute))
        return to_utc(local, PARIS)

    def ago(self, days=0, hour=None, hours=0):
        """``days`` and ``hours`` before now; at ``hour`` of that day in Paris if given."""
        moment = self.now - timedelta(days=days, hours=hours)
        return moment if hour is None else self.moment(moment.date(), hour)

    def hour(self, moment):
        """The hour in Paris of a naive UTC moment."""
        return to_local(moment, PARIS).hour

    def month(self, months_ago, day=1):
        """A day of a month that far back."""
        return self.today + relativedelta(months=-months_ago, day=day)

    def working(self, day):
        """``day``, or the Monday after a week-end."""
        return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)

    def months_ago(self, moment):
        return (self.today.year - moment.year) * 12 + self.today.month - moment.month

    def is_bad(self, moment):
        return self.months_ago(moment) in BAD_SEASON

    # -- the agenda --------------------------------------------------------------------------------

    def on(self, moment, act, *args, **values):
        """``act`` is to happen at ``moment``; what lies ahead of now does not happen."""
        self.steps += 1
        if moment <= self.now:
            heapq.heappush(self.agenda, (moment, self.steps, act, args, values))

    def play(self):
        began = self.moment(self.first_day, 8)
        with freeze_time(began) as self.frozen, patch.object(self.env.cr, "now", fields.Datetime.now):
            # What a killed build leaves is built again from nothing: it need not wait for the disk.
            self.env.cr.execute("SET synchronous_commit TO off")
            self.present = self.looked_round = began
            # What is loaded stays: the collector need not look through all of Odoo each time.
            gc.freeze()
            for theme in (story_clients, story_people, story_gear, story_devices, story_work, story_reports, story_notices,
                          story_year, story_voice, story_desk):  # fmt: skip
                theme.plan(self)
            # The story runs the scheduled actions itself: nobody has to be woken, until the past is over.
            with patch.object(type(self.env["ir.cron"]), "_trigger_list", lambda *_args: None):
                while self.agenda:
                    moment, _number, act, args, values = heapq.heappop(self.agenda)
                    self.go(moment)
                    act(*args, **values)
                self.go(self.now)
            self.turn(everything=True)
            story_clients.invoiced_elsewhere(self)
            self.env.flush_all()

    def go(self, moment):
        """To ``moment``, through the mornings between; the clock tells what falls due on the way."""
        day = self.present.date()
        while day <= moment.date():
            morning = self.moment(day, 9)
            if self.present < morning <= moment and self._is_turn(day):
                self._wait(morning)
                self.turn(everything=self._round(day) != self._round(self.looked_round.date()))
            day += timedelta(days=1)
        self._wait(moment)

    def _is_turn(self, day):
        """Mornings the story stops at: the working days of the last weeks; before, two a week and the first of a month."""
        if self._is_recent(day):
            return day.weekday() < 5
        return day.weekday() in (0, 3) or (day.day < 4 and day.weekday() < 5)

    def _is_recent(self, day):
        return day > self.today - timedelta(days=RECENT_DAYS)

    def _round(self, day):
        """Those scheduled actions that look at every client run once in each of these: a month, a week of late."""
        return (day.year, day.isocalendar().week) if self._is_recent(day) else (day.year, -day.month)

    def _wait(self, moment):
        """The clock wakes at each moment something falls due."""
        clock = self.env["charter.obligation"]
        self.env.flush_all()
        while True:
            self.env.cr.execute("SELECT min(due_at) FROM charter_obligation WHERE state = 'open'")
            [due] = self.env.cr.fetchone()
            if not due or due >= moment:
                break
            self._set(max(due + timedelta(seconds=1), self.present))
            clock._cron_clock()
        self._set(moment)

    def _set(self, moment):
        if self.env != self.recent_env and self._is_recent(moment.date()):
            self.env = self.recent_env
        self.present = moment
        self.frozen.move_to(moment)

    def turn(self, everything=False):
        """What the scheduled actions do of a morning; ``everything``: also those that look at every client."""
        self.post()
        if everything:
            self.looked_round = self.present
            self.env["charter.scheduler"]._cron_schedule()
            self.env["charter.report"]._cron_report()
            self.env["contract.line"].cron_renew_contract_line()
            self.hand_over()
        self.env["charter.feedback"]._cron_feedback()
        self.env["charter.obligation"]._cron_clock()
        self.read_words()

    def read_words(self):
        """What clients wrote is read on the day it is due; what was due since yesterday is left for whoever looks at the demo."""
        if self.present.date() < self.now.date() - timedelta(days=1):
            words = self.env["charter.word"].search(
                [("read_at", "=", False), ("due_on", "<=", self.present.date())]
            )
            for user in words.user_id:
                words.filtered(lambda word, user=user: word.user_id == user).with_user(user).action_read()

    def hand_over(self):
        """Stand-ins, contact sheets and charters brought up to date, and their mails on their way."""
        self.env["charter.contact.sheet"]._cron_contacts()
        self.env["charter.delivery.run"]._cron_delivery()
        self.post()

    def post(self):
        """The mails that are due have left. Recent ones leave once more when the mail catcher listens, for people to read."""
        if self.present < self.now - timedelta(days=CAUGHT_DAYS):
            mails = self.env["mail.mail"].search(
                [("state", "=", "outgoing"), "|", ("scheduled_date", "=", False), ("scheduled_date", "<=", self.present)]
            )  # fmt: skip
            mails.write({"state": "sent"})
            mails._postprocess_sent_message([], [])
        else:
            # Core sends invitations at once, whatever the context: they wait for the catcher like the others.
            self.env["mail.mail"].search([("state", "=", "exception")]).mark_outgoing()
            self.env["charter.delivery"].search([("state", "=", "queued")])._mail_left()

    def send(self, wizard_action, user, body=None):
        """Write to the client as ``user`` does: the text of the template, or ``body``."""
        wizard = self.env["charter.message.wizard"].with_user(user).browse(wizard_action["res_id"])
        if body:
            wizard.body = body
        wizard.action_send()


def play(env, now=None):
    """:param now: the anchor, naive UTC; the last full hour by default"""
    Story(env, now).play()

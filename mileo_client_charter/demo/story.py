"""What happened between Mileo Technology and its clients these last weeks, played on the real engine.

Time is frozen at each step, so the ledger says exactly what it would have said; no row is written by hand.
"""

from datetime import timedelta

from freezegun import freeze_time
from odoo import Command, fields

from . import story_contacts, story_gear, story_renew, story_report, story_work


class Story:
    """Steps of a past that ends now. Moments are given in days before the start (negative floats)."""

    def __init__(self, env):
        self.env = env(su=True)
        # The last full hour: the figures on the screens are round.
        self.start = fields.Datetime.now().replace(minute=0, second=0)

    def ref(self, name):
        return self.env.ref(f"mileo_client_charter.{name}")

    def at(self, days, hour=None):
        """Freeze time ``days`` from now (at ``hour`` UTC), after the clock has told everything due by then."""
        moment = self.start + timedelta(days=days)
        if hour is not None:
            moment = moment.replace(hour=hour)
        with freeze_time(moment):
            self.env["charter.feedback"]._cron_feedback()
            self.env["charter.obligation"]._cron_clock()
        return freeze_time(moment)

    def intervention(self, days, name, client, technician="thomas", contacts=(), kind="corrective"):
        with self.at(days - 0.3):
            intervention = (
                self.env["charter.intervention"]
                .with_context(mail_auto_subscribe_no_notify=True)
                .create(
                    {
                        "name": name,
                        "kind": kind,
                        "partner_id": self.ref(f"client_{client}").id,
                        "contract_id": self.ref(f"contract_{client}").id,
                        "user_id": self.ref(f"user_{technician}").id,
                        "contact_ids": [
                            Command.link(self.ref(f"contact_{contact}").id) for contact in contacts
                        ],
                    }
                )
            )
        with self.at(days - 0.26):
            intervention.action_respond()
        with self.at(days):
            intervention.action_close()
        return intervention

    def answer(self, days, intervention, contact, rating, nps=None, comment=None, hour=None):
        with self.at(days, hour):
            feedback = intervention.feedback_ids.filtered(
                lambda f: f.contact_id == self.ref(f"contact_{contact}")
            )
            feedback._answer(rating=rating, nps=nps, comment=comment, ip="192.0.2.10", agent="Demo browser")
        return feedback

    def send(self, wizard_action, user, body=None):
        wizard = (
            self.env["charter.message.wizard"]
            .with_user(self.ref(f"user_{user}"))
            .browse(wizard_action["res_id"])
        )
        if body:
            wizard.body = body
        wizard.action_send()

    def play(self):
        story_report.quarter_before(self)
        self.onboarding()
        story_contacts.olivier_was_away(self)
        self.good_days()
        story_work.weeks_before(self)
        self.alice_is_not_satisfied()
        self.bruno_waits()
        story_renew.look_ahead(self)
        story_work.on_the_desks(self)
        story_contacts.thomas_goes_on_leave(self)
        with self.at(0):
            self.env["charter.scheduler"]._cron_schedule()
        self.env["charter.feedback"]._cron_feedback()
        self.env["charter.obligation"]._cron_clock()

    def onboarding(self):
        for client, tier, days in (
            ("alpine", "premium", -75),
            ("bastide", "comfort", -60),
            ("cedre", "essential", -50),
            ("domaine", "essential", -6),
        ):
            if client == "domaine":
                # The clock has not gone further than that yet.
                story_report.month_before(self)
            with self.at(days):
                self.ref(f"contract_{client}").charter_tier_id = self.ref(f"tier_{tier}")
            story_contacts.hand_over(self, days + 1)
        for days in (-40, -30, -20, -10):
            with self.at(days):
                self.env["charter.scheduler"]._cron_schedule()

    def good_days(self):
        visit = self.intervention(
            -38, "Annual check of the alarm centre", "alpine", contacts=["antoine"], kind="preventive"
        )
        self.answer(-37, visit, "antoine", 5, nps=9, comment="Quick and tidy, thank you.")
        visit = self.intervention(
            -33, "New badge readers, dock 3", "bastide", contacts=["bruno", "beatrice"], kind="installation"
        )
        self.answer(-32, visit, "bruno", 4, nps=8)
        visit = self.intervention(-21, "Firmware update of the recorders", "cedre")
        self.answer(-20.5, visit, "camille", 4, nps=7, comment="Fine. A little long.")

    def alice_is_not_satisfied(self):
        """The promise that was kept late, and what a client can do about it."""
        claire, alice = self.ref("user_claire"), self.ref("portal_alice")
        visit = self.intervention(-9, "Replacement of dome camera 4, car park", "alpine", contacts=["alice"])
        with self.at(-8, hour=6):
            pass  # the survey is in Alice's mailbox in the morning
        feedback = self.answer(
            -8, visit, "alice", 2, nps=3, hour=8,
            comment="The camera was out for nine days and nobody told us when somebody would come.",
        )  # fmt: skip
        for days, hour in ((-7, 21), (-6, 9)):
            with self.at(days, hour):
                pass  # Claire is reminded twelve hours before, then Olivier is told
        with self.at(-6, hour=15):
            feedback.with_user(claire)._record_callback(
                fields.Datetime.now(),
                "The car park was without images for nine days. Nobody told Alice that the part was on order.",
                "made",
                [
                    {
                        "name": "Keep a spare dome camera for Alpine Retail in stock",
                        "user_id": self.ref("user_thomas").id,
                        "date_deadline": fields.Date.add(fields.Date.context_today(claire), days=12),
                    }
                ],
                "",
            )
        with self.at(-5, hour=9):
            self.send(feedback.with_user(claire).action_ask_outcome(), "claire")
        with self.at(-5, hour=15):
            escalation = (
                self.env["charter.escalation"]
                .with_user(alice)
                ._from_portal(
                    alice.partner_id,
                    "Nine days without the car park camera",
                    "A spare part in stock is good, but who compensates the guard we had to hire for nine nights?",
                    feedback,
                )
            )
        with self.at(-4, hour=10):
            self.send(
                escalation.with_user(self.ref("user_olivier")).action_ask_answer(),
                "olivier",
                "<p>Hello Alice,</p><p>You are right about the guard. I have asked our accounts to prepare a credit "
                "note for three nights, which is what your contract provides for.</p><p>Olivier Lambert</p>",
            )
        with self.at(-4, hour=14):
            escalation.with_user(alice)._to_level2()
        with self.at(-2, hour=13):
            self.send(
                escalation.with_user(self.ref("user_diane")).action_ask_answer(),
                "diane",
                "<p>Hello Alice,</p><p>I have read your file from the first day. We credit the nine nights, and from "
                "this month you are told within four hours whenever a part has to be ordered.</p><p>Diane Mercier</p>",
            )

    def bruno_waits(self):
        """What is on the desks now: a call to make, an answer to give, a report that is late."""
        visit = self.intervention(-1.4, "Gate controller out of order", "bastide", contacts=["bruno"])
        self.answer(-1.1, visit, "bruno", 2, comment="Second visit for the same fault.")
        with self.at(-0.8):
            self.env["charter.escalation"].with_user(self.ref("user_thomas")).create(
                {
                    "name": "Night alarm not acknowledged",
                    "description": "Camille phoned: the alarm of the pharmacy rang for forty minutes on Sunday night.",
                    "partner_id": self.ref("client_cedre").id,
                    "contact_id": self.ref("contact_camille").id,
                    "door": "phone",
                }
            )
        self.intervention(-0.2, "Motion detector, cellar 2", "domaine")


def play(env):
    Story(env).play()
    story_gear.play(env)

"""Contracts of all shapes live day by day: people leave, mails are refused, terms change, clients speak.

All chance comes from a seed. A fault found by a seed is kept as a test of its own.
"""

import random
from datetime import date, datetime, timedelta
from unittest.mock import patch

from dateutil.relativedelta import relativedelta
from freezegun import freeze_time
from odoo import Command
from odoo.exceptions import UserError
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .invariants import Day, broken
from .year import YearCase

# (months of the first term, months it renews by, or None where it does not renew tacitly)
TERMS = [(12, 12), (12, 12), (12, 12), (36, 36), (36, 12), (24, 24), (1, 1), (3, 3), (6, 6), (18, 18), (12, None), (None, None),
         (7, 12)]  # fmt: skip
# Times as likely as another each day, for the sixty contracts together.
HAPPENINGS = {
    "answer": 60, "complain": 4, "resolve": 12, "decide": 40, "override": 8, "stop": 2, "shorten": 2, "lengthen": 3,
    "move_start": 1, "change_tier": 3, "leave_charter": 1, "come_back": 3, "archive": 1, "meet": 40, "absence": 3,
    "leaver": 1, "refuse_mail": 10, "new_contract": 2, "copy": 1, "way_round": 6, "move": 2, "move_contact": 1, "merge": 1,
    "work": 20, "word": 15, "read_words": 20, "call": 12, "report": 6,
}  # fmt: skip
# The installed base beside them; lives that are kept for what they found go on without it.
WITH_GEAR = HAPPENINGS | {"gear": 8, "announce": 8, "tell": 8}
# Faults after which a life has shown enough.
MOST = 20
JOBS = ("schedule", "clock", "contacts", "delivery", "feedback", "report", "watch")


class Life(YearCase):
    """Not a test by itself: ``live`` is called by the tests."""

    def live(self, seed, contracts=60, days=1096, start=date(2026, 1, 5), happenings=6, say=None, what=None):
        """Live ``days`` days and hold the invariants each evening.

        :param what: what may happen, and how often beside the rest; ``HAPPENINGS`` by default
        :param say: called with a line about each month that was lived
        :return: [what is broken], each on the first day it is, with what had happened
        """
        found, known = [], set()
        self.what = what or HAPPENINGS
        self.dice, self.made, self.happened = random.Random(seed), self.env["contract.contract"], []
        self.crons = [self.env.ref(f"mileo_client_charter.cron_{name}") for name in JOBS]
        moment = datetime.combine(start, datetime.min.time()) + timedelta(hours=4)
        frozen = freeze_time(moment)
        clock = frozen.start()
        self.now = moment

        def move(to):
            clock.move_to(to)
            self.now = to

        try:
            with patch.object(self.env.cr, "now", lambda: self.now), self.committing():
                begun = [
                    start + timedelta(days=self.dice.randrange(max(1, days // 3))) for _n in range(contracts)
                ]
                for _day in range(days):
                    move(moment)
                    self.happened = self.happened[-40:]
                    day = Day(moment.date())
                    self.night(day)
                    move(moment + timedelta(hours=6))
                    for _one in range(sum(first == moment.date() for first in begun)):
                        self.new_contract()
                    for _times in range(happenings):
                        self.something()
                    self.env.flush_all()
                    move(moment + timedelta(hours=12))
                    self.env["charter.scheduler"]._cron_schedule()
                    # A fault stays where it is: each is said once, and the life goes on, to find more of them.
                    problems = [one for one in broken(self.env, self.now, day) if one not in known]
                    if problems:
                        lines = [
                            f"seed {seed}, {moment.date()}",
                            *problems,
                            *self.happened[-happenings * 3 :],
                        ]
                        found += lines
                        known.update(problems)
                        if say:
                            say("\n".join(lines))
                    if len(known) > MOST:
                        return found
                    self.env.invalidate_all()
                    moment += timedelta(days=1)
                    if moment.day == 1:
                        # All of it is one transaction, whose rows nobody else counts for the planner.
                        self.env.cr.execute("ANALYZE")
                    if say and moment.day == 1:
                        say(
                            f"{moment.date()}: {(moment.date() - start).days} days of {days}, {self.what_there_is()}"
                        )
        finally:
            frozen.stop()
        return found

    def what_there_is(self):
        counts = {
            name: self.env[name].sudo().search_count([])
            for name in ("charter.obligation", "charter.report", "charter.delivery", "charter.word")
        }
        return f"{len(self.made)} contracts, " + ", ".join(f"{n} {name}" for name, n in counts.items())

    def night(self, day):
        """What the scheduler runs, in an order of its own."""
        jobs = [lambda: self.renewals(day)]
        jobs += [lambda cron=cron: self.run_job(cron) for cron in self.crons]
        self.dice.shuffle(jobs)
        for job in jobs:
            job()
            self.env.flush_all()
        self.env.invalidate_all()

    def renewals(self, day):
        day.ends_before = self.ends()
        self.env["contract.line"].cron_renew_contract_line()
        self.env.flush_all()
        day.ends_after = self.ends()
        for line in self.env["contract.line"].browse(day.ends_before):
            if day.ends_before[line.id] != day.ends_after.get(line.id):
                client = line.contract_id.commercial_partner_id
                day.standings[line.id] = (
                    self.env["charter.nps"]._standings(client, self.company)[client.id].verdict
                )

    def run_job(self, cron):
        name = cron.code.split(".")[1].split("(")[0]
        getattr(self.env[cron.model_id.model], name)()

    def ends(self):
        lines = self.env["contract.line"].search([("contract_id.charter_tier_id", "!=", False)])
        return {line.id: line.date_end for line in lines}

    # -- what happens -----------------------------------------------------------------------------

    def something(self):
        names, weights = zip(*self.what.items(), strict=True)
        [name] = self.dice.choices(names, weights)
        subject = self.dice.choice(self.made) if self.made and name != "new_contract" else self.made[:0]
        if not subject and name != "new_contract":
            return
        try:
            with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                getattr(self, name)(*([subject] if subject else []))
                self.env.flush_all()
            self.happened.append(f"{self.now} {name} {subject.name or ''}")
        except (UserError, IntegrityError) as refused:
            # Refused in words (those of a constraint too), which is a way to live; anything else ends the life.
            self.env.invalidate_all()
            self.happened.append(f"{self.now} {name} {subject.name or ''}: refused ({str(refused)[:90]})")

    def new_contract(self):
        number = len(self.made)
        months, renews = self.dice.choice(TERMS)
        today = self.now.date()
        start = today - timedelta(days=self.dice.choice((0, 0, 10, 60, 300, 340, 364, 365, 700, 1500)))
        if self.dice.random() < 0.2:
            start = self.dice.choice(
                [date(2024, 2, 29), date(2025, 1, 31), date(2025, 8, 31), date(2025, 12, 31)]
            )
        end = False
        if months:
            step = relativedelta(months=renews or months)
            end = start + relativedelta(months=months) - timedelta(days=1)
            while end < today:
                end = end + timedelta(days=1) + step - timedelta(days=1)
        client, _one, _two = self._client(f"L{number}")
        line = self.line(start, end, self.dice.choice((1, 1, 1, 2, 3, 6)))
        line |= {
            "auto_renew_interval": renews or 12,
            "auto_renew_rule_type": "monthly",
            "is_auto_renew": bool(renews),
        }
        tier = self.env.ref(
            f"mileo_client_charter.tier_{self.dice.choice(('premium', 'comfort', 'essential'))}"
        )
        self.made |= self._contract(client, tier, contract_line_ids=[Command.create(line)])

    def contact(self, contract):
        return self.dice.choice(contract.commercial_partner_id.child_ids)

    def answer(self, contract):
        """What a client says in an interview: a mark, a figure, and now and then words of its own."""
        contact = self.contact(contract)
        feedback = self.env["charter.feedback"]._charter_engine().create(
            {
                "channel": "interview", "partner_id": contact.commercial_partner_id.id, "contact_id": contact.id,
                "company_id": self.company.id, "state": "sent",
            }
        )  # fmt: skip
        feedback._answer(
            rating=self.dice.choice((5, 5, 4, 4, 3, 2, 1)),
            nps=self.dice.choice((10, 10, 9, 9, 8, 7, 5, 0)),
            comment=self.dice.choice(("", "", "Call us, please.")),
        )

    def complain(self, contract):
        self.escalate(self.contact(contract))

    def resolve(self, contract):
        escalation = self.env["charter.escalation"].search([("is_complaint", "=", True)], limit=1)
        if escalation:
            holder = self.env["charter.assignment"]._company_people(self.company, "operations_manager")
            self.answer_escalation(escalation, holder[:1])
            escalation.with_user(holder[:1]).action_resolve("The camera was replaced, and the client agreed.")

    def answer_escalation(self, escalation, user):
        return super().answer(escalation, user)  # pylint: disable=super-method-mismatch

    def waiting(self):
        return self.env["charter.renewal"].search([("state", "in", ("open", "interview"))])

    def decide(self, contract):
        renewal = self.waiting()
        if renewal:
            self.dice.choice(renewal).with_user(self.direction).action_decide()

    def override(self, contract):
        renewal = self.env["charter.renewal"].search([("state", "in", ("interview", "remediation"))])
        if renewal:
            self.dice.choice(renewal).with_user(self.direction)._override(
                "They asked us in writing to go on."
            )

    def a_line(self, contract):
        return contract.contract_line_ids.filtered(lambda line: not line.successor_contract_line_id)[:1]

    def stop(self, contract):
        line = self.a_line(contract)
        if line.date_end and line.date_end > self.now.date():
            line.stop(self.now.date() + timedelta(days=self.dice.randrange(1, 90)))

    def shorten(self, contract):
        line = self.a_line(contract)
        if line.date_end and line.date_end - timedelta(days=40) > self.now.date():
            line.date_end -= timedelta(days=self.dice.choice((1, 15, 31)))

    def lengthen(self, contract):
        line = self.a_line(contract)
        if line.date_end:
            line.date_end += timedelta(days=self.dice.choice((1, 31, 365)))

    def move_start(self, contract):
        line = self.a_line(contract)
        line.write(
            {
                "date_start": line.date_start - timedelta(days=self.dice.choice((1, 30))),
                "recurring_next_date": self.now.date(),
            }
        )

    def change_tier(self, contract):
        if contract.charter_tier_id:
            contract.charter_tier_id = self.env.ref(
                f"mileo_client_charter.tier_{self.dice.choice(('premium', 'comfort', 'essential'))}"
            )

    def leave_charter(self, contract):
        contract.charter_tier_id = False

    def come_back(self, contract):
        contract.write({"active": True, "charter_tier_id": contract.charter_tier_id.id or self.premium.id})

    def archive(self, contract):
        contract.active = False

    def meet(self, contract):
        """The next step of some meeting: planned, held or declined."""
        review = self.env["charter.review"].search([("state", "in", ("draft", "planned"))])
        if not review:
            return
        review = self.dice.choice(review)
        manager = review.partner_id.with_company(review.company_id).charter_account_manager_id or self.manager
        if review.state == "draft":
            review.write(
                {
                    "start_at": self.now + timedelta(days=self.dice.randrange(1, 20)),
                    "staff_ids": [Command.set([user.id for user in review._role_holders().values() if user])],
                }
            )
            review.with_user(manager).action_plan()
        elif self.dice.random() < 0.2:
            review.write(
                {
                    "declined_contact_id": review.contact_ids[:1].id,
                    "decline_words": "By phone today: not needed.",
                }
            )
            review.with_user(manager).action_decline()
        else:
            review.answer_ids = [
                Command.create(
                    {
                        "contact_id": review.contact_ids[:1].id,
                        "rating": "4",
                        "nps": str(self.dice.randrange(11)),
                    }
                )
            ]
            review.write(
                dict.fromkeys(("achievements", "performance", "satisfaction", "outlook"), "Talked about.")
            )
            review.with_user(manager).action_hold()

    def absence(self, contract):
        first = self.now.date() + timedelta(days=self.dice.randrange(0, 20))
        user = self.dice.choice((self.manager, self.operations))
        self.env["charter.absence"].create(
            {"user_id": user.id, "company_id": self.company.id, "date_from": first,
             "date_to": first + timedelta(days=self.dice.randrange(1, 15)),
             "stand_in_id": self.dice.choice((self.technician, self.admin, self.direction, self.admin.browse())).id}
        )  # fmt: skip

    def leaver(self, contract):
        """An account manager leaves: its clients are given over, and it is archived."""
        old = contract.commercial_partner_id.with_company(self.company).charter_account_manager_id
        new = self._staff(f"t_new_{len(self.happened)}_{self.dice.randrange(10**9)}", "group_charter_user")
        rows = self.env["charter.assignment"].search(
            [
                ("user_id", "=", old.id),
                ("role", "=", "account_manager"),
                ("kind", "=", "principal"),
                ("date_to", "=", False),
            ]
        )
        if rows:
            self.env["charter.assignment"]._assign(rows.partner_id, "account_manager", new, self.company)
        self.manager = new
        if old:
            old.action_archive()

    def refuse_mail(self, contract):
        mails = self.env["mail.mail"].search([("state", "=", "outgoing")], limit=30)
        mails.write({"state": "sent"})
        if mails:
            self.dice.choice(mails).write({"state": "exception", "failure_reason": "550 no such mailbox"})

    def copy(self, contract):  # pylint: disable=method-required-super
        copied = contract.copy()
        self.made |= copied

    def move(self, contract):
        """The contract passes to another customer, one there is or a new one."""
        others = (self.made - contract).commercial_partner_id - contract.commercial_partner_id
        if others and self.dice.random() < 0.5:
            contract.partner_id = self.dice.choice(others)
        else:
            contract.partner_id = self._client(f"M{self.dice.randrange(10**9)}")[0]

    def move_contact(self, contract):
        """Somebody of the client goes to work for another one."""
        others = (self.made - contract).commercial_partner_id - contract.commercial_partner_id
        if others and len(contract.commercial_partner_id.child_ids) > 1:
            self.contact(contract).parent_id = self.dice.choice(others)

    def merge(self, contract):
        """Two contacts of a client were one person."""
        contacts = contract.commercial_partner_id.child_ids
        if len(contacts) > 1:
            self.env["base.partner.merge.automatic.wizard"]._merge(contacts[:2].ids, contacts[0])

    def work(self, contract):
        """Work is done for a client, under this contract or under none."""
        done = self.env["charter.intervention"].create(
            {
                "name": f"Work for {contract.commercial_partner_id.name}",
                "partner_id": contract.commercial_partner_id.id,
                "contact_ids": self.contact(contract).ids,
                "contract_id": contract.id if self.dice.random() < 0.7 else False,
            }
        )
        done.action_close()

    def word(self, contract):
        """A client writes on a document of its own."""
        model = self.dice.choice(("charter.feedback", "charter.escalation"))
        documents = self.env[model].search([("partner_id", "=", contract.commercial_partner_id.id)])
        if documents:
            self.dice.choice(documents).message_post(
                body="And now?",
                author_id=self.contact(contract).id,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )

    def read_words(self, contract):
        words = self.env["charter.word"].search([("read_at", "=", False)])
        if words:
            word = self.dice.choice(words)
            word.with_user(word.user_id).action_read()

    def call(self, contract):
        """A call-back that is due is held."""
        waiting = self.env["charter.feedback"].search([("followup", "=", "call")])
        if waiting:
            feedback = self.dice.choice(waiting)
            feedback.with_user(self.operations)._record_callback(
                self.now, "Nobody came on Monday.", "made", [], "They have been sent already."
            )

    def report(self, contract):
        """A report is written and reviewed."""
        drafts = self.env["charter.report"].search([("state", "in", ("draft", "held"))])
        if drafts:
            report = self.dice.choice(drafts)
            report.no_recommendation_reason = "Nothing to advise."
            report.with_user(self.admin).action_written()
            report.with_user(self.admin).action_review()

    def gear(self, contract):
        """Equipment is put up at a client's, of a model others have too."""
        model = self.dice.choice(("L 1", "L 2", "L 3"))
        camera = self.env["charter.equipment"].create(
            {"name": f"Camera {model}", "maker": self.dice.choice(("Lynx", "lynx ")), "model": model,
             "partner_id": contract.commercial_partner_id.id}
        )  # fmt: skip
        if self.dice.random() < 0.5:
            self.date_it(camera)

    def date_it(self, camera):
        day = self.now.date() + timedelta(days=self.dice.choice((5, 30, 61, 70, 90, 200)))
        camera.milestone_ids = [
            Command.clear(),
            Command.create({"kind": "end_of_support", "status": "announced", "date": day}),
        ]

    def announce(self, contract):
        """A manufacturer announces a date, or moves it; of some clients' equipment only."""
        gear = self.env["charter.equipment"].search([("maker", "=ilike", "lynx%")])
        if gear:
            self.date_it(self.dice.choice(gear))

    def tell(self, contract):
        """A notice is sent to its clients."""
        drafts = self.env["charter.notice"].search([("state", "=", "draft")])
        if drafts:
            notice = self.dice.choice(drafts)
            notice.write({"body": "<p>It ends.</p>", "advice": "Replace it.", "late_reason": "Known late."})
            notice.with_user(self.admin).action_send()

    def way_round(self, contract):
        """Somebody tries to have it renewed without the charter."""
        line = self.a_line(contract)
        if not line.date_end:
            return
        kind = self.dice.randrange(5)
        if kind == 0:
            line.date_end -= timedelta(days=1)
            line.date_end += timedelta(days=365)
        elif kind == 1:
            contract.contract_line_ids = [
                Command.create(self.line(line.date_end, line.date_end + timedelta(days=365)))
            ]
        elif kind == 2:
            contract.charter_tier_id = False
            line.date_end += timedelta(days=365)
            contract.charter_tier_id = self.premium
        elif kind == 3:
            line.renew()
        else:
            line.write({"is_auto_renew": False, "date_end": False})

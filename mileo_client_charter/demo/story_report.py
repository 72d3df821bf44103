"""Three activity reports: a full month under Premium, a quarter under Comfort, and a quarter in which nothing happened."""

from datetime import datetime, time, timedelta

from dateutil.relativedelta import relativedelta
from odoo import Command

from .story_contacts import _arrive, hand_over

ALPINE = ("DS4-2143-0417", "DS4-2143-0411")
QUIET = "What is under contract was replaced last winter; there is nothing to advise this quarter."


def _days(story, moment):
    """A moment as the story counts: days before now."""
    return (moment - story.start) / timedelta(days=1)


def _morning(day, hour=9):
    return datetime.combine(day, time(hour))


def _month(story):
    """First and last day of the last month that is over, and of the last quarter."""
    today = story.start.date()
    month = today + relativedelta(months=-1, day=1)
    quarter = today + relativedelta(months=-3 - (today.month - 1) % 3, day=1)
    return month, month + relativedelta(day=31), quarter, quarter + relativedelta(months=2, day=31)


def _work(story, client, contract, at, name, hours, done, **values):
    """An intervention reported at ``at``, answered at once and solved ``hours`` later."""
    with story.at(_days(story, at)):
        work = (
            story.env["charter.intervention"]
            .with_context(mail_auto_subscribe_no_notify=True)
            .create(
                {
                    "name": name, "partner_id": client.id, "contract_id": contract.id,
                    "user_id": story.ref("user_thomas").id, **values,
                }
            )
        )  # fmt: skip
    with story.at(_days(story, at + timedelta(minutes=25))):
        work.action_respond()
    with story.at(_days(story, at + timedelta(hours=hours))):
        work.action_close(work_done=f"<p>{done}</p>")
    return work


def quarter_before(story):
    """Two clients under the charter since the quarter that is over: one with work, one with none."""
    _first, _last, start, end = _month(story)
    since = _morning(start, 6)
    faubourg = _client(
        story, "Faubourg Médical", "Françoise Morel", "francoise@faubourg.example.com", since, "comfort"
    )
    _client(story, "Grange Patrimoine", "Gaspard Roy", "gaspard@grange.example.com", since, "essential")
    hand_over(story, _days(story, since) + 1)
    contract = story.env["contract.contract"].search([("partner_id", "=", faubourg.id)])
    for days, name, hours, done, kind, priority in (
        (12, "Half-yearly check of the intrusion alarm", 3, "All 34 detectors tested; two batteries replaced.", "preventive", "1"),
        (31, "Badge reader of the pharmacy refuses cards", 5, "Reader restarted, firmware updated.", "corrective", "2"),
        (58, "Camera 2 of the car park is blurred", 26, "Lens cleaned and focused again.", "corrective", "1"),
    ):  # fmt: skip
        at = _morning(start + timedelta(days=days))
        work = _work(story, faubourg, contract, at, name, hours, done, kind=kind, priority=priority)
        if kind == "preventive":
            _answers(story, work, at + timedelta(days=1), 5, 9, "Precise and quiet, as always.")
    reports(story, end)


def _client(story, name, contact, email, since, tier):
    """A client with one contact, its two roles held, and a contract under the charter since ``since``."""
    env = story.env
    client = env["res.partner"].create(
        {
            "name": name, "is_company": True, "customer_rank": 1, "country_id": env.ref("base.fr").id, "lang": "fr_FR",
            "child_ids": [Command.create({"name": contact, "email": email, "lang": "fr_FR", "tz": "Europe/Paris"})],
        }
    )  # fmt: skip
    env["charter.assignment"].create(
        [
            {
                "role": role,
                "partner_id": client.id,
                "user_id": story.ref(f"user_{user}").id,
                "date_from": "2025-01-01",
            }
            for role, user in (("account_manager", "claire"), ("technical_contact", "thomas"))
        ]
    )
    start = since.date() + relativedelta(day=1)
    with story.at(_days(story, since)):
        env["contract.contract"].create(
            {
                "name": f"Maintenance {name}", "partner_id": client.id, "contract_type": "sale", "line_recurrence": True,
                "charter_tier_id": story.ref(f"tier_{tier}").id,
                "contract_line_ids": [
                    Command.create(
                        {
                            "name": "Supervision and maintenance", "quantity": 1, "price_unit": 210, "date_start": start,
                            "date_end": start + relativedelta(years=1, days=-1), "recurring_rule_type": "monthly",
                            "recurring_interval": 1, "recurring_next_date": start, "is_auto_renew": True,
                            "auto_renew_interval": 1, "auto_renew_rule_type": "yearly",
                        }
                    )
                ],
            }
        )  # fmt: skip
    return client


def _answers(story, work, at, rating, nps, comment):
    with story.at(_days(story, at)):
        for feedback in work.feedback_ids[:1]:
            feedback._answer(rating=rating, nps=nps, comment=comment, ip="192.0.2.10", agent="Demo browser")


def month_before(story):
    """Alpine's last month: work in time, a repair too late, an outage and a night of maintenance."""
    first, last, _start, _end = _month(story)
    client, contract = story.ref("client_alpine"), story.ref("contract_alpine")
    for days, hour, name, hours, done, kind, priority in (
        (3, 8, "Quarterly visit of the store cameras", 4, "18 cameras cleaned and set again.", "preventive", "1"),
        (8, 13, "Dome camera 5 shows no picture", 2, "Power supply of the pole replaced.", "corrective", "2"),
        (15, 9, "Alarm centre loses the mobile network", 40, "Antenna moved to the roof, card replaced.", "corrective", "3"),
        (20, 10, "New badge for the cleaning team", 1, "Six badges created.", "remote", "0"),
    ):  # fmt: skip
        at = _morning(first + timedelta(days=days), hour)
        work = _work(story, client, contract, at, name, hours, done, kind=kind, priority=priority)
        if days == 8:
            _answers(story, work, at + timedelta(days=1), 4, 8, "Quick, and the store stayed open.")
    events = []
    for number, (serial, day, hour, hours, kind, words) in enumerate(
        (
            (ALPINE[0], 8, 11, 4, "down", "No video"),
            (ALPINE[1], 15, 2, 7.5, "down", "Unavailable by ICMP ping"),
            (ALPINE[0], 22, 21, 3, "planned", "Replacement of the network switch"),
        )
    ):
        start = _morning(first + timedelta(days=day), hour)
        end = start + timedelta(hours=hours)
        events.append(
            {
                "event_id": f"demo-report-{number}", "serial": serial, "status": "down", "kind": kind, "reason": words,
                "start": f"{start:%Y-%m-%dT%H:%M:%SZ}", "end": f"{end:%Y-%m-%dT%H:%M:%SZ}",
            }
        )  # fmt: skip
    refused = [one for one in story.env["charter.outage"]._ingest(events) if one["status"] == "refused"]
    assert not refused, refused
    reports(story, last)


def reports(story, day):
    """Those of the period that ends on ``day``: drafted by the scheduled action, written by Thomas, sent by Claire."""
    with story.at(min(_days(story, _morning(day + timedelta(days=1))), 0)):
        story.env["charter.scheduler"]._cron_schedule()
        story.env["charter.report"]._cron_report()
    drafts = story.env["charter.report"].search([("state", "=", "draft"), ("last_day", "=", day)])
    with story.at(min(_days(story, _morning(day + timedelta(days=2))), 0)):
        for report in drafts:
            _write(story, report)
    with story.at(min(_days(story, _morning(day + timedelta(days=3))), 0)):
        for report in drafts.filtered("written_at").with_user(story.ref("user_claire")):
            report.action_review()
            report.action_send()
    with story.at(min(_days(story, _morning(day + timedelta(days=3), 10)), 0)):
        _arrive(story)


def _write(story, report):
    name = report.partner_id.name
    thomas = report.with_user(story.ref("user_thomas"))
    if name == "Alpine Retail SAS":
        story.env["charter.recommendation"].with_user(story.ref("user_thomas")).create(
            {
                "name": "A second mobile network for the alarm centre",
                "advice": "The centre lost its only network for a night. A second card, of another operator, takes over in seconds.",
                "benefit": "Alarms reach us whatever one operator does.",
                "urgency": "2", "report_id": report.id, "contract_id": report.contract_id.id,
            }
        )  # fmt: skip
        thomas.introduction = "A busy month: one repair took longer than promised, and here is what we advise so that it does not happen again."
    elif name == "Faubourg Médical":
        story.env["charter.recommendation"].with_user(story.ref("user_thomas")).create(
            {
                "name": "Replace the readers of the first generation",
                "advice": "Three readers get no more firmware. Their successors fit the same boxes.",
                "benefit": "Badges cannot be copied any more.",
                "urgency": "1", "report_id": report.id, "contract_id": report.contract_id.id,
            }
        )  # fmt: skip
    elif name == "Grange Patrimoine":
        thomas.no_recommendation_reason = QUIET
    else:
        return
    thomas.action_written()

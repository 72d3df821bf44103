"""The activity reports: drafted by the scheduled action, written by the technical contact, sent by the account manager."""

from datetime import timedelta

from .story_clients import words
from .story_gear import gear
from .story_reports_words import ADVICE, NO_ADVICE, REFUSED, THANKS, introduction

# Who sends late when there is too much to do, by months ago of the due day.
LATE_WHEN_BAD = {9: ("lumiere",), 8: ("kestrel", "imprimerie"), 7: ("lumiere", "harbour", "faubourg")}
# Whose report of the last period that is due still lies on Claire's desk.
STUCK = ("kestrel", "imprimerie")
ALPINE_MONTH = (
    # (day, hour, kind, priority, gear, name, hours, done, mark, NPS, comment)
    (3, 8, "preventive", "1", 0, "Visite trimestrielle des caméras du magasin", 4, "18 caméras nettoyées et réglées.", 5, 9,
     "Équipe ponctuelle et discrète."),
    (8, 13, "corrective", "2", 2, "Caméra dôme 5 : plus d'image", 2, "Alimentation du mât remplacée.", 4, 9,
     "Rapide, et le magasin est resté ouvert."),
    (15, 9, "corrective", "3", 4, "Centrale d'alarme : liaison mobile perdue", 40, "Antenne déplacée sur le toit, carte remplacée.",
     3, 7, "Réparé, mais une nuit de trop sans liaison."),
    (20, 10, "remote", "0", 6, "Nouveaux badges pour l'équipe de nettoyage", 1, "Six badges créés.", None, None, None),
)  # fmt: skip


def plan(story):
    for months_ago in range(18, -1, -1):
        first = story.month(months_ago, 1)
        written = story.working(first.replace(day=3))
        story.on(story.moment(written, 14), write, story)
        story.on(story.moment(story.working(written + timedelta(days=2)), 10), send, story, months_ago)
        if months_ago in (0, 1, *LATE_WHEN_BAD):
            story.on(story.moment(first.replace(day=10), 14), due_day, story)
            story.on(story.moment(story.working(first.replace(day=14)), 10), send_late, story, months_ago)
        story.on(story.moment(story.working(first.replace(day=16)), 15), answer_advice, story, months_ago)
    alpine = story.month(1)
    for row in ALPINE_MONTH:
        story.on(
            story.moment(story.working(alpine.replace(day=row[0])), row[1]), _alpine_work, story, *row[2:]
        )


def due_day(story):
    """What nobody has reviewed is held, and Olivier is told."""
    story.env["charter.report"]._cron_report()


def write(story):
    """The technical contact writes what is advised, or says why nothing is."""
    for report in story.env["charter.report"].search([("state", "=", "draft"), ("written_at", "=", False)]):
        client = _client(story, report)
        if client.technician:
            _write_one(story, client, report)


def _write_one(story, client, report):
    dice = story.dice(f"report {client.key} {report.period}")
    technician = story.env["res.users"].browse(report.technical_contact_id.id)
    mine = report.with_user(technician)
    mine.introduction = introduction(client, report, story.is_bad(report.last_day))
    known = story.env["charter.recommendation"].search([("contract_id", "=", report.contract_id.id)])
    new = [one for one in ADVICE if words(client, *one.name) not in known.mapped("name")]
    # What Alpine is advised now waits for Alice's answer.
    shown = client.key == "alpine" and story.months_ago(story.present) == 0
    if new and (shown or dice.random() < (0.3 if client.tier == "premium" else 0.6)):
        _advise(story, client, mine, new[dice.randrange(len(new))])
    elif not known.filtered(lambda one: one.state in ("proposed", "accepted")):
        mine.no_recommendation_reason = words(client, *NO_ADVICE)
    mine.action_written()


def _advise(story, client, report, advice):
    story.env["charter.recommendation"].with_user(report.env.user).create(
        {
            "name": words(client, *advice.name), "advice": words(client, *advice.advice),
            "benefit": words(client, *advice.benefit), "urgency": advice.urgency, "report_id": report.id,
            "contract_id": report.contract_id.id, "equipment_ids": [(6, 0, [one.id for one in gear(story, client, advice.tag)[:2]])],
        }
    )  # fmt: skip


def send(story, months_ago):
    _send(
        story,
        lambda client: client.key not in (STUCK if _is_last(story) else LATE_WHEN_BAD.get(months_ago, ())),
    )


def send_late(story, months_ago):
    if not _is_last(story):
        _send(story, lambda client: True)


def _is_last(story):
    """Whether the reports on the desks are those whose due day has passed last, or has not come yet."""
    return story.present > story.moment((story.today - timedelta(days=10)).replace(day=1), 0)


def _send(story, wanted):
    """Reviewed one by one by who answers for the client, then sent together: printed in one run."""
    reports = story.env["charter.report"].search(
        [("state", "in", ("draft", "held")), ("written_at", "!=", False)]
    )
    reports = reports.filtered(lambda report: wanted(_client(story, report)))
    for manager, mine in reports.grouped(lambda report: report.account_manager_id).items():
        held = mine.filtered(lambda report: report.state == "held")
        held.with_user(manager).action_draft()
        mine.with_user(manager).action_review()
        mine.with_user(manager).action_send()
    story.env["charter.report"]._cron_report()
    story.post()


def answer_advice(story, months_ago):
    """Clients answer within the month, most of them; what they accept is done some weeks later."""
    dice = story.dice(f"advice {months_ago}")
    recommendations = story.env["charter.recommendation"]
    for one in recommendations.search([("state", "=", "accepted")], order="id"):
        if one.answered_at < story.present - timedelta(days=40):
            technician = one.report_id.technical_contact_id or one.partner_id.charter_technical_contact_id
            client = _client(story, one)
            one.with_user(technician).action_done(
                words(client, "Fait lors de la dernière visite.", "Done at the last visit.")
            )
    for one in recommendations.search([("state", "=", "proposed")], order="id"):
        if months_ago and dice.random() < 0.45:
            client = _client(story, one)
            accepts = dice.random() < 0.75
            said = words(client, *(THANKS if accepts else REFUSED))
            one._answer("accept" if accepts else "decline", said, story.ref(f"contact_{client.people[0][0]}"))


def _client(story, record):
    contract = record.contract_id
    return story.clients[contract.code.removeprefix("CM-").lower()]


# -- Alpine's last month, which the README shows ---------------------------------------------------


def _alpine_work(story, kind, priority, piece, name, hours, done, mark, nps, comment):
    equipment = story.ref(f"equipment_alpine_{piece + 1}")
    work = story.env["charter.intervention"].create(
        {
            "name": name, "kind": kind, "priority": priority, "partner_id": story.ref("client_alpine").id,
            "contract_id": story.ref("contract_alpine").id, "user_id": story.user("thomas").id,
            "equipment_ids": [(6, 0, equipment.ids)],
            "contact_ids": [(6, 0, story.ref("contact_alice" if kind == "preventive" else "contact_antoine").ids)],
        }
    )  # fmt: skip
    thomas, at = work.with_user(story.user("thomas")), story.present
    story.on(at + timedelta(minutes=25), thomas.action_respond)
    story.on(at + timedelta(hours=hours), thomas.action_close, work_done=f"<p>{done}</p>")
    if mark:
        morning = story.moment(story.working((at + timedelta(hours=hours, days=1)).date()), 15)
        story.on(morning, _alpine_answer, story, work, mark, nps, comment)


def _alpine_answer(story, work, mark, nps, comment):
    story.env["charter.feedback"]._cron_feedback()
    for feedback in work.feedback_ids.filtered(lambda one: one.state == "sent"):
        asked = nps if feedback.ask_nps else None
        feedback._answer(rating=mark, nps=asked, comment=comment, ip="192.0.2.10", agent="Demo browser")

"""Interviews and annual reviews held, their minutes, and what was decided of each renewal."""

from datetime import timedelta

from .story_clients import CLIENTS, words
from .story_year_words import ANNUAL, CAUSES, INTERVIEWS, OVERRIDE

# Client -> what it would recommend at its meetings, the last one repeated; None: it keeps that to itself.
RECOMMENDS = {
    "alpine": (9, 9, 6, 9), "suisse": (9, 9), "bastide": (9, 8, 6, 9, 9), "cedre": (9, 9, 5, 4), "ecluse": (9, 9),
    "faubourg": (9, 9, 6, 9), "grange": (None,), "harbour": (9, 9, 5, 9), "imprimerie": (9, 9, 3, 5, 5),
    "kestrel": (10, 9, 7, 9), "lumiere": (9, 9, 5, 9),
}  # fmt: skip
# Meetings of this many days or less ahead are in the calendar.
PLANNED_AHEAD = 21


def plan(story):
    day = story.first_day
    while day <= story.today:
        # Claire and Sophie look at their meetings and renewals every fortnight.
        story.on(story.moment(story.working(day), 15), look_ahead, story)
        day += timedelta(days=14)
    story.on(story.ago(3, 15), look_ahead, story)
    win_back(story)


def look_ahead(story):
    for review in story.env["charter.review"].search([("state", "=", "draft")], order="due_on, id"):
        client = _client(story, review)
        if client.key != "domaine":
            _plan_meeting(story, client, review)
    for renewal in story.env["charter.renewal"].search([("state", "in", ("open", "interview"))], order="id"):
        _decide(story, _client(story, renewal), renewal)


def _client(story, record):
    return story.clients[record.contract_id.code.removeprefix("CM-").lower()]


# -- meetings -------------------------------------------------------------------------------------


def _plan_meeting(story, client, review):
    """About ten days ahead of the meeting, which comes well before its last day; one of the bad season came too late."""
    lead = 40 if review.kind == "interview" else 6
    if review.kind == "interview" and review.renewal_id:
        # Asked for by a remediation: the sooner the better.
        lead = (review.due_on - story.present.date()).days - 10
    if review.kind == "interview" and client.key in ("imprimerie", "harbour") and story.is_bad(review.due_on):
        lead = -9
    day = story.working(review.due_on - timedelta(days=lead + CLIENTS.index(client)))
    if (
        client.key == "alpine"
        and review.kind == "annual"
        and review.due_on > story.today - timedelta(days=60)
    ):
        day = story.working(story.today + timedelta(days=6))
    if day > story.present.date() + timedelta(days=PLANNED_AHEAD):
        return
    day = max(day, story.working(story.present.date() + timedelta(days=4)))
    manager = review.partner_id.charter_account_manager_id
    annual = review.kind == "annual"
    # Of meetings long past, core's invitations would fill the outbox.
    quiet = story.present < story.now - timedelta(days=20)
    mine = review.with_user(manager).with_context(no_mail_to_attendees=quiet)
    mine.write(
        {
            "start_at": story.moment(day, 14),
            "duration": 1.5 if annual else 1,
            "location": words(client, "Dans vos locaux", "At your premises")
            if annual
            else words(client, "Par téléphone", "By phone"),
        }
    )
    # Who holds the roles on the day of the meeting.
    mine.staff_ids = story.env["res.users"].union(*review.sudo()._role_holders().values())
    mine.action_plan()
    story.on(story.moment(day, 16), _hold, story, client, review)


def _hold(story, client, review):
    """Whoever stands in that day comes too."""
    if review.state != "planned":
        return
    manager = review.partner_id.charter_account_manager_id
    review.sudo().staff_ids |= story.env["res.users"].union(*review._role_holders().values())
    mine = review.with_user(manager)
    number = story.env["charter.review"].search_count(
        [("contract_id", "=", review.contract_id.id), ("state", "in", ("held", "minutes"))]
    )
    series = RECOMMENDS[client.key]
    nps = series[min(number, len(series) - 1)]
    if nps and review.renewal_id and review.kind == "interview":
        nps = series[-1]
    elif nps and story.is_bad(story.present) and client.key not in ("ecluse", "suisse"):
        nps = min(nps, 6)
    elif nps and story.months_ago(story.present) < 6:
        nps = series[-1]
    mood = "good" if nps is None or nps > 8 else "fair" if nps > 6 else "poor"
    comment, wishes = (words(client, *text) for text in INTERVIEWS[mood][number % len(INTERVIEWS[mood])])
    mine.answer_ids = [
        (0, 0, {
            "contact_id": contact.id, "rating": {"good": "5", "fair": "4", "poor": "3"}[mood], "comment": comment, "wishes": wishes,
            "nps": str(max(0, nps - place % 2 * (mood == "poor"))) if nps is not None else False,
        })
        for place, contact in enumerate(review.partner_id.child_ids.filtered(lambda one: one.type == "contact" and not one.is_company))
    ]  # fmt: skip
    mine.action_ids = [
        (0, 0, {
            "name": wishes.rstrip("."), "user_id": (review.partner_id.charter_technical_contact_id or manager).id,
            "date_deadline": (story.present + timedelta(days=30)).date(),
        })
    ]  # fmt: skip
    if review.kind == "annual":
        mine.write({name: words(client, *text) for name, text in ANNUAL[mood].items()})
    mine.action_hold()
    story.on(
        story.moment(story.working(story.present.date() + timedelta(days=1)), 10), _minutes, story, review
    )
    story.on(story.present + timedelta(days=25), review.action_ids.action_done)


def _minutes(story, review):
    manager = review.partner_id.charter_account_manager_id
    story.send(review.with_user(manager).action_ask_minutes(), manager)


# -- renewals -------------------------------------------------------------------------------------


def _decide(story, client, renewal):
    """Once the annual review has been held, or when its time is over; Alpine's and Cèdre's are decided elsewhere."""
    review = renewal.review_ids.filtered(lambda one: one.kind == "annual")
    left = (renewal.term_end - story.present.date()).days
    if client.key in ("alpine", "cedre") and story.months_ago(story.present) < 4:
        return
    if left > 84 and not review.filtered(lambda one: one.state in ("held", "minutes")):
        return
    if renewal.state == "interview" and left % 3:
        return
    manager = renewal.partner_id.charter_account_manager_id
    renewal.with_user(manager).action_decide()
    if renewal.verdict == "fail":
        story.on(story.present + timedelta(days=2), _start_remediation, story, client, renewal)
    elif renewal.verdict == "unknown" and left < 50:
        _override(story, client, renewal)


def _start_remediation(story, client, renewal):
    remediation = renewal.remediation_ids.filtered(lambda one: one.state == "draft")
    operations = story.env["charter.assignment"]._company_people(story.env.company, "operations_manager")
    mine = remediation.with_user(operations)
    mine.write(
        {
            "causes": words(client, *CAUSES),
            "action_ids": [
                (0, 0, {
                    "name": words(client, "Appel hebdomadaire pendant un mois", "A call every week for a month"),
                    "user_id": renewal.partner_id.charter_account_manager_id.id,
                    "date_deadline": (story.present + timedelta(days=30)).date(),
                })
            ],
        }
    )  # fmt: skip
    mine.action_start()
    if client.key in ("imprimerie", "cedre"):
        # Hard to please for long: management does not wait for the measure.
        story.on(story.present + timedelta(days=12), _override, story, client, renewal)
    else:
        story.on(story.present + timedelta(days=9), _agree, story, client, renewal, mine)


def _agree(story, client, renewal, remediation):
    """The client agrees, is called for a month, and is asked again; then it is measured."""
    remediation.write(
        {
            "agreed_contact_id": story.ref(f"contact_{client.people[0][0]}").id,
            "agreement": words(
                client, "Par téléphone : d'accord sur le plan.", "By phone: agrees to the plan."
            ),
        }
    )
    remediation.action_agree()
    renewal.with_user(story.user("claire")).action_plan_interview()
    story.on(story.present + timedelta(days=31), remediation.action_ids.action_done)
    story.on(story.present + timedelta(days=62), _measure, story, remediation)


def _measure(story, remediation):
    """Until the client is satisfied; its renewal is then decided again."""
    if remediation.state == "agreed":
        remediation.action_measure()
        story.on(story.present + timedelta(days=30), _measure, story, remediation)


def _override(story, client, renewal):
    """General management renews in spite of the verdict, in writing."""
    if renewal.state not in ("open", "interview", "remediation"):
        return
    diane = story.user("diane")
    story.env["charter.renewal.override"].with_user(diane).create(
        {"renewal_id": renewal.id, "reason": words(client, *OVERRIDE)}
    ).action_confirm()


# -- a client to win back --------------------------------------------------------------------------


def win_back(story):
    """Clinique du Cèdre is not satisfied: decided so, and a remediation under way."""
    story.on(story.ago(8, 15), _cedre_fails, story)
    story.on(story.ago(6, 10), _cedre_starts, story)
    story.on(story.ago(2, 10), _cedre_agrees, story)


def _cedre(story):
    contract = story.ref("contract_cedre")
    return story.env["charter.renewal"].search(
        [("contract_id", "=", contract.id), ("term_end", "=", contract.charter_term_end)]
    )


def _cedre_fails(story):
    _cedre(story).with_user(story.user("claire")).action_decide()


def _cedre_starts(story):
    remediation = _cedre(story).remediation_ids.with_user(story.user("olivier"))
    remediation.write(
        {
            "causes": "Quarante minutes d'alarme un dimanche soir, et onze déclenchements intempestifs en deux mois.",
            "action_ids": [
                (0, 0, {
                    "name": name, "user_id": story.user(user).id, "date_deadline": story.today + timedelta(days=days),
                })
                for name, user, days in (
                    ("Régler les détecteurs de nuit avec l'équipe de la pharmacie", "thomas", 3),
                    ("Rappeler le matin après chaque nuit, pendant un mois", "claire", 30),
                )
            ],
        }
    )  # fmt: skip
    remediation.action_start()


def _cedre_agrees(story):
    remediation = _cedre(story).remediation_ids.with_user(story.user("olivier"))
    remediation.write(
        {
            "agreed_contact_id": story.ref("contact_camille").id,
            "agreement": "Par téléphone : d'accord, et souhaite être appelée avant chaque visite.",
        }
    )
    remediation.action_agree()

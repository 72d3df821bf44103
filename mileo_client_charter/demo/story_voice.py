"""What clients said: surveys answered or not, the calls that followed, and the escalations of eighteen months."""

from datetime import timedelta

from .story_clients import words
from .story_work_words import CALLS, COMMENTS

# Weights of the marks 5 to 1: usually, in the bad season, and after something late.
MARKS = (5, 4, 3, 2, 1)
USUAL, WHEN_BAD, WHEN_LATE = (56, 33, 8, 3, 0), (28, 32, 22, 14, 4), (14, 26, 30, 22, 8)
RECOMMENDED = {5: (10, 9, 9), 4: (9, 9, 8), 3: (7, 6, 8), 2: (5, 4, 3), 1: (2, 1, 0)}
# Some never answer, and one is hard to please of late.
SILENT = {"grange", "domaine"}
ANSWERED = 0.62

# (months ago, day, hour, client, contact, how it came, level 2 as well, French words, English words)
ESCALATIONS = (
    (16, 12, 10, "kestrel", "karen", "portal", False, None,
     ("Mantrap of hall A stuck twice in one week", "Our night shift was locked in for twenty minutes. What will you do?")),
    (9, 9, 14, "lumiere", "laurence", "mail", False,
     ("Trois étages sans serrures pendant un week-end", "Nos clients ont attendu deux heures à la réception. Qui répond le week-end ?"), None),
    (8, 14, 9, "bastide", "bruno", "portal", True, None,
     ("Gate out of order for four days", "Lorries queued on the quay and nobody could tell us when the part would come.")),
    (8, 22, 11, "imprimerie", "isabelle", "phone", True,
     ("Vol pendant la panne de l'enregistreur", "L'enregistreur était en panne depuis six jours et nous n'avons pas d'images du vol."), None),
    (7, 6, 15, "faubourg", "francoise", "portal", False,
     ("Rapport trimestriel en retard", "Le rapport n'est pas arrivé et notre comité se réunit demain."), None),
    (7, 19, 10, "harbour", "helen", "phone", False, None,
     ("Turnstile 2 closed during the morning rush", "Two hundred people came in by the service door.")),
    (4, 8, 16, "alpine", "antoine", "portal", False,
     ("Badges de l'équipe de nuit refusés", "Six salariés sont restés dehors à 22 h."), None),
)  # fmt: skip


def plan(story):
    for months_ago, day, hour, client, contact, door, second, french, english in ESCALATIONS:
        moment = story.moment(story.working(story.month(months_ago, day)), hour)
        story.on(moment, _escalate, story, client, contact, door, second, *(french or english))


# -- surveys --------------------------------------------------------------------------------------


def expect(story, client, work, dice, late=False):
    """The survey of ``work`` leaves one of the next mornings; its reader answers within days, or does not."""
    if client.key in SILENT or dice.random() > ANSWERED + (0.2 if late else 0):
        return
    weights = WHEN_LATE if late else WHEN_BAD if story.is_bad(story.present) else USUAL
    mark = dice.choices(MARKS, weights)[0]
    nps, comment = dice.choice(RECOMMENDED[mark]), words(client, *dice.choice(COMMENTS[mark]))
    day = story.working((story.present + timedelta(days=dice.choice((4, 4, 5, 6, 9)))).date())
    at = story.moment(day, dice.randrange(10, 18), dice.randrange(60))
    story.on(at, answer, story, client, work, mark, nps, comment)


def answer(story, client, work, mark, nps, comment):
    for feedback in work.feedback_ids.filtered(lambda one: one.state == "sent"):
        asked = nps if feedback.ask_nps else None
        feedback._answer(rating=mark, nps=asked, comment=comment, ip="192.0.2.10", agent="Demo browser")
        if feedback.negative:
            _call_back(story, client, feedback)


def _call_back(story, client, feedback):
    """Within two days as promised; in the bad season some calls came later."""
    dice = story.dice(f"call {client.key} {story.present}")
    late = dice.random() < (0.25 if story.is_bad(story.present) else 0.03)
    due = story.present + timedelta(hours=48)
    call = story.present + timedelta(hours=dice.randrange(2, 22))
    if not 8 < story.hour(call) < 18:
        call = story.moment(call.date() + timedelta(days=1), 9, 20)
    if story.working(call.date()) != call.date():
        # On a Saturday the manager on duty calls; the day after, nobody does.
        call = min(story.moment(call.date(), 10), due - timedelta(hours=1))
    if late:
        call = story.moment(story.working((due + timedelta(days=1)).date()), 11)
    story.on(call, record_call, story, client, feedback, dice)


def record_call(story, client, feedback, dice):
    manager = feedback.partner_id.charter_account_manager_id
    understood, action = dice.choice(CALLS)
    feedback.with_user(manager)._record_callback(
        story.present,
        words(client, *understood),
        "made",
        [
            {
                "name": words(client, *action),
                "user_id": feedback.intervention_id.user_id.id or manager.id,
                "date_deadline": (story.present + timedelta(days=10)).date(),
            }
        ],
        "",
    )
    told = story.moment(story.working((story.present + timedelta(days=dice.choice((1, 2, 3)))).date()), 11)
    story.on(told, _tell_outcome, story, feedback)


def _tell_outcome(story, feedback):
    manager = feedback.partner_id.charter_account_manager_id
    story.send(feedback.with_user(manager).action_ask_outcome(), manager)
    story.on(story.present + timedelta(days=4), feedback.with_user(manager).corrective_action_ids.action_done)


# -- escalations ----------------------------------------------------------------------------------

ANSWERS = (
    "<p>Bonjour,</p><p>J'ai repris votre dossier avec le technicien. Voici ce que nous faisons : la pièce est désormais en "
    "stock chez nous, et vous avez mon numéro direct pour toute urgence.</p><p>Olivier Lambert</p>",
    "<p>Hello,</p><p>I have gone through your file with the technician. The part is in our own stock from now on, and you "
    "have my direct number for anything urgent.</p><p>Olivier Lambert</p>",
)
LAST_WORDS = (
    "<p>Bonjour,</p><p>J'ai lu votre dossier depuis le premier jour. Nous prenons à notre charge le mois concerné, et un "
    "second technicien vous est affecté.</p><p>Diane Mercier</p>",
    "<p>Hello,</p><p>I have read your file from the first day. We bear the cost of the month in question, and a second "
    "technician is assigned to you.</p><p>Diane Mercier</p>",
)


def _escalate(story, key, contact, door, second, subject, text):
    client, person = story.clients[key], story.ref(f"contact_{contact}")
    escalations = story.env["charter.escalation"]
    if door == "portal":
        escalation = escalations._from_portal(person, subject, text)
    else:
        manager = person.commercial_partner_id.charter_account_manager_id
        escalation = escalations.with_user(manager).create(
            {
                "name": subject, "description": text, "partner_id": person.commercial_partner_id.id,
                "contact_id": person.id, "door": door,
            }
        )  # fmt: skip
    story.on(story.present + timedelta(hours=20), _answer_first, story, client, escalation.sudo(), second)


def _answer_first(story, client, escalation, second):
    operations = _holder(story, "operations_manager")
    story.send(escalation.with_user(operations).action_ask_answer(), operations, words(client, *ANSWERS))
    if second:
        story.on(story.present + timedelta(hours=5), escalation._to_level2)
        story.on(story.present + timedelta(hours=45), _answer_second, story, client, escalation)
    else:
        story.on(story.present + timedelta(days=4), _resolve, story, client, escalation)


def _answer_second(story, client, escalation):
    diane = story.user("diane")
    story.send(escalation.with_user(diane).action_ask_answer(), diane, words(client, *LAST_WORDS))
    story.on(story.present + timedelta(days=6), _resolve, story, client, escalation)


def _resolve(story, client, escalation):
    manager = escalation.partner_id.charter_account_manager_id
    escalation.with_user(manager).action_resolve(
        words(client, "Par téléphone : la réponse convient.", "By phone: satisfied with the answer.")
    )


def _holder(story, role):
    return story.env["charter.assignment"]._company_people(story.env.company, role)

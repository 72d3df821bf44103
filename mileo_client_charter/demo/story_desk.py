"""These last days: what Alice was not satisfied with, what Bruno waits for, and what is on the desks now."""

from datetime import timedelta

from .story_work import _model


def plan(story):
    alice_is_not_satisfied(story)
    bruno_waits(story)
    weeks_before(story)
    on_the_desks(story)


def _report(story, name, client, priority="1", technician="thomas", contacts=(), kind="corrective"):
    people = [story.ref(f"contact_{one}").id for one in contacts]
    return _model(story).create(
        {
            "name": name,
            "kind": kind,
            "partner_id": story.ref(f"client_{client}").id,
            "contract_id": story.ref(f"contract_{client}").id,
            "user_id": story.user(technician).id,
            "priority": priority,
            "contact_ids": [(6, 0, people)],
        }
    )


def _steps(story, name, client, reported, steps, **values):
    """An intervention and what happened to it: [(moment, method, arguments)]."""

    def begin():
        work = _report(story, name, client, **values)
        technician = work.with_user(work.user_id)
        for moment, method, *arguments in steps:
            story.on(moment, getattr(technician, method), *arguments)
        story.works[name] = work

    story.on(reported, begin)


def _answer(story, name, contact, mark, nps=None, comment=None):
    work, person = story.works[name], story.ref(f"contact_{contact}")
    feedback = work.feedback_ids.filtered(lambda one: one.contact_id == person)
    feedback._answer(rating=mark, nps=nps, comment=comment, ip="192.0.2.10", agent="Demo browser")
    return feedback


def alice_is_not_satisfied(story):
    """The promise that was kept late, and what a client can do about it."""
    name = "Remplacement de la caméra dôme 4, parking"
    _steps(
        story, name, "alpine", story.ago(9.3),
        [(story.ago(9.26), "action_respond"), (story.ago(9), "action_close", None, "<p>Caméra remplacée.</p>")],
        contacts=["alice"],
    )  # fmt: skip
    story.on(story.ago(8, 8), story.env["charter.feedback"]._cron_feedback)
    story.on(story.ago(8, 10), _alice_answers, story, name)


def _alice_answers(story, name):
    feedback = _answer(
        story, name, "alice", 2, 3,
        "La caméra a été en panne neuf jours et personne ne nous a dit quand quelqu'un viendrait.",
    )  # fmt: skip
    # Claire is reminded twelve hours before, then Olivier is told.
    story.on(story.ago(6, 17), _claire_calls, story, feedback)


def _claire_calls(story, feedback):
    claire = story.user("claire")
    feedback.with_user(claire)._record_callback(
        story.present,
        "Le parking est resté neuf jours sans image. Personne n'a dit à Alice que la pièce était commandée.",
        "made",
        [
            {
                "name": "Garder une caméra dôme de rechange en stock pour Alpine Retail",
                "user_id": story.user("thomas").id,
                "date_deadline": story.today + timedelta(days=6),
            }
        ],
        "",
    )
    story.on(story.ago(5, 11), lambda: story.send(feedback.with_user(claire).action_ask_outcome(), claire))
    story.on(story.ago(5, 17), _alice_escalates, story, feedback)


def _alice_escalates(story, feedback):
    alice, olivier, diane = story.ref("portal_alice"), story.user("olivier"), story.user("diane")
    escalation = (
        story.env["charter.escalation"]
        .with_user(alice)
        ._from_portal(
            alice.partner_id,
            "Neuf jours sans la caméra du parking",
            "Une pièce en stock, très bien, mais qui nous rembourse le gardien engagé pendant neuf nuits ?",
            feedback,
        )
    )
    story.on(
        story.ago(4, 12),
        lambda: story.send(
            escalation.with_user(olivier).action_ask_answer(),
            olivier,
            "<p>Bonjour Alice,</p><p>Vous avez raison pour le gardien. J'ai demandé à notre comptabilité un avoir pour trois "
            "nuits, ce que votre contrat prévoit.</p><p>Olivier Lambert</p>",
        ),
    )
    story.on(story.ago(4, 16), escalation.with_user(alice)._to_level2)
    story.on(
        story.ago(2, 15),
        lambda: story.send(
            escalation.with_user(diane).action_ask_answer(),
            diane,
            "<p>Bonjour Alice,</p><p>J'ai lu votre dossier depuis le premier jour. Nous vous créditons les neuf nuits, et dès "
            "ce mois-ci vous êtes prévenue sous quatre heures de toute pièce à commander.</p><p>Diane Mercier</p>",
        ),
    )


def bruno_waits(story):
    """A call to make, an answer to give."""
    name = "Gate controller out of order"
    _steps(
        story, name, "bastide", story.ago(1.7),
        [(story.ago(1.66), "action_respond"), (story.ago(1.4), "action_close", None, "<p>Controller restarted, to be watched.</p>")],
        contacts=["bruno"],
    )  # fmt: skip
    story.on(story.ago(1.25), story.env["charter.feedback"]._cron_feedback)
    story.on(story.ago(1.1), _answer, story, name, "bruno", 2, None, "Second visit for the same fault.")
    story.on(story.ago(0.8), _camille_phones, story)
    _steps(
        story, "Détecteur de mouvement, chai 2", "domaine", story.ago(0.5),
        [(story.ago(0.46), "action_respond"), (story.ago(0.2), "action_close", None, "<p>Détecteur réglé.</p>")],
    )  # fmt: skip


def _camille_phones(story):
    story.env["charter.escalation"].with_user(story.user("thomas")).create(
        {
            "name": "Alarme de nuit non acquittée",
            "description": "Camille a appelé : l'alarme de la pharmacie a sonné quarante minutes dimanche soir.",
            "partner_id": story.ref("client_cedre").id,
            "contact_id": story.ref("contact_camille").id,
            "door": "phone",
        }
    )


def weeks_before(story):
    """A part that had to be ordered, a repair in time, and a night that did not end well."""
    _steps(
        story, "Enregistreur : redémarre tout seul", "lumiere", story.ago(11.5),
        [
            (story.ago(11.45), "action_respond"), (story.ago(11.3), "action_pause", "Alimentation commandée chez le constructeur"),
            (story.ago(9.3), "action_resume"),
            (story.ago(9.2), "action_close", None, "<p>Alimentation remplacée, enregistrements contrôlés.</p>"),
        ],
        priority="2", contacts=["lucas"],
    )  # fmt: skip
    _steps(
        story, "Barrier of the loading bay stays open", "bastide", story.ago(7),
        [(story.ago(6.95), "action_respond"), (story.ago(6.8), "action_close", None, "<p>Induction loop tuned again.</p>")],
        priority="2", contacts=["beatrice"],
    )  # fmt: skip
    _steps(
        story, "Mantrap, hall A: both doors stay closed", "kestrel", story.ago(5.6),
        [(story.ago(5.57), "action_respond"), (story.ago(5.1), "action_close", None, "<p>Board replaced; the spare came from Lyon.</p>")],
        priority="3", technician="karim", contacts=["kenneth"],
    )  # fmt: skip


def on_the_desks(story):
    """Now: one to answer, one in progress, one that waits for the client."""
    _steps(story, "Lecteur de badges, réserve : éteint", "alpine", story.ago(hours=2.9),
           [(story.ago(hours=2.4), "action_respond")], priority="2")  # fmt: skip
    _steps(story, "Interphone sans son au portail", "cedre", story.ago(hours=2.2),
           [(story.ago(hours=1.9), "action_respond"), (story.ago(hours=1.8), "action_pause", "La clinique ne peut nous recevoir que demain")])  # fmt: skip
    _steps(story, "Two cameras out of focus after the storm", "bastide", story.ago(hours=0.7), [])
    _steps(story, "Centrale d'alarme injoignable", "alpine", story.ago(hours=0.15), [], priority="3")
    _steps(story, "Lobby turnstile 1: slow in the morning", "harbour", story.ago(hours=5), [(story.ago(hours=4.5), "action_respond")],
           technician="karim")  # fmt: skip

"""Who was away and who stood in, who took clients over, whose number changed."""

from datetime import timedelta

from odoo import fields

from .story_clients import CLIENTS, SOPHIE_SINCE

# (months ago, day of the month, days, who, stand-in, announced so many days before)
ABSENCES = (
    (15, 4, 19, "claire", "olivier", 25),
    (15, 11, 12, "thomas", "karim", 25),
    (15, 18, 12, "olivier", "diane", 20),
    (11, 23, 10, "claire", "olivier", 21),
    (11, 27, 6, "karim", "thomas", 21),
    (9, 9, 5, "thomas", "karim", 8),
    # Ill: nobody knew before.
    (8, 16, 9, "karim", "thomas", 0),
    (7, 6, 7, "claire", "olivier", 14),
    (4, 15, 11, "sophie", "claire", 30),
    (3, 3, 19, "claire", "sophie", 30),
    (3, 17, 12, "thomas", "karim", 30),
    (2, 7, 5, "olivier", "diane", 12),
    (1, 5, 3, "sophie", "claire", 7),
)


def plan(story):
    for absence in ABSENCES:
        _away(story, *absence)
    first = story.month(SOPHIE_SINCE, 8)
    story.on(story.moment(story.working(first - timedelta(days=12)), 10), _take_over, story, first)
    story.on(story.moment(story.working(story.month(7, 20)), 10), _new_number, story)
    # Thomas is away soon, and his clients know; so do Claire's whose turn is later, when it comes near.
    _announced(story, story.ago(2, 10), "thomas", "karim", story.today + timedelta(days=3), 10, now=True)
    _announced(story, story.ago(1, 15), "claire", "sophie", story.today + timedelta(days=24), 9)


def _away(story, months_ago, day, days, who, stand_in, before):
    first = story.working(story.month(months_ago, day))
    _announced(story, story.moment(first - timedelta(days=before), 10), who, stand_in, first, days)


def _announced(story, moment, who, stand_in, first, days, now=False):
    last = first + timedelta(days=days - 1)
    story.on(moment, _absence, story, who, stand_in, first, last)
    # Clients are told five days before; on the first day and after the last one, promises change hands.
    for day in (first - timedelta(days=5), first, last + timedelta(days=1)):
        hour = 11 if day == moment.date() else 7
        story.on(max(story.moment(day, hour), moment + timedelta(minutes=5)), story.hand_over)
    if now:
        story.on(story.now, story.hand_over)


def _absence(story, who, stand_in, first, last):
    story.env["charter.absence"].with_user(story.user("olivier")).create(
        {
            "user_id": story.user(who).id,
            "stand_in_id": story.user(stand_in).id,
            "date_from": first,
            "date_to": last,
        }
    )


def _take_over(story, first):
    """Sophie has been hired: the clients who are hers from now on are told by Claire."""
    clients = [f"client_{client.key}" for client in CLIENTS if client.manager == "sophie"]
    wizard = story.env["charter.reassign"].with_user(story.user("olivier")).create(
        {
            "role": "account_manager",
            "user_id": story.user("claire").id,
            "successor_id": story.user("sophie").id,
            "date_from": first,
            "message": "Bonjour, Sophie rejoint notre équipe ; je lui ai présenté votre dossier en détail. "
            "/ Sophie is joining our team; I have gone through your file with her.",
        }
    )  # fmt: skip
    wizard.partner_ids = [fields.Command.set([story.ref(name).id for name in clients])]
    wizard.action_confirm()
    story.hand_over()
    for day in (first - timedelta(days=5), first):
        story.on(story.moment(day, 7), story.hand_over)


def _new_number(story):
    """Karim has another number: every client he is on the sheet of is sent a new one."""
    story.user("karim").partner_id.phone = "+33 1 84 00 10 24"
    story.hand_over()

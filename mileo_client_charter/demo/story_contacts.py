"""Who was away, who stood in, and what clients were handed these last weeks."""

from odoo import fields


def _turn(story):
    """What the scheduled actions do in an hour."""
    story.env["charter.contact.sheet"]._cron_contacts()
    story.env["charter.delivery.run"]._cron_delivery()


def _arrive(story):
    """The mails written so far have left, at the present moment of the story."""
    on_their_way = story.env["charter.delivery"].search([("state", "=", "queued")])
    on_their_way.sudo().mail_id.write({"state": "sent"})
    on_their_way._mail_left()


def hand_over(story, days):
    """The charter and the contact sheet of whoever has just come under the charter."""
    with story.at(days, hour=8):
        _turn(story)
        _arrive(story)


def olivier_was_away(story):
    with story.at(-28, hour=8):
        story.env["charter.absence"].create(
            {
                "user_id": story.ref("user_olivier").id,
                "stand_in_id": story.ref("user_diane").id,
                "date_from": fields.Date.add(fields.Date.today(), days=2),
                "date_to": fields.Date.add(fields.Date.today(), days=5),
            }
        )
        _turn(story)
    for days in (-26, -22):
        with story.at(days, hour=8):
            _turn(story)
            _arrive(story)


def thomas_goes_on_leave(story):
    """Announced in time: the mails to the clients are in the outbox."""
    with story.at(-0.5):
        story.env["charter.absence"].create(
            {
                "user_id": story.ref("user_thomas").id,
                "stand_in_id": story.ref("user_claire").id,
                "date_from": fields.Date.add(fields.Date.today(), days=3),
                "date_to": fields.Date.add(fields.Date.today(), days=12),
            }
        )
    with story.at(0):
        _turn(story)

"""What lies ahead: interviews held, a client to win back, an annual review to come, notices told and to review."""

from datetime import timedelta

from odoo import Command

ADVICE = (
    "Replace these cameras by the AXIS P3265 at the next maintenance visit; we can quote it with your report."
)


def look_ahead(story):
    _installed_base(story)
    with story.at(-12):
        story.env["charter.scheduler"]._cron_schedule()
    _interview(
        story, "bastide", "beatrice", "5", "9", "Technicians who explain what they do.", "A weekly summary."
    )
    _interview(
        story, "cedre", "camille", "3", "5", "Too many false alarms at night.", "One night without a call."
    )
    _win_back(story, "cedre", "camille")
    _annual_review(story, "alpine")
    _notices(story)


def _installed_base(story):
    product = story.env["product.product"].create({"name": "AXIS P3225-LVE", "default_code": "P3225"})
    rows = []
    for client, name, serial in (
        ("alpine", "Dome camera 4, car park", "ACCC8E-1041"), ("alpine", "Dome camera 5, loading bay", "ACCC8E-1042"),
        ("bastide", "Gate camera", "ACCC8E-2210"), ("cedre", "Pharmacy camera", "ACCC8E-3307"),
    ):  # fmt: skip
        rows.append(
            {
                "name": name, "serial": f"{serial}-R", "product_id": product.id, "partner_id": story.ref(f"client_{client}").id,
                "contract_id": story.ref(f"contract_{client}").id,
            }
        )  # fmt: skip
    recorder = {
        "name": "Recorder of the clinic", "brand": "Hikvision", "model": "DS-7616", "serial": "DS7616-07",
        "partner_id": story.ref("client_cedre").id, "contract_id": story.ref("contract_cedre").id,
        "milestone_ids": [Command.create({
            "kind": "end_of_support", "date": (story.start + timedelta(days=85)).date(), "source": "The maker's page",
        })],
    }  # fmt: skip
    story.env["charter.equipment"].create([*rows, recorder])


def _review(story, client, kind):
    return story.env["charter.review"].search(
        [("contract_id", "=", story.ref(f"contract_{client}").id), ("kind", "=", kind), ("state", "=", "draft")], limit=1
    )  # fmt: skip


def _interview(story, client, contact, rating, nps, comment, wishes):
    """Planned ten days ago, held five days ago, its minutes sent the day after."""
    review = _review(story, client, "interview")
    claire = story.ref("user_claire")
    if not review:
        return
    review = review.with_user(claire)
    person = story.ref(f"contact_{contact}")
    with story.at(-10, hour=9):
        review.write(
            {
                "start_at": (story.start - timedelta(days=5)).replace(hour=9), "location": "By phone",
                "contact_ids": [Command.set(person.ids)], "staff_ids": [Command.set(claire.ids)],
            }
        )  # fmt: skip
        review.action_plan()
    with story.at(-5, hour=10):
        review.answer_ids = [
            Command.create(
                {"contact_id": person.id, "rating": rating, "nps": nps, "comment": comment, "wishes": wishes}
            )
        ]
        review.action_ids = [
            Command.create(
                {
                    "name": wishes.rstrip("."), "user_id": story.ref("user_thomas").id,
                    "date_deadline": (story.start + timedelta(days=12)).date(),
                }
            )
        ]  # fmt: skip
        review.action_hold()
    with story.at(-4, hour=9):
        story.send(review.action_ask_minutes(), "claire")


def _win_back(story, client, contact):
    """The client is not satisfied: decided so, and a remediation under way."""
    renewal = story.env["charter.renewal"].search(
        [("contract_id", "=", story.ref(f"contract_{client}").id), ("state", "=", "open")], limit=1
    )
    if not renewal:
        return
    olivier = story.ref("user_olivier")
    with story.at(-4, hour=14):
        renewal.with_user(story.ref("user_claire")).action_decide()
        remediation = renewal.remediation_ids.with_user(olivier)
        remediation.write(
            {
                "causes": "Forty minutes of alarm on a Sunday night, and eleven false alarms in two months.",
                "action_ids": [
                    Command.create(
                        {
                            "name": name, "user_id": story.ref(f"user_{user}").id,
                            "date_deadline": (story.start + timedelta(days=days)).date(),
                        }
                    )
                    for name, user, days in (
                        ("Set the night detectors again, with the staff of the pharmacy", "thomas", 3),
                        ("Call back after each night, for a month", "claire", 30),
                    )
                ],
            }
        )  # fmt: skip
        remediation.action_start()
    with story.at(-2, hour=9):
        remediation.write(
            {
                "agreed_contact_id": story.ref(f"contact_{contact}").id,
                "agreement": "By phone: agrees, and wants to be called before every visit.",
            }
        )
        remediation.action_agree()


def _annual_review(story, client):
    review = _review(story, client, "annual")
    if not review:
        return
    with story.at(-3, hour=9):
        review.with_user(story.ref("user_claire")).write(
            {
                "start_at": (story.start + timedelta(days=6)).replace(hour=13),
                "location": "At your premises",
                "duration": 1.5,
            }
        )
        review.with_user(story.ref("user_claire")).action_plan()


def _notices(story):
    thomas = story.ref("user_thomas")
    notices = story.env["charter.notice"].with_user(thomas)
    product = story.env["product.product"].search([("default_code", "=", "P3225")], limit=1)
    with story.at(-3, hour=9):
        told = notices.create(
            {
                "name": "End of support: cameras AXIS P3225-LVE",
                "effect_on": (story.start + timedelta(days=110)).date(),
                "product_ids": product.ids,
                "source": "Axis, product discontinuation notice",
                "body": "<p>The maker ends its support: no more firmware, and no more security updates after that date.</p>",
                "advice": ADVICE,
            }
        )
        told.action_match()
        told.action_send()
    with story.at(-2, hour=10):
        line = told.line_ids.filtered(lambda one: one.partner_id == story.ref("client_alpine"))
        line._acknowledge(story.ref("contact_alice"))
    with story.at(-1, hour=9):
        notices.create(
            {
                "name": "Hikvision recorders: commands can be run from the network",
                "kind": "vulnerability", "cve": "CVE-2026-21987", "severity": "high",
                "effect_on": (story.start + timedelta(days=75)).date(),
                "equipment_ids": story.env["charter.equipment"].search([("model", "=", "DS-7616")]).ids,
                "body": "<p>A fault of the web interface lets commands be run without a password.</p>",
                "advice": "We update the recorder remotely; nothing is needed from you.",
            }
        ).action_match()  # fmt: skip
        story.env["charter.notice"]._raise_drafts()

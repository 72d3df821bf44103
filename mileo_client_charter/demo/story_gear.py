"""What clients have installed, what the monitoring said of it, and the maintenance that was planned."""

from datetime import date, timedelta
from typing import NamedTuple

from dateutil.relativedelta import relativedelta
from odoo import Command

from ..tools.clock import to_local
from .story_clients import CLIENTS, words

# client -> [(French name, English name, brand, model, tag)]
GEAR = {
    "alpine": [
        ("Caméra dôme 1, entrée", "", "Hikvision", "DS-2CD2143", "video"),
        ("Caméra dôme 4, parking", "", "Hikvision", "DS-2CD2143", "video"),
        ("Caméra dôme 5, quai de livraison", "", "AXIS", "P3225-LVE", "video"),
        ("Enregistreur, local sécurité", "", "Hikvision", "DS-7716", "video"),
        ("Centrale d'alarme", "", "Honeywell", "Galaxy 500", "intrusion"),
        ("Barrière, parking du personnel", "", "Came", "G3750", "access"),
        ("Lecteur de badges, réserve", "", "Suprema", "XPass 2", "access"),
    ],
    "suisse": [
        ("Caméra d'entrée", "", "AXIS", "P3265-V", "video"),
        ("Enregistreur", "", "Milestone", "Husky 20", "video"),
        ("Lecteur de badges, bureaux", "", "Suprema", "XPass 2", "access"),
    ],
    "bastide": [
        ("", "Gate controller", "Suprema", "CoreStation 40", "access"),
        ("", "Badge reader, dock 3 east", "Suprema", "XPass 2", "access"),
        ("", "Badge reader, dock 3 west", "Suprema", "XPass 2", "access"),
        ("", "Gate camera", "AXIS", "P3225-LVE", "video"),
        ("", "Dock recorder", "Dahua", "NVR5216", "video"),
    ],
    "cedre": [
        ("Enregistreur, rez-de-chaussée", "", "Dahua", "NVR5216", "video"),
        ("Enregistreur de la clinique", "", "Hikvision", "DS-7616", "video"),
        ("Détecteur de mouvement, pharmacie", "", "Honeywell", "DT8035", "intrusion"),
        ("Caméra de la pharmacie", "", "AXIS", "P3225-LVE", "video"),
    ],
    "domaine": [("Détecteur de mouvement, chai 2", "", "Honeywell", "DT8035", "intrusion")],
    "ecluse": [
        ("Portail du dépôt", "", "Came", "BXV 10", "access"),
        ("Caméra du parc poids lourds", "", "AXIS", "Q1656", "video"),
    ],
    "faubourg": [
        ("Centrale d'intrusion", "", "Vanderbilt", "SPC6330", "intrusion"),
        ("Lecteur de la pharmacie", "", "HID", "R10", "access"),
        ("Caméra 2, parking", "", "AXIS", "P3225-LVE", "video"),
        ("Enregistreur, accueil", "", "Hikvision", "DS-7616", "video"),
    ],
    "grange": [
        ("Interphone, 14 rue Mercière", "", "Comelit", "ViP", "access"),
        ("Caméra du hall, 3 place Bellecour", "", "Dahua", "HDW3441", "video"),
    ],
    "harbour": [
        ("", "Lobby turnstile 1", "Gunnebo", "SpeedStile FP", "access"),
        ("", "Lobby turnstile 2", "Gunnebo", "SpeedStile FP", "access"),
        ("", "Car park camera", "AXIS", "P3225-LVE", "video"),
        ("", "Intrusion panel, fourth floor", "Vanderbilt", "SPC6330", "intrusion"),
    ],
    "imprimerie": [
        ("Barrière d'entrée", "", "Came", "G3750", "access"),
        ("Enregistreur, atelier", "", "Hikvision", "DS-7716", "video"),
        ("Détecteur, magasin papier", "", "Honeywell", "DT8035", "intrusion"),
    ],
    "kestrel": [
        ("", "Mantrap, hall A", "Boon Edam", "Circlelock", "access"),
        ("", "Mantrap, hall B", "Boon Edam", "Circlelock", "access"),
        ("", "Perimeter camera, north", "AXIS", "Q1656", "video"),
        ("", "Perimeter camera, south", "AXIS", "Q1656", "video"),
        ("", "Recording server 1", "Milestone", "Husky 100", "video"),
        ("", "Intrusion panel, hall B", "Vanderbilt", "SPC6330", "intrusion"),
    ],
    "lumiere": [
        ("Serrures des étages, contrôleur", "", "Salto", "XS4", "access"),
        ("Caméra du hall", "", "AXIS", "P3265-V", "video"),
        ("Caméra de la plage privée", "", "AXIS", "Q1656", "video"),
        ("Enregistreur, conciergerie", "", "Milestone", "Husky 20", "video"),
        ("Alarme des réserves", "", "Honeywell", "Galaxy 500", "intrusion"),
    ],
}
# Model -> months from now its maker ends support; None: none announced. The others nobody has looked up yet.
SUPPORT = {
    "DS-2CD2143": 5, "G3750": -4, "CoreStation 40": 14, "R10": -2, "DS-7616": 2.8, "NVR5216": None, "DS-7716": None,
    "Galaxy 500": 22, "Q1656": None, "Husky 100": 30,
}  # fmt: skip
SITES = {
    "alpine": ("Magasin Part-Dieu", "17 rue du Docteur Bouchut", "69003", "Lyon"),
    "bastide": ("Dock 3", "Quai des Chartrons", "33000", "Bordeaux"),
    "kestrel": ("Hall B", "7 allée des Serveurs", "78280", "Guyancourt"),
}
WORDS = (
    ("Pas de vidéo", "No video"),
    ("Ne répond plus au ping", "Unavailable by ICMP ping"),
    ("Batterie faible", "Battery low"),
)
# Of Alpine in its last full month: (piece, day, hour, hours it lasted, kind, words)
ALPINE_MONTH = (
    (2, 8, 11, 4, "down", "Pas de vidéo"),
    (4, 15, 2, 7.5, "down", "Ne répond plus au ping"),
    (0, 22, 22, 3, "planned", "Remplacement du commutateur réseau"),
)
# A camera fitted last week, which the monitoring watches and nobody has entered yet: (hours ago, what it says)
NOT_ENTERED = ((142, "1"), (140, "0"), (75, "1"), (74, "0"), (9, "1"))
UPDATE = ("Mise à jour du micrologiciel", "Firmware update")
CUT = ("Liaison de supervision coupée", "Link to the supervision cut")


def plan(story):
    for client in CLIENTS:
        joined = (
            story.ago(5)
            if not client.since
            else story.moment(story.working(story.month(client.since, 3)), 10)
        )
        story.on(joined, install, story, client)
    dice = story.dice("outages")
    for months_ago in range(18, 0, -1):
        # The monitoring's own log, once a month; the figures of a month are made from it afterwards.
        story.on(story.moment(story.month(months_ago, 31), 23), _month, story, months_ago, dice)
    for hours, status in NOT_ENTERED:
        story.on(story.ago(hours=hours), _not_entered, story, hours, status)
    for hours in range(4, 44, 4):
        story.on(story.ago(hours=hours), _without_label, story)
    story.on(story.now, _these_days, story)


def serial(client, number):
    return f"{client.key[:3].upper()}-{4100 + 37 * number}"


class Piece(NamedTuple):
    """A piece of equipment, as the other themes choose among them."""

    id: int
    name: str
    serial: str
    tag: str
    supervised_from: date | None


def gear(story, client, tag=None):
    """The client's equipment, that of ``tag`` where it has some."""
    found = story.installed[client.key]
    return [one for one in found if one.tag == tag] or found


def install(story, client):
    """The installed base, as the wizard or the first visit records it. The last piece of three is watched later on."""
    partner, contract = story.ref(f"client_{client.key}"), story.ref(f"contract_{client.key}")
    site = _site(story, client, partner)
    day = story.present.date()
    rows = []
    for number, (french, english, brand, model, tag) in enumerate(GEAR[client.key]):
        late = timedelta(days=45 * (number % 3 == 2))
        rows.append(
            {
                "name": words(client, french, english), "serial": serial(client, number), "maker": brand, "model": model,
                "partner_id": partner.id, "contract_id": contract.id, "site_id": site.id if number < 4 else False,
                "reference": f"{client.key[0].upper()}-{number + 11:03d}",
                "tag_ids": [Command.set(story.ref(f"tag_{tag}").ids)],
                # A barrier tells nobody how it is.
                "supervised_from": False if brand == "Came" else day + late,
                "milestone_ids": _milestones(story, client, model),
            }
        )  # fmt: skip
    created = story.env["charter.equipment"].create(rows)
    for number, equipment in enumerate(created, 1):
        story.named(equipment, f"equipment_{client.key}_{number}")
    story.installed[client.key] = [
        Piece(equipment.id, equipment.name, equipment.serial, row[4], equipment.supervised_from or None)
        for equipment, row in zip(created, GEAR[client.key], strict=True)
    ]


def _site(story, client, partner):
    if client.key not in SITES:
        return story.env["res.partner"]
    name, street, postcode, city = SITES[client.key]
    site = story.env["res.partner"].create(
        {
            "name": name, "parent_id": partner.id, "type": "other", "street": street, "zip": postcode, "city": city,
            "country_id": story.env.ref("base.fr").id, "lang": client.lang,
        }
    )  # fmt: skip
    return story.named(site, f"site_{client.key}")


def _milestones(story, client, model):
    if model not in SUPPORT:
        return []
    months = SUPPORT[model]
    source = words(client, "Lettre du constructeur", "Maker's notice")
    checked = {"checked_on": story.present.date(), "kind": "end_of_support", "source": source}
    if months is None:
        return [Command.create({**checked, "status": "none_announced"})]
    day = story.today + relativedelta(months=int(months)) + timedelta(days=round(30 * (months % 1)))
    return [Command.create({**checked, "status": "announced", "date": day})]


def _month(story, months_ago, dice):
    """A month of the monitoring: outages, cuts of its own link, and updates that were announced."""
    first = story.month(months_ago, 1)
    chance = 0.5 if story.is_bad(first) else 0.24
    events = []
    for client in story.clients.values():
        for number, equipment in enumerate(gear(story, client)):
            if dice.random() > chance or not equipment.supervised_from:
                continue
            day = first + timedelta(days=dice.randrange(27))
            if day < equipment.supervised_from:
                continue
            kind = dice.choices(("down", "planned", "no_data"), (75, 15, 10))[0]
            hour = 2 if kind == "planned" else dice.randrange(24)
            lasted = {
                "down": dice.choice((0.3, 0.6, 1.5, 3, 6, 14)),
                "planned": 1.5,
                "no_data": dice.choice((5, 9, 26)),
            }
            said = {"down": dice.choice(WORDS), "planned": UPDATE, "no_data": CUT}[kind]
            start = story.moment(day, hour, dice.randrange(60))
            events.append(
                _event(f"{months_ago}-{client.key}-{number}", equipment.serial, start, lasted[kind], kind, words(client, *said))
            )  # fmt: skip
    if months_ago == 1:
        for number, (piece, day, hour, hours, kind, said) in enumerate(ALPINE_MONTH):
            start = story.moment(first.replace(day=day), hour)
            of = serial(story.clients["alpine"], piece)
            events.append(_event(f"alpine-{number}", of, start, hours, kind, said))
    _tell(story, events)


def _these_days(story):
    """The month that runs: one outage still lasts, and a night of maintenance is ahead."""
    bastide, alpine, cedre = (story.clients[key] for key in ("bastide", "alpine", "cedre"))
    gate, reader, camera, probe = serial(bastide, 0), serial(bastide, 1), serial(alpine, 0), serial(cedre, 2)
    _tell(
        story,
        [
            _event("now-1", gate, story.ago(hours=36), 4.5, "down", "Gate controller out of order"),
            _event("now-2", gate, story.ago(hours=3), None, "down", "Gate controller out of order"),
            _event("now-3", reader, story.ago(9), 0.4, "down", "Reader restarted"),
            _event("now-4", camera, story.ago(12), 0.6, "down", "Ne répond plus au ping"),
            _event("now-5", probe, story.ago(11), 26, "no_data", "Passerelle du rez-de-chaussée coupée"),
        ],
    )
    night = story.moment(story.today + timedelta(days=5), 22)
    story.env["charter.maintenance"].create(
        {
            "scope": "site",
            "site_id": story.ref("site_alpine").id,
            "start_at": night,
            "end_at": night + timedelta(hours=2),
            "reason": "Remplacement du commutateur réseau",
        }
    ).action_plan()


def _not_entered(story, hours, value):
    """What Zabbix sends of a camera without an equipment here; it is kept, and taken once the camera is entered."""
    began = min(one for one, said in NOT_ENTERED if one >= hours and said == "1")
    down, now = (to_local(story.ago(hours=one), "Europe/Paris") for one in (began, hours))
    over = value == "0"
    event = {
        "event_value": value, "event_id": f"{9000 + began}", "event_name": "Ne répond plus au ping",
        "serial": serial(story.clients["alpine"], len(GEAR["alpine"])),
        "event_date": f"{down:%Y.%m.%d}", "event_time": f"{down:%H:%M:%S}", "timezone": "Europe/Paris",
        "recovery_date": f"{now:%Y.%m.%d}" if over else "{EVENT.RECOVERY.DATE}",
        "recovery_time": f"{now:%H:%M:%S}" if over else "{EVENT.RECOVERY.TIME}",
    }  # fmt: skip
    _ingest(story, "zabbix", event)


def _without_label(story):
    """What Alertmanager repeats of an alert whose rule names no serial number."""
    alert = {
        "status": "firing", "labels": {"alertname": "DockRecorderDown", "instance": "10.3.0.21:9100"},
        "annotations": {"summary": "Dock recorder does not answer"},
        "startsAt": f"{story.ago(hours=44):%Y-%m-%dT%H:%M:%SZ}", "endsAt": "0001-01-01T00:00:00Z", "fingerprint": "9d1c0b7e55a1f002",
    }  # fmt: skip
    _ingest(story, "alertmanager", {"receiver": "client-charter", "status": "firing", "alerts": [alert]})


def _event(number, of, start, hours, kind, reason):
    """As a monitoring posts it; without ``hours`` it lasts."""
    event = {
        "event_id": f"demo-{number}", "serial": of, "status": "down", "kind": kind, "reason": reason,
        "start": f"{start:%Y-%m-%dT%H:%M:%SZ}",
    }  # fmt: skip
    if hours:
        event["end"] = f"{start + timedelta(hours=hours):%Y-%m-%dT%H:%M:%SZ}"
    return event


def _tell(story, events):
    refused = [one for one in _ingest(story, "zabbix", events) if one["status"] == "refused"]
    if refused:
        raise ValueError(f"The monitoring of the demo is wrong: {refused}")


def _ingest(story, program, payload):
    return story.env["charter.outage"].with_user(story.user(program))._ingest(payload)

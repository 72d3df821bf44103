"""The twelve clients: who they are, what they have signed, who answers for them."""

from datetime import timedelta
from typing import NamedTuple

from dateutil.relativedelta import relativedelta
from odoo import Command


class Client(NamedTuple):
    """``since``: months ago it came under the charter; ``term``: months until its term ends; ``work``: interventions a
    month. ``people``: (external id and mailbox, name, function, portal login or None); the first one receives documents."""

    key: str
    name: str
    lang: str
    tier: str
    since: float
    term: float
    work: float
    place: tuple
    people: tuple
    manager: str = "claire"
    technician: str | None = "thomas"
    parent: str | None = None
    rent: int = 480


CLIENTS = (
    Client("alpine", "Alpine Retail SAS", "fr_FR", "premium", 18, 4, 3, ("12 rue de la Gare", "74000", "Annecy", "fr"), (
        ("alice", "Alice Martin", "Responsable sûreté", "alice"), ("antoine", "Antoine Petit", "Directeur de site", None),
    ), rent=1450),
    Client("suisse", "Alpine Retail Suisse SA", "fr_FR", "comfort", 11, 1, 1.5,
           ("Avenue de la Gare 44", "1003", "Lausanne", "ch"), (
        ("valerie", "Valérie Favre", "Directrice technique", None),
    ), parent="alpine", technician="karim", rent=620),
    Client("bastide", "Bastide Logistics", "en_US", "comfort", 15, 8, 1.8, ("4 chemin des Docks", "33000", "Bordeaux", "fr"), (
        ("bruno", "Bruno Costa", "Operations director", "bruno"), ("beatrice", "Beatrice Roux", "Warehouse manager", None),
    ), rent=690),
    Client("cedre", "Clinique du Cèdre", "fr_FR", "essential", 14, 3, 1, ("9 avenue des Tilleuls", "69003", "Lyon", "fr"), (
        ("camille", "Camille Noël", "Services généraux", None),
    ), rent=290),
    Client("domaine", "Domaine Lacombe", "fr_FR", "essential", 0, 10, 0, ("Route des Coteaux", "84100", "Orange", "fr"), (
        ("david", "David Lacombe", "Propriétaire", None),
    ), technician=None, rent=180),
    Client("ecluse", "Écluse Transports", "fr_FR", "essential", 13, 6, 0.8, ("18 quai Vauban", "59000", "Lille", "fr"), (
        ("elodie", "Élodie Carpentier", "Directrice d'exploitation", None),
        ("etienne", "Étienne Masson", "Chef de parc", None),
    ), manager="sophie", technician="karim", rent=240),
    Client("faubourg", "Faubourg Médical", "fr_FR", "comfort", 18, 1.5, 1.6,
           ("71 rue du Faubourg Saint-Denis", "75010", "Paris", "fr"), (
        ("francoise", "Françoise Morel", "Responsable des moyens généraux", None),
        ("fabrice", "Fabrice Lemoine", "Pharmacien", None),
    ), manager="sophie", rent=740),
    Client("grange", "Grange Patrimoine", "fr_FR", "essential", 9, 2.7, 0.5, ("3 place Bellecour", "69002", "Lyon", "fr"), (
        ("gaspard", "Gaspard Roy", "Gérant d'immeubles", None),
    ), technician="karim", rent=210),
    Client("harbour", "Harbour Street Offices", "en_US", "comfort", 13, 10, 1.6,
           ("112 quai de Southampton", "76600", "Le Havre", "fr"), (
        ("helen", "Helen Marsh", "Facilities manager", None), ("henry", "Henry Doyle", "Front of house", None),
    ), manager="sophie", technician="karim", rent=680),
    Client("imprimerie", "Imprimerie Jouvence", "fr_FR", "comfort", 15, 2, 1.4,
           ("27 rue des Presses", "21000", "Dijon", "fr"), (
        ("isabelle", "Isabelle Garnier", "Directrice générale", None),
        ("ibrahim", "Ibrahim Sow", "Responsable maintenance", None),
    ), rent=560),
    Client("kestrel", "Kestrel Data Centres", "en_US", "premium", 18, 5, 2.6,
           ("5 allée des Serveurs", "78280", "Guyancourt", "fr"), (
        ("karen", "Karen Blake", "Head of site security", None), ("kenneth", "Kenneth Price", "Night supervisor", None),
    ), technician="karim", rent=2350),
    Client("lumiere", "Lumière Hôtels", "fr_FR", "premium", 16, 6.5, 2.3, ("2 promenade des Anglais", "06000", "Nice", "fr"), (
        ("laurence", "Laurence Périn", "Directrice des opérations", None),
        ("lucas", "Lucas Ferrand", "Responsable technique", None),
    ), manager="sophie", rent=1780),
)  # fmt: skip
MAILBOX = {"suisse": "alpine-suisse", "bastide": "bastide"}
# Sophie takes clients over when Claire has too many, at the end of the bad season.
SOPHIE_SINCE = 6


def plan(story):
    for client in CLIENTS:
        story.on(_joined(story, client), sign, story, client)


def _joined(story, client):
    if not client.since:
        return story.ago(6, 11)
    return story.moment(story.working(story.month(client.since, 1)), 8)


def words(client, french, english):
    """What is written to ``client``, or about its work, in the language it reads."""
    return french if client.lang == "fr_FR" else english


def sign(story, client):
    """The client, its people and its contract, under the charter from the present day on."""
    partner = _partner(story, client)
    roles = [("account_manager", "claire"), ("technical_contact", client.technician)]
    story.env["charter.assignment"].create(
        [
            {
                "role": role,
                "partner_id": partner.id,
                "user_id": story.user(login).id,
                "date_from": story.present.date(),
            }
            for role, login in roles
            if login
        ]
    )
    contract = story.env["contract.contract"].create(
        {
            "name": f"Maintenance {client.name}",
            "code": f"CM-{client.key.upper()}",
            "partner_id": partner.id,
            "contract_type": "sale",
            "line_recurrence": True,
            "contract_line_ids": [Command.create(_line(story, client))],
        }
    )
    story.named(contract, f"contract_{client.key}")
    story.clients[client.key] = client
    contract.charter_tier_id = story.ref(f"tier_{client.tier}")
    story.on(story.present + timedelta(days=1), story.hand_over)


def _line(story, client):
    """A yearly term that renews tacitly; the one that runs on the day the client signs."""
    whole = int(client.term)
    end = story.today + relativedelta(months=whole, day=1, days=-1)
    end += timedelta(days=round(30 * (client.term - whole)))
    start = end + timedelta(days=1) - relativedelta(years=1)
    while start > story.present.date():
        start -= relativedelta(years=1)
    return {
        "name": words(client, "Supervision et maintenance", "Supervision and maintenance"),
        "quantity": 1,
        "price_unit": client.rent,
        "date_start": start,
        "date_end": start + relativedelta(years=1, days=-1),
        "recurring_rule_type": "monthly",
        "recurring_interval": 1,
        "recurring_next_date": start,
        "is_auto_renew": True,
        "auto_renew_interval": 1,
        "auto_renew_rule_type": "yearly",
        "termination_notice_interval": 1,
        "termination_notice_rule_type": "monthly",
    }


def _partner(story, client):
    street, postcode, city, country = client.place
    domain = f"{MAILBOX.get(client.key, client.key)}.example.com"
    shared = {"lang": client.lang, "tz": "Europe/Paris"}
    partner = story.env["res.partner"].create(
        {
            "name": client.name, "is_company": True, "customer_rank": 1, "street": street, "zip": postcode, "city": city,
            "country_id": story.env.ref(f"base.{country}").id, "email": f"contact@{domain}", "lang": client.lang,
            "parent_id": story.ref(f"client_{client.parent}").id if client.parent else False,
        }
    )  # fmt: skip
    story.named(partner, f"client_{client.key}")
    for number, (key, name, function, login) in enumerate(client.people):
        person = story.env["res.partner"].create(
            {
                **shared, "name": name, "parent_id": partner.id, "function": function, "email": f"{key}@{domain}",
                "charter_recipient": not number,
            }
        )  # fmt: skip
        story.named(person, f"contact_{key}")
        if login:
            user = story.env["res.users"].with_context(no_reset_password=True).create(
                {
                    "partner_id": person.id, "login": login, "password": login,
                    "group_ids": [Command.set(story.env.ref("base.group_portal").ids)],
                }
            )  # fmt: skip
            story.named(user, f"portal_{login}")
    return partner


def invoiced_elsewhere(story):
    """Invoices are no part of this demo: the contract's own scheduled action finds none to make before next month."""
    lines = story.env["contract.line"].search([("contract_id.charter_tier_id", "!=", False)])
    lines.write({"recurring_next_date": story.today + relativedelta(months=1, day=1)})

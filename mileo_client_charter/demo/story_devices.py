"""Four hundred devices of the makers whose advisories the trade reads, two advisories that concern some of them, and what sites are allowed."""

import json
from datetime import timedelta

from dateutil.relativedelta import relativedelta
from odoo import Command

from .story_clients import CLIENTS, words
from .story_gear import SITES

DEVICES = 400
# (French, English, maker, model, tag, firmware of the devices in turn): as manufacturers and their advisories write them.
MODELS = (
    ("Caméra", "Camera", "Hikvision", "DS-2CD2143", "video", ("V5.5.80 build 190815", "V5.7.3 build 220112", "")),
    ("Caméra", "Camera", "Hikvision", "DS-2CD4A25F", "video", ("V5.4.0 build 160414", "V5.4.5 build 170123")),
    ("Lecteur facial", "Face reader", "Hikvision", "DS-K1T671TM", "access", ("V3.2.30 build 221223", "V3.2.45 build 230301", "")),
    ("Caméra", "Camera", "Dahua", "DH-IPC-HDW1230", "video", ("2.420.0000", "2.800.0000")),
    ("Enregistreur", "Recorder", "Dahua", "DH-NVR1104", "video", ("3.210.0001", "")),
    ("Enregistreur", "Recorder", "Uniview", "NVR301-04S2-P4", "video", ("NVR-B3801.20.16.231201", "NVR-B3801.20.17.240507")),
    ("Caméra", "Camera", "Honeywell", "H4L2GR1", "video", ("2.420.HW01.33.20180101", "2.420.HW01.33.20200101")),
    ("Enregistreur", "Recorder", "Honeywell", "HEN16104", "video", ("1.0.190812", "")),
    ("Caméra", "Camera", "Mobotix", "M16", "video", ("MX-V5.0.0.127", "MX-V5.4.9.4-r3", "")),
    ("Contrôleur", "Controller", "Software House", "iSTAR Ultra", "access", ("6.8.7", "6.9.3", "6.9.2 CU01")),
    ("Serveur vidéo", "Video server", "Exacq", "exacqVision Server", "video", ("9.6", "9.8", "20.06.3.0")),
    ("Serveur vidéo", "Video server", "Siemens", "Siveillance Video 2021 R2", "video", ("V21.2 HotfixRev5", "V21.2 HotfixRev9")),
    ("Centrale incendie", "Fire panel", "Siemens", "Cerberus PRO EN Fire Panel FC72x", "intrusion", ("IP7", "IP8")),
    ("Serveur d'accès", "Access server", "Siemens", "SiPass integrated V2.80", "access", ("V2.80", "")),
)  # fmt: skip
# (client, kind, number, who issued it, months and days until it ends): what their sites are allowed or certified for.
ALLOWED = (
    ("alpine", "video", "2022-0417", "Préfecture du Rhône", 9, 0),
    ("alpine", "certificate", "NF-71204", "AFNOR Certification", 11, 5),
    ("kestrel", "check", "VP-26-118", "Bureau Contrôle Sûreté", 5, 12),
    ("bastide", "video", "2023-1180", "Préfecture de la Gironde", 26, 0),
    ("lumiere", "video", "2021-0932", "Préfecture des Alpes-Maritimes", 4, 10),
    ("cedre", "impact", "AIPD-3", "", 7, 20),
)
SEVERE = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
MODERATE = "CVSS:3.1/AV:N/AC:H/PR:L/UI:N/S:U/C:L/I:L/A:N"
NEW_FIRMWARE = "V5.7.3 build 220112"


def plan(story):
    told = story.moment(story.working(story.month(1, 8)), 11)
    for client in CLIENTS:
        # A new client's inventory comes in on the day it signs, those of the others together.
        story.on(
            story.moment(story.working(story.month(2, 20)), 10) if client.since else story.ago(6, 12),
            _install,
            story,
            client,
        )
    # The severe one is told at once, a month ago: the last report has what is still to be updated. The other waits in its draft.
    story.on(told - timedelta(days=1, hours=2), _import_severe, story)
    story.on(told, _tell, story)
    story.on(story.moment(story.working(story.month(1, 22)), 15), _update, story)
    story.on(story.ago(10, 9), _import_moderate, story)
    story.on(story.moment(story.working(story.month(2, 21)), 10), _allow, story)


def _allow(story):
    rows = []
    for key, kind, number, authority, months, days in ALLOWED:
        until = story.today + relativedelta(months=months, days=days)
        years = story.ref(f"authorisation_{kind}").years or 3
        rows.append(
            {
                "partner_id": story.ref(f"client_{key}").id, "kind_id": story.ref(f"authorisation_{kind}").id, "number": number,
                "authority": authority, "valid_until": until, "issued_on": until - relativedelta(years=years),
                "site_id": story.ref(f"site_{key}").id if key in SITES else False,
            }
        )  # fmt: skip
    story.env["charter.authorisation"].create(rows)


def _number(story):
    return f"HSRC-{story.today.year}-07"


def _install(story, client):
    """A client's inventory comes in, as an import has it; nobody supervises these devices."""
    dice, rows = story.dice(f"devices {client.key}"), []
    for number in range(CLIENTS.index(client), DEVICES, len(CLIENTS)):
        # The first device of each client is one the severe advisory is about: everybody has something to read.
        french, english, maker, model, tag, firmware = dice.choice(MODELS) if rows else MODELS[0]
        version = dice.choice(firmware) if rows else firmware[0]
        rows.append(
            {
                "name": words(client, f"{french} {number + 101}", f"{english} {number + 101}"),
                "serial": f"{maker[:2].upper()}{703000 + 7 * number}", "maker": maker, "model": model, "firmware": version,
                "firmware_source": "sheet" if version else False, "supervised_from": False,
                "partner_id": story.ref(f"client_{client.key}").id, "contract_id": story.ref(f"contract_{client.key}").id,
                "tag_ids": [Command.set(story.ref(f"tag_{tag}").ids)],
            }
        )  # fmt: skip
    story.env["charter.equipment"].create(rows)


def _csaf(story, number, title, summary, remedy, vector, products):
    """A document of the shape manufacturers publish; made up."""
    published = f"{story.present - timedelta(hours=20):%Y-%m-%dT%H:%M:%SZ}"
    return json.dumps(
        {
            "document": {
                "category": "csaf_security_advisory", "csaf_version": "2.0", "title": title, "lang": "en",
                "publisher": {"category": "vendor", "name": products[0][0], "namespace": "https://www.example.com"},
                "distribution": {"tlp": {"label": "CLEAR"}}, "notes": [{"category": "summary", "text": summary}],
                "tracking": {
                    "id": number, "status": "final", "version": "1", "initial_release_date": published,
                    "current_release_date": published, "revision_history": [],
                },
            },
            "product_tree": {"branches": [
                {"category": "vendor", "name": maker, "branches": [{"category": "product_name", "name": model, "branches": [
                    {"category": "product_version_range", "name": versions, "product": {"name": model, "product_id": str(index)}}]}]}
                for index, (maker, model, versions) in enumerate(products)
            ]},
            "vulnerabilities": [{
                "cve": f"CVE-{story.present.year}-{10000 + len(number) * 71}",
                "product_status": {"known_affected": [str(n) for n in range(len(products))]},
                "scores": [{"cvss_v3": {"vectorString": vector}, "products": ["0"]}],
                "remediations": [{"category": "vendor_fix", "details": remedy, "product_ids": ["0"]}],
            }],
        }
    ).encode()  # fmt: skip


def _import_severe(story):
    story.env["charter.advisory"].with_user(story.user("karim"))._import_csaf(
        _csaf(
            story, _number(story), "Command injection in some Hikvision cameras",
            "Somebody on the network can run commands on the camera without a password.",
            f"Install {NEW_FIRMWARE} or a later firmware.", SEVERE, [("Hikvision", "DS-2CD2143", f"< {NEW_FIRMWARE}")],
        )
    )  # fmt: skip


def _import_moderate(story):
    story.env["charter.advisory"].with_user(story.user("karim"))._import_csaf(
        _csaf(
            story, f"MX-SA-{story.today.year}-03", "Weak session keys in video systems", "Session keys can be guessed with patience.",
            "Update to the current version.", MODERATE, [("Mobotix", "M16", "< MX-V5.4.9.4"), ("Exacq", "exacqVision Server", "<= 9.8")],
        )
    )  # fmt: skip


def _advisory(story):
    return story.env["charter.advisory"].search([("identifier", "=", _number(story))])


def _tell(story):
    """Karim reads the draft and sends it; the less severe one waits in the notice of the week."""
    draft = _advisory(story).with_user(story.user("karim")).action_notice()["res_id"]
    mine = story.env["charter.notice"].with_user(story.user("karim")).browse(draft)
    for lang, name, body, advice in (
        ("en_US", "Hikvision cameras: firmware to update", "A flaw lets somebody on the network take over the camera.",
         "We update your cameras with you, in a remote intervention."),
        ("fr_FR", "Caméras Hikvision : micrologiciel à mettre à jour", "Une faille permet de prendre la main sur la caméra depuis le réseau.",
         "Nous mettons vos caméras à jour avec vous lors d'une intervention à distance."),
    ):  # fmt: skip
        mine.with_context(lang=lang).write({"name": name, "body": f"<p>{body}</p>", "advice": advice})
    mine.action_send()
    story.hand_over()


def _update(story):
    """A third of them is updated since: it answers the concern. The first one, which the client of the portal has, is not."""
    concerns = _advisory(story).concern_ids.filtered(
        lambda one: one.state == "open" and one.answer == "affected"
    )
    concerns.equipment_id.sorted("id")[1::3].write(
        {"firmware": NEW_FIRMWARE, "firmware_source": "intervention"}
    )

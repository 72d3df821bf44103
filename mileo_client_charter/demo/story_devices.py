"""Four hundred devices of the makers whose advisories the trade reads, and two advisories that concern some of them.

Not a theme of the story yet: add it to ``story.py`` once ``tests_install/test_demo_db.py`` has played it.
"""

import json
from datetime import timedelta

from odoo import Command

from .story_clients import CLIENTS, words

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
NUMBER = "HSRC-202607-01"


def plan(story):
    story.on(story.ago(13, 9), _install, story)
    story.on(story.ago(11, 9), _import, story)
    story.on(story.ago(10, 11), _tell, story)
    story.on(story.ago(5, 15), _update, story)


def _install(story):
    """Clients' inventories come in together, as an import has them; nobody supervises these devices."""
    dice, rows = story.dice("devices"), []
    for number in range(DEVICES):
        client = CLIENTS[number % len(CLIENTS)]
        french, english, maker, model, tag, firmware = dice.choice(MODELS)
        version = dice.choice(firmware)
        rows.append(
            {
                "name": words(client, f"{french} {number + 101}", f"{english} {number + 101}"),
                "serial": f"{maker[:2].upper()}{703000 + 7 * number}", "maker": maker, "model": model, "firmware": version,
                "firmware_source": "sheet" if version else False, "supervised_from": False,
                "partner_id": story.ref(f"client_{client.key}").id, "contract_id": story.ref(f"contract_{client.key}").id,
                "tag_ids": [Command.set(story.ref(f"tag_{tag}").ids)],
            }
        )  # fmt: skip
    for first in range(0, DEVICES, 100):
        story.env["charter.equipment"].create(rows[first : first + 100])


def _csaf(story, number, vector, products):
    """A document of the shape manufacturers publish; made up."""
    day = story.present - timedelta(hours=20)
    return json.dumps(
        {
            "document": {
                "category": "csaf_security_advisory", "csaf_version": "2.0", "title": " ".join(products[0][:2]), "lang": "en",
                "publisher": {"category": "vendor", "name": products[0][0], "namespace": "https://www.example.com"},
                "distribution": {"tlp": {"label": "CLEAR"}},
                "tracking": {
                    "id": number, "status": "final", "version": "1", "initial_release_date": f"{day}Z", "current_release_date": f"{day}Z",
                    "revision_history": [],
                },
            },
            "product_tree": {"branches": [
                {"category": "vendor", "name": maker, "branches": [{"category": "product_name", "name": model, "branches": [
                    {"category": "product_version_range", "name": versions, "product": {"name": model, "product_id": str(index)}}]}]}
                for index, (maker, model, versions) in enumerate(products)
            ]},
            "vulnerabilities": [{
                "cve": f"CVE-{day.year}-{10000 + len(number) * 71}", "product_status": {"known_affected": [str(n) for n in range(len(products))]},
                "scores": [{"cvss_v3": {"vectorString": vector}, "products": ["0"]}],
            }],
        }
    ).encode()  # fmt: skip


def _import(story):
    advisories = story.env["charter.advisory"].with_user(story.user("karim"))
    advisories._import_csaf(
        _csaf(
            story,
            NUMBER,
            "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
            [("Hikvision", "DS-2CD2143", "< V5.7.3 build 220112")],
        )
    )
    advisories._import_csaf(
        _csaf(
            story, "MX-SA-26-03", "CVSS:3.1/AV:N/AC:H/PR:L/UI:N/S:U/C:L/I:L/A:N",
            [("Mobotix", "M16", "< MX-V5.4.9.4"), ("Exacq", "exacqVision Server", "<= 9.8")],
        )
    )  # fmt: skip


def _tell(story):
    """Karim reads the draft and sends it; the less severe one waits in the notice of the week."""
    advisory = story.env["charter.advisory"].search([("identifier", "=", NUMBER)])
    notice = story.env["charter.notice"].browse(
        advisory.with_user(story.user("karim")).action_notice()["res_id"]
    )
    mine = notice.with_user(story.user("karim"))
    for lang, name, body, advice in (
        ("fr_FR", "Caméras Hikvision : micrologiciel à mettre à jour", "Une faille permet de prendre la main sur la caméra depuis le réseau.",
         "Nous mettons vos caméras à jour avec vous lors d'une intervention à distance."),
        ("en_US", "Hikvision cameras: firmware to update", "A flaw lets somebody on the network take over the camera.",
         "We update your cameras with you, in a remote intervention."),
    ):  # fmt: skip
        mine.with_context(lang=lang).write({"name": name, "body": f"<p>{body}</p>", "advice": advice})
    mine.action_send()
    story.hand_over()


def _update(story):
    """A third of them is updated since: it answers the concern."""
    advisory = story.env["charter.advisory"].search([("identifier", "=", NUMBER)])
    affected = advisory.concern_ids.filtered(
        lambda one: one.state == "open" and one.answer == "affected"
    ).equipment_id
    affected[::3].write({"firmware": "V5.7.3 build 220112", "firmware_source": "intervention"})

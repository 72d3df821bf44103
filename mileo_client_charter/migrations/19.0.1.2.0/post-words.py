"""Names and mails of data that an update leaves alone (``noupdate``) take the words of the interface: commitment, overdue, substitute.

Only what still reads as an earlier release wrote it is changed; a company's own words stay.
"""

import hashlib

from lxml import html
from odoo import SUPERUSER_ID, api

# (record, field): (as released before, English now, French now)
NAMES = {
    ("cron_clock", "name"): (
        "Client Charter: clock of the promises", "Client Charter: monitor due dates", "Charte client\u00a0: suivi des échéances",
    ),
    ("cron_schedule", "name"): (
        "Client Charter: open the promises that come back", "Client Charter: open recurring commitments",
        "Charte client\u00a0: ouvrir les engagements récurrents",
    ),
    ("cron_contacts", "name"): (
        "Client Charter: absences, stand-ins and contact sheets", "Client Charter: absences, substitutes and contact sheets",
        "Charte client\u00a0: absences, remplaçants et fiches de contacts",
    ),
    ("cron_delivery", "name"): (
        "Client Charter: hand documents to clients", "Client Charter: deliver documents to clients",
        "Charte client\u00a0: remise des documents aux clients",
    ),
    ("cron_privacy", "name"): (
        "Client Charter: remove words and names whose time is over", "Client Charter: anonymise expired personal data",
        "Charte client\u00a0: anonymiser les données dont la conservation est échue",
    ),
    ("automation_warning", "name"): (
        "Promise due soon: remind its owner", "Commitment due soon: remind its owner",
        "Engagement bientôt à échéance\u00a0: avertir son responsable",
    ),
    ("automation_breach", "name"): (
        "Promise late: tell its owner and the manager", "Commitment overdue: notify its owner and the manager",
        "Engagement en retard\u00a0: prévenir son responsable et la hiérarchie",
    ),
    ("action_warning_mail", "name"): (
        "Reminder mail to the owner", "Reminder email to the owner", "E-mail de rappel au responsable",
    ),
    ("action_breach_activity_owner", "name"): (
        "Late: activity for the owner", "Overdue: activity for the owner", "En retard\u00a0: activité pour le responsable",
    ),
    ("action_breach_activity_manager", "name"): (
        "Late: activity for the manager", "Overdue: activity for the manager", "En retard\u00a0: activité pour la hiérarchie",
    ),
    ("action_breach_mail", "name"): (
        "Late: mail to the manager", "Overdue: email to the manager", "En retard\u00a0: e-mail à la hiérarchie",
    ),
    ("activity_promise", "name"): ("Promise to keep", "Commitment to meet", "Engagement à tenir"),
    ("activity_promise", "summary"): (
        "Promise of the charter", "Commitment of the charter", "Engagement de la charte",
    ),
    ("mail_promise_opened", "name"): (
        "Charter: a promise has been opened", "Charter: commitment opened", "Charte\u00a0: engagement ouvert",
    ),
    ("mail_promise_opened", "description"): (
        "Sent to the owner of a promise that begins with something a client said.",
        "Sent to the owner of a commitment that comes from something a client wrote or said.",
        "Envoyé au responsable d’un engagement né d’une demande du client.",
    ),
    ("mail_promise_due", "name"): (
        "Charter: a promise is due soon", "Charter: commitment due soon", "Charte\u00a0: engagement bientôt à échéance",
    ),
    ("mail_promise_late", "name"): (
        "Charter: a promise is late", "Charter: commitment overdue", "Charte\u00a0: engagement en retard",
    ),
    ("mail_promise_late", "description"): (
        "Sent to the role that is told of a breach.", "Sent to the role that is notified when a commitment is overdue.",
        "Envoyé au rôle à prévenir en cas de dépassement.",
    ),
    ("mail_promise_late", "subject"): (
        "Late: {{ object.promise }}, {{ object.partner_id.display_name }}",
        "Overdue: {{ object.promise }}, {{ object.partner_id.display_name }}",
        "En retard\u00a0: {{ object.promise }}, {{ object.partner_id.display_name }}",
    ),
    ("mail_feedback_invitation", "subject"): (
        "How did it go? {{ object.intervention_id.name }}",
        "Your feedback on our intervention: {{ object.intervention_id.name }}",
        "Votre avis sur notre intervention\u00a0: {{ object.intervention_id.name }}",
    ),
    ("mail_feedback_reminder", "subject"): (
        "A word from you? {{ object.intervention_id.name }}",
        "Reminder: your feedback on our intervention: {{ object.intervention_id.name }}",
        "Relance\u00a0: votre avis sur notre intervention\u00a0: {{ object.intervention_id.name }}",
    ),
}  # fmt: skip
# SHA-256 of the English text, without tags and spaces, of the bodies released before.
BODIES = {
    "mail_promise_opened": "0344ddb3fc19af08a78845e42d987aa3c620864e305433b2b68ce4a2f37d68b2",
    "mail_promise_due": "0e39fb2f397f77c49b49eac4397e1a17f3263954bc33a8a2b08b7dd3db8e259e",
    "mail_promise_late": "6c11ea4363a0932e6b2e84499bbbb297aec56a96b207b431bccc6af101cd10a4",
}


def text_digest(body):
    """SHA-256 of the text of an HTML body without its tags and white space."""
    text = "".join(html.fromstring(body or "<p/>").text_content().split())
    return hashlib.sha256(text.encode()).hexdigest()


def migrate(cr, version):
    if not version:
        return
    env = api.Environment(cr, SUPERUSER_ID, {"active_test": False, "lang": "en_US"})
    french = [code for code, _name in env["res.lang"].get_installed() if code.startswith("fr_")]
    for name, digest in BODIES.items():
        template = env.ref(f"mileo_client_charter.{name}", raise_if_not_found=False)
        if template and text_digest(template.body_html) == digest:
            template.reset_template()
    for (name, field), (before, now, in_french) in NAMES.items():
        record = env.ref(f"mileo_client_charter.{name}", raise_if_not_found=False)
        if record and record[field] == before:
            record[field] = now
            for code in french:
                record.with_context(lang=code)[field] = in_french

"""What clients were told ahead of time: an end of support, a vulnerability, a regulation, and what is to review now."""

from datetime import timedelta

from odoo import fields

ENDS = (
    "Le constructeur cesse le support : plus de micrologiciel ni de correctif de sécurité après cette date.",
    "The maker ends its support: no more firmware, and no more security updates after that date.",
)
REPLACE = (
    "Remplacer ce matériel lors de la prochaine visite ; nous joignons un devis à votre rapport.",
    "Replace this equipment at the next visit; a quotation comes with your report.",
)


def plan(story):
    for months_ago in range(17, 0, -1):
        story.on(story.moment(story.working(story.month(months_ago, 12)), 10), _raised, story)
    story.on(story.moment(story.working(story.month(9, 18)), 16), _vulnerability, story)
    story.on(story.moment(story.working(story.month(5, 12)), 10), _regulation, story)
    story.on(story.ago(4, 10), _cameras, story)
    story.on(story.ago(1, 11), _recorders, story)


def _notice(story, user, french, english, **values):
    """A notice in both languages, its clients found. ``french`` and ``english``: (subject, what happens, advice)."""
    notice = (
        story.env["charter.notice"]
        .with_user(story.user(user))
        .create({"name": english[0], "body": f"<p>{english[1]}</p>", "advice": english[2], **values})
    )
    notice.with_context(lang="fr_FR").write(
        {"name": french[0], "body": f"<p>{french[1]}</p>", "advice": french[2]}
    )
    notice.action_match()
    return notice


def _tell(story, notice, readers=()):
    notice.action_send()
    for days, line in enumerate(notice.line_ids, 1):
        if line.partner_id in readers or (days % 3 and not readers):
            contact = line.partner_id.child_ids.filtered("charter_recipient")[:1]
            story.on(story.present + timedelta(days=min(days, 6), hours=2), line._acknowledge, contact)
    story.hand_over()


def _equipment(story, **criteria):
    # What is supervised: an inventory is another matter.
    domain = [(name, "=", value) for name, value in criteria.items()] + [("supervised_from", "!=", False)]
    return [fields.Command.set(story.env["charter.equipment"].search(domain).ids)]


def _raised(story):
    """What the installed base raised by itself is written and sent; the latest one still waits for Thomas."""
    drafts = story.env["charter.notice"].search([("state", "=", "draft"), ("milestone_key", "!=", False)])
    for notice in drafts.filtered(lambda one: one.effect_on < story.today and one.line_ids.equipment_ids):
        first = notice.line_ids.equipment_ids[0]
        what = " ".join(filter(None, [first.maker, first.model]))
        mine = notice.with_user(story.user("thomas"))
        for lang, subject, body, advice in (
            ("en_US", f"End of support: {what}", ENDS[1], REPLACE[1]),
            ("fr_FR", f"Fin de support : {what}", ENDS[0], REPLACE[0]),
        ):
            mine.with_context(lang=lang).write({"name": subject, "body": f"<p>{body}</p>", "advice": advice})
        _tell(story, mine)


def _vulnerability(story):
    """Published yesterday: told the day after, well within the days of a vulnerability."""
    notice = _notice(
        story, "karim",
        ("Enregistreurs Dahua : mot de passe contournable", "Une faille permet de lire les enregistrements sans mot de passe depuis le réseau.",
         "Nous mettons l'enregistreur à jour à distance cette semaine ; vous n'avez rien à faire."),
        ("Dahua recorders: the password can be bypassed", "A flaw lets recordings be read from the network without a password.",
         "We update the recorder remotely this week; nothing is needed from you."),
        kind="vulnerability", cve=f"CVE-{story.present.year}-10417", severity="critical",
        published_on=story.present.date() - timedelta(days=1), equipment_ids=_equipment(story, maker="Dahua"),
        source="CERT-FR",
    )  # fmt: skip
    _tell(story, notice)


def _regulation(story):
    tiers = story.ref("tier_premium") | story.ref("tier_comfort")
    notice = _notice(
        story, "thomas",
        ("RGPD : durée de conservation des images", "La CNIL rappelle que les images d'un lieu ouvert au public se gardent un mois au plus.",
         "Vérifier avec nous la durée réglée sur vos enregistreurs et l'affichage à l'entrée."),
        ("GDPR: how long pictures are kept", "The CNIL reminds that pictures of places open to the public are kept a month at most.",
         "Check with us the time set on your recorders, and the notice at the entrance."),
        kind="regulation", regulation="gdpr", effect_on=story.present.date() + timedelta(days=105),
        tier_ids=[fields.Command.set(tiers.ids)], source="CNIL",
    )  # fmt: skip
    _tell(story, notice)


def _cameras(story):
    notice = _notice(
        story, "thomas",
        ("Fin de support : caméras AXIS P3225-LVE",
         "Le constructeur cesse le support : plus de micrologiciel ni de correctif de sécurité après cette date.",
         "Remplacer ces caméras par des AXIS P3265 lors de la prochaine visite ; nous pouvons joindre un devis à votre rapport."),
        ("End of support: cameras AXIS P3225-LVE",
         "The maker ends its support: no more firmware, and no more security updates after that date.",
         "Replace these cameras by the AXIS P3265 at the next visit; we can quote it with your report."),
        effect_on=story.today + timedelta(days=110), equipment_ids=_equipment(story, model="P3225-LVE"),
        source="Axis, product discontinuation notice",
    )  # fmt: skip
    _tell(story, notice, readers=story.ref("client_alpine") | story.ref("client_harbour"))


def _recorders(story):
    """To review: not told yet."""
    _notice(
        story, "thomas",
        ("Enregistreurs Hikvision : commandes à distance possibles",
         "Une faille de l'interface web permet d'exécuter des commandes sans mot de passe.",
         "Nous mettons l'enregistreur à jour à distance ; vous n'avez rien à faire."),
        ("Hikvision recorders: commands can be run from the network",
         "A fault of the web interface lets commands be run without a password.",
         "We update the recorder remotely; nothing is needed from you."),
        kind="vulnerability", cve="CVE-2026-21987", severity="high", effect_on=story.today + timedelta(days=75),
        equipment_ids=_equipment(story, maker="Hikvision"),
    )  # fmt: skip

"""Every email of the product to a client: each way of writing that is in the sources is lived through once."""

import ast
import sys
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from unittest.mock import patch

from markupsafe import Markup
from odoo import Command
from odoo.modules import get_module_path

from ...models.base import charter_copy, charter_link
from ...models.feedback import charter_escalation_doors, charter_word
from ...models.renewal import charter_review_answer
from ...models.work import charter_intervention_recorded, charter_intervention_reported, contract_contract
from .common import START
from .links import LinksCase
from .year import YearCase

# The ways to write to a client, by the model that has them; ``tests/feedback/test_told.py`` holds that there are no others.
WAYS = {
    "charter.delivery": ("_queue",),
    "charter.escalation": ("_charter_write_to_client", "_mail_client"),
    "charter.feedback": ("_charter_write_to_client", "_mail_contacts"),
    "charter.review": ("_charter_mail_person",),
}
COPIES = (
    charter_copy, charter_escalation_doors, charter_intervention_recorded, charter_intervention_reported, charter_link,
    charter_review_answer, contract_contract, charter_word,
)  # fmt: skip
NAMES = {name for names in WAYS.values() for name in names} | {"mail_copy"}


class ClientMails(YearCase, LinksCase):
    """A client whose every contact reads French, and one email to it of every kind there is."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for lang in ("en_US", "fr_FR"):
            cls.env["res.lang"]._activate_lang(lang)
        cls.env["charter.delivery"].search(
            [("state", "in", ("planned", "queued"))]
        )._charter_engine().unlink()
        domain = cls.env["mail.alias.domain"].create(
            {"name": "mileo.example.com", "catchall_alias": "reply", "bounce_alias": "bounce"}
        )
        cls.company.write(
            {
                "alias_domain_id": domain.id, "phone": "+33 1 02 03 04 05", "email": "hello@mileo.example.com",
                "charter_feedback_frequency_days": 0, "charter_delivery_review_from": 20,
            }
        )  # fmt: skip
        (cls.client | cls.alice | cls.adam).lang = "fr_FR"
        scene, cls.ways = cls("play"), set()
        with scene.at(), scene.watched(), cls.committing(scene):
            scene.play()
        cls.env.flush_all()

    # -- the ways there are -----------------------------------------------------------------------

    @classmethod
    def ways_in_the_sources(cls):
        """{(file, function)} that call a way to write to a client."""
        root, found = Path(get_module_path("mileo_client_charter")), set()
        # Controllers and dialogues write through a method of a model.
        for path in (root / "models").rglob("*.py"):
            for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(function, ast.FunctionDef):
                    called = {
                        getattr(node.func, "attr", getattr(node.func, "id", None))
                        for node in ast.walk(function)
                        if isinstance(node, ast.Call)
                    }
                    if called & NAMES and function.name not in NAMES:
                        found.add((path.name, function.name))
        return found

    @contextmanager
    def watched(self):
        """Note in ``ways`` which functions write to a client."""

        def noting(original):
            def noted(*args, **kwargs):
                caller = sys._getframe(1).f_code
                self.ways.add((Path(caller.co_filename).name, caller.co_name))
                return original(*args, **kwargs)

            return noted

        with ExitStack() as stack:
            for model, names in WAYS.items():
                for name in names:
                    owner = type(self.env[model])
                    stack.enter_context(patch.object(owner, name, noting(getattr(owner, name))))
            for module in COPIES:
                stack.enter_context(patch.object(module, "mail_copy", noting(module.mail_copy)))
            yield

    # -- one life ---------------------------------------------------------------------------------

    def play(self):
        self.contract = self.renewing(self.client)
        self.deliver()
        self.ask()
        self.complain()
        self.meet()
        self.inform()
        for purpose, (form, _done) in LinksCase.STEPS.items():
            record = self.record_of(purpose).sudo().with_context(lang="fr_FR")
            words = getattr(record, record._charter_links[purpose].step)(self.alice, {"confirm": "1", **form})
            if words:
                record._charter_link_copy(self.alice, words, f"/charter/l/{self.token(record, purpose)}")

    def deliver(self):
        """The charter, the contact sheet, and who stands in."""
        self.env["charter.contact.sheet"]._cron_contacts()
        self.env["charter.delivery.run"]._cron_delivery()
        self.env["charter.absence"].create(
            {
                "user_id": self.manager.id, "date_from": START.date() + timedelta(days=7),
                "date_to": START.date() + timedelta(days=9), "stand_in_id": self.operations.id,
            }
        )  # fmt: skip
        self.env["charter.contact.sheet"]._cron_contacts()
        handovers = self.env["charter.handover"].search(
            [("partner_id", "=", self.client.id), ("state", "=", "planned")]
        )
        handovers._notify(self.env.cr.now())

    def ask(self):
        """A survey, its reminder, an unhappy answer, the call and its outcome."""
        self.invitation()._remind(self.env.cr.now())
        feedback = self.negative()
        feedback.with_user(self.manager)._record_callback(
            START, "Un câble a été coupé.", "made",
            [{"name": "Le remplacer", "user_id": self.technician.id, "date_deadline": "2026-10-20"}], "",
        )  # fmt: skip
        wizard = self.env["charter.message.wizard"].browse(
            feedback.with_user(self.manager).action_ask_outcome()["res_id"]
        )
        wizard.body += Markup("<p>La caméra a été remplacée.</p>")
        wizard.with_user(self.manager).action_send()

    def complain(self):
        """An escalation received, answered, late, asked about; those accepted, of level 2 and set aside are of the links."""
        escalation = self.answered()
        self.escalate()._remind_late(START.date())
        asked = (
            self.env["charter.escalation"]
            ._charter_engine()
            .create({"name": "Whose is it?", "door": "mail", "email_from": self.alice.email_formatted})
        )
        asked._ask_which(self.alice)
        escalation._ask_client()
        # By hand, from the thread.
        escalation.with_user(self.operations).message_post(
            body="Le technicien passe jeudi matin.", subject=f"{escalation.reference} : une précision",
            partner_ids=self.alice.ids, message_type="comment", subtype_xmlid="mail.mt_comment",
        )  # fmt: skip

    def meet(self):
        """A meeting planned, moved, held with minutes, and one called off."""
        reviews = self.env["charter.review"].create(
            [
                {
                    "contract_id": self.contract.id, "kind": "interview", "location": "Chez vous",
                    "start_at": START + timedelta(days=days), "contact_ids": [Command.set(self.alice.ids)],
                }
                for days in (14, 40)
            ]
        )  # fmt: skip
        for review in reviews:
            review.action_plan()
        reviews[0].event_id.start += timedelta(hours=2)
        reviews[1].with_user(self.manager).action_cancel()
        with self.at(24 * 15):
            reviews[0]._charter_engine().write({"state": "held", "held_at": START + timedelta(days=15)})
            reviews[0].answer_ids = [
                Command.create({"contact_id": self.alice.id, "rating": "4", "nps": "9", "comment": "Bien."})
            ]
            reviews[0].answer_ids._become_feedback()
            reviews[0].with_user(self.manager)._record_minutes(
                "Compte rendu", "<p>Nous avons parlé de la caméra 4.</p>"
            )

    def inform(self):
        """A report, a document that ends, the end of the term, an incident the client reported itself."""
        with self.at(moment=datetime(2026, 11, 2, 8)):
            self.schedule(self.contract)
            self.env["charter.report"]._cron_report()
            report = self.env["charter.report"].search([("contract_id", "=", self.contract.id)], limit=1)
            self.env["charter.recommendation"].create(
                {
                    "name": "Remplacer l’enregistreur", "advice": "Il n’est plus pris en charge.",
                    "benefit": "30 jours d’images.", "report_id": report.id, "contract_id": self.contract.id,
                }
            )  # fmt: skip
            report.with_user(self.technician).action_written()
            report.with_user(self.manager).action_review()
            report.with_user(self.manager).action_send()
        self.env["charter.authorisation"].create(
            {
                "kind_id": self.env.ref("mileo_client_charter.authorisation_video").id, "partner_id": self.client.id,
                "company_id": self.company.id, "number": "2024-0815", "valid_until": "2027-01-01",
            }
        ).action_notify()  # fmt: skip
        renewal = self.env["charter.renewal"].search([("contract_id", "=", self.contract.id)], limit=1)
        renewal._send_legal_reminder()
        work = self.env["charter.intervention"]._from_portal(
            self.alice, {"summary": "La caméra 4 est noire", "description": "Depuis lundi."}, self.contract,
            self.env["charter.equipment"],
        )  # fmt: skip
        work.with_user(self.technician).action_change_terms("La caméra est à l’intérieur.", priority="0")
        self.env["charter.intervention"].create(
            {"name": "Sirène", "partner_id": self.client.id, "contract_id": self.contract.id}
        ).with_user(self.technician).action_cancel("Le locataire l’a réparée.")
        for tier in (self.premium.copy({"code": "lived", "name": "Essentiel bis"}), self.premium):
            self.contract.with_user(self.operations).charter_tier_id = tier
        with self.at(24 * 60):
            work.sudo().action_close()
            soon = work.reported_at + timedelta(minutes=10)
            work.with_user(self.operations).action_correct("Le carnet du site indique l’heure.", soon, soon)

    # -- what came of it --------------------------------------------------------------------------

    def client_mails(self):
        """The emails to the client's people, the oldest first."""
        people = self.alice | self.adam
        return self.env["mail.mail"].sudo().search([("recipient_ids", "in", people.ids)], order="id")

    def leaving(self, mail):
        """What leaves for Alice (else the first reader) of ``mail``, as values of ``_build_email__``."""
        emails = mail._prepare_outgoing_list()
        return next((one for one in emails if one["partner_id"] == self.alice), emails[0])

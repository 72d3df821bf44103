"""The steps of a report: written by the technical contact, reviewed and sent by the account manager, delivered (article 01)."""

from odoo import models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools.translate import LazyTranslate

from ...tools.words import is_said
from ..delivery.charter_delivery import LIVE
from .charter_report import fingerprint

_lt = LazyTranslate(__name__)


class CharterReport(models.Model):
    _inherit = "charter.report"  # pylint: disable=consider-merging-classes-inherited

    # -- who -------------------------------------------------------------------------------------------

    def _check_holder(self, *roles):
        """Check that the step is taken by who holds one of ``roles`` today for the client, or by operations and management.

        Where nobody holds the first role, any of the charter's users may.

        :raise AccessError: somebody else
        """
        self.check_access("write")
        user = self.env.user
        if self.env.su or user.has_group("mileo_client_charter.group_charter_operations"):
            return
        if not user.has_group("mileo_client_charter.group_charter_user"):
            raise AccessError(self.env._("Only the charter's users work on activity reports."))
        labels = dict(self.env["charter.assignment"]._fields["role"]._description_selection(self.env))
        for report in self:
            company = report.company_id.id
            keys = [(company, role, report.partner_id.id) for role in roles]
            holders = self.env["charter.assignment"].sudo()._holders(keys)
            if keys[0] in holders and user.id not in holders.values():
                raise AccessError(
                    self.env._(
                        "%(report)s: this step is for its %(role)s, %(name)s, or the substitute.",
                        report=report.display_name,
                        role=labels[roles[0]].lower(),
                        name=self.env["res.users"].sudo().browse(holders[keys[0]]).name,
                    )
                )

    # -- writing ---------------------------------------------------------------------------------------

    def action_refresh(self):
        """Compute the figures again, as of now."""
        self.check_access("write")
        self._check_state(("draft", "held"))
        self._compute_tables()
        return True

    def action_written(self):
        """Record that the technical contact has written the recommendations, or said why there is none.

        :raise ValidationError: neither
        """
        self._check_holder("technical_contact")
        self._check_state(("draft", "held"))
        advised = self._open_recommendations()
        for report in self:
            if (report.contract_id.id, report.partner_id.id) not in advised and not is_said(
                report.no_recommendation_reason
            ):
                raise ValidationError(
                    self.env._(
                        "Recommendations: %s has none, new or open. Write one, or say why there is none.",
                        report.display_name,
                    )
                )
        self._charter_engine().write({"written_at": self._charter_now(), "written_by_id": self.env.uid})
        for report in self:
            report._ask_review()
        return True

    def _open_recommendations(self):
        """Return {(contract id, client id): recommendations, new or of earlier reports and not over}, of those that have any."""
        found = (
            self.env["charter.recommendation"]
            .sudo()
            .search(
                [
                    ("contract_id", "in", self.contract_id.ids),
                    ("state", "in", ("draft", "proposed", "accepted")),
                ]
            )
        )
        return dict(found.grouped(lambda one: (one.contract_id.id, one.partner_id.id)))

    def _ask_review(self):
        """Give the account manager an activity: the report is ready to be read."""
        self.ensure_one()
        manager = self.sudo().account_manager_id
        manager = self.company_id.sudo()._charter_stood_in().get(manager.id, manager)[:1]
        if manager and manager != self.env.user:
            self.sudo().activity_schedule(
                "mileo_client_charter.activity_promise",
                user_id=manager.id,
                date_deadline=self.due_at and self.contract_id._charter_local_day(self.due_at),
                summary=_lt("Review and send: %s", self),
            )

    def action_review(self):
        """Approve the report, as its account manager: the figures are computed a last time, and are those that will be sent.

        :raise UserError: the technical contact has not written the recommendations yet
        """
        self._check_holder("account_manager")
        self._check_state(("draft",))
        for report in self:
            if not report.written_at:
                raise UserError(
                    self.env._(
                        "%(report)s: its recommendations are not written yet. %(name)s writes them, or explains "
                        "why there is none.",
                        report=report.display_name,
                        name=report.sudo().technical_contact_id.name or self.env._("The technical contact"),
                    )
                )
        # Before the figures: the table says that it was reviewed.
        self._charter_engine().write(
            {"state": "reviewed", "reviewed_at": self._charter_now(), "reviewed_by_id": self.env.uid}
        )
        self._compute_tables()
        return True

    def action_draft(self):
        """Return the report to draft: something is to be changed before it is sent."""
        self._check_holder("account_manager", "technical_contact")
        self._check_state(("reviewed", "held"))
        self._charter_engine().write(
            {
                "state": "draft",
                "hold_reason": False,
                "queued_at": False,
                "reviewed_at": False,
                "reviewed_by_id": False,
            }
        )
        return True

    def action_hold(self, reason):
        """Hold the report back until somebody releases it, whatever the options. The promise keeps running.

        :raise ValidationError: no reason
        """
        self._check_holder("account_manager")
        self._check_state(("draft", "reviewed"))
        if not is_said(reason):
            raise ValidationError(self.env._("Reason: say what the report is waiting for."))
        self._charter_engine().write({"state": "held", "hold_reason": reason.strip(), "queued_at": False})
        return True

    def action_correct(self, reason):
        """Open a new version, to be written, reviewed and sent; the one that was sent stays as it is.

        :raise ValidationError: no reason: the client reads it
        :return: the action that opens the new version
        """
        self.ensure_one()
        self._check_holder("account_manager")
        self._check_state(("sent",))
        if not is_said(reason):
            raise ValidationError(self.env._("Reason: say what is corrected; the client reads it."))
        new = self._charter_engine().create(
            {
                **{
                    name: self[name].id
                    for name in ("contract_id", "partner_id", "company_id", "obligation_id")
                },
                **{
                    name: self[name]
                    for name in ("reference", "period", "first_day", "last_day", "introduction")
                },
                "no_recommendation_reason": self.no_recommendation_reason,
                "version": self.version + 1,
                "previous_id": self.id,
                "correction_reason": reason.strip(),
            }
        )
        new._compute_tables()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": new.id,
            "view_mode": "form",
        }

    # -- sending ---------------------------------------------------------------------------------------

    def action_send(self):
        """Deliver the report to the client's contacts, by mail with the PDF; on the portal from now on.

        One at once; more than one are queued, and leave in batches.
        """
        self._check_holder("account_manager")
        self._check_state(("reviewed",))
        for report in self:
            report._check_contacts()
        if len(self) == 1:
            self._send()
            return True
        self._charter_engine().write({"queued_at": self._charter_now()})
        self.env["ir.cron"]._charter_wake("mileo_client_charter.cron_report")
        return True

    def _check_contacts(self):
        """:raise UserError: nobody of the client can receive it"""
        contacts = self._document_contacts()
        if not contacts:
            raise UserError(
                self.env._(
                    "%s has no contact with an email address: no one can receive the report. Add one, then send.",
                    self.partner_id.display_name,
                )
            )
        return contacts

    def _send(self, unreviewed=False):
        """Freeze, render and queue these reports: their PDFs in one run for each language."""
        engine = self._charter_engine()
        if unreviewed:
            engine.write({"unreviewed": True})
            self._compute_tables()
            for report in engine.filtered("error")[:1]:
                # Old figures do not leave in the place of those that could not be computed.
                raise UserError(report.error)
        heads = self.env["charter.seal"]._heads(engine.company_id.ids)
        for report in engine:
            number, seal = heads.get(report.company_id.id, (0, False))
            report.write({"fingerprint": fingerprint(report.table), "seal_number": number, "seal": seal})
        now = self._charter_now()
        for previous in engine.previous_id:
            previous.state = "superseded"
        # The index allows one sent version: the former one steps back first.
        self.env.flush_all()
        engine.write(
            {"state": "sent", "sent_at": now, "sent_by_id": self.env.uid, "queued_at": False, "error": False}
        )
        engine._deliver()
        engine._propose_advice()
        engine.activity_unlink(["mileo_client_charter.activity_promise"])

    def _propose_advice(self):
        """Propose what these reports print as new, also what a notice recommended since the last ones."""
        drafts = (
            self.env["charter.recommendation"]
            .sudo()
            .search(
                [
                    ("contract_id", "in", self.contract_id.ids),
                    ("state", "=", "draft"),
                    ("report_id", "in", [False, *self.ids]),
                ]
            )
        )
        for contract, unplaced in (
            drafts.filtered(lambda one: not one.report_id).grouped("contract_id").items()
        ):
            of_contract = self.filtered(lambda report, contract=contract: report.contract_id == contract)
            for client, own in unplaced.grouped("partner_id").items():
                mine = of_contract.filtered(lambda report, client=client: report.partner_id == client)
                own._charter_engine().report_id = mine[:1]
        clients = {(report.contract_id, report.partner_id) for report in self}
        drafts.filtered(lambda one: (one.contract_id, one.partner_id) in clients)._propose()

    # -- the dialogues ---------------------------------------------------------------------------------

    def action_ask_hold(self):
        return self.env["charter.report.wizard"]._ask("hold", self, self.env._("Hold the report back"))

    def action_ask_correct(self):
        return self.env["charter.report.wizard"]._ask("correct", self, self.env._("Correct the report"))

    # -- a report delivered --------------------------------------------------------------------------

    def _document_contacts(self):
        self.ensure_one()
        return self.partner_id.sudo()._charter_document_contacts("reports")

    def _deliver(self):
        """Queue the mails. The promise is kept when the first of them has left, not before."""
        rows = []
        for report in self.sudo():
            for contact in report._document_contacts():
                lang = contact.lang or report.partner_id.lang or self.env.lang or "en_US"
                rows.append((report, lang, contact))
        printed = self.sudo()._print((report, lang) for report, lang, _contact in rows)
        carries = {report: report._promise_to_keep() for report in self.sudo()}
        requests = []
        for report, lang, contact in rows:
            localized = report.with_context(lang=lang)
            attachment = (localized._file_name("pdf"), printed[report.id, lang])
            requests.append(localized._request(contact.with_context(lang=lang), carries[report], attachment))
        return self.env["charter.delivery"]._queue(requests)

    def _as_delivered(self):
        """Return the PDF that was mailed, byte for byte, in the language of the environment.

        :return: bytes; None where none was mailed in that language, or the file is not the one on record any more
        """
        self.ensure_one()
        deliveries = (
            self.env["charter.delivery"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "=", self.id),
                    ("state", "in", ("queued", "sent")),
                ],
                order="id",
            )
        )
        fallback = self.partner_id.sudo().lang
        for delivery in deliveries:
            if (delivery.contact_id.lang or fallback) == self.env.lang:
                for file in delivery.attachment_ids:
                    if file.mimetype == "application/pdf" and file._charter_is_intact():
                        return file.raw
        return None

    def _promise_to_keep(self):
        """Return the promise this delivery keeps; none when an earlier version is on its way or there already."""
        self.ensure_one()
        promise = self.obligation_id
        if not promise.is_owed:
            return promise.browse()
        under_way = [("obligation_id", "=", promise.id), ("state", "in", LIVE)]
        return promise.browse() if self.env["charter.delivery"].search_count(under_way, limit=1) else promise

    def _request(self, contact, promise, attachment):
        """Return what a delivery of the report consists of, in the language of the environment."""
        company = self.company_id
        body = self.env["ir.qweb"]._render(
            "mileo_client_charter.mail_report",
            {
                "report": self,
                "contact": contact,
                "company": company,
                "view": self._view(),
                "base_url": self.get_base_url(),
            },
            minimal_qcontext=True,
        )
        subject = self.env._("Your activity report: %s", self._period_text())
        if self.version > 1:
            subject = self.env._(
                "Your activity report, corrected: %(period)s (version %(version)s)",
                period=self._period_text(),
                version=self.version,
            )
        return {
            "kind": "report",
            "res_model": self._name,
            "res_id": self.id,
            "partner_id": self.partner_id.id,
            "contact_id": contact.id,
            "company_id": company.id,
            "fingerprint": self.fingerprint,
            "obligation_id": promise.id,
            "subject": subject,
            "body": body,
            "attachments": [attachment],
        }

    def _file_name(self, extension):
        self.ensure_one()
        words = self.env._(
            "Activity report %(period)s %(client)s", period=self.period, client=self.partner_id.name
        )
        version = f" v{self.version}" if self.version > 1 else ""
        return f"{words}{version}.{extension}".replace("/", "-")

    def action_print(self):
        self.ensure_one()
        return self.env.ref("mileo_client_charter.action_print_activity").report_action(self)

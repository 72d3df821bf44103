"""Versions of the charter: which one is in force, who publishes, and how a later one is proposed."""

import base64
import hashlib
import re

import psycopg2
from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ...tools.clock import Delay
from ...tools.codes import CHARTER_COPY, CODES
from .charter_commitment import Terms

# A body names a figure of the charter between braces: {feedback.callback} or {feedback.callback:threshold}.
PLACEHOLDER = re.compile(r"\{([a-z]+(?:\.[a-z0-9]+)*)(?::([a-z_]+))?\}")

REPORT = "mileo_client_charter.report_charter"


class CharterDocument(models.Model):
    """One version of the charter. What is in force is frozen; a change is a new version.

    Serves the preamble of CHR-CRM-001: a public document of reference, delivered and on the portal.
    """

    _name = "charter.document"
    _description = "Charter"
    _inherit = ["charter.engine.mixin", "charter.sealed.mixin", "mail.thread"]
    _charter_seal_when = "{row}.state != 'draft'"
    _charter_seal_columns = (
        "company_id", "reference", "version", "date", "state", "published_at", "superseded_at",
    )  # fmt: skip
    # Its figures, and its text in the language of the sources: translations may be fixed later.
    _charter_seal_extra = (
        "(SELECT jsonb_agg(jsonb_build_array(code, delay, unit, clock, anchor, threshold, owner_role) ORDER BY code) "
        "FROM charter_commitment WHERE document_id = {row}.id)",
        "(SELECT jsonb_agg(jsonb_build_array(number, title ->> 'en_US', body ->> 'en_US') ORDER BY number) "
        "FROM charter_article WHERE document_id = {row}.id)",
    )
    _charter_seal_label = "concat_ws(' ', {row}.reference, {row}.version, {row}.state)"
    _order = "company_id, date desc, id desc"

    reference = fields.Char(required=True, tracking=True)
    name = fields.Char("Title", required=True, translate=True)
    version = fields.Char(required=True, tracking=True)
    date = fields.Date(required=True, default=lambda self: self.env.company._charter_today())
    state = fields.Selection(
        [("draft", "Draft"), ("in_force", "In force"), ("superseded", "Superseded")],
        default="draft",
        required=True,
        copy=False,
        tracking=True,
        charter_engine=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    is_adapted = fields.Boolean(
        "Adapted text",
        help="The text is worded by the company from a reference document of the same reference and version: the page, "
        "the PDF and the emails say so, and mark the time limits that document does not give.",
    )
    introduction = fields.Html(translate=True)
    article_ids = fields.One2many("charter.article", "document_id", copy=True)
    commitment_ids = fields.One2many("charter.commitment", "document_id", copy=False)
    published_at = fields.Datetime(readonly=True, copy=False, charter_engine=True)
    superseded_at = fields.Datetime(readonly=True, copy=False, charter_engine=True)
    official_pdf = fields.Binary(
        "Official PDF",
        attachment=True,
        copy=False,
        help="The signed document. When it is there, the public page offers it instead of the printed text.",
    )
    official_pdf_name = fields.Char(copy=False)

    unknown_figures = fields.Char("Unknown figures", compute="_compute_to_mend")
    older_words = fields.Char("Older in another language", compute="_compute_to_mend")

    _one_in_force = models.UniqueIndex(
        "(company_id) WHERE state = 'in_force'",
        "A company has one charter in force at a time: publish the new version again, "
        "somebody else has just published one.",
    )
    _version_unique = models.Constraint(
        "UNIQUE (company_id, reference, version)",
        "This version of the charter exists already: give the new one another version number.",
    )

    # Published text does not move; the official PDF is the same text, signed later.
    _FREE_ONCE_PUBLISHED = {"official_pdf", "official_pdf_name"}

    @api.depends("reference", "version", "name", "is_adapted")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for document in self:
            document.display_name = f"{document.reference or ''} {document._version_text()}".strip()

    def _version_text(self):
        """Return “v1.2”, or “v1.2 (adapted)” where the text is not that of the reference document."""
        if self.version and self.is_adapted:
            return self.env._("%s (adapted)", self.version)
        return self.version or ""

    def _marks_own_delays(self):
        """Return whether a time limit of this version is the company's own and is marked so."""
        return any(self.commitment_ids.mapped("is_own_delay"))

    def _charter_frozen_files(self, name):
        """Find the documents whose file stays: the official PDF may be added to a published charter, once, as it is signed after it is written."""
        if name != "official_pdf":
            return super()._charter_frozen_files(name)
        return self.filtered(lambda document: document.state != "draft" and document._official_pdf_file())

    def _official_pdf_file(self):
        return self.env["ir.attachment"]._charter_files_of(self, "official_pdf")

    def _check_official_pdf(self, vals):
        """:raise UserError: another file or name for the signed text of a published charter"""
        for document in self._charter_frozen_files("official_pdf"):
            if (
                "official_pdf" in vals
                or vals.get("official_pdf_name", document.official_pdf_name) != document.official_pdf_name
            ):
                raise UserError(
                    self.env._(
                        "Official PDF: %s has been published with this one, which clients have received. Use "
                        "“New version” to publish another text.",
                        document.display_name,
                    )
                )

    def write(self, vals):
        if vals.keys() & self._FREE_ONCE_PUBLISHED:
            self._check_official_pdf(vals)
        if not self._charter_is_engine() and vals.keys() - self._FREE_ONCE_PUBLISHED:
            # The chatter's own bookkeeping is no edit of the text.
            if any(
                not name.startswith(("message_", "activity_"))
                for name in vals.keys() - self._FREE_ONCE_PUBLISHED
            ):
                self._check_draft()
        if "state" in vals:
            self.env.registry.clear_cache()
        result = super().write(vals)
        if vals.keys() & {"official_pdf", "state"}:
            self._charter_freeze_files(["official_pdf"])
        return result

    @api.model_create_multi
    def create(self, vals_list):
        if any(vals.get("state") == "in_force" for vals in vals_list):
            self.env.registry.clear_cache()
        return super().create(vals_list)

    def unlink(self):
        self._check_draft()
        return super().unlink()

    def _check_draft(self):
        for document in self:
            if document.state != "draft":
                raise UserError(
                    self.env._(
                        "%(document)s has been published and cannot be edited any more. "
                        "Use “New version”, change that one and publish it.",
                        document=document.display_name,
                    )
                )

    # -- readings ---------------------------------------------------------------------------------

    @api.model
    def _in_force(self, company=None):
        """Return the charter in force of ``company`` (the current one by default); may be empty."""
        company = company or self.env.company
        return self.search([("company_id", "=", company.id), ("state", "=", "in_force")], limit=1)

    @api.model
    @tools.ormcache()
    def _companies_in_force(self):
        """Return the ids of the companies with a charter in force."""
        return tuple(self.sudo().search([("state", "=", "in_force")]).company_id.ids)

    @api.model
    def _commitments_in_force(self, company_ids, codes):
        """Return {(company id, code): charter.commitment} in at most two queries."""
        commitments = (
            self.env["charter.commitment"]
            .sudo()
            .search(
                [
                    ("document_id.state", "=", "in_force"),
                    ("company_id", "in", list(company_ids)),
                    ("code", "in", list(codes)),
                ]
            )
        )
        return {(commitment.company_id.id, commitment.code): commitment for commitment in commitments}

    @api.model
    def _terms_in_force(self, company_ids, codes):
        """Return {(company id, code): Terms}: what promises are opened on, in one statement for any number of them."""
        self.env["charter.commitment"].flush_model()
        self.flush_model(["state"])
        self.env.cr.execute(
            SQL(
                """
            SELECT commitment.company_id, commitment.id, commitment.code, commitment.delay, commitment.unit, commitment.clock,
                   commitment.anchor, commitment.owner_role, commitment.warn_before, commitment.warn_unit
              FROM charter_commitment commitment
              JOIN charter_document document ON document.id = commitment.document_id
             WHERE document.state = 'in_force' AND commitment.company_id = ANY(%(company_ids)s) AND commitment.code = ANY(%(codes)s)
            """,
                company_ids=list(company_ids),
                codes=list(codes),
            ),
        )
        return {
            (company_id, code): Terms(number, code, Delay(delay, unit, clock), *rest)
            for company_id, number, code, delay, unit, clock, *rest in self.env.cr.fetchall()
        }

    def _commitment(self, code):
        """Return the commitment ``code`` of this version; empty when it has none."""
        return self.commitment_ids.filtered(lambda commitment: commitment.code == code)[:1]

    def _figure(self, code, attribute=None):
        """Return the words a placeholder stands for, in the language of the environment.

        :raise ValidationError: the document has no such commitment or figure
        """
        self.ensure_one()
        commitment = self._commitment(code)
        if not commitment:
            raise ValidationError(
                self.env._(
                    "%(document)s names {%(code)s}, but has no commitment with that code: add it or fix the text.",
                    document=self.display_name,
                    code=code,
                )
            )
        return commitment._figure(attribute or "delay")

    def _figure_or_none(self, code, attribute=None):
        """Return ``_figure``, or None when this version has no such figure."""
        try:
            return self._figure(code, attribute)
        except ValidationError:
            return None

    @api.depends("article_ids.unknown_figures", "article_ids.older_langs", "state")
    @api.depends_context("lang")
    def _compute_to_mend(self):
        for document in self:
            articles = document.article_ids if document.state == "draft" else document.article_ids.browse()
            document.unknown_figures = " · ".join(
                f"{article.number}. {article.title}: {article.unknown_figures}"
                for article in articles
                if article.unknown_figures
            )
            document.older_words = " · ".join(articles._older_in_words())

    # -- actions ----------------------------------------------------------------------------------

    def action_new_version(self):
        """Return a draft with the same words and figures, to change and publish."""
        self.ensure_one()
        new = self.copy()
        return new._charter_form_action()

    def copy_data(self, default=None):
        values = super().copy_data(default)
        for document, vals in zip(self, values, strict=True):
            if "version" not in (default or {}):
                vals["version"] = document._next_version()
            vals["date"] = document.company_id._charter_today()
        return values

    def copy(self, default=None):
        copies = super().copy(default)
        for document, new in zip(self, copies, strict=True):
            articles = dict(zip(document.article_ids.ids, new.article_ids.sorted().ids, strict=True))
            for commitment in document.commitment_ids:
                commitment.copy({"document_id": new.id, "article_id": articles[commitment.article_id.id]})
        # Copying their translations edits nothing.
        copies.article_ids.write({"older_langs": False})
        return copies

    def _next_version(self):
        """Return the version after this one: v1.2 -> v1.3; a version that ends in no number gets “.1”."""
        taken = set(
            self.with_context(active_test=False)
            .search([("company_id", "=", self.company_id.id), ("reference", "=", self.reference)])
            .mapped("version")
        )
        version = self.version
        while version in taken:
            match = re.search(r"(\d+)(\D*)$", version)
            if match:
                version = f"{version[: match.start(1)]}{int(match.group(1)) + 1}{match.group(2)}"
            else:
                version += ".1"
        return version

    def _charter_form_action(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
        }

    def _check_tiers(self, tiers):
        """Check that what this version prints is what the tiers of its company do.

        :raise ValidationError: names the figures that differ
        """
        self.ensure_one()
        company = self.company_id
        own = tiers.filtered(lambda tier: not tier.company_id or tier.company_id == company)
        said = [words for tier in own if (words := tier._differs_from(self))]
        if said:
            raise ValidationError(
                self.env._(
                    "%(document)s: what is printed and what is done would differ: %(said)s. Give both the same figure, or archive "
                    "the tier.",
                    document=self.display_name,
                    said="; ".join(said),
                )
            )

    def action_publish(self):
        """Put this version in force. The one before is superseded, and every client is due a copy.

        :raise UserError: not a draft, or somebody published another version at the same moment
        :raise ValidationError: a body names a figure the document does not have; or an article was edited in one language
            alone, and nobody said, by ``charter_publish_older`` in the context, that it is published anyway
        """
        for document in self:
            document.check_access("write")
            document._check_draft()
            if not document.article_ids or not document.commitment_ids:
                raise ValidationError(
                    self.env._(
                        "%s has no article or no commitment: there is nothing to publish.",
                        document.display_name,
                    )
                )
            missing = set(CODES) - set(document.commitment_ids.mapped("code"))
            if missing:
                raise ValidationError(
                    self.env._(
                        "%(document)s cannot be published without the commitments %(codes)s: the addon keeps them. "
                        "Add them, with a longer delay if need be.",
                        document=document.display_name,
                        codes=", ".join(sorted(missing)),
                    )
                )
            document.article_ids._check_placeholders()
            document._check_languages()
            document._check_tiers(self.env["charter.tier"].sudo().search([]))  # pylint: disable=no-search-all
            now = document._charter_now()
            before = document.search(
                [("company_id", "=", document.company_id.id), ("state", "=", "in_force")]
            )
            before._charter_engine().write({"state": "superseded", "superseded_at": now})
            # The old version has to be out of force before the new one comes in.
            self.env.flush_all()
            document._charter_engine().write({"state": "in_force", "published_at": now})
            try:
                self.env.flush_all()
            except psycopg2.errors.UniqueViolation as error:
                raise UserError(
                    self.env._(
                        "Somebody else has just published a charter for %s: reload the page and look at it first.",
                        document.company_id.name,
                    )
                ) from error
            document._charter_engine()._open_copies()
        return True

    def _check_languages(self):
        older = self.article_ids._older_in_words()
        if older and not self.env.context.get("charter_publish_older"):
            raise ValidationError(
                self.env._(
                    "Edited in one language only, and older in another:\n%s\nUpdate these, or choose “Publish "
                    "anyway”.",
                    "\n".join(older),
                )
            )

    def _open_copies(self):
        """Open a copy of this version for every active client (article 03: kept up to date)."""
        self.ensure_one()
        clients = self.env["res.partner"]._charter_clients(self.company_id)
        clients.with_company(self.company_id)._charter_open(CHARTER_COPY, occurrence=self.version)

    # -- what an addon proposes -------------------------------------------------------------------

    def _propose(self, code, article, name, **terms):
        """Propose a commitment: in a draft of the next version of each of these charters in force; a person publishes it.

        A charter that has the commitment, or whose draft has, is left as it is: calling it again changes nothing.

        :param article: number of the article that says it
        :param name: as the client reads it, {language: text} with at least en_US
        :param terms: further fields of charter.commitment: delay, unit, clock, owner_role, …
        :return: charter.document, the drafts that have the proposal
        :raise ValidationError: a charter has no article of that number
        """
        drafts = self.browse()
        for charter in self.filtered(lambda one: one.state == "in_force" and not one._commitment(code)):
            draft = charter._proposal_draft()
            drafts |= draft
            if draft._commitment(code):
                continue
            place = draft.article_ids.filtered(lambda one: one.number == article)
            if not place:
                raise ValidationError(
                    self.env._(
                        "%(document)s has no article %(number)s to say “%(code)s” in: name one of its articles.",
                        document=draft.display_name,
                        number=article,
                        code=code,
                    )
                )
            commitment = self.env["charter.commitment"].create(
                {
                    "document_id": draft.id,
                    "article_id": place.id,
                    "code": code,
                    "name": name["en_US"],
                    **terms,
                }
            )
            for lang, text in name.items():
                if self.env["res.lang"]._get_data(code=lang):
                    commitment.with_context(lang=lang).name = text
            draft._say_proposed(code)
        return drafts

    def _proposal_draft(self):
        """Return the draft that is to follow this charter: the newest there is, else a copy of it."""
        self.ensure_one()
        own = [
            ("company_id", "=", self.company_id.id),
            ("reference", "=", self.reference),
            ("state", "=", "draft"),
        ]
        return self.search(own, order="id desc", limit=1) or self.copy()

    def _say_proposed(self, what):
        """Say on the draft what was proposed, to whoever publishes it."""
        self.message_post(
            body=self._charter_for_staff().env._(
                (
                    "An addon proposes “%s”. It does not apply until this version is published; if you do "
                    "not want it, delete it here."
                ),
                what,
            )
        )

    def action_public_page(self):
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": f"/charter/{self.company_id.id}", "target": "new"}

    def _pdf(self):
        """Return (file name, content) of what a client downloads: the signed document, else this text printed.

        The text is in the language of the environment; it is printed once for as long as it reads the same.
        """
        self.ensure_one()
        name = f"{self.reference} {self.version}.pdf"
        self._official_pdf_file()._charter_check_intact()
        if self.official_pdf:
            return self.official_pdf_name or name, base64.b64decode(self.official_pdf)
        html, _format = self.env["ir.actions.report"]._render_qweb_html(REPORT, self.ids)
        return name, self._printed(hashlib.sha256(html).hexdigest())

    @tools.ormcache("digest")
    def _printed(self, digest):
        """Return the PDF of the text with this ``digest``: anybody may ask for it, and printing takes a second."""
        reports = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        content, _format = reports._render_qweb_pdf(REPORT, self.ids)
        return content

"""Security advisories as manufacturers and authorities publish them, typed or imported (article 01)."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...tools import advisory, references, versions
from ...tools.catalogue import maker_words, model_key, product_pattern, resembling_pattern

SEVERITIES = [
    ("none", "None"),
    ("low", "Low"),
    ("medium", "Medium"),
    ("high", "High"),
    ("critical", "Critical"),
]
STATUSES = [
    ("affected", "Affected"),
    ("fixed", "Fixed"),
    ("not_affected", "Not affected"),
    ("look", "Not known yet"),
]
REMEDIES = [
    ("vendor_fix", "Update"),
    ("mitigation", "Mitigation"),
    ("workaround", "Workaround"),
    ("no_fix_planned", "No update planned"),
    ("none_available", "No update available"),
    ("fix_planned", "Update planned"),
    ("optional_patch", "Optional update"),
]
# TLP 2.0 (FIRST, 2022); WHITE of TLP 1.0 is CLEAR. An advisory that says nothing is treated as AMBER is: not for others.
TLP = [
    ("CLEAR", "CLEAR"),
    ("GREEN", "GREEN"),
    ("AMBER", "AMBER"),
    ("AMBER+STRICT", "AMBER+STRICT"),
    ("RED", "RED"),
]


class CharterAdvisory(models.Model):
    """One advisory with its products, vulnerabilities and remedies; a revision updates it and says what changed.

    It belongs to no company: what is published is the same for all. Which devices it concerns does (``charter.advisory.concern``).
    """

    _name = "charter.advisory"
    _description = "Security advisory"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "published_at desc, id desc"
    _rec_names_search = ["identifier", "name", "cve_ids.cve"]

    identifier = fields.Char("Reference", required=True, copy=False, help="ICSA-24-156-01, CVE-2026-12345")
    publisher = fields.Char(required=True)
    name = fields.Char("Title", required=True, tracking=True)
    published_at = fields.Datetime("Published on", required=True, default=fields.Datetime.now)
    revised_at = fields.Datetime("Revised on", tracking=True)
    version = fields.Char("Revision", default="1", tracking=True)
    source_format = fields.Char(readonly=True, copy=False)
    language = fields.Char(
        readonly=True,
        default=lambda self: (self.env.lang or "en_US")[:2],
        help="Of the publisher's text; of what somebody typed, the typist's own.",
    )
    tlp = fields.Selection(
        TLP, "TLP", default="CLEAR", help="Traffic Light Protocol: who may read it. Empty: it does not say."
    )
    may_share = fields.Boolean(
        "Clients may read our notice",
        tracking=True,
        help="Asked for above TLP:CLEAR: you wrote what clients read yourself, and the publisher allows it.",
    )
    summary = fields.Text()
    references = fields.Text("Pages", help="One a line.")
    cve_ids = fields.One2many("charter.advisory.cve", "advisory_id", "Vulnerabilities")
    product_ids = fields.One2many("charter.advisory.product", "advisory_id", "Products")
    remedy_ids = fields.One2many("charter.advisory.remedy", "advisory_id", "Remedies")
    revision_ids = fields.One2many("charter.advisory.revision", "advisory_id", "Revisions", readonly=True)
    severity = fields.Selection(SEVERITIES, compute="_compute_severity", store=True, index=True)
    score = fields.Float("CVSS", compute="_compute_severity", store=True, digits=(3, 1))
    active = fields.Boolean(default=True)

    _once = models.UniqueIndex(
        "(lower(publisher), lower(identifier))", "Reference: this publisher's advisory is on record already."
    )

    @api.depends("identifier", "name")
    def _compute_display_name(self):
        for one in self:
            one.display_name = " · ".join(filter(None, [one.identifier, one.name]))

    @api.depends("cve_ids.score", "cve_ids.severity")
    def _compute_severity(self):
        order = [key for key, _label in SEVERITIES]
        for one in self:
            rated = one.cve_ids.filtered("severity")
            one.severity = max(rated.mapped("severity"), key=order.index) if rated else False
            one.score = max(rated.mapped("score"), default=0)

    @api.constrains("revised_at", "published_at")
    def _check_moments(self):
        for one in self:
            if one.revised_at and one.revised_at < one.published_at:
                raise ValidationError(self.env._("Revised on: it comes before the day of publication."))

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_notified(self):
        for one in self:
            if one.sudo()._notices().filtered(lambda notice: notice.state != "draft"):
                raise UserError(
                    self.env._("“%s”: clients were informed of it; archive it instead.", one.display_name)
                )

    def _shared(self):
        """Return whether clients may be informed at all: TLP:CLEAR, or somebody confirmed what they read."""
        self.ensure_one()
        return self.tlp == "CLEAR" or self.may_share


class CharterAdvisoryCve(models.Model):
    """One vulnerability of an advisory, with its score counted from its vector."""

    _name = "charter.advisory.cve"
    _description = "Vulnerability of an advisory"
    _order = "advisory_id, score desc, cve, id"
    _rec_name = "cve"

    advisory_id = fields.Many2one("charter.advisory", required=True, index=True, ondelete="cascade")
    cve = fields.Char(
        "CVE reference", index="btree_not_null", help="CVE-2026-12345; empty where it has none."
    )
    name = fields.Char("Title")
    text = fields.Text("What it is")
    weakness = fields.Char("CWE")
    vector = fields.Char("CVSS vector", help="CVSS 2.0, 3.x or 4.0; the score is counted from it.")
    score = fields.Float("CVSS", compute="_compute_score", store=True, digits=(3, 1))
    severity = fields.Selection(SEVERITIES, compute="_compute_score", store=True)
    is_exploited = fields.Boolean("Exploited", help="Attacks are known.")

    @api.depends("cve", "name")
    def _compute_display_name(self):
        for one in self:
            one.display_name = one.cve or one.name or self.env._("No reference")

    @api.depends("vector")
    def _compute_score(self):
        for one in self:
            one.score, one.severity = 0, False
            if one.vector:
                try:
                    score = advisory.score_of(one.vector.strip())
                except advisory.AdvisoryError:
                    continue  # said by _check_vector, on saving
                one.score, one.severity = score.score, score.severity

    @api.constrains("vector", "cve")
    def _check_vector(self):
        for one in self:
            if one.cve and references.cve(one.cve) != one.cve:
                raise ValidationError(
                    self.env._("CVE reference: “%s” is none; write it as CVE-2026-12345.", one.cve)
                )
            try:
                one.vector and advisory.score_of(one.vector.strip())
            except advisory.AdvisoryError:
                raise ValidationError(
                    self.env._(
                        "CVSS vector: “%s” is none; copy it whole, as CVSS:3.1/AV:N/AC:L/…", one.vector
                    )
                ) from None


class CharterAdvisoryProduct(models.Model):
    """One product an advisory names, with its condition on versions as it stands there."""

    _name = "charter.advisory.product"
    _description = "Product of an advisory"
    _order = "advisory_id, id"
    _rec_name = "model"

    advisory_id = fields.Many2one("charter.advisory", required=True, index=True, ondelete="cascade")
    vendor = fields.Char("Manufacturer")
    family = fields.Char()
    model = fields.Char(help="A family has wildcards: DS-2CD4xx5.")
    condition = fields.Char(
        "Versions", help="< V5.7.3, 2020 R3, >=2.0<3.1, vers:all/*; empty: it does not say."
    )
    status = fields.Selection(STATUSES, required=True, default="affected")
    remark = fields.Selection(
        [
            ("version_is_model", "The model stood where the version should: no version is given"),
            ("model_is_version", "A version stands where the model should: correct the model"),
            ("no_model", "It names no model: all devices of the manufacturer are to be looked at"),
        ],
        readonly=True,
    )
    cve_ids = fields.Many2many("charter.advisory.cve", string="Vulnerabilities")
    where = fields.Char("Place in the document", readonly=True)
    is_decidable = fields.Boolean("Can be decided", compute="_compute_is_decidable")
    key = fields.Char(compute="_compute_keys", store=True, index="btree_not_null")
    maker_key = fields.Char("Manufacturer key", compute="_compute_keys", store=True)
    pattern = fields.Char(compute="_compute_keys", store=True)
    resembling = fields.Char("Pattern of what is to be looked at", compute="_compute_keys", store=True)

    @api.depends("vendor", "model")
    def _compute_display_name(self):
        for one in self:
            one.display_name = " ".join(filter(None, [one.vendor, one.model, one.condition]))

    @api.depends("vendor", "model", "remark")
    def _compute_keys(self):
        for one in self:
            # A version in the place of the model names no model: the manufacturer's devices are looked at.
            one.key = (
                ""
                if one.remark == "model_is_version" and versions.is_version(one.model)
                else model_key(one.model)
            )
            one.maker_key = " ".join(maker_words(one.vendor))
            one.pattern = product_pattern(one.model) if one.key else ""
            one.resembling = resembling_pattern(one.model) if one.key else ""

    @api.depends("condition", "remark")
    def _compute_is_decidable(self):
        for one in self:
            one.is_decidable = bool(one.key and one.condition and versions.is_condition(one.condition))

    @api.constrains("model", "vendor")
    def _check_model(self):
        for one in self:
            if one.remark == "no_model":
                continue
            if not (one.model or "").strip():
                raise ValidationError(self.env._("Model: say which product it is."))
            if versions.is_version(one.model) and one.remark != "model_is_version":
                raise ValidationError(
                    self.env._(
                        "Model: “%s” is a version. Write the model here, and the version under Versions.",
                        one.model,
                    )
                )


class CharterAdvisoryRemedy(models.Model):
    """What can be done about it, as the advisory says."""

    _name = "charter.advisory.remedy"
    _description = "Remedy of an advisory"
    _order = "advisory_id, id"
    _rec_name = "kind"

    advisory_id = fields.Many2one("charter.advisory", required=True, index=True, ondelete="cascade")
    kind = fields.Selection(REMEDIES, required=True, default="vendor_fix")
    text = fields.Text("What to do", required=True)
    url = fields.Char("Web page")
    available_on = fields.Date("Available on")


class CharterAdvisoryRevision(models.Model):
    """One revision as it reached us, and what it changed."""

    _name = "charter.advisory.revision"
    _description = "Revision of an advisory"
    _order = "advisory_id, id desc"
    _rec_name = "version"

    advisory_id = fields.Many2one(
        "charter.advisory", required=True, readonly=True, index=True, ondelete="cascade"
    )
    version = fields.Char("Revision", readonly=True)
    revised_at = fields.Datetime("Revised on", readonly=True)
    received_at = fields.Datetime("Received", readonly=True, default=fields.Datetime.now)
    changes = fields.Text("What changed", readonly=True)
    told_count = fields.Integer("Clients informed of it", readonly=True)

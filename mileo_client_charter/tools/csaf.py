"""A CSAF 2.0 or 2.1 document (OASIS) as an :class:`~.advisory.Advisory`. Plain Python.

The product tree is walked as the standard has it (3.1.2, 3.2.2): branches of any depth, full product names, and
relationships, where firmware *installed on* a device is a product of its own. Where a document has a model in the place of
a version, or a version in the place of a model, the product is kept with a remark: somebody has to look at it.
"""

import re

from . import versions
from .advisory import (
    MAX_DEPTH,
    MAX_PRODUCTS,
    Advisory,
    AdvisoryError,
    Node,
    Product,
    Remedy,
    Revision,
    Vulnerability,
    load,
    score_of,
)

VERSIONS = ("2.0", "2.1")
# Of product_status (3.2.3.9), what each list says of its products; the first one that names a product counts.
STATUSES = {
    "known_affected": "affected",
    "first_affected": "affected",
    "last_affected": "affected",
    "under_investigation": "look",
    "unknown": "look",
    "fixed": "fixed",
    "first_fixed": "fixed",
    "known_not_affected": "not_affected",
}
SCORES = ("cvss_v2", "cvss_v3", "cvss_v4")
# Documents that take an earlier one of the same id back (2.1, 4.6 and 4.7); they name no product.
_WITHDRAWN = ("csaf_withdrawn", "csaf_superseded")
_REVISION = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9}){0,3}([-+][0-9A-Za-z.+-]{1,60})?")
_VERSION_BRANCHES = ("product_version", "product_version_range")


def read(content: bytes) -> Advisory:
    """Read the document.

    :raise AdvisoryError: it is too large, none of this format, or not whole; says where
    """
    root = Node(load(content))
    if "document" not in root.value or "csaf_version" not in (root.value["document"] or {}):
        raise AdvisoryError("foreign")
    document = root.object("document")
    version = document.text("csaf_version")
    if version not in VERSIONS:
        raise AdvisoryError("version", "/document/csaf_version", version)
    tracking, publisher = document.object("tracking"), document.object("publisher")
    is_withdrawn = document.text("category", "").lower() in _WITHDRAWN
    vulnerabilities = [] if is_withdrawn else root.objects("vulnerabilities")
    products = [] if is_withdrawn else _Products(root.object("product_tree")).of(vulnerabilities)
    return Advisory(
        identifier=tracking.text("id"),
        publisher=publisher.text("name"),
        namespace=publisher.text("namespace", ""),
        title=document.text("title"),
        language=document.text("lang", "")[:2].lower(),
        tlp=_tlp(document),
        status=tracking.text("status", ""),
        version=_revision(tracking),
        published=tracking.moment("initial_release_date"),
        revised=tracking.moment("current_release_date"),
        summary=_summary(document),
        revisions=[
            Revision(one.text("number"), one.moment("date", required=False), one.text("summary", ""))
            for one in tracking.objects("revision_history")
        ],
        vulnerabilities=[_vulnerability(one) for one in vulnerabilities],
        products=products,
        remedies=_remedies(vulnerabilities),
        references=[(one.text("summary", ""), one.text("url")) for one in document.objects("references")],
        source_format=f"csaf_{version}",
        is_withdrawn=is_withdrawn,
    )


def _revision(tracking):
    """Return the revision: a number, or one of semantic versioning (CSAF 2.0, 3.1.11)."""
    version = tracking.text("version")
    if not _REVISION.fullmatch(version):
        raise AdvisoryError("type", "/document/tracking/version", version)
    return version


def _tlp(document):
    """CLEAR is TLP 2.0's name for WHITE; a document that says nothing may go to nobody else."""
    tlp = document.object("distribution", required=False).object("tlp", required=False)
    label = tlp.text("label", "").upper()
    return "CLEAR" if label == "WHITE" else label


def _summary(document):
    notes = [(note.text("category", ""), note.text("text", "")) for note in document.objects("notes")]
    for wanted in ("summary", "description", "general"):
        found = [text for category, text in notes if category == wanted and text]
        if found:
            return found[0]
    return ""


def _vulnerability(node):
    notes = [(one.text("category", ""), one.text("text", "")) for one in node.objects("notes")]
    weaknesses = [node.object("cwe", required=False), *node.objects("cwes")]
    return Vulnerability(
        cve=node.text("cve", "").upper(),
        title=node.text("title", ""),
        text=next(
            (text for wanted in ("summary", "description") for category, text in notes if category == wanted),
            "",
        ),
        weakness=next((one.text("id", "") for one in weaknesses if one.value), ""),
        scores=_scores(node),
        exploited=any(
            threat.text("category", "") == "exploit_status"
            and "exploited" in threat.text("details", "").lower()
            and "not" not in threat.text("details", "").lower()
            for threat in node.objects("threats")
        ),
    )


def _scores(node):
    """Return the scores of 2.0's ``scores`` and of 2.1's ``metrics``."""
    holders = node.objects("scores") + [one.object("content") for one in node.objects("metrics")]
    found = {}
    for holder in holders:
        for name in SCORES:
            score = holder.object(name, required=False)
            if score.value:
                vector = score.text("vectorString")
                found.setdefault(vector, score_of(vector, f"{score.where}/vectorString"))
    return list(found.values())


def _remedies(vulnerabilities):
    found = {}
    for vulnerability in vulnerabilities:
        for one in vulnerability.objects("remediations"):
            remedy = Remedy(
                one.text("category"),
                one.text("details"),
                one.text("url", ""),
                one.moment("date", required=False),
            )
            found.setdefault(remedy, remedy)
    return list(found)


class _Products:
    """The products of the tree by their id, with what the branches on the way to each say."""

    def __init__(self, tree):
        self.known = {}
        self._walk(tree, {}, 0)
        for full in tree.objects("full_product_names"):
            self._add(full, {"product_name": (full.text("name"), f"{full.where}/name")})
        for one in tree.objects("relationships"):
            self._relate(one, "product_reference", one, "relates_to_product_reference")
        for one in tree.objects("product_paths"):
            # 2.1 has paths in their place; what it is installed on first is the device.
            self._relate(
                one, "beginning_product_reference", _first(one, "subpaths"), "next_product_reference"
            )
        if not self.known:
            raise AdvisoryError("missing", "/product_tree/branches")

    def _walk(self, node, path, depth):
        if depth > MAX_DEPTH:
            raise AdvisoryError("depth", node.where, MAX_DEPTH)
        for branch in node.objects("branches"):
            category = branch.text("category")
            below = {**path, category: (branch.text("name"), f"{branch.where}/name")}
            if "product" in branch.value:
                self._add(branch.object("product"), below)
            self._walk(branch, below, depth + 1)

    def _add(self, product, path):
        key = product.text("product_id")
        if key in self.known:
            raise AdvisoryError("twice", f"{product.where}/product_id", key)
        if len(self.known) >= MAX_PRODUCTS:
            raise AdvisoryError("products", product.where, MAX_PRODUCTS)
        self.known[key] = {**path, "": (product.text("name"), f"{product.where}/name")}

    def _relate(self, one, part_name, holder, whole_name):
        """Relate firmware to a device: the device of one, the version of the other."""
        part = self._get(one.text(part_name), f"{one.where}/{part_name}")
        whole = self._get(holder.text(whole_name), f"{holder.where}/{whole_name}")
        path = dict(whole)
        for category in _VERSION_BRANCHES:
            if category in part and not any(name in whole for name in _VERSION_BRANCHES):
                path[category] = part[category]
        if not any(name in path for name in _VERSION_BRANCHES) and "product_name" in part:
            # Firmware whose version is its name: "MX-V4.0.1.15".
            path["product_version"] = part["product_name"]
        self._add(one.object("full_product_name"), path)

    def _get(self, key, where):
        if key not in self.known:
            raise AdvisoryError("unknown", where, key)
        return self.known[key]

    def of(self, vulnerabilities):
        """Return each product the vulnerabilities name, once a status, in the order of the document."""
        said = {}
        for number, vulnerability in enumerate(vulnerabilities):
            status = vulnerability.object("product_status", required=False)
            named = set()
            for name, meaning in STATUSES.items():
                for index, key in enumerate(status.texts(name)):
                    self._get(key, f"{status.where}/{name}/{index}")
                    if key not in named:
                        named.add(key)
                        said.setdefault((key, meaning), []).append(number)
        products = [_product(self.known[key], meaning, numbers) for (key, meaning), numbers in said.items()]
        return list(dict.fromkeys(products))


def _first(node, name):
    found = node.objects(name, required=True)
    if not found:
        raise AdvisoryError("missing", f"{node.where}/{name}/0")
    return found[0]


def _product(path, status, numbers):
    def at(*categories):
        return next((path[one] for one in categories if one in path), ("", ""))

    vendor, family = at("vendor")[0], at("product_family")[0]
    model, where = at("product_name", "product_family", "")
    condition, condition_where = at("product_version_range", "product_version")
    patch = at("patch_level", "service_pack")[0]
    remark = ""
    if condition and not versions.is_condition(condition):
        if _is_model(condition):
            # Honeywell, Dahua, Reolink: the family where the model should be, the model where the version should be.
            remark, family, model, condition, where = (
                "version_is_model",
                model,
                _model(condition),
                "",
                condition_where,
            )
    elif condition and patch:
        condition = f"{condition} {patch}"
    if not remark and versions.is_version(model):
        remark = "model_is_version"
    return Product(vendor, family, model, condition, status, remark, where, tuple(numbers))


def _is_model(text):
    return len(text) <= 60 and not text.startswith("-") and not text.casefold().startswith("all ")


def _model(text):
    """Return a model out of a list written as a sentence: “DH-HCVR4XXX, and”."""
    return text.rstrip(" ,").removesuffix(" and").rstrip(" ,")

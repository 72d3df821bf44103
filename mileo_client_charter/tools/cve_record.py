"""A CVE record (CVE JSON 5, cve.org) as an :class:`~.advisory.Advisory`. Plain Python.

A record is about one vulnerability. Its versions are pairs of bounds; where they order by something else than figures
(``versionType``: a commit, an epoch of Debian) somebody has to look.
"""

from .advisory import Advisory, AdvisoryError, Node, Product, Remedy, Vulnerability, load, score_of

STATUSES = {"affected": "affected", "unaffected": "not_affected", "unknown": "look"}
SCORES = ("cvssV2_0", "cvssV3_0", "cvssV3_1", "cvssV4_0")
_UNORDERED = {"git", "deb", "rpm"}
_UNSAID = {"", "-", "n/a", "unspecified", "unknown"}
_EVERY = {"*", "all", "all versions"}
_FIRST = _EVERY | _UNSAID | {"0", "0.0"}
# Those who assign numbers to products of others; any other who does is the manufacturer (cve.org, partners).
_OTHERS = {
    "mitre",
    "icscert",
    "certcc",
    "cisa-cg",
    "jpcert",
    "github_m",
    "vuldb",
    "tenable",
    "talos",
    "zdi",
    "snyk",
    "redhat",
}


def read(content: bytes) -> Advisory:
    """Read the record.

    A record that cve.org rejected is one that was withdrawn.

    :raise AdvisoryError: it is too large, none of this format, only reserved, or not whole; says where
    """
    root = Node(load(content))
    if root.value.get("dataType") != "CVE_RECORD":
        raise AdvisoryError("foreign")
    version = root.text("dataVersion")
    if version.split(".")[0] != "5":
        raise AdvisoryError("version", "/dataVersion", version)
    meta = root.object("cveMetadata")
    state = meta.text("state")
    if state not in ("PUBLISHED", "REJECTED"):
        raise AdvisoryError("unpublished", f"{meta.where}/state", state)
    assigner = root.object("containers").object("cna")
    identifier, is_withdrawn = meta.text("cveId").upper(), state == "REJECTED"
    published = meta.moment("datePublished", required=not is_withdrawn) or meta.moment("dateUpdated")
    words = assigner.objects("rejectedReasons" if is_withdrawn else "descriptions")
    text = next((one.text("value") for one in words if one.text("lang", "en")[:2] == "en"), "")
    publisher = assigner.object("providerMetadata").text("shortName", "") or meta.text(
        "assignerShortName", "cve.org"
    )
    products = [] if is_withdrawn else _affected(root, assigner, publisher)
    return Advisory(
        identifier=identifier,
        publisher=publisher,
        namespace="https://www.cve.org/",
        title=assigner.text("title", "") or identifier,
        language="en",
        tlp="CLEAR",
        status="final",
        version=meta.text("dateUpdated", "") or meta.text("datePublished"),
        published=published,
        revised=meta.moment("dateUpdated", required=False) or published,
        summary=text,
        revisions=[],
        vulnerabilities=[]
        if is_withdrawn
        else [
            Vulnerability(
                identifier,
                assigner.text("title", ""),
                text,
                _weakness(assigner),
                _scores(root, assigner),
                _is_exploited(root),
            )
        ],
        products=list(dict.fromkeys(products)),
        remedies=[
            Remedy(kind, one.text("value"), "", None)
            for name, kind in (("solutions", "vendor_fix"), ("workarounds", "workaround"))
            for one in assigner.objects(name)
        ],
        references=[(one.text("name", ""), one.text("url")) for one in assigner.objects("references")],
        source_format=f"cve_{version}",
        is_withdrawn=is_withdrawn,
    )


def _weakness(assigner):
    found = [
        two.text("cweId", "")
        for one in assigner.objects("problemTypes")
        for two in one.objects("descriptions")
    ]
    return next(filter(None, found), "")


def _scores(root, assigner):
    """Return the scores of whoever assigned the number, else of those who enrich records (ADP)."""
    for holder in (assigner, *root.object("containers").objects("adp")):
        found = [
            score_of(score.text("vectorString"), f"{score.where}/vectorString")
            for one in holder.objects("metrics")
            for name in SCORES
            if (score := one.object(name, required=False)).value
        ]
        if found:
            return list(dict.fromkeys(found))
    return []


def _is_exploited(root):
    """Return whether it is in the catalogue of exploited vulnerabilities, which CISA adds to records (KEV)."""
    return any(
        one.object("other", required=False).text("type", "") == "kev"
        for holder in root.object("containers").objects("adp")
        for one in holder.objects("metrics")
    )


def _affected(root, assigner, publisher):
    """Return the products of whoever assigned the number; where it names none, of those who enrich records (ADP).

    Records of some manufacturers name no product at all ("n/a"): it is then one of theirs, and somebody has to look.
    """
    rows = assigner.objects("affected", required=True)
    named = [one for one in rows if _model(one)]
    named = named or [
        one
        for holder in root.object("containers").objects("adp")
        for one in holder.objects("affected")
        if _model(one)
    ]
    products = [product for one in named for product in _products(one, publisher)]
    if products:
        return products
    vendors = [vendor for one in rows if (vendor := _vendor(one, publisher))]
    if named or not vendors:
        place = "versions" if named else "product"
        raise AdvisoryError("missing", f"{assigner.where}/affected/0/{place}")
    where = f"{rows[0].where}/product"
    return [Product(vendor, "", "", "", "affected", "no_model", where, (0,)) for vendor in vendors]


def _vendor(one, publisher):
    said = one.text("vendor", "")
    if said.casefold() not in _UNSAID:
        return said
    return "" if publisher.casefold() in _OTHERS else publisher


def _model(one):
    for name in ("product", "packageName"):
        said = one.text(name, "")
        if said.casefold() not in _UNSAID:
            return said
    return ""


def _products(one, publisher):
    vendor, model = _vendor(one, publisher), _model(one)
    where = f"{one.where}/product"

    def product(status, condition):
        return Product(vendor, "", model, condition, status, "", where, (0,))

    for version in one.objects("versions"):
        status = version.text("status")
        if status not in STATUSES:
            raise AdvisoryError("type", f"{version.where}/status", status)
        unordered = version.text("versionType", "").lower() in _UNORDERED
        yield product("look" if unordered else STATUSES[status], _condition(version))
    if one.text("defaultStatus", "") in ("affected", "unknown") and not one.objects("versions"):
        yield product(STATUSES[one.text("defaultStatus")], "vers:all/*")


def _condition(version):
    first = version.text("version")
    for name, sign in (("lessThan", "<"), ("lessThanOrEqual", "<=")):
        last = version.text(name, "")
        if last:
            lower = "" if first.casefold() in _FIRST else f">= {first}"
            upper = "" if last == "*" else f"{sign} {last}"
            return " | ".join(filter(None, [lower, upper])) or "vers:all/*"
    if first.casefold() in _UNSAID:
        return ""
    return "vers:all/*" if first.casefold() in _EVERY else first

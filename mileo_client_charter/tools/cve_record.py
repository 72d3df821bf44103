"""A CVE record (CVE JSON 5, cve.org) as an :class:`~.advisory.Advisory`. Plain Python.

A record is about one vulnerability. Its versions are pairs of bounds; where they order by something else than figures
(``versionType``: a commit, an epoch of Debian) somebody has to look.
"""

from .advisory import Advisory, AdvisoryError, Node, Product, Remedy, Vulnerability, load, score_of

STATUSES = {"affected": "affected", "unaffected": "not_affected", "unknown": "look"}
SCORES = ("cvssV2_0", "cvssV3_0", "cvssV3_1", "cvssV4_0")
_UNORDERED = {"git", "deb", "rpm"}
_FIRST = {"*", "0", "0.0", "-", "all", "all versions", "unspecified", "n/a"}


def read(content: bytes) -> Advisory:
    """Read the record.

    :raise AdvisoryError: it is too large, none of this format, rejected by cve.org, or not whole; says where
    """
    root = Node(load(content))
    if root.value.get("dataType") != "CVE_RECORD":
        raise AdvisoryError("foreign")
    version = root.text("dataVersion")
    if version.split(".")[0] != "5":
        raise AdvisoryError("version", "/dataVersion", version)
    meta = root.object("cveMetadata")
    if meta.text("state") != "PUBLISHED":
        raise AdvisoryError("unpublished", f"{meta.where}/state", meta.text("state"))
    assigner = root.object("containers").object("cna")
    identifier, published = meta.text("cveId").upper(), meta.moment("datePublished")
    text = next(
        (one.text("value") for one in assigner.objects("descriptions") if one.text("lang", "en")[:2] == "en"),
        "",
    )
    products = [product for one in assigner.objects("affected", required=True) for product in _products(one)]
    if not products:
        raise AdvisoryError("missing", f"{assigner.where}/affected/0/versions")
    return Advisory(
        identifier=identifier,
        publisher=assigner.object("providerMetadata").text("shortName", "")
        or meta.text("assignerShortName", "cve.org"),
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
        vulnerabilities=[
            Vulnerability(
                identifier,
                assigner.text("title", ""),
                text,
                _weakness(assigner),
                _scores(root, assigner),
                False,
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


def _products(one):
    vendor, model = one.text("vendor", ""), one.text("product", "") or one.text("packageName", "")
    if not model:
        raise AdvisoryError("missing", f"{one.where}/product")
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
    return "vers:all/*" if first.casefold() in _FIRST - {"0", "0.0", "n/a", "-", "unspecified"} else first

"""Advisories as others write them: CSAF 2.0 and 2.1, CVE records, and what is none."""

import copy
import doctest
import io
import json
import pathlib
import tarfile
import unittest
from datetime import datetime

from tools import advisory, advisory_document
from tools.advisory import AdvisoryError

DATA = pathlib.Path(__file__).parent / "data"
VECTOR = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"

CSAF = {
    "document": {
        "category": "csaf_security_advisory",
        "csaf_version": "2.0",
        "title": "Cameras of Acme",
        "lang": "en",
        "publisher": {"category": "vendor", "name": "Acme", "namespace": "https://acme.example.com"},
        "distribution": {"tlp": {"label": "WHITE"}},
        "notes": [{"category": "summary", "text": "Anybody may log in."}],
        "references": [{"category": "self", "summary": "Page", "url": "https://acme.example.com/1"}],
        "tracking": {
            "id": "ACME-1", "status": "final", "version": "2",
            "initial_release_date": "2026-09-01T22:00:00+02:00", "current_release_date": "2026-09-03T00:00:00Z",
            "revision_history": [{"number": "1", "date": "2026-09-01T20:00:00Z", "summary": "First"}],
        },
    },
    "product_tree": {
        "branches": [{"category": "vendor", "name": "Acme", "branches": [
            {"category": "product_name", "name": "C-1", "branches": [
                {"category": "product_version_range", "name": "< 2.0", "product": {"name": "C-1 < 2.0", "product_id": "A"}},
                {"category": "product_version", "name": "2.0", "product": {"name": "C-1 2.0", "product_id": "B"}},
            ]},
            {"category": "product_name", "name": "Indoor cameras", "branches": [
                {"category": "product_version", "name": "HC100, and", "product": {"name": "HC100", "product_id": "C"}},
            ]},
            {"category": "product_name", "name": "V3.4.106", "branches": [
                {"category": "product_version_range", "name": "<= 200422", "product": {"name": "?", "product_id": "D"}},
            ]},
            {"category": "product_name", "name": "Board", "product": {"name": "Board", "product_id": "E"}},
            {"category": "product_name", "name": "Firmware 7.1", "product": {"name": "Firmware 7.1", "product_id": "F"}},
        ]}],
        "relationships": [{
            "category": "installed_on", "product_reference": "B", "relates_to_product_reference": "E",
            "full_product_name": {"name": "2.0 on Board", "product_id": "G"},
        }],
    },
    "vulnerabilities": [{
        "cve": "CVE-2026-11111", "cwe": {"id": "CWE-287", "name": "Improper Authentication"},
        "notes": [{"category": "summary", "text": "No password is asked."}],
        "product_status": {"known_affected": ["A", "C", "D", "G"], "fixed": ["B"]},
        "scores": [{"cvss_v3": {"vectorString": VECTOR, "baseScore": 1.0}, "products": ["A"]}],
        "remediations": [{"category": "vendor_fix", "details": "Update to 2.0.", "product_ids": ["A"], "url": "https://a.example"}],
    }],
}  # fmt: skip

CVE = {
    "dataType": "CVE_RECORD", "dataVersion": "5.1",
    "cveMetadata": {"cveId": "CVE-2026-22222", "state": "PUBLISHED", "datePublished": "2026-09-02T08:00:00.000Z",
                    "assignerShortName": "acme"},
    "containers": {"cna": {
        "providerMetadata": {"orgId": "1", "shortName": "acme"}, "title": "Anybody may log in",
        "descriptions": [{"lang": "fr", "value": "Non"}, {"lang": "en", "value": "No password is asked."}],
        "affected": [
            {"vendor": "Acme", "product": "C-1", "defaultStatus": "unaffected", "versions": [
                {"version": "1.0", "lessThan": "2.0", "status": "affected", "versionType": "custom"},
                {"version": "0", "lessThanOrEqual": "0.9", "status": "affected"},
                {"version": "3.0", "status": "unaffected"},
                {"version": "abcdef1", "status": "affected", "versionType": "git"},
            ]},
            {"vendor": "Acme", "product": "C-2", "defaultStatus": "affected"},
        ],
        "metrics": [{"cvssV4_0": {"vectorString":
            "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:A/VC:L/VI:L/VA:N/SC:L/SI:L/SA:N"}}],
        "solutions": [{"lang": "en", "value": "Update."}],
        "references": [{"url": "https://acme.example.com/2"}],
    }},
}  # fmt: skip


# 2.1 has paths in the place of relationships.
PATHS = copy.deepcopy(CSAF)
PATHS["document"]["csaf_version"] = "2.1"
PATHS["product_tree"]["product_paths"] = [
    {"beginning_product_reference": one["product_reference"], "full_product_name": one["full_product_name"],
     "subpaths": [{"category": one["category"], "next_product_reference": one["relates_to_product_reference"]}]}
    for one in PATHS["product_tree"].pop("relationships")
]  # fmt: skip
# As some manufacturers publish records: of a product of theirs, nobody says which.
UNNAMED = copy.deepcopy(CVE)
UNNAMED["containers"]["cna"]["affected"] = [
    {"vendor": "n/a", "product": "n/a", "versions": [{"version": "n/a", "status": "affected"}]}
]


def read(document):
    return advisory_document.read(json.dumps(document).encode())


def changed(document, path, value):
    """A copy in which what is at ``path`` is ``value``; None takes it out."""
    made = copy.deepcopy(document)
    *way, last = path.split("/")
    node = made
    for step in way:
        node = node[int(step) if isinstance(node, list) else step]
    last = int(last) if isinstance(node, list) else last
    if value is None:
        del node[last]
    else:
        node[last] = value
    return made


class TestAdvisoryDocuments(unittest.TestCase):
    def test_csaf(self):
        found = read(CSAF)
        self.assertEqual(
            (found.identifier, found.publisher, found.version, found.tlp, found.summary, found.language),
            ("ACME-1", "Acme", "2", "CLEAR", "Anybody may log in.", "en"),
        )
        self.assertEqual((found.published, found.revised), (datetime(2026, 9, 1, 20), datetime(2026, 9, 3)))
        [vulnerability] = found.vulnerabilities
        self.assertEqual((vulnerability.cve, vulnerability.weakness), ("CVE-2026-11111", "CWE-287"))
        self.assertEqual(
            vulnerability.scores[0][2:], (9.8, "critical"), "counted, not taken from beside the vector"
        )
        self.assertEqual(
            [(one.model, one.family, one.condition, one.status, one.remark) for one in found.products],
            [
                ("C-1", "", "< 2.0", "affected", ""),
                ("HC100", "Indoor cameras", "", "affected", "version_is_model"),
                ("V3.4.106", "", "<= 200422", "affected", "model_is_version"),
                ("Board", "", "2.0", "affected", ""),
                ("C-1", "", "2.0", "fixed", ""),
            ],
        )
        self.assertEqual([(one.kind, one.text) for one in found.remedies], [("vendor_fix", "Update to 2.0.")])

    def test_csaf_2_1(self):
        document = changed(CSAF, "document/csaf_version", "2.1")
        document["document"]["distribution"]["tlp"]["label"] = "AMBER+STRICT"
        vulnerability = document["vulnerabilities"][0]
        vulnerability["metrics"] = [
            {"content": {"cvss_v3": vulnerability.pop("scores")[0]["cvss_v3"]}, "products": ["A"]}
        ]
        vulnerability["cwes"] = [vulnerability.pop("cwe")]
        found = read(document)
        self.assertEqual((found.tlp, found.source_format), ("AMBER+STRICT", "csaf_2.1"))
        self.assertEqual(
            (found.vulnerabilities[0].scores[0].score, found.vulnerabilities[0].weakness), (9.8, "CWE-287")
        )

    def test_cve_record(self):
        found = read(CVE)
        self.assertEqual((found.identifier, found.publisher, found.tlp), ("CVE-2026-22222", "acme", "CLEAR"))
        self.assertEqual(found.vulnerabilities[0].scores[0][2:], (5.1, "medium"))
        self.assertEqual(
            [(one.model, one.condition, one.status) for one in found.products],
            [
                ("C-1", ">= 1.0 | < 2.0", "affected"), ("C-1", "<= 0.9", "affected"), ("C-1", "3.0", "not_affected"),
                ("C-1", "abcdef1", "look"), ("C-2", "vers:all/*", "affected"),
            ],
        )  # fmt: skip

    def test_paths_of_csaf_2_1_say_what_relationships_did(self):
        self.assertEqual(read(PATHS).products, read(CSAF).products)

    def test_a_record_that_names_no_product(self):
        """One of the assigner's devices, whichever; those who enrich records may know more."""
        self.assertEqual(
            [(one.vendor, one.model, one.remark) for one in read(UNNAMED).products],
            [("acme", "", "no_model")],
        )
        enriched = copy.deepcopy(UNNAMED)
        enriched["containers"]["adp"] = [
            {"affected": CVE["containers"]["cna"]["affected"][1:], "metrics": [{"other": {"type": "kev"}}]}
        ]
        found = read(enriched)
        self.assertEqual(
            [(one.vendor, one.model, one.remark) for one in found.products], [("Acme", "C-2", "")]
        )
        self.assertEqual(
            (read(CVE).vulnerabilities[0].exploited, found.vulnerabilities[0].exploited), (False, True)
        )
        self.assertEqual(
            read(changed(CVE, "containers/cna/affected/0/versions/0", {"version": "n/a", "status": "affected"}))
            .products[0].condition, "",
        )  # fmt: skip

    def test_withdrawn(self):
        rejected = changed(CVE, "cveMetadata/state", "REJECTED")
        rejected["cveMetadata"]["dateUpdated"] = "2026-09-09T08:00:00.000Z"
        rejected["containers"]["cna"] = {
            "providerMetadata": {"orgId": "1", "shortName": "acme"}, "rejectedReasons": [{"lang": "en", "value": "A duplicate."}],
        }  # fmt: skip
        withdrawn = changed(changed(PATHS, "document/category", "csaf_withdrawn"), "product_tree", None)
        for document in (rejected, withdrawn):
            found = read(document)
            self.assertEqual((found.is_withdrawn, found.products, found.vulnerabilities), (True, [], []))
        self.assertEqual((read(rejected).summary, read(CVE).is_withdrawn), ("A duplicate.", False))

    def test_what_is_wrong_says_where(self):
        vulnerability, tree = "vulnerabilities/0/", "product_tree/branches/0/branches/"
        for name, document, code, where in (
            ("no object", [], "foreign", ""),
            ("something else", {"vex": 1}, "foreign", ""),
            ("a specification to come", changed(CSAF, "document/csaf_version", "3.0"), "version", "/document/csaf_version"),
            ("no product tree", changed(CSAF, "product_tree", None), "missing", "/product_tree"),
            ("an empty tree", changed(CSAF, "product_tree", {"branches": []}), "missing", "/product_tree/branches"),
            ("no identifier", changed(CSAF, "document/tracking/id", " "), "missing", "/document/tracking/id"),
            ("a title that is a number", changed(CSAF, "document/title", 7), "type", "/document/title"),
            ("a day of no calendar", changed(CSAF, "document/tracking/current_release_date", "2026-02-30"), "date",
             "/document/tracking/current_release_date"),
            ("a product nobody knows", changed(CSAF, vulnerability + "product_status/known_affected", ["A", "Z"]), "unknown",
             "/vulnerabilities/0/product_status/known_affected/1"),
            ("a product twice", changed(CSAF, tree + "3/product/product_id", "A"), "twice",
             "/product_tree/branches/0/branches/3/product/product_id"),
            ("branches that are none", changed(CSAF, tree + "0/branches", "C-1"), "type",
             "/product_tree/branches/0/branches/0/branches"),
            ("a branch that is none", changed(CSAF, tree + "0/branches/0", "C-1"), "type",
             "/product_tree/branches/0/branches/0/branches/0"),
            ("a vector that is none", changed(CSAF, vulnerability + "scores/0/cvss_v3/vectorString", "CVSS:3.1/AV:X"), "vector",
             "/vulnerabilities/0/scores/0/cvss_v3/vectorString"),
            ("a relationship to nothing", changed(CSAF, "product_tree/relationships/0/product_reference", "Z"), "unknown",
             "/product_tree/relationships/0/product_reference"),
            ("a record of CVE JSON 4", changed(CVE, "dataVersion", "4.0"), "version", "/dataVersion"),
            ("a reserved record", changed(CVE, "cveMetadata/state", "RESERVED"), "unpublished", "/cveMetadata/state"),
            ("a path to nothing", changed(PATHS, "product_tree/product_paths/0/subpaths", []), "missing",
             "/product_tree/product_paths/0/subpaths/0"),
            ("a record of others that names no product", changed(UNNAMED, "containers/cna/providerMetadata/shortName", "mitre"),
             "missing", "/containers/cna/affected/0/product"),
            ("a record of no product", changed(CVE, "containers/cna/affected", None), "missing", "/containers/cna/affected"),
        ):  # fmt: skip
            with self.subTest(name), self.assertRaises(AdvisoryError) as caught:
                read(document)
            self.assertEqual((caught.exception.code, caught.exception.where), (code, where), name)

    def test_bytes_that_are_no_document(self):
        for name, content, code in (
            ("nothing", b"", "empty"), ("a page", b"<html>", "json"), ("half a file", b'{"document": {', "json"),
            ("20 MB", b" " * 20_000_000, "bytes"), ("letters of no code", b"\xff\xfe\x00", "json"),
            ("too deep", b"[" * 200_000, "json"),
        ):  # fmt: skip
            with self.subTest(name), self.assertRaises(AdvisoryError) as caught:
                advisory_document.read(content)
            self.assertEqual(caught.exception.code, code, name)

    def test_branches_have_an_end(self):
        document = copy.deepcopy(CSAF)
        node = document["product_tree"]["branches"][0]
        for _level in range(advisory.MAX_DEPTH + 1):
            node["branches"] = [{"category": "product_family", "name": "F", "branches": []}]
            node = node["branches"][0]
        with self.assertRaises(AdvisoryError) as caught:
            read(document)
        self.assertEqual(caught.exception.code, "depth")

    def test_real_ones(self):
        """26 advisories of CISA: all are read, and what stands in the wrong place is seen."""
        with tarfile.open(fileobj=io.BytesIO((DATA / "csaf_advisories.tar.xz").read_bytes())) as archive:
            documents = {one.name: archive.extractfile(one).read() for one in archive.getmembers()}
        found = {name: advisory_document.read(content) for name, content in documents.items()}
        self.assertEqual(len(found), 26)
        for name, one in found.items():
            stated = [
                holder["cvss_v3"]["baseScore"]
                for vulnerability in json.loads(documents[name])["vulnerabilities"]
                for holder in vulnerability.get("scores", ())
            ]
            counted = [score.score for vulnerability in one.vulnerabilities for score in vulnerability.scores]
            self.assertLessEqual(set(counted), set(stated), f"{name}: CISA's own scores")
        remarks = {
            (one.identifier, product.remark)
            for one in found.values()
            for product in one.products
            if product.remark
        }
        self.assertEqual(
            remarks,
            {
                ("ICSA-17-124-02", "version_is_model"),
                ("ICSA-21-019-02", "version_is_model"),
                ("ICSA-21-238-02", "model_is_version"),
            },
        )
        self.assertEqual(sum(len(one.products) for one in found.values()), 1412)

    def test_examples(self):
        self.assertFalse(doctest.testmod(advisory).failed)

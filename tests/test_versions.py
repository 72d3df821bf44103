"""Versions of this trade's firmware: which comes first, and what manufacturers' conditions say about them."""

import doctest
import json
import pathlib
import re
import unittest

from tools import versions
from tools.versions import AFFECTED, LOOK, NOT_AFFECTED, decide, parse

# The earlier one first: as makers of cameras, recorders, video management and access control number them.
PAIRS = [
    ("9.8", "9.10"), ("9.9", "10.0"), ("9.80.3.1", "9.80.10"), ("V5.7.1", "V5.7.3"), ("v5.6.9", "5.7.0"),
    ("V5.7.3 build 210112", "V5.7.3 build 220112"), ("5.4.0 Build 160414", "5.4.0 build 160421"),
    ("2020 R2", "2020 R3"), ("2019 R3", "2020 R1"), ("V10.0a", "V10.0b"), ("V10.2b", "V11.1a"),
    ("V20.2 HotfixRev9", "V20.2 HotfixRev14"), ("V22.2a (70)", "V22.2a (80)"), ("6.8.9 CU01", "6.9.2 CU01"),
    ("MX-V5.4.8.4-r1", "MX-V5.4.8.4-r2"), ("MX-V4.1.9.29", "MX-V4.1.10.28"), ("IP8_SR3", "IP8_SR4"),
    ("MP7", "MP8_SR4"), ("1.4.0_build221212", "1.4.62_build220414"), ("NVR-B3801.20.16.240507", "NVR-B3801.20.17.230101"),
    ("5.0 rc1", "5.0"), ("20.06.3.0", "20.12"), ("1.000.HW01.1.190813", "1.000.HW01.1.190814"), ("NVR 5.5 Build 700", "NVR 5.6 Build 595"),
]  # fmt: skip
# Nobody can say which comes first.
UNORDERED = [
    ("IP8", "5.0"), ("2020 R3", "14.1"), ("1.000.HW01.1.190813", "1.000.HW02.1.190813"), ("200422", "5.4"),
    ("1.0.20190820", "1.0.190822"), ("VMS 6.0", "VMS560"), ("5.4.0.1", "5.4.0 build 7"), ("1.2-3", "1.2-4"),
    ("firmware_FullImg-1023-1007", "firmware_FullImg-1023-1008"), ("5.0 P2 R", "5.0 P2 ZZ"),
]  # fmt: skip

CONDITIONS = [
    # condition, version, answer
    ("vers:all/*", "", AFFECTED), ("All versions", "whatever", AFFECTED), ("*", "1.0", AFFECTED),
    ("< V5.7.3 build 220112", "V5.7.3 build 210101", AFFECTED),
    ("< V5.7.3 build 220112", "V5.7.3 build 220112", NOT_AFFECTED),
    ("< V5.7.3 build 220112", "V5.7.3", LOOK), ("< V5.7.3 build 220112", "5.7.4", NOT_AFFECTED),
    ("vers:all/<V7.0.3", "7.0.2", AFFECTED), ("vers:all/<V7.0.3", "V7.0.3", NOT_AFFECTED),
    ("vers:all/<V7.0.3", "", LOOK), ("vers:all/<V7.0.3", "see label", LOOK),
    (">=V2.8<V3.1.1", "V2.7.9", NOT_AFFECTED), (">=V2.8<V3.1.1", "V2.8", AFFECTED),
    (">=V2.8<V3.1.1", "3.1.0", AFFECTED), (">=V2.8<V3.1.1", "V3.1.1", NOT_AFFECTED),
    ("<=1.4.0_build221212", "1.4.0_build221212", AFFECTED), ("<=1.4.0_build221212", "1.4.0_build230101", NOT_AFFECTED),
    ("<=1.4.0_build221212", "1.4.0", LOOK),
    (">= 5.2.0 build 140721 | <= 5.4.0  Build 160421", "5.3.0 build 150513", AFFECTED),
    (">= 5.2.0 build 140721 | <= 5.4.0  Build 160421", "5.4.1 build 160525", NOT_AFFECTED),
    ("> 6.8.6 | < 6.9.2 CU01", "6.8.6", NOT_AFFECTED), ("> 6.8.6 | < 6.9.2 CU01", "6.9.1", AFFECTED),
    ("9.6 | 9.8", "9.8", AFFECTED), ("9.6 | 9.8", "9.7", NOT_AFFECTED), ("1.0, 1.1 and 1.3", "1.1", AFFECTED),
    ("2020 R3", "2020 R3", AFFECTED), ("2020 R3", "2020 R2", NOT_AFFECTED), ("2020 R3", "20.3a", LOOK),
    ("All versions < V12.1a (2018 R1)", "V11.2a", AFFECTED), ("All versions < V12.1a (2018 R1)", "2018 R2", NOT_AFFECTED),
    ("All versions  >= V5.1.1", "5.0", NOT_AFFECTED), ("All versions with OIS Extension Module", "1.0", LOOK),
    ("< NVR 5.6 Build 595 T2-Patch", "NVR 5.5 Build 500", AFFECTED),
    ("< NVR 5.6 Build 595 T2-Patch", "NVR 5.6 Build 595", LOOK), ("< NVR 5.6 Build 595 T2-Patch", "5.5", LOOK),
    ("5.7 and earlier", "5.6", AFFECTED), ("Versions prior to 5.7", "5.7", NOT_AFFECTED),
    ("version 5.7 and later", "5.8", AFFECTED), ("5.1 through 5.4", "5.4", AFFECTED), ("5.1 through 5.4", "5.5", NOT_AFFECTED),
    ("up to and including 5.7", "5.7", AFFECTED), ("up to 5.7", "5.7", LOOK),
    # As far as they go they are equal: what one leaves out is no answer, unless it can only be zero or more.
    ("< 5.7.0", "5.7", NOT_AFFECTED), ("< 5.7.1", "5.7", AFFECTED), ("< 5.7.1", "5", LOOK), (">= 5.7.1", "5.7", LOOK),
    ("< 5.7", "5.7.3", NOT_AFFECTED), ("<= 5.7", "5.7.3", LOOK), ("> 5.7", "5.7.3", LOOK), (">= 5.7", "5.7.3", AFFECTED),
    ("5.7", "5.7.3", LOOK), ("5.7", "5.7.0", AFFECTED), ("<= 5.7", "5.7.0.0", AFFECTED),
    # The model where the version should be, a family, a note, another's reference.
    ("DH-IPC-HDW1XXX,", "2.420", LOOK), ("RLC-4XX series", "3.0", LOOK), ("HEN16204", "2.1", LOOK), ("V16", "16.1", LOOK),
    ("H4W2PER2", "H4W2PER3", LOOK), ("v25", "26", LOOK), ("V14D", "5.0", LOOK),
    # A number alone: the same number is it, with or without its V; another one is not cleared, as it may be a model.
    ("V16", "V16", AFFECTED), ("V16", "16", AFFECTED), ("V16", "16.0", AFFECTED), ("16", "V16", AFFECTED), ("V16", "17", LOOK),
    ("V16", "15", LOOK), ("V16", "2016 R1", LOOK), ("V14D", "14d", AFFECTED), ("V14D", "14", LOOK), ("V14D", "V14E", LOOK),
    ("v25", "firmware 25", AFFECTED), ("D16", "16", LOOK), ("16 | 17", "17", AFFECTED), ("16 | 17", "18", LOOK), ("!= 16", "16.0", LOOK),
    ("G-Series", "", LOOK), ("", "1.0", LOOK),
    (">= 5.0.0 | CVE-2019-18340", "5.1.0", LOOK), ("- SSA-761844 and ICSA-21-103-10", "1.0", LOOK),
    ("<= 5.12.2 | all microsoft windows operating systems (except microsoft windows server)", "5.12.1", LOOK),
    ("<= 5.12.2 | all microsoft windows operating systems (except microsoft windows server)", "5.13", NOT_AFFECTED),
    (">= 5.0.0 | CVE-2019-18340", "4.0", NOT_AFFECTED),
    # "vers" as its specification has it: pairs in a row, exceptions, schemes that are not of figures.
    ("vers:generic/>=1.0|<2.0|>=3.0|<4.0", "3.5", AFFECTED), ("vers:generic/>=1.0|<2.0|>=3.0|<4.0", "2.5", NOT_AFFECTED),
    ("vers:intdot/<10.0", "9.9", AFFECTED), ("vers:generic/>=1.0|!=1.5|<2.0", "1.5", NOT_AFFECTED),
    ("vers:generic/1.0|1.2", "1.2", AFFECTED), ("vers:deb/<1:2.0", "1.0", LOOK), ("< 2.1, < 3.4", "2.0", LOOK),
    ("<" + "1." * 3000, "1.0", LOOK), ("< 5.0", "1" * 5000, LOOK), ("≤ 5.7", "5.7", AFFECTED),
]  # fmt: skip

# What 78 advisories of CISA (public domain, github.com/cisagov/CSAF at 6960219) about cameras, recorders, video management,
# access control and fire panels have where the version should be: 346 texts, with the category of their branch.
REAL = json.loads((pathlib.Path(__file__).parent / "data" / "advisory_version_texts.json").read_text())
# Every text of REAL in which a version stands; the others are models, families and prose.
VERSION = re.compile(
    r"vers:all/|[<>]|v?\d+\.|MX-V\d|20\d\d R\d|All versions($|\s+[<>])|v\d+[a-z]?$", re.IGNORECASE
)
# Of these one direction only is decided: nothing is cleared by a number alone, which may be the name of a model.
NUMBER = re.compile(r"v\d+[a-z]?$", re.IGNORECASE)
SAMPLES = (
    "1.0",
    "5.0.0",
    "V5.7.3 build 220112",
    "99",
    "2020 R3",
    "IP8",
    "MX-V5.1.0.99",
    "R4",
    "see label",
    "6.9.2 CU02",
    "16",
    "",
)


class TestVersions(unittest.TestCase):
    def test_the_earlier_is_before_the_later(self):
        for earlier, later in PAIRS:
            with self.subTest(earlier=earlier, later=later):
                self.assertEqual(decide(f"< {later}", earlier), AFFECTED)
                self.assertEqual(decide(f"< {earlier}", later), NOT_AFFECTED)
                self.assertEqual(decide(f">= {later}", later), AFFECTED)

    def test_what_has_no_order_is_looked_at(self):
        for one, other in UNORDERED:
            for sign in ("<", "<=", ">", ">="):
                with self.subTest(one=one, sign=sign, other=other):
                    self.assertEqual(
                        (decide(f"{sign} {one}", other), decide(f"{sign} {other}", one)), (LOOK, LOOK)
                    )

    def test_conditions(self):
        for condition, version, answer in CONDITIONS:
            with self.subTest(condition=condition[:60], version=version[:60]):
                self.assertEqual(decide(condition, version), answer)

    def test_the_same_whatever_the_spaces_and_the_case(self):
        for condition, version, answer in CONDITIONS:
            with self.subTest(condition=condition[:60], version=version[:60]):
                self.assertEqual(decide(f"  {condition.upper()} ", f" {version.lower()}  "), answer)

    def test_no_condition(self):
        for text in (
            None,
            "",
            "  ",
            "n/a",
            "unknown",
            "-",
            "<",
            "< ",
            "5.0 <",
            "vers:",
            "vers:all/",
            "><",
            "|",
            ",",
            "()",
        ):
            with self.subTest(text=text):
                self.assertIsNone(parse(text))

    def test_every_real_text_with_a_version_is_decided(self):
        """There is an answer for some version of the same shape; 230 of the 346 texts hold a version, or what reads as one."""
        decided = {text for category, text in REAL if VERSION.match(text.strip()) and self.is_decided(text)}
        self.assertFalse({text for _category, text in REAL if VERSION.match(text.strip())} - decided)
        self.assertGreaterEqual(
            sum(map(self.is_decided, (text for _category, text in REAL))) / len(REAL), 0.66
        )

    def is_decided(self, text):
        alternatives = parse(text)
        if not alternatives:
            return alternatives == [] and decide(text, "1.0") == AFFECTED
        bounds = [bound for terms in alternatives for _sign, bound in terms if bound]
        raised = [re.sub(r"\d+", lambda found: str(int(found[0]) + 1), bound, count=1) for bound in bounds]
        lowered = [
            re.sub(r"[1-9]\d*", lambda found: str(int(found[0]) - 1), bound, count=1) for bound in bounds
        ]
        answers = {decide(text, version) for version in [*bounds, *raised, *lowered, "4.0", "6.8.9", "9.9.9"]}
        return (
            bool({AFFECTED, NOT_AFFECTED} & answers)
            if versions.UNKNOWN in alternatives[0] or NUMBER.match(text.strip())
            else {AFFECTED, NOT_AFFECTED} <= answers
        )

    def test_what_is_no_version_decides_nothing(self):
        for _category, text in REAL:
            if NUMBER.match(text.strip()):
                answers = {decide(text, f"{number}.{minor}") for number in range(40) for minor in (0, 1)}
                self.assertNotIn(NOT_AFFECTED, answers, text)
            if not VERSION.match(text.strip()):
                for version in SAMPLES:
                    with self.subTest(text=text, version=version):
                        self.assertEqual(decide(text, version), LOOK)

    def test_examples(self):
        self.assertFalse(doctest.testmod(versions).failed)

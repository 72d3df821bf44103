"""What a security advisory says, whatever the format it came in. Plain Python.

``csaf.py`` and ``cve_record.py`` make an :class:`Advisory`; the model keeps it. Scores are counted again from their vectors by
the ``cvss`` package (Red Hat, LGPL): a score typed beside its vector proves nothing.
"""

import json
import re
from datetime import datetime
from typing import NamedTuple

from cvss import CVSS2, CVSS3, CVSS4, CVSSError

from .clock import from_zone

MAX_BYTES = 10 * 1024 * 1024
MAX_PRODUCTS = 20_000
MAX_DEPTH = 30
MAX_TEXT = 20_000  # letters of one text; what is longer is cut, and says so
SEVERITIES = ("none", "low", "medium", "high", "critical")


class AdvisoryError(Exception):
    """The document cannot be taken.

    :ivar code: why: ``bytes``, ``json``, ``foreign``, ``version``, ``missing``, ``type``, ``products``, ``depth``, ``twice``,
        ``unknown``, ``date``, ``vector``, ``unpublished``
    :ivar where: the place in the document, as a JSON pointer
    :ivar detail: what stands there
    """

    def __init__(self, code, where="", detail=""):
        super().__init__(f"{code} {where} {detail}".strip())
        self.code, self.where, self.detail = code, where, str(detail)[:120]


class Score(NamedTuple):
    version: str  # 2.0, 3.0, 3.1, 4.0
    vector: str
    score: float
    severity: str


class Vulnerability(NamedTuple):
    cve: str  # empty where it has none
    title: str
    text: str
    weakness: str
    scores: list
    exploited: bool


class Product(NamedTuple):
    """One product of the advisory with its condition on versions.

    :ivar status: ``affected``, ``fixed``, ``not_affected``, ``look`` (under investigation, or recommended only)
    :ivar condition: as it stands there; empty where none is given
    :ivar remark: what does not stand where it should: ``model_is_version``, ``version_is_model``; ``no_model`` where none is named
    :ivar cves: numbers, in the list of vulnerabilities, of those it is about
    """

    vendor: str
    family: str
    model: str
    condition: str
    status: str
    remark: str
    where: str
    vulnerabilities: tuple


class Remedy(NamedTuple):
    kind: str
    text: str
    url: str
    date: datetime | None


class Revision(NamedTuple):
    number: str
    date: datetime | None
    summary: str


class Advisory(NamedTuple):
    identifier: str
    publisher: str
    namespace: str
    title: str
    language: str
    tlp: str
    status: str
    version: str
    published: datetime
    revised: datetime
    summary: str
    revisions: list
    vulnerabilities: list
    products: list
    remedies: list
    references: list  # (what it is, address)
    source_format: str
    is_withdrawn: bool = False  # taken back by its publisher: it is about no product any more


# -- reading JSON that others wrote ---------------------------------------------------------------


def load(content: bytes) -> dict:
    """Return the object of a JSON file.

    :raise AdvisoryError: it is empty, too large, no JSON, or no object
    """
    if len(content) > MAX_BYTES:
        raise AdvisoryError("bytes", detail=MAX_BYTES // 1024 // 1024)
    if not content.strip():
        raise AdvisoryError("empty")
    try:
        data = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise AdvisoryError("json", detail=error if isinstance(error, ValueError) else "") from error
    if not isinstance(data, dict):
        raise AdvisoryError("foreign")
    return data


class Node:
    """A place in a document: what is asked of it is of the wanted type, or an error that names the place."""

    def __init__(self, value, where=""):
        self.value, self.where = value, where

    def _child(self, name, kind, default):
        where = f"{self.where}/{name}"
        value = self.value.get(name) if isinstance(self.value, dict) else None
        if value is None:
            if default is None:
                raise AdvisoryError("missing", where)
            return default, where
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise AdvisoryError("type", where, value)
        return value, where

    def object(self, name, required=True):
        value, where = self._child(name, dict, None if required else {})
        return Node(value, where)

    def objects(self, name, required=False):
        value, where = self._child(name, list, None if required else [])
        nodes = [Node(one, f"{where}/{number}") for number, one in enumerate(value)]
        for node in nodes:
            if not isinstance(node.value, dict):
                raise AdvisoryError("type", node.where, node.value)
        return nodes

    def text(self, name, default=None):
        value, where = self._child(name, str, default)
        if default is None and not value.strip():
            raise AdvisoryError("missing", where)
        return tidy(value)

    def texts(self, name):
        value, where = self._child(name, list, [])
        for number, one in enumerate(value):
            if not isinstance(one, str):
                raise AdvisoryError("type", f"{where}/{number}", one)
        return value

    def moment(self, name, required=True):
        """Return a moment in UTC, without zone, as Odoo keeps it; a day alone is its midnight."""
        text = self.text(name, None if required else "")
        if not text:
            return None
        try:
            moment = datetime.fromisoformat(text)
        except ValueError as error:
            raise AdvisoryError("date", f"{self.where}/{name}", text) from error
        return from_zone(moment)


def tidy(text: str) -> str:
    """Return a text without what no text holds, its spaces as they are, UTF-8 that was read as Windows' letters read again.

    >>> tidy("Software House CÃ¢â‚¬Â¢CURE") == tidy("Software House Câ€¢CURE") == "Software House C•CURE"
    True
    >>> tidy("Sécurité"), tidy(" a")
    ('Sécurité', 'a')
    """
    text = text.replace("\0", "")
    for _time in range(2):
        if not re.search(r"[ÂÃâ][\u0080-\u2122]", text):
            break
        try:
            text = text.encode("cp1252").decode("utf-8")
        except UnicodeError:
            break
    text = text.strip()
    return text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]} […]"


# -- scores ---------------------------------------------------------------------------------------


def score_of(vector: str, where: str = "") -> Score:
    """Count the base score of a CVSS vector.

    :raise AdvisoryError: it is none

    >>> score_of("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N")[2:]
    (6.1, 'medium')
    >>> score_of("AV:N/AC:L/Au:N/C:P/I:P/A:P")
    Score(version='2.0', vector='AV:N/AC:L/Au:N/C:P/I:P/A:P', score=7.5, severity='high')
    """
    try:
        if vector.startswith("CVSS:4"):
            cvss = CVSS4(vector)
            return Score("4.0", vector, float(cvss.base_score), cvss.severity.lower())
        cvss = CVSS3(vector) if vector.startswith("CVSS:3") else CVSS2(vector)
        version = vector[5:8] if vector.startswith("CVSS:3") else "2.0"
        return Score(version, vector, float(cvss.scores()[0]), cvss.severities()[0].lower())
    except (CVSSError, ValueError, KeyError, IndexError, TypeError) as error:
        raise AdvisoryError("vector", where, vector) from error


def worst(scores) -> Score | None:
    """Return the score that counts: of the newest version of CVSS, the highest."""
    return max(scores, key=lambda score: (score.version, score.score), default=None)

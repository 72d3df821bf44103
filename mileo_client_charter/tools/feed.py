"""Documents of a publisher's feed, fetched over HTTPS: bounded in size and in time, and from its own server alone. Plain Python.

A feed is a ROLIE feed in JSON (RFC 8322, as CSAF 2.0 section 7.1.15 has it), or a directory with ``changes.csv`` or ``index.txt``
(sections 7.1.12 and 7.1.13). Every wait of the socket has an end, and so has the whole: a server that sends one byte at a time is
cut off by a timer, not by patience.
"""

import csv
import io
import json
import socket
import ssl
import threading
from contextlib import contextmanager
from datetime import datetime
from http.client import HTTPException, HTTPSConnection
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

from .clock import from_zone

MAX_LIST_BYTES = 20 * 1024 * 1024
MAX_DOCUMENT_BYTES = 10 * 1024 * 1024
MAX_ENTRIES = 50_000
SECONDS = 60  # of one answer, from the first packet to the last
_CHUNK = 64 * 1024


class FeedError(Exception):
    """What was asked for cannot be had.

    :ivar code: ``address``, ``elsewhere``, ``redirect``, ``status``, ``size``, ``time``, ``network``, ``certificate``, ``content``,
        ``metadata``, ``entries``
    :ivar detail: what stands there: an address, a status, a number
    """

    def __init__(self, code, detail=""):
        super().__init__(f"{code} {detail}".strip())
        self.code, self.detail = code, str(detail)[:200]

    @property
    def is_passing(self):
        """Return whether the same may work later: the server, or the way to it, is at fault and not the document."""
        return self.code in ("time", "network", "certificate") or (
            (self.code == "status" and self.detail[:1] == "5") or self.detail == "429"
        )


class Answer(NamedTuple):
    """:ivar content: bytes; None where it has not changed since ``etag`` or ``modified``"""

    content: bytes | None
    etag: str
    modified: str


class Entry(NamedTuple):
    """One document of a feed.

    :ivar updated: as the feed states it, empty where it states nothing
    """

    address: str
    updated: str

    @property
    def moment(self):
        """Return when it was updated, UTC without zone; None where that is not said in a way anybody can read."""
        try:
            return from_zone(datetime.fromisoformat(self.updated)) if self.updated else None
        except ValueError:
            return None


def check_address(address: str) -> str:
    """Return the address without spaces around it.

    :raise FeedError: it is none of a server over HTTPS

    >>> check_address(" https://www.example.com/feed.json ")
    'https://www.example.com/feed.json'
    """
    address = (address or "").strip()
    try:
        parts = urlsplit(address)
        usable = parts.scheme == "https" and parts.hostname and not parts.username and parts.port != 0
    except ValueError:
        usable = False
    if not usable or any(ord(letter) < 33 or ord(letter) > 126 for letter in address):
        raise FeedError("address", address)
    return address


def same_server(one: str, other: str) -> bool:
    """Return whether two addresses are of one server and port.

    >>> same_server("https://a.example/x", "https://A.example:443/y"), same_server("https://a.example/", "https://b.example/")
    (True, False)
    """
    return _server(one) == _server(other)


def _server(address):
    parts = urlsplit(address)
    return (parts.hostname or "").casefold(), parts.port or 443


def fetch(
    address, etag="", modified="", authority="", seconds=SECONDS, max_bytes=MAX_DOCUMENT_BYTES
) -> Answer:
    """Return what is at ``address``. Nothing is followed: an answer that sends elsewhere is an error that says where.

    :param etag, modified: of the last answer; the server may say that nothing has changed since
    :param authority: PEM of the authority that signed the server's certificate, where it is the company's own
    :raise FeedError: no answer, too long, too slow, not over HTTPS, or somewhere else
    """
    parts = urlsplit(check_address(address))
    headers = {
        "Accept": "application/json, text/csv, text/plain",
        "Accept-Encoding": "identity",
        "User-Agent": "mileo-client-charter",
    }
    if etag:
        headers["If-None-Match"] = etag
    if modified:
        headers["If-Modified-Since"] = modified
    path = parts.path or "/"
    with _connected(parts, authority, seconds) as connection:
        connection.request("GET", f"{path}?{parts.query}" if parts.query else path, headers=headers)
        answer = connection.getresponse()
        if answer.status == 304:
            return Answer(None, etag, modified)
        if 300 <= answer.status < 400:
            raise FeedError("redirect", answer.headers.get("Location") or answer.status)
        if answer.status != 200:
            raise FeedError("status", answer.status)
        content = _read(answer, max_bytes)
        return Answer(content, answer.headers.get("ETag") or "", answer.headers.get("Last-Modified") or "")


def _read(answer, max_bytes):
    stated = answer.headers.get("Content-Length") or ""
    if stated.isdigit() and int(stated) > max_bytes:
        raise FeedError("size", max_bytes // 1024 // 1024)
    parts, length = [], 0
    while part := answer.read1(_CHUNK):
        length += len(part)
        if length > max_bytes:
            raise FeedError("size", max_bytes // 1024 // 1024)
        parts.append(part)
    if stated.isdigit() and length < int(stated):
        raise FeedError("network", f"{length} / {stated}")
    return b"".join(parts)


@contextmanager
def _connected(parts, authority, seconds):
    """Open a connection, and cut the line after ``seconds``, whatever the server does by then."""
    late, line = threading.Event(), []

    def cut():
        late.set()
        for each in line:
            # Not SSLSocket.shutdown, which takes the encryption away under the thread that reads.
            try:
                socket.socket.shutdown(each, socket.SHUT_RDWR)
            except OSError:
                continue  # it is over already

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    connection = None
    try:
        context = _context(authority)
        timer.start()
        raw = socket.create_connection((parts.hostname, parts.port or 443), timeout=seconds)
        line.append(context.wrap_socket(raw, server_hostname=parts.hostname, do_handshake_on_connect=False))
        line[0].do_handshake()
        connection = HTTPSConnection(parts.hostname, parts.port or 443, timeout=seconds, context=context)
        connection.sock = line[0]
        yield connection
        if late.is_set():
            raise FeedError("time", seconds)
    except ssl.SSLCertVerificationError as error:
        raise FeedError("certificate", error.verify_message) from error
    except (OSError, HTTPException, ValueError) as error:
        timed_out = late.is_set() or isinstance(error, TimeoutError)
        raise FeedError("time", seconds) if timed_out else FeedError("network", error) from error
    finally:
        timer.cancel()
        for each in line:
            each.close()
        if connection:
            connection.close()


def _context(authority):
    try:
        return ssl.create_default_context(cadata=authority or None)
    except ssl.SSLError as error:
        raise FeedError("certificate", error) from error


# -- what a feed lists ----------------------------------------------------------------------------


def read_list(content: bytes, address: str) -> list[Entry]:
    """Return the documents a feed lists, each once, in its order.

    :param address: of the feed: what it names is relative to it, and on the same server
    :raise FeedError: it is no feed, or names a document of another server
    """
    text = content.decode("utf-8-sig", errors="replace").strip()
    if text.startswith("{"):
        found = _rolie(text)
    elif text.startswith("<") or "\0" in text:
        raise FeedError("content", text[:40].split("\0")[0])
    else:
        found = _directory(text)
    entries = {}
    for name, updated in found:
        place = urljoin(address, name)
        try:
            check_address(place)
        except FeedError as error:
            raise FeedError("elsewhere", place) from error
        if not same_server(place, address):
            raise FeedError("elsewhere", place)
        entries[place] = Entry(place, updated)
    if len(entries) > MAX_ENTRIES:
        raise FeedError("entries", MAX_ENTRIES)
    return list(entries.values())


def _rolie(text):
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FeedError("content", "JSON") from error
    if "distributions" in data:
        raise FeedError("metadata", ", ".join(_feeds_of(data)))
    feed = data.get("feed")
    entries = feed.get("entry", []) if isinstance(feed, dict) else None
    if not isinstance(entries, list):
        raise FeedError("content", "feed/entry")
    for number, entry in enumerate(entries):
        place = _self(entry) if isinstance(entry, dict) else ""
        if not place:
            raise FeedError("content", f"feed/entry/{number}/link")
        updated = entry.get("updated")
        yield place, updated if isinstance(updated, str) else ""


def _self(entry):
    """Return the document's own address: its link ``self``, or where its content is."""
    links = entry.get("link") if isinstance(entry.get("link"), list) else []
    found = [link.get("href") for link in links if isinstance(link, dict) and link.get("rel") == "self"]
    if not found and isinstance(entry.get("content"), dict):
        found = [entry["content"].get("src")]
    return found[0] if found and isinstance(found[0], str) else ""


def _feeds_of(data):
    """Return the addresses of the feeds that a provider's metadata names."""
    for distribution in data["distributions"] if isinstance(data["distributions"], list) else []:
        if isinstance(distribution, dict):
            rolie = distribution.get("rolie")
            feeds = rolie.get("feeds") if isinstance(rolie, dict) else None
            for feed in feeds if isinstance(feeds, list) else []:
                if isinstance(feed, dict) and isinstance(feed.get("url"), str):
                    yield feed["url"]
            if isinstance(distribution.get("directory_url"), str):
                yield distribution["directory_url"]


def _directory(text):
    """Read ``changes.csv`` (name and moment) or ``index.txt`` (a name a line)."""
    for number, row in enumerate(csv.reader(io.StringIO(text)), start=1):
        if not row or not row[0].strip():
            continue
        name = row[0].strip()
        if not name.endswith(".json") or len(row) > 2 or len(name) > 500:
            raise FeedError("content", f"{number}: {name[:60]}")
        yield name, row[1].strip() if len(row) > 1 else ""

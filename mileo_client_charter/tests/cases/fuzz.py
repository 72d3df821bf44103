"""Requests of every kind for every route: what each of them is follows from a seed and its number alone."""

import dataclasses
import json
import random
from urllib.parse import quote, quote_from_bytes

METHODS = ("GET", "POST") * 16 + ("HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "get")
PREFIXES = ("",) * 6 + ("/fr",) * 3 + ("/en", "/xx")
# What a text, a figure, a day, a page, a choice may hold besides what a form of ours sends.
ODD = (
    b"", b" ", "  \u200b".encode(), b"0", b"-1", b"1", b"7", b"3.5", b"1e400", b"9" * 20, b"9" * 400, b"NaN", b"True",
    b"None", b"[]", b"[[]]", b"{}", b"{\"a\": 1}", b"null", b"on", b"\0", b"a\0b", b"\xff\xfe", b"\xed\xa0\x80", b"%", b"%s%n", b"%%%",
    b"_", b"\\", b"'", b"\"", b"';--", b"$(x)", b"{{7*7}}", b"${7*7}", b"<b>x</b>", b"<script>", b"]]>", b"&amp;",
    b"../../etc/passwd", b"//evil.example.com", b"https://evil.example.com/x", b"javascript:x", b"a\r\nX-Odd: 1",
    b"2026-10-05", b"2026-13-45", b"0000-00-00", b"9999-12-31", b"2026-10-05T06:00:00Z", b"newest", b"oldest",
    "Überfällig, déjà".encode(), "\u202etxet".encode(), "مرحبا".encode(), "日本語".encode(), "👩‍👩‍👧 ok".encode(), "e\u0301" .encode() * 50,
    b"x" * 300, b"x" * 5001, b"word " * 2500, b"x" * 25_001, b"\n" * 200, b"a@b", b"en_US", b"fr_FR", b"xx_XX",
)  # fmt: skip
ODD_NAMES = (
    b"",
    b"a\0",
    b"[]",
    b"q[]",
    b"context",
    b"uid",
    b"_",
    "é".encode(),
    b"x" * 200,
    b"lang",
    b"debug",
    b"db",
)
TYPES = (
    "application/x-www-form-urlencoded", "multipart/form-data", "multipart/form-data; boundary=x", "application/json", "text/xml",
    "text/plain; charset=utf-16", "text/plain; charset=none", "", "/",
)  # fmt: skip
HEADERS = (
    {"Accept-Language": "xx-YY, *;q=0"}, {"Range": "bytes=5-2"}, {"If-None-Match": "*"}, {"If-Modified-Since": "yesterday"},
    {"Accept": "application/json"}, {"X-Requested-With": "XMLHttpRequest"}, {"Accept-Encoding": "br"}, {"Referer": "//"},
    {"User-Agent": ""}, {"Origin": "https://evil.example.com"}, {"Cookie": "frontend_lang=xx_XX; tz=Nowhere"},
)  # fmt: skip
EVENT = (
    "event_id",
    "serial",
    "status",
    "start",
    "end",
    "reason",
    "client",
    "series",
    "kind",
    "planned",
    "equipment",
)
NEST = 2000


@dataclasses.dataclass
class Asked:
    """One request: ``values`` says what stands in each part of the address of ``rule``."""

    rule: object
    who: str
    method: str
    path: str
    body: bytes | None
    headers: dict
    token: bool

    def __str__(self):
        body = "" if self.body is None else f" {self.body[:300]!r}"
        return f"{self.method} {self.path[:300]} as {self.who}{body} {self.headers}"


class Maker:
    """Makes requests for ``rules``.

    :param people: who asks, by name  :param names: parameters that forms and handlers have
    :param forms: {parameter: text as a form sends it}  :param parts: [{part of an address: its value}], one a client
    """

    def __init__(self, seed, rules, people, names, forms, parts, machine):
        self.seed, self.rules, self.people, self.machine = seed, rules, people, machine
        self.names = [name.encode() for name in names]
        self.forms = {name.encode(): value.encode() for name, value in forms.items()}
        self.parts = parts

    def make(self, number):
        dice = random.Random(f"{self.seed}:{number}")
        rule = dice.choice(self.rules)
        machine = rule.endpoint.routing["auth"] == "bearer"
        who = dice.choice((self.machine, self.machine, *self.people) if machine else self.people)
        method = (
            dice.choice(METHODS)
            if dice.random() < 0.4
            else dice.choice(sorted(rule.methods & {"GET", "POST"}))
        )
        prefix = dice.choice(PREFIXES)
        path = prefix + self.address(dice, rule)
        if prefix:
            # Odoo 19.0 takes a language off the address by a redirect of its own, before any route of ours, and refuses
            # a line break there with 500.
            path = path.replace("%0D", "%20").replace("%0A", "%20")
        headers = dict(dice.choice(HEADERS)) if dice.random() < 0.2 else {}
        body, token = None, dice.random() < 0.9
        if method == "POST" or (method not in ("GET", "HEAD") and dice.random() < 0.5):
            body = self.events(dice) if machine and dice.random() < 0.8 else self.fields(dice)
            usual = "application/json" if machine else TYPES[0]
            headers["Content-Type"] = dice.choice(TYPES) if dice.random() < 0.1 else usual
        if method != "POST" or dice.random() < 0.2:
            path += "?" + self.fields(dice).decode()
        return Asked(rule, who, method, path, body, headers, token and not machine)

    def address(self, dice, rule):
        """As the rule says, each part of somebody's own, of another's, or odd."""
        everything = dice.choice(self.parts)
        odd = quote_from_bytes(dice.choice(ODD)[:3000], safe="")
        values = {
            name: dice.choice(
                (everything[name], everything[name], everything[name], odd or "0", str(dice.randrange(2**33)))
            )
            for name in rule.arguments
        }
        _domain, *trace = "".join(f"\0{part}\0" if is_part else part for is_part, part in rule._trace).split(
            "|", 1
        )
        pieces = "|".join(trace).split("\0")
        return "".join(
            quote(str(values[piece]), safe="%") if number % 2 else piece
            for number, piece in enumerate(pieces)
        )

    def fields(self, dice):
        """A form as it is sent: what it holds when all is well, and any number of other things."""
        pairs = list(self.forms.items()) if dice.random() < 0.6 else []
        if pairs and dice.random() < 0.5:
            pairs = dice.sample(pairs, dice.randrange(len(pairs) + 1))
        for _one in range(dice.choice((0, 0, 0, 0, 1, 1, 3))):
            name = dice.choice(self.names) if dice.random() < 0.9 else dice.choice(ODD_NAMES)
            pairs.append((name, dice.choice(ODD)))
        dice.shuffle(pairs)
        return "&".join(
            f"{quote_from_bytes(name)}={quote_from_bytes(value, safe='')}" for name, value in pairs
        ).encode()

    def events(self, dice):
        """What a monitoring sends, or what it should not."""
        if dice.random() < 0.15:
            return dice.choice((b"", b"[", b"[]", b"{}", b"null", b"1", b"\xff", b"\"x\"", b"[" * NEST, b"[[]]", b"[null, 1, \"x\", []]"))  # fmt: skip
        events = []
        for _one in range(dice.choice((1, 1, 2, 5))):
            event = {
                "event_id": str(dice.randrange(30)), "serial": "SN000", "status": dice.choice(("down", "up")),
                "start": "2026-10-05T06:00:00Z", "end": "2026-10-05T07:00:00Z",
            }  # fmt: skip
            for _name in range(dice.choice((0, 0, 1, 2))):
                odd = dice.choice(ODD).decode("utf-8", dice.choice(("surrogateescape", "replace")))
                event[dice.choice(EVENT)] = dice.choice((odd, odd, None, True, 1, 10**30, -1.5, [], {"a": 1}))
            events.append(event)
        return json.dumps(events if dice.random() < 0.8 else events[0]).encode()

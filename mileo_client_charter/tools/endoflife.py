"""Lifecycle dates of endoflife.date (API v1), as a file somebody downloaded: what a video server runs on. Plain Python.

One product (``/api/v1/products/ubuntu``) or several (``/api/v1/products/full``). A release is a model: *Ubuntu 22.04* of *Ubuntu*.
Active support ends it as supported (``eoasFrom``), ``eolFrom`` ends its security updates, ``discontinuedFrom`` its sale. Support that
is paid for (``eoesFrom``) is not everybody's, and is left out.
"""

import json
from datetime import date

from .support_sheet import MAX_ROWS, SupportRow
from .workbook_rows import SheetError

DATES = (("end_of_sale", "Discontinued"), ("end_of_support", "Eoas"), ("end_of_security", "Eol"))


def is_json(content: bytes) -> bool:
    """Return whether the file is JSON, and no workbook.

    >>> is_json(b' {"result": {}}'), is_json(b"PK")
    (True, False)
    """
    return content[:200].lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{")


def read(content: bytes) -> list[SupportRow]:
    """Return a row a release.

    :raise SheetError: ``endoflife``, with the place that is missing or wrong; ``rows``
    """
    try:
        data = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise SheetError("endoflife", "JSON") from error
    result = data.get("result")
    products = [result] if isinstance(result, dict) else result
    if not isinstance(products, list) or not products:
        raise SheetError("endoflife", "/result")
    rows = []
    for index, product in enumerate(products):
        where = "/result" if isinstance(result, dict) else f"/result/{index}"
        rows += _product(product, where, len(rows))
    if len(rows) > MAX_ROWS:
        raise SheetError("rows", MAX_ROWS)
    return rows


def _product(product, where, before):
    label = _text(product, "label", where)
    releases = product.get("releases")
    if not isinstance(releases, list):
        raise SheetError("endoflife", f"{where}/releases")
    links = product.get("links")
    url = links.get("html") if isinstance(links, dict) else ""
    for number, release in enumerate(releases):
        place = f"{where}/releases/{number}"
        name = _text(release, "name", place)
        dates, none = {}, []
        for kind, prefix in DATES:
            small = prefix[:1].lower() + prefix[1:]
            day = _day(release.get(f"{small}From"), f"{place}/{small}From")
            if day:
                dates[kind] = day
            elif release.get(f"is{prefix}") is False and f"{small}From" in release:
                none.append(kind)
        yield SupportRow(
            before + number + 1,
            f"{label} {name}",
            label,
            dates,
            (),
            "endoflife.date",
            url if isinstance(url, str) and url.startswith("https://") else "",
            tuple(none),
        )


def _text(value, name, where):
    text = value.get(name) if isinstance(value, dict) else None
    if not isinstance(text, str) or not text.strip() or len(text) > 200:
        raise SheetError("endoflife", f"{where}/{name}")
    return text.strip()


def _day(value, where):
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise SheetError("endoflife", where) from error

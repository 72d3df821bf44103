"""Make the HTML page and the plain text an email leaves as, from its template; mail programs keep both.

Templates say what is written, and stay editable; this says, once for all of them, how it is sent: a whole document with its
language (WCAG 3.1.1), tables with widths and colours of their own where Outlook (which lays out as Word does) ignores
boxes, buttons whose padding Outlook keeps, colours for dark screens, one column on a phone.
"""

import re

from lxml import etree, html

WIDTH = 600
# Colours of the templates, and what they are on a dark screen: each keeps 4.5:1 on its ground (WCAG 1.4.3).
DARK = {
    "charter-back": "background-color:#11161c!important",
    "charter-sheet": "background-color:#1b232c!important;border-color:#3a4653!important",
    "charter-ink": "color:#e8edf2!important",
    "charter-muted": "color:#a9b6c3!important",
    "charter-link": "color:#9cc7f0!important",
    "charter-line": "border-color:#3a4653!important",
}
CLASSES = {
    "charter-ink": re.compile(r"(?<![-\w])color:\s*(#2b3440|#000000|#000|black)\b"),
    "charter-muted": re.compile(r"(?<![-\w])color:\s*(#6b7785|#47525e)\b"),
    "charter-link": re.compile(r"(?<![-\w])color:\s*#1f4e79\b"),
    "charter-line": re.compile(r"border[-\w]*:[^;]*#(dde3e9|c9d4df|1f4e79)\b"),
}
STYLE = "".join(
    [
        "body{margin:0;padding:0}a{overflow-wrap:anywhere}",
        f"@media (max-width:{WIDTH - 120}px){{.charter-cell{{padding:18px 14px!important}}}}",
        "@media (prefers-color-scheme:dark){",
        *(f".{name}{{{rule}}}" for name, rule in DARK.items()),
        "}",
    ]
)
HEAD = (
    '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'
    '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">'
    f"<title></title><style>{STYLE}</style></head>"
)
BLOCKS = {
    "p",
    "div",
    "table",
    "tr",
    "ul",
    "ol",
    "li",
    "h1",
    "h2",
    "h3",
    "h4",
    "blockquote",
    "section",
    "hr",
    "br",
}
APART = {"p", "table", "ul", "ol", "h1", "h2", "h3", "h4", "blockquote"}


def page(body, language, subject, choice=()):
    """Return ``body`` (HTML of a template or a layout) as a whole page.

    :param language: tag of its words (BCP 47), “fr-FR”
    :param subject: of the email, which a browser shows as the page's title
    :param choice: (words, address) of the last line, where the reader chooses which messages it receives
    """
    if not body.strip():
        return body
    parsed = html.document_fromstring(body)
    content = parsed.find("body")
    if choice:
        _add_choice(content, *choice)
    for node in [one for one in content.iter("a") if _is_button(one)]:
        _to_table(node)
    for node in [one for one in content.iter("div") if "max-width:600px" in _style(one)]:
        _to_sheet(node)
    for node in content.iter(etree.Element):
        style = _style(node)
        names = [name for name, pattern in CLASSES.items() if pattern.search(style)]
        if "background-color" in style and "charter-link" not in names:
            # What has a ground of its own keeps its colours on it.
            names = [name for name in names if name == "charter-line"]
        _add_classes(node, names)
    content.set("style", "margin:0;padding:0")
    whole = html.document_fromstring(f"<html>{HEAD}<body></body></html>")
    whole.set("lang", language)
    whole.find(".//title").text = subject
    whole.replace(whole.find("body"), content)
    return f"<!DOCTYPE html>\n{html.tostring(whole, encoding='unicode')}"


def _add_choice(content, words, address):
    """Put the line under the last of what was written, or under all of it where that has no box of its own."""
    boxes = [one for one in content.iter("div") if "max-width:600px" in _style(one)]
    line = html.fragment_fromstring('<p style="margin:8px 0 0;color:#6b7785;font-size:12px"></p>')
    link = etree.SubElement(line, "a", href=address, style="color:#6b7785")
    link.text = words
    (boxes[-1] if boxes else content).append(line)


def _style(node):
    return (node.get("style") or "").replace(": ", ":")


def _add_classes(node, names):
    if names:
        node.set("class", " ".join(dict.fromkeys([*(node.get("class") or "").split(), *names])))


def _is_button(node):
    style = _style(node)
    return "display:inline-block" in style and re.search(r"(^|;)padding:", style)


def _to_table(link):
    """Put a button into a cell of its colour, whose padding Outlook keeps; others use that of the link, all of which can be pressed."""
    style = dict(part.split(":", 1) for part in _style(link).split(";") if ":" in part)
    cell = {
        name: style.pop(name) for name in ("background-color", "border", "border-radius") if name in style
    }
    cell["mso-padding-alt"] = style["padding"]
    above = link.getparent()
    alone = (
        above.tag == "p"
        and len(above) == 1
        and not (above.text or "").strip()
        and not (link.tail or "").strip()
    )
    tail, link.tail = link.tail, None
    link.set("style", ";".join(f"{name}:{value}" for name, value in style.items()))
    table = html.fragment_fromstring(
        '<table role="presentation" border="0" cellpadding="0" cellspacing="0"><tr><td></td></tr></table>'
    )
    table.set("style", "border-collapse:separate;" + (above.get("style") or "" if alone else ""))
    box = table.find(".//td")
    box.set("style", ";".join(f"{name}:{value}" for name, value in cell.items()))
    if "background-color" in cell:
        box.set("bgcolor", cell["background-color"].strip())
    replaced = above if alone else link
    table.tail = above.tail if alone else tail
    replaced.getparent().replace(replaced, table)
    box.append(link)


def _to_sheet(box):
    """Make the box of the template, and the ground it lies on, two tables with a width Outlook keeps."""
    ground = box.getparent()
    table = html.fragment_fromstring(
        f'<table role="presentation" class="charter-sheet" width="{WIDTH}" border="0" cellpadding="0" cellspacing="0" '
        'bgcolor="#ffffff"><tr><td class="charter-cell charter-ink"></td></tr></table>'
    )
    parts = dict(part.split(":", 1) for part in _style(box).split(";") if ":" in part)
    padding = parts.pop("padding", "28px")
    parts.update({"width": "100%", "max-width": f"{WIDTH}px", "border-collapse": "separate"})
    table.set("style", ";".join(f"{name}:{value}" for name, value in parts.items()))
    cell = table.find(".//td")
    outer = dict(part.split(":", 1) for part in _style(ground).split(";") if ":" in part)
    fonts = {
        name: outer[name] for name in ("font-family", "color", "font-size", "line-height") if name in outer
    }
    cell.set(
        "style",
        ";".join(
            f"{name}:{value}" for name, value in {"padding": padding, "text-align": "left", **fonts}.items()
        ),
    )
    cell.text = box.text
    cell.extend(list(box))
    table.tail = box.tail
    ground.replace(box, table)
    if ground.tag != "div" or "background-color" not in outer:
        return
    back = html.fragment_fromstring(
        '<table role="presentation" class="charter-back" width="100%" border="0" cellpadding="0" cellspacing="0">'
        '<tr><td align="center"></td></tr></table>'
    )
    back.set("bgcolor", outer["background-color"].strip())
    back.set("style", f"background-color:{outer['background-color']}")
    back.find(".//td").set("style", f"padding:{outer.get('padding', '0')}")
    back.find(".//td").text = ground.text
    back.find(".//td").extend(list(ground))
    back.tail = ground.tail
    ground.getparent().replace(ground, back)


def text(body):
    """Return ``body`` (HTML) as plain text: a paragraph a block, an address beside what leads there."""
    content = html.document_fromstring(body).find("body") if body.strip() else None
    if content is None:
        return ""
    lines = "".join(_words(content)).split("\n")
    lines = [re.sub(r"[ \t\r\f\v]+", " ", line).strip() for line in lines]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


def _words(node, kept=False):
    """Give the pieces of text of a node. :param kept: line breaks of the source are those of the reader"""
    if not isinstance(node.tag, str) or node.tag in ("style", "script", "head", "title"):
        return
    style = _style(node)
    if "display:none" in style:
        # What a layout shows to the list of a mailbox alone.
        return
    kept = kept or "white-space:pre" in style
    gap = "\n\n" if node.tag in APART else "\n" if node.tag in BLOCKS else ""
    yield gap
    if node.tag == "li":
        yield "- "
    if node.tag == "img":
        yield node.get("alt") or ""
    inside = "".join(_inside(node, kept))
    yield inside
    address = node.get("href") or "" if node.tag == "a" else ""
    if address.startswith(("http:", "https:")) and address != inside.strip():
        yield f": {address}" if inside.strip() else address
        # A button is a line of its own.
        yield "\n" if _is_button(node) else ""
    if node.tag in ("td", "th"):
        yield " · " if node.getnext() is not None and inside.strip() else ""
    elif node.tag != "br":
        yield gap


def _inside(node, kept):
    def plain(words):
        return (words or "") if kept else re.sub(r"\s+", _blank, words or "")

    yield plain(node.text)
    for child in node:
        yield from _words(child, kept)
        yield plain(child.tail)


def _blank(found):
    # No-break spaces are words of French.
    return "".join(letter for letter in found[0] if letter in "\u00a0\u202f") or " "

"""Make a page of HTML that fetches nothing from a server and opens no file, for printing.

Plain Python with lxml. What an article, a client or a colleague wrote may name pictures, style sheets and frames by
their address; the program that prints runs on our server, and would fetch them from inside our network (server-side request
forgery), or read a file. Everything that is fetched is taken out; pictures within the page itself (``data:``) and links,
which only a reader follows, stay.
"""

import re

import lxml.html
from lxml import etree

# Elements whose purpose is something from elsewhere, or that change the page after it was looked at.
DROPPED = {
    "applet", "audio", "base", "embed", "frame", "frameset", "iframe", "link", "object", "param", "portal", "script",
    "source", "track", "video", "set", "animate", "animatemotion", "animatetransform", "animatecolor", "handler", "feimage",
}  # fmt: skip
# Attributes that are addresses, whatever the element; those of a link are followed by its reader alone.
ADDRESSES = {
    "action", "archive", "background", "cite", "classid", "code", "codebase", "data", "dynsrc", "formaction", "href",
    "icon", "imagesrcset", "longdesc", "lowsrc", "manifest", "ping", "poster", "profile", "src", "srcdoc", "srcset", "usemap",
    "xlink:href", "xml:base",
}  # fmt: skip
LINKS = {"a", "area"}
FOLLOWED = re.compile(r"(?:https?|mailto|tel):|[/#?]", re.IGNORECASE)
WITHIN = re.compile(r"data:image/(?:png|jpeg|gif);base64,[a-z0-9+/=\s]*|#[\w.\-]*", re.IGNORECASE)
FETCHING = re.compile(
    r"@import|@namespace|url\s*\(|image-set\s*\(|image\s*\(|src\s*\(|cross-fade\s*\(|expression\s*\(|-moz-binding|behavior\s*:",
    re.IGNORECASE,
)
URL = re.compile(r"""url\s*\(\s*("[^"]*"|'[^']*'|[^)]*)\s*\)""", re.IGNORECASE)


def offline(page: str) -> str:
    """Return ``page`` without anything that would be fetched.

    >>> print(offline('<p>Hi <img src="http://a.example/x.png" alt="A"><a href="https://b.example">b</a></p>'))
    <!DOCTYPE html>
    <html><body><p>Hi <img alt="A"><a href="https://b.example">b</a></p></body></html>
    >>> offline("")
    ''
    """
    if not page.strip():
        return page
    root = lxml.html.document_fromstring(page.replace("\0", ""))
    for node in list(root.iter()):
        if not isinstance(node.tag, str):
            # Comments, and instructions such as <?xml-stylesheet?>.
            _drop(node)
            continue
        tag = node.tag.lower().rpartition(":")[2].rpartition("}")[2]
        if tag in DROPPED or (
            tag == "meta"
            and node.get("http-equiv", "").strip().lower() != "content-type"
            and not node.get("charset")
        ):
            _drop(node)
            continue
        if tag == "style":
            node.text = offline_style("".join(node.itertext()))
        for name, value in list(node.attrib.items()):
            kept = _kept(tag, name.lower(), value)
            if kept is None:
                del node.attrib[name]
            elif kept != value:
                node.set(name, kept)
    return lxml.html.tostring(root, encoding="unicode", doctype="<!DOCTYPE html>")


def _drop(node):
    parent = node.getparent()
    if parent is None:
        return
    if isinstance(node, lxml.html.HtmlElement):
        node.drop_tree()
    else:
        etree.strip_tags(parent, node.tag)


def _kept(tag, name, value):
    """Return the value an attribute keeps; None: the attribute goes."""
    if name.startswith("on"):
        return None
    local = name.rpartition("}")[2]
    if name in ADDRESSES or local in ADDRESSES:
        address = re.sub(r"[\s\x00-\x1f]+", "", value) if tag in LINKS else value.strip()
        pattern = FOLLOWED.match if tag in LINKS and local == "href" else WITHIN.fullmatch
        return value if pattern(address) else None
    # SVG takes url() in attributes too (fill, filter, mask).
    return offline_style(value) if name == "style" or "(" in value or "\\" in value else value


def offline_style(css: str) -> str:
    """Return ``css`` without what it would fetch; as it stands where it fetches nothing.

    >>> offline_style("color: red; background: u\\\\72l(http://a.example/x.png)")
    'color: red; background: none'
    >>> offline_style("@import 'http://a.example/x.css'; p { color: red }").strip()
    'p { color: red }'
    >>> offline_style("background: url(data:image/png;base64,AA==)")
    'background: url(data:image/png;base64,AA==)'
    """
    plain = _unescaped(css)
    if not FETCHING.search(plain):
        return css
    plain = re.sub(r"@(?:import|namespace)\b[^;]*;?", "", plain, flags=re.IGNORECASE)
    plain = URL.sub(lambda match: match[0] if WITHIN.fullmatch(match[1].strip(" \"'")) else "none", plain)
    # Whatever else would fetch, in whatever form: the whole goes.
    return "" if FETCHING.search(URL.sub("", plain)) else plain


def _unescaped(css):
    """Return ``css`` as a browser reads it: without comments, its escapes (CSS Syntax, section 4.3.7) made letters."""

    def letter(match):
        if not match[1]:
            return match[2]
        number = int(match[1], 16)
        return chr(number) if 0 < number < 0x110000 and not 0xD800 <= number < 0xE000 else " "

    plain = re.sub(r"/\*.*?(?:\*/|$)", "", css, flags=re.DOTALL)
    return re.sub(r"\\(?:([0-9a-fA-F]{1,6})\s?|(.))", letter, plain, flags=re.DOTALL)

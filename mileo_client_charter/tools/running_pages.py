"""A running title and the number of each page, a title and a language for the whole PDF. Plain Python with pypdf.

The unpatched wkhtmltopdf prints no footers and says no language. What is added is one short stream a page in Helvetica, one of
the fonts every reader has (ISO 32000-1, 9.6.2.2): the pages as they were printed are not rewritten.
"""

import io
import unicodedata

from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    TextStringObject,
)

# In points: how large, how far from the edges, and a grey that reads on paper (#5d6875).
SIZE, SIDE, FOOT = 8, 40, 20
GREY = "0.365 0.408 0.459 rg"
FONT = "/CharterRunning"
# Average width of a letter of Helvetica, as a part of its size: enough to know what fits.
WIDTH = 0.5


def finish(content, title, language, words):
    """Return the PDF ``content`` with a line at the foot of each page.

    :param title: of the document, which also runs at the left of each foot
    :param language: tag of its words (BCP 47), “fr-FR”
    :param words: function from (number of a page, number of pages) to what stands at the right
    """
    writer, target = PdfWriter(clone_from=PdfReader(io.BytesIO(content))), io.BytesIO()
    font = writer._add_object(
        DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Font"),
                NameObject("/Subtype"): NameObject("/Type1"),
                NameObject("/BaseFont"): NameObject("/Helvetica"),
                NameObject("/Encoding"): NameObject("/WinAnsiEncoding"),
            }
        )
    )
    # What was printed may leave the state of the page changed.
    before = writer._add_object(_stream(b"q\n"))
    total = len(writer.pages)
    for number, page in enumerate(writer.pages, 1):
        after = writer._add_object(_stream(b"\nQ\n" + _line(page, title, words(number, total))))
        printed = page.raw_get("/Contents")
        resolved = printed.get_object()
        parts = list(resolved) if isinstance(resolved, ArrayObject) else [printed]
        page[NameObject("/Contents")] = ArrayObject([before, *parts, after])
        resources = page["/Resources"].get_object()
        fonts = resources.get("/Font")
        own = DictionaryObject(fonts.get_object() if fonts is not None else {})
        own[NameObject(FONT)] = font
        page[NameObject("/Resources")] = DictionaryObject({**resources, NameObject("/Font"): own})
    writer.root_object[NameObject("/Lang")] = TextStringObject(language)
    writer.add_metadata({"/Title": title})
    writer.write(target)
    return target.getvalue()


def _stream(data):
    stream = DecodedStreamObject()
    stream.set_data(data)
    return stream


def _line(page, title, words):
    width = float(page.mediabox.width)
    right = width - SIDE - len(words) * SIZE * WIDTH
    room = int((right - 2 * SIDE) / (SIZE * WIDTH))
    left = title if len(title) <= room else f"{title[: room - 1]}…"
    parts = [b"q BT", f"{FONT} {SIZE} Tf {GREY}".encode()]
    for place, text in ((SIDE, left), (right, words)):
        parts.append(f"1 0 0 1 {place:.1f} {FOOT} Tm (".encode() + _escaped(text) + b") Tj")
    return b"\n".join([*parts, b"ET Q\n"])


def _escaped(text):
    r"""Return ``text`` as a string of a page in the letters the font has; others as the nearest of them.

    >>> _escaped("Été (1/2) · Łódź")
    b'\xc9t\xe9 \\(1/2\\) \xb7 ?\xf3dz'
    """
    found = []
    for letter in text:
        for known in (letter, unicodedata.normalize("NFKD", letter)[:1], "?"):
            try:
                code = known.encode("cp1252")
            except UnicodeEncodeError:
                continue
            found.append(b"\\" + code if code in (b"(", b")", b"\\") else code)
            break
    return b"".join(found)

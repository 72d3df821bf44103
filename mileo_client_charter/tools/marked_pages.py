"""One PDF cut into the documents it was printed from. Plain Python with pypdf.

Every document begins with a dot of a colour nothing else has, one pixel wide and nearly white: whoever reads the page does
not see it, and its paint is found in the page without reading any text. Neither outlines nor links would do: the unpatched
wkhtmltopdf writes none.
"""

import io
import re

from pypdf import PdfReader, PdfWriter

COLOUR = "#fdfefb"
# As Qt writes it: three parts of one, then the operator that fills with them.
PAINT = re.compile(rb"0\.99215\d* 0\.99607\d* 0\.98431\d* (?:scn|rg)\b")


class Miscounted(Exception):
    """The pages do not show where each document begins."""


def split(content, count):
    """Return the ``count`` documents of the PDF ``content``, each as bytes, in their order.

    :raise Miscounted: not so many beginnings are found, or the first page is not one
    """
    reader = PdfReader(io.BytesIO(content))
    pages = list(reader.pages)
    starts = [number for number, page in enumerate(pages) if PAINT.search(page.get_contents().get_data())]
    if len(starts) != count or starts[:1] != [0]:
        raise Miscounted(f"{len(starts)} beginnings on {len(pages)} pages, {count} documents")
    return [_written(pages[start:end]) for start, end in zip(starts, [*starts[1:], len(pages)], strict=True)]


def _written(pages):
    writer, target = PdfWriter(), io.BytesIO()
    for page in pages:
        writer.add_page(page)
    writer.write(target)
    return target.getvalue()

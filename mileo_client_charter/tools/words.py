r"""Whether a text a person writes is long enough: a sentence for a client, a word for the record.

>>> is_said("…"), is_said("ok"), is_said("Double")
(False, False, True)
>>> is_sentence("Double"), is_sentence("The camera was replaced."), is_sentence("……………… …")
(False, True, False)
>>> is_said("a\u200bb\u00ad"), is_sentence("Replace\u200bment"), trimmed(" \u200b\u3164Done \u00a0") == "Done"
(False, False, True)
>>> own_words("Hello, here is our answer. The camera was replaced.", "Hello, here is our answer. …")
'The camera was replaced'
"""

import re
import unicodedata
from collections import Counter

# Letters to Unicode that no font draws: fillers of Hangul and Khmer.
BLANK_LETTERS = frozenset("\u115f\u1160\u17b4\u17b5\u3164\uffa0")
WORD = re.compile(r"[^\W_]+")
# Words that hold sentences together, and that the other language has not.
HOLDS = {
    "en": frozenset(
        WORD.findall(
            "the of and is are was were with not this that has have been by from your our we you will it for"
        )
    ),
    "fr": frozenset(
        WORD.findall(
            "le la les des du une est sont avec pas cette que qui pour dans sur vous nous votre notre et au aux il"
        )
    ),
}
# Less is no word that another person understands later.
SAID_LETTERS = 3
# Nobody has informed a client of what was done in less.
SENTENCE_WORDS, SENTENCE_LETTERS = 2, 10


def _is_blank(letter):
    """Return whether nobody sees ``letter``: a space of any kind, what only steers (soft hyphen, zero width), a filler."""
    # NUL is no text at all, and is for whoever takes the text to refuse.
    unseen = letter != "\0" and unicodedata.category(letter) in ("Cf", "Cc")
    return letter.isspace() or letter in BLANK_LETTERS or unseen


def _seen(text):
    """Return ``text`` without what nobody sees inside a word; spaces stay."""
    return "".join(letter for letter in text or "" if letter.isspace() or not _is_blank(letter))


def trimmed(text):
    """Return ``text`` from its first to its last visible character; "" where there is none."""
    text = text or ""
    found = [place for place, letter in enumerate(text) if not _is_blank(letter)]
    return text[found[0] : found[-1] + 1] if found else ""


def is_said(text):
    """Return whether ``text`` holds more than signs and an abbreviation."""
    return len("".join(WORD.findall(_seen(text)))) >= SAID_LETTERS


def is_sentence(text):
    """Return whether ``text`` is long enough to say something."""
    found = WORD.findall(_seen(text))
    return len(found) >= SENTENCE_WORDS and len("".join(found)) >= SENTENCE_LETTERS


def language_of(text):
    """Return ``"en"`` or ``"fr"`` where the words that hold the text together say so clearly; else None.

    >>> language_of("We have replaced the camera and it is working."), language_of("Nous avons remplacé la caméra et le câble.")
    ('en', 'fr')
    >>> language_of("OK"), language_of("Le the la of")
    (None, None)
    """
    words = [word.lower() for word in WORD.findall(_seen(text))]
    counts = {code: sum(word in held for word in words) for code, held in HOLDS.items()}
    best = max(counts, key=counts.get)
    other = min(counts.values())
    return best if counts[best] >= 3 and counts[best] >= 3 * other else None


def own_words(text, proposed):
    """Return the words of ``text`` that ``proposed`` had not: what its author wrote, in one string."""
    left = Counter(WORD.findall(_seen(proposed)))
    own = []
    for word in WORD.findall(_seen(text)):
        if left[word]:
            left[word] -= 1
        else:
            own.append(word)
    return " ".join(own)

"""Whether a text says something: what a person writes for a client, or for the record.

>>> is_said("…"), is_said("ok"), is_said("Double")
(False, False, True)
>>> is_sentence("Double"), is_sentence("The camera was replaced."), is_sentence("……………… …")
(False, True, False)
>>> own_words("Hello, here is our answer. The camera was replaced.", "Hello, here is our answer. …")
'The camera was replaced'
"""

import re
from collections import Counter

WORD = re.compile(r"[^\W_]+")
# Less is no word that another person understands later.
SAID_LETTERS = 3
# Nobody has told a client what was done in less.
SENTENCE_WORDS, SENTENCE_LETTERS = 2, 10


def is_said(text):
    """Whether ``text`` holds more than signs and an abbreviation."""
    return len("".join(WORD.findall(text or ""))) >= SAID_LETTERS


def is_sentence(text):
    """Whether ``text`` is long enough to tell somebody something."""
    found = WORD.findall(text or "")
    return len(found) >= SENTENCE_WORDS and len("".join(found)) >= SENTENCE_LETTERS


def own_words(text, proposed):
    """The words of ``text`` that ``proposed`` had not: what its author wrote, in one string."""
    left = Counter(WORD.findall(proposed or ""))
    own = []
    for word in WORD.findall(text or ""):
        if left[word]:
            left[word] -= 1
        else:
            own.append(word)
    return " ".join(own)

"""Which texts hold words of a language their reader does not read: held against the translation, term by term."""

import html
import re

import polib

# What a sentence may hold without its own words: a term is cut where a value, a tag or a full stop stands.
CUTS = re.compile(r"<[^>]+>|%\([^)]*\)[sd]|%[sd]|\{[^}]*\}|[\n.:;!?«»()]")
# A shorter term may be a name, or a word of both languages.
WORDS = 3
# Names of days and months where the product writes them: "Monday to", "Monday 3", "3 July". People quote days too.
DAYS = {
    "en": ("Monday Tuesday Wednesday Thursday Friday Saturday Sunday", "January February April June July August "
           "September October November December"),
    "fr": ("lundi mardi mercredi jeudi vendredi samedi dimanche", "janvier février avril juin juillet août septembre "
           "octobre novembre décembre"),
}  # fmt: skip


def terms(text):
    """The parts of a term that a reader sees as they are, of ``WORDS`` words and more."""
    parts = (re.sub(r"\s+", " ", part).strip(" ,“”\"'–-") for part in CUTS.split(html.unescape(text)))
    return {part for part in parts if part.count(" ") >= WORDS - 1}


def plain(markup):
    """The words of HTML as they are read, a bar where a tag was."""
    markup = re.sub(r"<(style|head|script)[^>]*>.*?</\1>", " ", markup, flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", "|", markup)))


class Languages:
    """English and French of the addon, from its translation.

    :param paths: the French .po files
    """

    def __init__(self, *paths):
        english, french = set(), set()
        for entry in (entry for path in paths for entry in polib.pofile(path)):
            if not entry.obsolete and entry.msgstr:
                english |= terms(entry.msgid)
                french |= terms(entry.msgstr)
        self.foreign = {
            "fr": self._any_of(english - french, *DAYS["en"]),
            "en": self._any_of(french - english, *DAYS["fr"]),
        }
        self.known = len(english - french), len(french - english)

    @staticmethod
    def _any_of(words, days, months):
        sentences = "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
        days, months = (names.replace(" ", "|") for names in (days, months))
        return re.compile(
            rf"(?<!\w)(?:{sentences}|(?i:(?:{days}) (?:to|à|au|\d{{1,2}})|\d{{1,2}} (?:{months})))(?!\w)"
        )

    def foreign_words(self, markup, language):
        """What ``markup`` holds that is not of ``language`` ("fr_FR"), each with what stands around it."""
        words = plain(markup)
        return [
            words[max(0, found.start() - 20) : found.end() + 20]
            for found in self.foreign[language[:2]].finditer(words)
        ]

"""Whether words of a client ask for a call, in French or English. Plain Python.

It only decides that the client is asked once: no call is promised, and none left out, on what is found here.
"""

import re
import unicodedata

ASKS = re.compile(
    r"""\b(?:
        (?:r[ae]ppele[zr]|appele[zr]|rappel|telephone[zr]) [\s-]+ (?:moi|nous)
      | (?:me|nous) \s+ (?:r?appeler|recontacter|contacter|joindre|telephoner) \b (?! \s+ que)
      | (?:etre|soyons|sois) \s+ (?:r?appelee?s?|recontactee?s?)
      | (?:un|votre) \s+ (?:r?appel|coup \s+ de \s+ (?:fil|telephone))
      | (?:call|phone|ring) \s+ (?:me|us)
      | (?:give|get) \s+ (?:me|us) \s+ a \s+ (?:call|ring)
      | (?:to \s+ be \s+ called|call \s+ back|callback|a \s+ call \s+ (?:from|back))
    )\b""",
    re.VERBOSE,
)
REFUSES = re.compile(
    r"\b(?:ne\s+(?:me|nous)\s+(?:r?appelez|contactez)\s+(?:pas|plus)|pas\s+(?:besoin\s+)?(?:d.|de\s+)(?:un\s+)?(?:me\s+|nous\s+)?r?appel\w*|(?:do\s+not|don.t|no\s+need\s+to)\s+(?:call|phone|ring))\b"
)


def asks_for_call(words: str | None) -> bool:
    """Return whether ``words`` ask to be called; a word that it is not wanted is none.

    >>> [asks_for_call(one) for one in ("Très déçu, rappelez-moi", "APPELEZ MOI demain", "Pouvez-vous me rappeler ?", "Merci de nous rappeler")]
    [True, True, True, True]
    >>> [asks_for_call(one) for one in ("Please call me", "Give us a call", "I would like a call back", "J’attends votre appel")]
    [True, True, True, True]
    >>> [asks_for_call(one) for one in ("Parfait, merci", "Please don’t call me", "Inutile : pas besoin de me rappeler", "", None)]
    [False, False, False, False, False]
    """
    plain = "".join(
        one
        for one in unicodedata.normalize("NFKD", (words or "").casefold())
        if not unicodedata.combining(one)
    ).replace("’", "'")
    return bool(ASKS.search(REFUSES.sub(" ", plain)))

import doctest

from tools import words


def test_doctests():
    assert doctest.testmod(words).failed == 0


def test_what_says_something():
    for text in (None, "", " ", "…", "...", "-", "ok", "x", "n/a"):
        assert not words.is_said(text), text
    for text in ("Lost key", "Congés", "404"):
        assert words.is_said(text), text


INVISIBLE = ("\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u202e", "\u00a0", "\u202f", "\u2003", "\u3164", "\u115f",
             "\u180e", "\u2066", "\U000e0041", "\t", "\x1b")  # fmt: skip


def test_what_nobody_sees_says_nothing():
    for letter in INVISIBLE:
        assert not words.is_said(letter * 20), ascii(letter)
        assert not words.is_said(f"a{letter}b{letter * 5}"), ascii(letter)
        assert not words.is_sentence(f"{letter * 20} {letter * 20}"), ascii(letter)
        assert words.trimmed(letter * 3) == "", ascii(letter)
        assert words.trimmed(f"{letter} a{letter}b {letter}") == f"a{letter}b", ascii(letter)
        if not letter.isspace():
            # It parts no word in two.
            assert not words.is_sentence(f"Replace{letter}mentofthecamera"), ascii(letter)
    # Spaces that French typography asks for part words as any space.
    assert words.is_sentence("La\u00a0caméra est\u202fremplacée")


def test_a_sentence():
    for text in ("…", "Done", "It is ok", "____________", "Aaaaaaaaaaaaa"):
        assert not words.is_sentence(text), text
    for text in ("La caméra est remplacée", "We have replaced it."):
        assert words.is_sentence(text), text


def test_own_words_are_those_nobody_proposed():
    proposed = "Hello Alice, here is our answer. …"
    assert words.own_words(proposed, proposed) == ""
    assert words.own_words("Hello Alice", proposed) == ""
    assert (
        words.own_words("Hello Alice, here is our answer. It is our camera.", proposed) == "It is our camera"
    )

import doctest

from tools import words


def test_doctests():
    assert doctest.testmod(words).failed == 0


def test_what_says_something():
    for text in (None, "", " ", "…", "...", "-", "ok", "x", "n/a"):
        assert not words.is_said(text), text
    for text in ("Lost key", "Congés", "404"):
        assert words.is_said(text), text


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

"""Which département an address lies in: whole codes, communes served from next door, and what is no code (charter, article 01)."""

import pytest
from tools.departments import CODES, COMMUNES, POSTCODES, department_of


@pytest.mark.parametrize(
    ("postcode", "country", "city", "code"),
    [
        # As people write them
        ("69425 CEDEX 03", "FR", "Lyon", "69"),
        ("69425 cedex", "FR", "Lyon CEDEX 3", "69"),
        ("F-75008", "FR", "Paris", "75"),
        ("FR 75 008", "FR", "Paris", "75"),
        ("75008\u00a0", "FR", "Paris", "75"),
        (" 75008", None, "Paris", "75"),
        # Corsica
        ("20000", "FR", "Ajaccio", "2A"),
        ("20137", "FR", "Porto-Vecchio", "2A"),
        ("20200", "FR", "Bastia", "2B"),
        # Overseas, with the country's own code or France's
        ("97133", "FR", "Gustavia", "977"),
        ("97133", "BL", None, "977"),
        ("97150", "FR", "Marigot", "978"),
        ("97150", "MF", None, "978"),
        ("97110", "FR", "Pointe-à-Pitre", "971"),
        ("97411", "RE", "Saint-Paul", "974"),
        ("98800", "NC", "Nouméa", "988"),
        # Of no département
        ("96000", "FR", None, False),
        ("99123", "FR", None, False),
        ("00100", "FR", None, False),
        ("7500", "FR", None, False),
        ("75008", "DE", None, False),
        ("", "FR", None, False),
        (None, None, None, False),
    ],
)
def test_an_address_has_its_code(postcode, country, city, code):
    assert department_of(postcode, country, city) == code


@pytest.mark.parametrize(("at", "code"), sorted(COMMUNES.items()))
def test_a_commune_served_from_next_door(at, code):
    postcode, city = at
    assert department_of(postcode, "FR", city.title().replace(" ", "-")) == code
    assert department_of(f"F-{postcode}", None, city.upper()) == code
    assert department_of(postcode, "FR", "Elsewhere") == postcode[:2] != code


@pytest.mark.parametrize(("postcode", "code"), sorted(POSTCODES.items()))
def test_a_postcode_of_another_whole(postcode, code):
    assert department_of(postcode, "FR", "Anywhere") == code in CODES


@pytest.mark.parametrize("code", ["20", "96", "97", "98", "99", "00", "0", "100", "979", "2a"])
def test_no_code(code):
    assert code not in CODES

"""The département an address lies in, which prefectoral orders and regulations name."""

FRENCH = {"FR", "GP", "MQ", "GF", "RE", "YT", "PM", "BL", "MF", "WF", "PF", "NC"}


def department_of(postcode: str | None, country: str | None) -> str | bool:
    """Code of the département of a French ``postcode``; False when there is none.

    Corsica is 2A up to 201xx and 2B from 202xx on; overseas codes have three figures. An address without a
    country is taken as French, as long as its postcode has five figures.

    >>> department_of("69 003", "FR"), department_of("20137", "FR"), department_of("20600", None)
    ('69', '2A', '2B')
    >>> department_of("97110", "GP"), department_of("1000", "FR"), department_of("10115", "DE")
    ('971', False, False)
    """
    digits = (postcode or "").replace(" ", "")
    if (country and country not in FRENCH) or len(digits) != 5 or not digits.isdecimal():
        return False
    if digits.startswith("20"):
        return "2A" if digits < "20200" else "2B"
    return digits[:3] if digits.startswith(("97", "98")) else digits[:2]

"""Phone numbers as people write them, and as phones dial them."""

import re

# The national zero that is not dialled after the code of a country: “+33 (0)1 …”.
_TRUNK = re.compile(r"^\s*(\+[\d\s.-]*)\(0\)")
_NOT_DIALLED = re.compile(r"[^+\d]")


def tel(number) -> str:
    r"""Return the address that dials ``number`` (RFC 3966), without what only helps to read it; empty for none.

    >>> tel("+33 1 00 00 00 00"), tel("01.00-00\N{NO-BREAK SPACE}00"), tel("+33 (0)1 00")
    ('tel:+33100000000', 'tel:01000000', 'tel:+33100')
    >>> tel(False), tel("ask the desk")
    ('', '')
    """
    dialled = _NOT_DIALLED.sub("", _TRUNK.sub(r"\1", number or ""))
    return f"tel:{dialled}" if dialled else ""

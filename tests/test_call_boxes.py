"""Article 02: wherever a client writes to us, it may ask to be called back."""

from pathlib import Path

from lxml import etree
from tools import call_asked

VIEWS = Path(call_asked.__file__).parents[1] / "views"
# What it writes there goes to management at once, with a time limit of its own.
MANAGEMENT = {"link_level2", "link_escalate", "portal_escalation"}


def templates():
    """{id of a template: its element} of those where a client writes."""
    return {
        template.get("id"): template
        for path in VIEWS.rglob("*.xml")
        for template in etree.parse(path).iter("template")
        if template.find(".//textarea") is not None
    }


def test_every_form_where_a_client_writes_offers_a_call():
    found = templates()
    assert len(found) > 8
    without = {
        name for name, one in found.items() if not one.xpath(".//input[@name='call_me'][@type='checkbox']")
    }
    assert without == MANAGEMENT

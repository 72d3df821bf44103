"""What another addon tells the tests of the charter, in its ``tests/charter_lists.py``: no file of ours is edited for it.

Each list there has the name of ours, which it adds to:

``PORTAL_FIELDS``, ``PAGES``
    what clients read of its models, and its pages of the portal (tests/cases/portal_fields.py, tests/base/test_portal_pages.py)
``NOT_EXPORTED``, ``FIGURES``, ``NAMED``, ``WITHOUT_MONTHS``
    tests/base/test_safety_lists.py
``OF_NO_COMPANY``
    tests/base/test_two_companies.py
``GO_ALONG``
    tests/base/test_engine.py
``EDITED``, ``OUR_WORDS``
    tests/base/test_recorded.py

``rows(env, client, contact)`` returns records of its models, one of each at least: the documents of a client that the tests of
two companies, of the engine and of recorded words put their questions to. ``addresses(env, client, contact)`` returns
{parameter: value} of the parts of an address that are new, for the tests of routes.
"""

from importlib import import_module, util

from ...models.base.charter_addons import charter_addons

HERE = "in tests/charter_lists.py of your addon (see tests/cases/lists.py of mileo_client_charter)"


def lists_of(env, name):
    """[what ``name`` is in tests/charter_lists.py of each addon that builds on the charter and has it]"""
    found = []
    for addon in sorted(charter_addons(env.registry)):
        module = f"odoo.addons.{addon}.tests.charter_lists"
        if util.find_spec(f"odoo.addons.{addon}.tests") and util.find_spec(module):
            found.append(getattr(import_module(module), name, None))
    return [one for one in found if one]


def joined(env, name, ours):
    """``ours`` with the lists of this name of all addons that build on the charter."""
    found = dict(ours)
    for one in lists_of(env, name):
        found.update(one)
    return found


def addresses_of(env, client, contact):
    """{parameter of a route: a value of it} of all addons, for pages of ``client``."""
    return {
        name: value
        for addresses in lists_of(env, "addresses")
        for name, value in addresses(env, client, contact).items()
    }


def rows_of(env, client, contact):
    """The records of ``rows`` of all addons, made in ``env`` for ``client``, whose ``contact`` said what there is to say."""
    return [records for rows in lists_of(env, "rows") for records in rows(env, client, contact)]

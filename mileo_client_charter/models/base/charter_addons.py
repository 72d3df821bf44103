"""Which addons and models are the charter's: decided by what an addon depends on, never by a name.

A model of another addon is the charter's like one of ours where its addon depends on this one: what a client writes on it is
heard, its rows are held to their client, its contacts are merged and forgotten, its dialogues are their owners'.
"""

from functools import cache

from odoo.modules.module import Manifest

ADDON = "mileo_client_charter"


@cache
def builds_on_charter(addon):
    """Return whether ``addon`` is this one, or depends on it, directly or through others."""
    if addon == ADDON:
        return True
    manifest = Manifest.for_addon(addon, display_warning=False) if addon else None
    return bool(manifest) and any(builds_on_charter(name) for name in manifest.raw_value("depends"))


def charter_addons(registry):
    """Return the names of the addons loaded in ``registry`` that are the charter's: this one, and all that build on it."""
    return {name for name in registry._init_modules if builds_on_charter(name)}


def is_charter_model(model):
    """Return whether ``model``, a record set, a class or None, is defined by an addon of the charter's.

    A model of others that we extend (a contact, a contract) is theirs.
    """
    return model is not None and builds_on_charter(model._original_module)


def keeps_charter_rows(model):
    """Return whether ``model`` is one of the charter's with a table of its own that lasts."""
    return is_charter_model(model) and model._auto and not model._abstract and not model._transient

"""Every term of the addons has its French: compares each ``i18n/fr.po`` with what Odoo exports.

Beside it stands the same without French, ``i18n/ADDON.pot``: what a translation into a third language begins with, as in every addon of OCA.
"""

import collections
import contextlib
import os
import re
import string

import polib
import runtime
from bootstrap import ROOT, STATE
from runtime import addons as published
from runtime import run_odoo

LANGUAGE = "fr"
TAG = re.compile(r"<\s*(/?)\s*([a-zA-Z][\w:.-]*)")
PRINTF = re.compile(r"%(?:\((\w+)\))?[-#0+]*(?:\d+|\*)?(?:\.\d+)?([sdifgerxX%])")

# Odoo's export walks every file below the addons path; one addon is enough.
EXPORT = """
import os, unittest.mock
from odoo.tools.translate import trans_export
walk = os.walk
for module, target in {targets!r}:
    def only_the_module(top, **options):
        return walk(os.path.join({root!r}, module), **options) if top == {root!r} else iter(())
    with open(target, "wb") as output, unittest.mock.patch("os.walk", only_the_module):
        trans_export(None, [module], output, "po", env)
"""


def exported_path(addon):
    return os.path.join(STATE, "i18n", f"{addon}.pot")


def translation_path(addon):
    return os.path.join(ROOT, addon, "i18n", f"{LANGUAGE}.po")


def template_path(addon):
    return os.path.join(ROOT, addon, "i18n", f"{addon}.pot")


def export_terms(server, database, addons):
    os.makedirs(os.path.join(STATE, "i18n"), exist_ok=True)
    targets = [(addon, exported_path(addon)) for addon in addons]
    for _addon, path in targets:
        # A module without any term writes nothing.
        polib.POFile().save(path)
    return run_odoo(
        server,
        ["shell", "-d", database, "--no-http", "--log-level=warn"],
        "Exporting the translatable terms",
        "i18n.log",
        script=EXPORT.format(targets=targets, root=runtime.LINKS),
    )


def placeholders(text):
    """The parts of a message that a program fills in or reads, as a multiset."""
    found = collections.Counter(f"<{close}{tag.lower()}>" for close, tag in TAG.findall(text))
    found.update(f"%({name}){kind}" if name else f"%{kind}" for name, kind in PRINTF.findall(text))
    with contextlib.suppress(ValueError):  # a lone brace: no format string
        fields = (field for _text, field, _spec, _conversion in string.Formatter().parse(text) if field)
        found.update(f"{{{field}}}" for field in fields)
    return found


def uses(entry):
    """Where Odoo applies a translation: fields of records by their reference, code by module."""
    return {place for place, _line in entry.occurrences if not place.startswith("code:")}


def problems_of(exported, translated):
    """What is wrong with a translation (PO files as polib reads them), a line each."""
    found = []
    wanted = {entry.msgid: entry for entry in exported if not entry.obsolete}
    have = {entry.msgid: entry for entry in translated if not entry.obsolete}
    found += [f"obsolete entry kept: {entry.msgid!r}" for entry in translated if entry.obsolete]
    found += [f"no longer in the sources: {msgid!r}" for msgid in have if msgid not in wanted]
    for msgid, source in wanted.items():
        entry = have.get(msgid)
        if entry is None:
            found.append(f"missing: {msgid!r}")
        elif entry.fuzzy:
            found.append(f"fuzzy: {msgid!r}")
        elif not entry.msgstr.strip():
            found.append(f"empty: {msgid!r}")
        elif placeholders(msgid) != placeholders(entry.msgstr):
            found.append(f"placeholders or tags differ: {msgid!r} / {entry.msgstr!r}")
        elif lost := uses(source) - uses(entry):
            found.append(f"not applied to {', '.join(sorted(lost))}: {msgid!r}")
    return found


def template_problems(exported, template):
    """What a template (PO files as polib reads them) has too many or too few, a line each."""
    wanted, have = (
        {(entry.msgid, frozenset(uses(entry))) for entry in file} for file in (exported, template)
    )
    return [
        f"not in the template as it is in the sources: {msgid!r}"
        for msgid in sorted({m for m, _ in wanted ^ have})
    ]


def problems(addons):
    """Problems of all the addons after ``export_terms``."""
    found = []
    for addon in addons:
        path = translation_path(addon)
        exported = polib.pofile(exported_path(addon))
        if addon in published():
            known = os.path.exists(template_path(addon))
            template = polib.pofile(template_path(addon)) if known else polib.POFile()
            found += [f"{addon}: {problem}" for problem in template_problems(exported, template)]
        if not os.path.exists(path):
            if len(exported):
                found.append(f"{addon}: i18n/{LANGUAGE}.po is missing ({len(exported)} terms)")
            continue
        found += [f"{addon}: {problem}" for problem in problems_of(exported, polib.pofile(path))]
    return found


def merge(addon):
    """Bring the template and ``fr.po`` in line with the sources, keeping its translations; returns the terms to translate."""
    exported = polib.pofile(exported_path(addon))
    if not len(exported):
        return []
    path = translation_path(addon)
    known = {entry.msgid: entry for entry in polib.pofile(path)} if os.path.exists(path) else {}
    os.makedirs(os.path.dirname(path), exist_ok=True)
    for date in ("POT-Creation-Date", "PO-Revision-Date"):
        exported.metadata.pop(date, None)
    exported.save(template_path(addon))
    for entry in exported:
        old = known.get(entry.msgid)
        if old is not None and not old.fuzzy:
            entry.msgstr = old.msgstr
    exported.metadata["Language"] = LANGUAGE
    exported.metadata["Plural-Forms"] = "nplurals=2; plural=n > 1;"
    exported.save(path)
    return [entry.msgid for entry in exported if not entry.msgstr]

"""Databases that follow the addons: built when missing, updated when the addons' content changed.

What a database was built from is written on it as a comment once it is complete; a database
without that comment is a build that was interrupted, and is built again.

A database is copied from a *ground*, which has what the addons depend on and none of them: Odoo and OCA are installed
once, whatever number of databases stands on them.
"""

import ast
import hashlib
import json
import os
import pathlib
import re
import shutil

import requirements
import runtime
import stored
from bootstrap import REQUIREMENTS, ROOT, fingerprint, say
from runtime import (
    ADDON,
    ODOO,
    addons,
    create_database,
    database_exists,
    database_lock,
    drop_database,
    query,
    quoted,
    run_odoo,
)

# The first language is the default one of partners, hence English before French.
LANGUAGES = "--load-language=en_US,fr_FR"
WITHOUT_DEMO = "--without-demo=True"
QUIET = ("--stop-after-init", "--no-http", "--max-cron-threads=0")

# Compiled bundles of scripts and styles, kept in the database: a browser test in a database that lacks
# them compiles them itself, and its transaction forgets them.
# Without those that no test of ours opens: of JavaScript's own test suites, each the whole web client once more, and of the dark look.
BUNDLES = """
from unittest.mock import patch
qweb = type(env["ir.qweb"])
chosen = qweb._get_bundles_to_pregenarate
NOT_OPENED = ("unit_tests", "qunit", "web.tests_assets", "_dark")

def opened(self):
    return tuple({name for name in names if not any(part in name for part in NOT_OPENED)} for names in chosen(self))

with patch.object(qweb, "_get_bundles_to_pregenarate", opened):
    env["ir.qweb"]._pregenerate_assets_bundles()
env.cr.commit()
"""
# What the addons depend on, installed without them.
GROUND = "charter_ground"
BUNDLED = ("static/src", "static/tests")
NOUPDATE = re.compile(rb"noupdate=[\"']1")


# What things were made from.


def content_hash(folder):
    """Hash of what an addon's files put into a database."""
    return stored.digest(pathlib.Path(folder))


def noupdate_hash():
    """Hash of the data files an update leaves alone: a database that has them keeps what it was made with."""
    digest = hashlib.sha256()
    for addon in addons():
        for path in sorted(pathlib.Path(ROOT, addon).glob("data/**/*.xml")):
            content = path.read_bytes()
            if NOUPDATE.search(content):
                digest.update(f"{path.relative_to(ROOT)}\0{len(content)}\0".encode())
                digest.update(content)
    return digest.hexdigest()[:16]


def hashes(names):
    return {name: content_hash(os.path.join(ROOT, name)) for name in names}


def manifest(addon):
    path = pathlib.Path(ROOT, addon, "__manifest__.py")
    return ast.literal_eval(path.read_text(encoding="utf-8"))


def local(names):
    """The project's addons, and those among ``names`` that stand beside them in the clone."""
    return sorted({*addons(), *runtime.own_addons(names)})


def dependencies(names):
    """The modules of others among these, and those that the project's addons among these stand on."""
    needed, ours = set(names), set(local(names))
    for name in set(names) & ours:
        needed.update(manifest(name).get("depends", []))
    return sorted(needed - ours)


def ground_hash():
    """What cannot be updated in place: Odoo itself and the versions of the OCA addons a ground may have."""
    parts = [LANGUAGES, WITHOUT_DEMO, fingerprint(os.path.join(ODOO, "odoo", "release.py"))]
    parts += pinned_addons(REQUIREMENTS[:2])
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()[:16]


def pinned_addons(files):
    """The OCA addons that these requirements pin, as "package==version"."""
    texts = [pathlib.Path(ROOT, name).read_text(encoding="utf-8") for name in files]
    pins = sorted(
        f"{name}=={version}" for text in texts for name, version in requirements.pinned(text).values()
    )
    return [pin for pin in pins if pin.startswith("odoo-addon-")]


def bundles_hash():
    digest = hashlib.sha256()
    for addon in addons():
        for folder in BUNDLED:
            for path in sorted(pathlib.Path(ROOT, addon, folder).rglob("*")):
                if path.is_file():
                    digest.update(f"{path.relative_to(ROOT)}\0{path.stat().st_size}\0".encode())
                    digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def built_from(server, database):
    """What a complete database was built from, as ``mark_built`` was told; {} for any other."""
    rows = query(
        server,
        "postgres",
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s",
        database,
    )
    name, _blank, marks = ((rows[0][0] or "") if rows else "").partition(" ")
    return json.loads(marks) if name == ADDON and marks.startswith("{") else {}


def mark_built(server, database, **marks):
    text = f"{ADDON} {json.dumps(marks, sort_keys=True)}"
    query(server, "postgres", f"COMMENT ON DATABASE {quoted(database)} IS %s", text)


# Copies.


def copy(server, source, target):
    """A database and its files, in the place of any that has that name. Nobody may use the source meanwhile."""
    drop_database(server, target)
    query(server, "postgres", f"CREATE DATABASE {quoted(target)} TEMPLATE {quoted(source)}")
    files = pathlib.Path(runtime.DATA, "filestore")
    if (files / source).is_dir():
        shutil.copytree(files / source, files / target)


def copy_built(server, source, target):
    """As ``copy``; the copy knows what it was built from."""
    copy(server, source, target)
    mark_built(server, target, **built_from(server, source))


def drop_grounds(server):
    rows = query(server, "postgres", "SELECT datname FROM pg_database WHERE datname LIKE %s", f"{GROUND}%")
    for (name,) in rows:
        drop_database(server, name)


def ground_for(modules):
    """(name, what it has) of the ground nearest to a database with ``modules``.

    There are two: what the addon itself stands on, and what all its glue addons do.
    """
    first, everything = dependencies([ADDON]), dependencies(addons())
    if set(everything) <= {*modules, *first}:
        return f"{GROUND}_glue", everything
    return GROUND, first


def ensure_ground(server, modules):
    """The name of the ground for ``modules``, as Odoo and the OCA addons are now. Its lock is the caller's."""
    name, wanted = ground_for(modules)
    mark = {"ground": ground_hash(), "modules": wanted}
    if built_from(server, name) != mark:
        if name == GROUND:
            drop_database(server, name)
            create_database(server, name)
        else:
            lay_ground(server, name, ())
        say(f"Installing {', '.join(wanted)} in the database {name}")
        seconds = run_odoo(
            server,
            ["-d", name, "-i", ",".join(wanted), WITHOUT_DEMO, *QUIET],
            "The installation of what the addons stand on",
            f"{name}.log",
        )
        say(f"  done in {seconds:.0f} s")
        mark_built(server, name, **mark)
    return name


def lay_ground(server, target, modules):
    """Make ``target`` a copy of the ground for ``modules``; what it lacks of them is still to be installed."""
    with database_lock(ground_for(modules)[0]):
        copy(server, ensure_ground(server, modules), target)


# Following the addons.


def installed(server, database):
    """The modules installed there."""
    return {
        name
        for (name,) in query(server, database, "SELECT name FROM ir_module_module WHERE state = 'installed'")
    }


def ensure(server, database, modules, log, rebuild=False, after_install=None):
    """Make ``database`` hold ``modules`` as they are in the clone: "installed", "updated" or None.

    Only what changed is updated, with what stands on it; an addon that is new is installed into the database there is. Where a
    file of ``noupdate`` changed, the database is built again, unless somebody works in it (the demo company): a real one would
    get a migration.

    :param after_install: completes a fresh database before it counts as built
    """
    ground, content, kept = ground_hash(), hashes(local(modules)), noupdate_hash()
    had = built_from(server, database)
    before = had.get("addons", {})
    # An addon that is gone from the clone is not uninstalled: its database is built again.
    usable = had.get("ground") == ground and had.get("modules") and set(before) <= set(content)
    usable = usable and (after_install is not None or had.get("noupdate") == kept)
    if not rebuild and usable and before == content and set(modules) <= set(had["modules"]):
        return None
    if rebuild or not usable:
        if database_exists(server, database) and not rebuild:
            say(f"Removing the database {database}, which is out of date or incomplete")
        lay_ground(server, database, dependencies(modules))
        say(f"Installing {', '.join(modules)} in the database {database} (a minute or two)")
        install = ["-d", database, "-i", ",".join(modules), LANGUAGES, WITHOUT_DEMO, *QUIET]
        seconds = run_odoo(server, install, "The installation", log)
        say(f"  done in {seconds:.0f} s")
        if after_install:
            after_install(server, database)
        done = "installed"
    else:
        there = installed(server, database)
        changed = sorted(name for name in there & set(content) if before.get(name) != content[name])
        new = sorted(set(modules) - there)
        done = None
        if changed or new:
            names = ", ".join([*changed, *new])
            say(f"Updating the database {database}: {names}")
            # An update that fails is done again, even when the addons are put back as they were.
            unknown = dict.fromkeys(content, "")
            mark_built(server, database, **{**had, "addons": {**before, **unknown}})
            work = ["-u", ",".join(changed)] if changed else []
            work += ["-i", ",".join(new)] if new else []
            # The terms of an addon installed later are loaded by Odoo itself: the languages are active.
            seconds = run_odoo(server, ["-d", database, *work, WITHOUT_DEMO, *QUIET], "The update", log)
            say(f"  done in {seconds:.0f} s")
            done = "updated"
    marks = {key: value for key, value in had.items() if key == "bundles" and done != "installed"}
    mark_built(
        server, database, ground=ground, addons=content, noupdate=kept, modules=sorted(modules), **marks
    )
    return done


def ensure_bundles(server, database):
    """Compile the bundles a browser asks for, unless those there are of today's sources."""
    marks, wanted = built_from(server, database), bundles_hash()
    if marks.get("bundles") == wanted:
        return
    seconds = run_odoo(
        server,
        ["shell", "-d", database, "--no-http", "--log-level=warn"],
        "Compiling the bundles",
        "bundles.log",
        script=BUNDLES,
    )
    say(f"Compiled the bundles of scripts and styles in {seconds:.0f} s")
    mark_built(server, database, **{**marks, "bundles": wanted})

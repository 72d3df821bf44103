"""Databases that follow the addons: built when missing, updated when the addons' content changed.

What a database was built from is written on it as a comment once it is complete; a database
without that comment is a build that was interrupted, and is built again.
"""

import hashlib
import os
import pathlib

from bootstrap import ROOT, fingerprint, say
from runtime import (
    ADDON,
    ODOO,
    addons,
    create_database,
    database_exists,
    drop_database,
    query,
    quoted,
    run_odoo,
)

# Nothing below an addon's folders of these names is stored in a database.
NOT_STORED = ("tests", "tools", "controllers", "readme", "static/src", "static/tests", "__pycache__")

# The first language is the default one of partners, hence English before French.
INSTALL = ("--without-demo=True", "--load-language=en_US,fr_FR")


def content_hash(folder, left_out=NOT_STORED):
    """Hash of an addon's files (names and content), without those that need no update of a database."""
    digest = hashlib.sha256()
    folder = pathlib.Path(folder)
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not any(name.startswith(f"{part}/") for part in left_out):
            digest.update(f"{name}\0{path.stat().st_size}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def ground_hash():
    """What cannot be updated in place: Odoo itself, the OCA addons' versions, which addons there are."""
    odoo_release = os.path.join(ODOO, "odoo", "release.py")
    digest = hashlib.sha256(" ".join([*INSTALL, *addons()]).encode())
    digest.update(fingerprint(os.path.join(ROOT, "requirements.txt"), odoo_release).encode())
    return digest.hexdigest()[:16]


def addons_hash():
    joined = " ".join(content_hash(os.path.join(ROOT, addon)) for addon in addons())
    return hashlib.sha256(joined.encode()).hexdigest()[:16]


def built_from(server, database):
    """(ground, addons) hashes of a complete database, else (None, None)."""
    rows = query(
        server,
        "postgres",
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s",
        database,
    )
    parts = (rows[0][0] or "").split(" ") if rows else []
    return (parts[1], parts[2]) if len(parts) == 3 and parts[0] == ADDON else (None, None)


def mark_built(server, database, ground, content):
    query(server, "postgres", f"COMMENT ON DATABASE {quoted(database)} IS %s", f"{ADDON} {ground} {content}")


def ensure(server, database, modules, log, rebuild=False, after_install=None):
    """Make ``database`` hold ``modules`` as they are in the clone: "installed", "updated" or None.

    ``after_install`` completes a fresh database before it counts as built.
    """
    ground, content = ground_hash(), addons_hash()
    had_ground, had_content = built_from(server, database)
    if not rebuild and (had_ground, had_content) == (ground, content):
        return None
    options = ["-d", database, "--stop-after-init", "--no-http", "--max-cron-threads=0"]
    if rebuild or had_ground != ground:
        if database_exists(server, database):
            say(
                f"Removing the database {database}"
                + ("" if rebuild else ", which is out of date or incomplete")
            )
            drop_database(server, database)
        create_database(server, database)
        say(f"Installing {', '.join(modules)} in the database {database} (a minute or two)")
        install = [*options, *INSTALL, "-i", ",".join(modules)]
        seconds = run_odoo(server, install, "The installation", log)
        say(f"  done in {seconds:.0f} s")
        if after_install:
            after_install(server, database)
        done = "installed"
    else:
        say(f"Updating the database {database}: the addons have changed")
        # An update that fails is done again, even when the addons are put back as they were.
        mark_built(server, database, ground, "updating")
        seconds = run_odoo(server, [*options, "-u", ",".join(modules)], "The update", log)
        say(f"  done in {seconds:.0f} s")
        done = "updated"
    mark_built(server, database, ground, content)
    return done

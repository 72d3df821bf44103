"""The project's addons as packages: a wheel of each, as OCA publishes its own, and an environment where pip has installed them and OCA's.

``whool`` builds a wheel from an addon's manifest: its version is the manifest's, what it requires are the addons and the libraries the
manifest names. OCA's addons are those the requirements pin, installed by pip into the same new environment. What Odoo itself needs is
left to the environment it runs in.
"""

import os
import pathlib
import re
import subprocess
import sys
import venv

import runtime
from bootstrap import REQUIREMENTS
from runtime import ROOT, SetupError

# A pinned addon of the OCA with its hashes, as the requirements have it.
OCA = re.compile(r"^odoo-addon-(?:[^\n\\]|\\\n)*", re.MULTILINE)


def install(folder):
    """Build a wheel of every addon of the project, and install them with OCA's in a new environment under ``folder``.

    :return: path of the addons, for Odoo
    :raise SetupError: pip cannot build or install them; what it printed
    """
    sources = [str(pathlib.Path(ROOT, addon)) for addon in runtime.addons()]
    # The version is the manifest's, not that of how many commits came since.
    environment = {**os.environ, "WHOOL_POST_VERSION_STRATEGY_OVERRIDE": "none"}
    pip(
        "wheel",
        "--no-deps",
        "--no-build-isolation",
        f"--wheel-dir={folder}",
        *sources,
        environment=environment,
    )
    new = folder / "environment"
    venv.create(new)
    inside = f"--python={new / 'bin' / 'python'}"
    pinned = folder / "oca.txt"
    pinned.write_text("\n".join(oca_pins()) + "\n")
    # --no-deps: what a wheel of an addon asks for as "odoo" is Debian's package.
    pip(inside, "install", "--no-deps", "--require-hashes", "-r", str(pinned))
    pip(inside, "install", "--no-deps", "--no-index", *sorted(map(str, folder.glob("*.whl"))))
    [addons] = new.glob("lib/python*/site-packages/odoo/addons")
    return addons


def oca_pins():
    """Return the requirements of OCA's addons, each with its hashes."""
    texts = [pathlib.Path(ROOT, name).read_text(encoding="utf-8") for name in REQUIREMENTS]
    return sorted({pin for text in texts for pin in OCA.findall(text)})


def pip(*arguments, environment=None):
    done = subprocess.run(
        [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments],
        capture_output=True,
        text=True,
        env=environment,
        cwd=ROOT,
        check=False,
    )
    if done.returncode:
        raise SetupError(f"pip {arguments[0]} failed:\n{done.stdout}{done.stderr}")

"""The project's addons as packages: a wheel of each, as OCA publishes its own, and a folder where pip has installed them.

``whool`` builds a wheel from an addon's manifest: its version is the manifest's, what it requires are the addons and the libraries the
manifest names. The OCA addons are in the environment already, as the wheels requirements.txt pins.
"""

import os
import pathlib
import subprocess
import sys

import runtime
from runtime import ROOT, SetupError


def install(folder):
    """Build a wheel of every addon of the project and install them under ``folder``. :return: path of the addons, for Odoo"""
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
    target = folder / "site"
    # --no-deps: what a wheel of an addon asks for as "odoo" is Debian's package. In one call: a second one into the same --target
    # brings metadata and no code (findings/oca-pip-target-twice.sh).
    wheels = sorted(map(str, folder.glob("*.whl")))
    pip("install", "--no-deps", "--no-index", f"--target={target}", *wheels)
    return target / "odoo" / "addons"


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

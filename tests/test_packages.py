"""Each addon of the project is a package as OCA's are: what builds its wheel, its README.rst, its icon, who maintains it."""

import ast
import json
import pathlib
import re
import subprocess
import sys

import pytest
import ruamel.yaml

ROOT = pathlib.Path(__file__).parent.parent
ADDONS = sorted(path.parent for path in ROOT.glob("mileo_client_charter*/__manifest__.py"))
# The fragments OCA's generator reads; the others are guides of our own.
FRAGMENTS = (
    "DESCRIPTION", "CONTEXT", "INSTALL", "CONFIGURE", "USAGE", "ROADMAP", "DEVELOP", "CONTRIBUTORS", "CREDITS", "HISTORY",
)  # fmt: skip
WORD = re.compile(r"[^\W\d_]{5,}")
# Its address is no word of a link: the generator writes it elsewhere or not at all.
ADDRESS = re.compile(r"\]\([^)]*\)|<[^>]*>|&\w+;")


@pytest.mark.parametrize("addon", ADDONS, ids=lambda addon: addon.name)
def test_an_addon_is_a_package(addon):
    manifest = ast.literal_eval((addon / "__manifest__.py").read_text(encoding="utf-8"))
    assert manifest["maintainers"], "name who maintains it in the manifest"
    assert 'build-backend = "whool.buildapi"' in (addon / "pyproject.toml").read_text(encoding="utf-8")
    assert (addon / "static" / "description" / "icon.png").is_file()


@pytest.mark.parametrize("addon", ADDONS, ids=lambda addon: addon.name)
def test_its_readme_is_of_its_fragments(addon):
    """A fragment that changed without README.rst is found by its words."""
    readme = set(WORD.findall((addon / "README.rst").read_text(encoding="utf-8")))
    found = [path for name in FRAGMENTS if (path := addon / "readme" / f"{name}.md").is_file()]
    assert found
    for path in found:
        words = WORD.findall(ADDRESS.sub(" ", path.read_text(encoding="utf-8")))
        missing = sorted({word for word in words if word not in readme})
        assert not missing, (
            f"README.rst has not these words of {path.name}: run oca-gen-addon-readme (.pre-commit-config.yaml)"
        )


def test_pre_commit_builds_with_the_version_the_tests_build_with():
    hooks = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    [version] = re.findall(r"repo: \S+/whool\n\s+rev: v(\S+)", hooks)
    assert f"\nwhool=={version} " in (ROOT / "test-requirements.txt").read_text(encoding="utf-8")


# -- docker-compose.yml ---------------------------------------------------------------------------


def test_compose_mounts_every_addon_and_publishes_both_ports():
    odoo = ruamel.yaml.YAML(typ="safe").load(ROOT / "docker-compose.yml")["services"]["odoo"]
    mounted = {
        volume.split(":")[0].removeprefix("./") for volume in odoo["volumes"] if volume.startswith("./")
    }
    assert mounted == {addon.name for addon in ADDONS}
    assert {port.rpartition(":")[2] for port in odoo["ports"]} == {"8069", "8072"}
    # Where they are mounted is where Odoo looks for them.
    [path] = [option for option in odoo["command"] if option.startswith("--addons-path=")]
    assert all(
        volume.split(":")[1].startswith("/mnt/extra-addons/") for volume in odoo["volumes"] if "./" in volume
    )
    assert "/mnt/extra-addons" in path.partition("=")[2].split(",")


def test_odoo_knows_what_compose_starts_it_with():
    """As the entry point of the image does: it adds the connection to a command that begins with “odoo”."""
    odoo = ruamel.yaml.YAML(typ="safe").load(ROOT / "docker-compose.yml")["services"]["odoo"]
    name, *options = (option.replace("$$", "$") for option in odoo["command"])
    assert name == "odoo"
    assert odoo["environment"].keys() == {"HOST", "USER", "PASSWORD"}
    connection = ["--db_host", "db", "--db_port", "5432", "--db_user", "odoo", "--db_password", "x"]
    script = (
        "import json, sys\n"
        "from odoo.tools import config\n"
        "known, rest = config.parser.parse_args(json.loads(sys.stdin.read()))\n"
        "print(json.dumps([rest, known.db_name, known.gevent_port, known.db_host]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        input=json.dumps([*options, *connection]),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == [[], ["charter"], 8072, "db"]

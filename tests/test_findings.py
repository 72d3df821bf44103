"""Every finding has the form `findings/README.md` describes; running them is outside CI."""

import pathlib
import re
import subprocess

import pytest

FOLDER = pathlib.Path(__file__).parent.parent / "findings"
SCRIPTS = sorted(FOLDER.glob("*.sh"))
FINDINGS = [script for script in SCRIPTS if script.name != "run-all.sh"]
FIELDS = ["Finding", "Expected", "Happens", "Versions", "Seen", "Matters"]
# Folders of one machine. /usr/share, /bin and the like are the same on every Debian.
MACHINE_PATH = re.compile(r"(?<![\w$}.])/(?:work|root|home|tmp|opt|srv|mnt|Users)/")
ADDRESS = re.compile(r"\b(?:https?|ssh|git|ftp)://([^/:\s\"'`]+)")
# Options that would name a registry, and hosts that no script has a reason to name.
REGISTRY = re.compile(
    r"--index-url|--extra-index|--find-links|--registry|\b[a-z0-9-]+\.(?:org|io|com|net|dev)\b"
)
PUBLIC = re.compile(r"\b(?:[\w-]+\.)*example\.(?:com|org)\b|example\.com\b")
PIN = re.compile(r"pip\" install -q --disable-pip-version-check((?: \\?\s*[\w.-]+==[\w.]+)+)$", re.MULTILINE)


def name(path):
    return path.name


def head(text):
    """The fields of the head comment: what stands behind the name, over the lines that continue it."""
    fields, last = {}, None
    for line in text.splitlines()[1:]:
        if not line.startswith("#"):
            break
        if match := re.fullmatch(r"# ([A-Z][a-z]+): (.+)", line):
            last = match[1]
            fields[last] = match[2]
        elif line.startswith("#   ") and last:
            fields[last] += " " + line[1:].strip()
        else:
            fields["?"] = line
    return fields


def rows():
    """The table of the README: what each row's cells hold, by name."""
    lines = [
        line
        for line in (FOLDER / "README.md").read_text(encoding="utf-8").splitlines()
        if line.startswith("| `")
    ]
    return {cells[0].strip(" `"): cells for cells in (line.strip("|").split("|") for line in lines)}


@pytest.mark.parametrize("script", SCRIPTS, ids=name)
def test_is_an_executable_strict_script(script):
    text = script.read_text(encoding="utf-8")
    assert script.stat().st_mode & 0o111 == 0o111
    assert text.startswith("#!/usr/bin/env bash\n# ")
    assert "\nset -euo pipefail\n" in text
    assert not subprocess.run(["bash", "-n", script], capture_output=True, text=True, check=False).stderr


@pytest.mark.parametrize("script", FINDINGS, ids=name)
def test_head_says_what_was_expected_and_what_happens(script):
    fields = head(script.read_text(encoding="utf-8"))
    fields.pop("Needs", None)
    assert list(fields) == FIELDS
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", fields["Seen"])
    assert re.search(r"\d", fields["Versions"])


@pytest.mark.parametrize("script", FINDINGS, ids=name)
def test_installs_pinned_packages_in_a_folder_it_removes_and_fails_on_a_change(script):
    text = script.read_text(encoding="utf-8")
    assert "work=$(mktemp -d)\n" in text
    assert re.search(r"^trap .+ EXIT$", text, re.MULTILINE) and 'rm -rf "$work"' in text
    assert re.search(r'\|\| \{ echo "CHANGED: .+" >&2; exit 1; \}', text)
    assert text.count('pip" install') == len(PIN.findall(text))
    for line in re.findall(r"^.*npm install.*$", text, re.MULTILINE):
        packages = line.split('--prefix "$work" ')[1].split()
        assert packages and all(re.fullmatch(r"[@\w./-]+@\d[\w.]*", package) for package in packages)
    for package in re.findall(r"apt-get download .*?([\w.-]+(?:=\S+)?)\)$", text, re.MULTILINE):
        assert "=" in package
    assert re.search(r"pip\" install|npm install|apt-get download", text)
    assert all(
        line.startswith("timeout ")
        for line in re.findall(r"^.*(?:pip\" install|npm install) .*$", text, re.MULTILINE)
    )


@pytest.mark.parametrize("script", SCRIPTS, ids=name)
def test_names_no_registry_no_machine_and_not_the_product(script):
    text = script.read_text(encoding="utf-8")
    assert not MACHINE_PATH.findall(text)
    assert not [
        host
        for host in ADDRESS.findall(text)
        if not re.fullmatch(r"127\.0\.0\.1|(?:[\w-]+\.)?example\.(?:com|org)", host)
    ]
    assert not REGISTRY.findall(PUBLIC.sub("", text))
    assert "mileo" not in text.lower()


@pytest.mark.parametrize("script", FINDINGS, ids=name)
def test_is_in_the_table(script):
    cells = rows()[script.stem]
    fields = head(script.read_text(encoding="utf-8"))
    assert len(cells) == 5 and all(cell.strip() for cell in cells)
    assert cells[3].strip() == fields["Seen"]
    for version in re.findall(r"\d+(?:\.\d+)+", cells[2]):
        assert version in fields["Versions"]


def test_table_has_no_row_without_its_script():
    assert sorted(rows()) == [script.stem for script in FINDINGS]

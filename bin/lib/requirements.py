"""``bin/test --hashes``: the SHA-256 of every file this project downloads, written into the project.

Of the Python packages first, into the requirements: uv asks the index for every file of each version, whatever Python and
processor it is for. A file that is another one than on the day its version was chosen is then refused by
``pip install --require-hashes``.

Then of the Debian packages Odoo is made of, as the mirror offers them today under Debian's signature, into ``odoo.sha256``.
"""

import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.parse

import bootstrap
from bootstrap import BUILD_REQUIREMENTS, ODOO_PACKAGES, PYTHON_VERSIONS, REQUIREMENTS, ROOT, SetupError, say

# A requirement with the comment that says what needs it, above it or behind it, and the hashes there were.
LINE = re.compile(r"^(?P<name>[A-Za-z0-9][\w.-]*)==(?P<version>[^\s\\;#]+)")


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned(text):
    """{normal name: (name, version)} of a requirements file."""
    found = (LINE.match(line) for line in text.splitlines())
    return {normal(match["name"]): (match["name"], match["version"]) for match in found if match}


def hashes_of(name):
    """{normal name: [SHA-256]} of every file the index has of the packages a requirements file pins."""
    oldest = ".".join(map(str, PYTHON_VERSIONS[0]))
    with tempfile.TemporaryDirectory() as folder:
        target, plain = pathlib.Path(folder, "hashed.txt"), pathlib.Path(folder, "pinned.txt")
        wanted = pinned(pathlib.Path(ROOT, name).read_text(encoding="utf-8"))
        # Without the hashes there are: those of a version that was raised are another's.
        plain.write_text("".join(f"{package}=={version}\n" for package, version in wanted.values()))
        command = [sys.executable, "-m", "uv", "--quiet", "pip", "compile", "--no-deps", "--universal"]
        command += ["--generate-hashes", "--no-annotate", "--no-header", "--python-version", oldest]
        done = subprocess.run(
            [*command, "--output-file", str(target), str(plain)], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SetupError(f"The files of {name} cannot be had:\n{done.stderr[-2000:]}")
        found = hashed(target.read_text())
    missing = sorted(package for package in wanted if not found.get(package))
    if missing:
        raise SetupError(f"The index names no file of {', '.join(missing)}.")
    return found


def hashed(text):
    """{normal name: sorted SHA-256} of a file as uv writes it."""
    found = {}
    for line in text.replace("\\\n", " ").splitlines():
        match = LINE.match(line)
        if match:
            found[normal(match["name"])] = sorted(re.findall(r"--hash=sha256:([0-9a-f]+)", line))
    return found


def rewritten(text, hashes):
    """The requirements file with these hashes: comments stay, hashes there were go."""
    lines = []
    for line in text.splitlines():
        match = LINE.match(line)
        if line.startswith("    --hash="):
            continue
        if not match:
            lines.append(line)
            continue
        _requirement, _mark, comment = line.partition("  # ")
        if comment:
            lines.append(f"# {comment}")
        values = [f"--hash=sha256:{value}" for value in hashes[normal(match["name"])]]
        lines.append(" \\\n    ".join([f"{match['name']}=={match['version']}", *values]))
    return "\n".join(lines) + "\n"


def unhashed(text):
    """Names of the requirements a file gives no hash for."""
    joined = text.replace("\\\n", " ")
    return [line.split("==")[0] for line in joined.splitlines() if LINE.match(line) and "--hash=" not in line]


def write_hashes():
    for name in (BUILD_REQUIREMENTS, *REQUIREMENTS):
        found = hashes_of(name)
        path = pathlib.Path(ROOT, name)
        path.write_text(rewritten(path.read_text(encoding="utf-8"), found), encoding="utf-8")
        say(f"{name}: {len(found)} packages, {sum(map(len, found.values()))} files")
    write_packages()
    return 0


OFFERED = re.compile(r"^'[^']*/(?P<place>pool/[^']+)' \S+ \d+ SHA256:(?P<digest>[0-9a-f]{64})$", re.MULTILINE)


def write_packages():
    """Pin the packages of Odoo that the mirror has today."""
    names = bootstrap.package_names()
    with bootstrap.private_apt("sid", "The hashes of Odoo's packages", "Check the network.") as (
        options,
        folder,
    ):
        listing = subprocess.run(
            ["apt-get", *options, "-q", "download", "--print-uris", *names],
            capture_output=True, text=True, cwd=folder, check=True,
        ).stdout  # fmt: skip
    found = {
        urllib.parse.unquote(place).rsplit("/", 1)[1].split("_")[0]: (digest, urllib.parse.unquote(place))
        for place, digest in OFFERED.findall(listing)
    }
    if set(found) != set(names):
        raise SetupError(f"The mirror has no {', '.join(sorted(set(names) - set(found)))}.")
    path = pathlib.Path(ODOO_PACKAGES)
    head = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
    path.write_text("\n".join([*head, *("  ".join(found[name]) for name in names)]) + "\n", encoding="utf-8")
    say(f"{path.name}: {found[names[0]][1].rsplit('/', 1)[1]}")

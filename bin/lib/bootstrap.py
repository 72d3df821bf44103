"""From a bare machine to the project's own Python environment.

Standard library only: this runs with whatever ``python3`` the machine has. It makes sure of the
system packages, the virtual environment and Odoo's source code, then hands over to the command's
own script (``demo_command.py``, ``test_command.py``, ``odoo_command.py``) inside the environment.

Everything it writes lives in one folder of the clone, ``.charter/``. Delete it to start over.
"""

import concurrent.futures
import contextlib
import ctypes.util
import glob
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import threading
import time

LIB = os.path.dirname(os.path.realpath(__file__))
ROOT = os.path.dirname(os.path.dirname(LIB))
STATE = os.path.join(ROOT, ".charter")
LOGS = os.path.join(STATE, "log")
VENV = os.path.join(STATE, "venv")
VENV_PYTHON = os.path.join(VENV, "bin", "python")
WKHTMLTOPDF_WRAPPER = """#!/bin/sh
# Debian 12's program with Debian 12's libraries, but for the C library, which is the machine's.
here=$(dirname "$(dirname "$(readlink -f "$0")")")
library=$(echo "$here"/usr/lib/*-linux-gnu)
[ -e /etc/fonts/fonts.conf ] || export FONTCONFIG_PATH="$here/etc/fonts"
export LD_LIBRARY_PATH="$library:$library/pulseaudio"
export QT_PLUGIN_PATH="$library/qt5/plugins" QT_QPA_PLATFORM=offscreen
exec "$here/usr/bin/$(basename "$0")" "$@"
"""
# Of the program, of its tests, and of the databases that tests_install lives with neighbours in.
REQUIREMENTS = ("requirements.txt", "test-requirements.txt", "neighbour-requirements.txt")
# What the sdists among them are built with; pip would fetch the newest there is, by no hash.
BUILD_REQUIREMENTS = "build-requirements.txt"
# Most of an installation is waiting for the index, one package after the other: so many are asked for at once.
PARTS, PACKAGES_OF_A_PART = 4, 10
PYTHON_VERSIONS = ((3, 11), (3, 12), (3, 13))
SYSTEM_PYTHONS = "/usr/bin/python"
ODOO_UPSTREAM = "https://github.com/odoo/odoo"
ODOO_BRANCH = "19.0"
# The Odoo this project is tested with: packages of Debian, each by its place in a mirror and its SHA-256.
# Debian replaced some static files of its Odoo package by links into the others.
ODOO_PACKAGES = os.path.join(LIB, "odoo.sha256")


# Programs that run now: one that fails ends those beside it, and no other begins.
running, ended = set(), threading.Event()


class SetupError(Exception):
    """Something the user can mend; the message says what failed and what to do."""


def say(message):
    print(f"\033[1m›\033[0m {message}" if sys.stdout.isatty() else f"> {message}", flush=True)


def run(args, what, remedy, log="setup.log", **kwargs):
    """Run a command, its output in ``.charter/log``; raise SetupError with the end of that log.

    A sign of life is printed every 10 seconds, by ``together`` for what runs beside others. Returns the seconds it took.
    """
    os.makedirs(LOGS, exist_ok=True)
    path = os.path.join(LOGS, log)
    if ended.is_set():
        raise SetupError(f"{what} was not begun.")
    started = time.time()
    with open(path, "ab") as output:
        output.write(("\n$ " + " ".join(args) + "\n").encode())
        output.flush()
        try:
            process = subprocess.Popen(args, stdin=subprocess.DEVNULL, stdout=output, stderr=output, **kwargs)
        except OSError as error:
            raise SetupError(f"{what} failed: {error}.\n{remedy}") from error
        running.add(process)
        with process:
            try:
                code = None
                while code is None:
                    try:
                        code = process.wait(timeout=10)
                    except subprocess.TimeoutExpired:
                        if in_front():
                            say(f"  {time.time() - started:.0f} s")
            except BaseException:
                process.terminate()
                raise
            finally:
                running.discard(process)
    if code:
        with open(path, encoding="utf-8", errors="replace") as output:
            tail = "".join(output.readlines()[-15:])
        raise SetupError(f"{what} failed (exit {code}).\n{tail}\n{remedy}\nWhole log: {path}")
    return time.time() - started


def in_front():
    """Whether this is the thread that tells the reader how far it all is."""
    return threading.current_thread() is threading.main_thread()


def together(steps):
    """[result] of the functions ``steps`` ({what: function}), which run at once.

    The first that raises ends the programs of the others, and so does Ctrl-C.
    """
    started = time.time()
    with concurrent.futures.ThreadPoolExecutor(len(steps)) as pool:
        futures = {pool.submit(step): what for what, step in steps.items()}
        pending = set(futures)
        try:
            while pending:
                done, pending = concurrent.futures.wait(pending, 10, concurrent.futures.FIRST_EXCEPTION)
                for future in done:
                    future.result()
                if pending and not done and in_front():
                    left = [what for future, what in futures.items() if future in pending]
                    say(f"  {time.time() - started:.0f} s: {', '.join(left)}")
        except BaseException:
            ended.set()
            for process in list(running):
                process.terminate()
            raise
    return [future.result() for future in futures]


def have_program(*names):
    return any(shutil.which(name) for name in names)


def have_fonts():
    return bool(glob.glob("/usr/share/fonts/**/DejaVuSans.ttf", recursive=True))


def missing_system_packages(command):
    """Debian packages this command needs and the machine lacks, each with the reason it is needed."""
    wanted = [
        ("ca-certificates", "to download over TLS", os.path.exists("/etc/ssl/certs/ca-certificates.crt")),
        (
            "python3-venv",
            "to make the virtual environment",
            importlib.util.find_spec("ensurepip") is not None,
        ),
        (
            "wkhtmltopdf",
            "to print PDF documents",
            have_program("wkhtmltopdf") or not apt_offers_wkhtmltopdf(),
        ),
        ("fonts-dejavu-core", "the font of the PDF documents", have_fonts()),
        ("libcairo2", "to draw bar codes", bool(ctypes.util.find_library("cairo"))),
        ("libmagic1", "to recognise the type of attached files", bool(ctypes.util.find_library("magic"))),
    ]
    if command in ("test", "pictures"):
        wanted.append(
            (
                "chromium",
                "to play the browser tours",
                have_program("chromium", "chromium-browser", "google-chrome"),
            )
        )
    if command == "test":
        wanted.append(("curl", "to try the commands of the documentation", have_program("curl")))
    return [(package, why) for package, why, there in wanted if not there]


def ensure_system_packages(command):
    missing = missing_system_packages(command)
    if not missing:
        return
    names = [package for package, _why in missing]
    listing = "\n".join(f"    {package}: {why}" for package, why in missing)
    by_hand = "apt-get update && apt-get install --no-install-recommends " + " ".join(names)
    if os.geteuid() != 0 or not have_program("apt-get"):
        # Documents and browser tests are refused loudly rather than left out silently.
        raise SetupError(
            f"This machine lacks:\n{listing}\nRun this once as root, then start again:\n    {by_hand}"
        )
    say(f"Installing system packages:\n{listing}")
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    remedy = f"Check the machine's package sources, or run by hand: {by_hand}"
    run(["apt-get", "update", "-q"], "apt-get update", remedy, env=environment)
    run(
        ["apt-get", "install", "-y", "-q", "--no-install-recommends", *names],
        "Installing system packages",
        remedy,
        env=environment,
    )
    importlib.invalidate_caches()


def makes_environments(python):
    return not subprocess.run(
        [python, "-c", "import ensurepip, venv"], capture_output=True, check=False
    ).returncode


def base_python():
    """Return the interpreter the environment is made of: the path in CHARTER_PYTHON, else the system's own, else the one that runs this.

    A distribution builds its Python with profile-guided optimisation; a version manager, by default, does not: the same tests took
    a quarter to a third less of a processor with Debian's 3.11.2 than with 3.11.7 as pyenv built it.
    """
    chosen = os.environ.get("CHARTER_PYTHON")
    if chosen:
        return chosen
    for major, minor in reversed(PYTHON_VERSIONS):
        path = f"{SYSTEM_PYTHONS}{major}.{minor}"
        if os.path.exists(path) and makes_environments(path):
            return path
    if sys.version_info[:2] in PYTHON_VERSIONS:
        return sys.executable
    for major, minor in reversed(PYTHON_VERSIONS):
        path = shutil.which(f"python{major}.{minor}")
        if path:
            return path
    supported = ", ".join(f"{major}.{minor}" for major, minor in PYTHON_VERSIONS)
    raise SetupError(
        f"Odoo 19 runs on Python {supported}; this is Python {sys.version.split()[0]}.\n"
        f"Install one of them, or call it explicitly: python3.12 bin/demo"
    )


def fingerprint(*paths):
    digest = hashlib.sha256()
    for path in paths:
        with open(path, "rb") as source:
            digest.update(source.read())
    return digest.hexdigest()


def stamp_matches(stamp, value):
    try:
        with open(stamp, encoding="utf-8") as source:
            return source.read() == value
    except FileNotFoundError:
        return False


def write_stamp(stamp, value):
    os.makedirs(os.path.dirname(stamp), exist_ok=True)
    with open(stamp, "w", encoding="utf-8") as target:
        target.write(value)


def ensure_venv(command):
    requirement_files = [
        BUILD_REQUIREMENTS,
        *(REQUIREMENTS if command in ("test", "pictures", "changelog") else REQUIREMENTS[:1]),
    ]
    working = (
        os.path.exists(VENV_PYTHON) and not subprocess.run([VENV_PYTHON, "-c", ""], check=False).returncode
    )
    if not working:
        shutil.rmtree(VENV, ignore_errors=True)
        say("Making the virtual environment")
        run(
            [base_python(), "-m", "venv", VENV],
            "Making the virtual environment",
            "Install the package python3-venv of your system, delete .charter/ and start again.",
        )
    build, *others = [
        (name, os.path.join(VENV, f".{name}.stamp"), fingerprint(os.path.join(ROOT, name)))
        for name in requirement_files
    ]
    for wanted in ([build], others):
        missing = [row for row in wanted if not stamp_matches(row[1], row[2])]
        if not missing:
            continue
        names = ", ".join(name for name, _stamp, _value in missing)
        say(f"Installing the Python packages of {names} (a minute or two)")
        started = time.time()
        install_packages([os.path.join(ROOT, name) for name, _stamp, _value in missing])
        for _name, stamp, value in missing:
            write_stamp(stamp, value)
        say(f"  done in {time.time() - started:.0f} s")


def install_packages(paths):
    """What these requirements pin, over a few pips at once: no package is in two of their lists."""
    parts = requirement_parts(paths)
    folder = os.path.join(STATE, "parts")
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    steps = {}
    for number, text in enumerate(parts, 1):
        path = os.path.join(folder, f"requirements-{number}.txt")
        write_stamp(path, text)
        steps[f"Python packages, part {number} of {len(parts)}"] = lambda path=path, number=number: (
            install_part(path, number)
        )
    together(steps)
    shutil.rmtree(folder)


def install_part(path, number):
    # --no-deps: the files pin the whole closure, and the OCA wheels ask for an "odoo" distribution that does not exist.
    # --no-compile: compiled code is kept elsewhere (PYTHONPYCACHEPREFIX), and made as it is first used.
    run(
        [
            *(VENV_PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--no-compile"),
            *("--no-deps", "--require-hashes", "--no-build-isolation", "-r", path),
        ],
        "Installing the Python packages",
        "Check the network and pip's configuration, then start again; what is installed already is kept.\n"
        "A file whose hash is not in the list is none of those its version was chosen with: see CONTRIBUTING.md.",
        log=f"setup-python-{number}.log",
    )


def requirement_parts(paths):
    """The requirements of these files dealt out into texts of their own, each with its hashes."""
    pinned = []
    for path in paths:
        with open(path, encoding="utf-8") as source:
            joined = source.read().replace("\\\n", " ")
        pinned += [line for line in joined.splitlines() if line.strip() and not line.startswith("#")]
    number = max(1, min(PARTS, len(pinned) // PACKAGES_OF_A_PART))
    return ["\n".join(pinned[start::number]) + "\n" for start in range(number)]


def odoo_from_user(source):
    source = os.path.realpath(os.path.expanduser(source))
    if not os.path.exists(os.path.join(source, "odoo", "release.py")):
        raise SetupError(f"ODOO_SRC={source} is not an Odoo checkout: it has no odoo/release.py.")
    return source


def odoo_from_git(target):
    """Odoo's own source, at the commit ODOO_COMMIT names or else the newest of its branch."""
    commit = os.environ.get("ODOO_COMMIT", "")
    if commit and not re.fullmatch(r"[0-9a-f]{40}", commit):
        raise SetupError(f"ODOO_COMMIT={commit} is not a whole commit: 40 hexadecimal digits.")
    environment = dict(os.environ, GIT_TERMINAL_PROMPT="0")
    probe = ["git", "ls-remote", "--exit-code", ODOO_UPSTREAM, ODOO_BRANCH]
    try:
        found = subprocess.run(
            probe, capture_output=True, timeout=20, env=environment, check=False, text=True
        )
    except (OSError, subprocess.TimeoutExpired):
        found = None
    if found is None or found.returncode:
        if commit:
            raise SetupError(f"{ODOO_UPSTREAM} does not answer, for the commit ODOO_COMMIT names.")
        return False
    pinned = commit or found.stdout.split()[0]
    say(f"Fetching Odoo {ODOO_BRANCH} from upstream, commit {pinned} (some minutes)")
    if not commit:
        say(
            "  This is not the Odoo the project was tested with, whose packages no mirror here has.\n"
            f"  To have the very same another time: ODOO_COMMIT={pinned}"
        )
    partial = target + ".partial"
    remedy = "Check the network, or set ODOO_SRC to a checkout of Odoo 19."
    for step in (
        ["git", "init", "--quiet", partial],
        # Asked for by its hash, a commit is what its hash says.
        ["git", "-C", partial, "fetch", "--depth", "1", ODOO_UPSTREAM, pinned],
        ["git", "-C", partial, "checkout", "--quiet", "--detach", pinned],
    ):
        run(step, "Fetching Odoo", remedy, env=environment)
    os.rename(partial, target)
    return True


def pinned_packages():
    """[(SHA-256, place in a Debian mirror)] of the Odoo this project is tested with."""
    with open(ODOO_PACKAGES, encoding="utf-8") as source:
        rows = [line.split() for line in source if line.strip() and not line.startswith("#")]
    return [(digest, place) for digest, place in rows]


def package_names():
    return [place.rsplit("/", 1)[1].split("_")[0] for _digest, place in pinned_packages()]


def odoo_from_pinned_packages(target):
    """Unpack the very packages that are pinned; False if no mirror of this machine has them (any more).

    Their hash says what they are, so no list of a suite is read and none can be out of date.
    """
    helper = "/usr/lib/apt/apt-helper"
    if not os.path.exists(helper) or not have_program("dpkg"):
        return False
    try:
        uri, _keyring = debian_mirror("")
    except SetupError:
        return False
    folder = os.path.join(STATE, "deb")
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    say(f"Downloading Odoo 19 (130 MB): {pinned_packages()[0][1].rsplit('/', 1)[1]}")
    for digest, place in pinned_packages():
        path = os.path.join(folder, place.rsplit("/", 1)[1])
        options = ["-o", "APT::Sandbox::User="]
        try:
            run(
                [helper, *options, "download-file", f"{uri.rstrip('/')}/{place}", path, f"SHA256:{digest}"],
                f"Downloading {place}",
                "",
            )
        except SetupError:
            shutil.rmtree(folder)
            return False
        # apt has compared already; what is unpacked is compared whoever downloaded it.
        if fingerprint(path) != digest:
            raise SetupError(f"{path} is not the package that is pinned: its SHA-256 is another one.")
    unpack(sorted(glob.glob(os.path.join(folder, "*.deb"))), target, "Odoo")
    shutil.rmtree(folder)
    return True


def debian_mirror(wanted):
    """(URI, keyring) of the Debian mirror this machine is already configured to use."""
    if not have_program("apt-get", "dpkg"):
        listed = []
    else:
        if not glob.glob("/var/lib/apt/lists/*_InRelease") and os.geteuid() == 0:
            run(["apt-get", "update", "-q"], "apt-get update", "Check the machine's package sources.")
        listed = subprocess.run(
            ["apt-get", "indextargets", "--format", "$(REPO_URI) $(ORIGIN) $(CODENAME)"],
            capture_output=True,
            text=True,
            check=False,
        ).stdout.split("\n")
    mirrors = [
        uri
        for uri, origin, codename in (line.split(" ", 2) for line in listed if line.count(" ") >= 2)
        if origin == "Debian" and not codename.endswith(("-updates", "-security", "-backports"))
    ]
    keyrings = [
        path
        for ending in ("gpg", "pgp")
        for path in glob.glob(f"/usr/share/keyrings/debian-archive-keyring.{ending}")
    ]
    if not mirrors or not keyrings:
        raise SetupError(
            f"{wanted}\n(No Debian mirror here either; on Debian, apt-get update may not have run.)"
        )
    return mirrors[0], keyrings[0]


@contextlib.contextmanager
def private_apt(suite, what, remedy):
    """(options, folder) of an apt with a state of its own that knows this Debian suite; gone afterwards.

    A list that Debian signed too long ago is refused, as is one it did not sign.
    """
    uri, keyring = debian_mirror(f"{what} cannot be had here.\n{remedy}")
    apt = os.path.join(STATE, "apt")
    shutil.rmtree(apt, ignore_errors=True)
    for folder in ("lists/partial", "cache/archives/partial", "deb"):
        os.makedirs(os.path.join(apt, folder), exist_ok=True)
    sources = os.path.join(apt, "sources.list")
    with open(sources, "w", encoding="utf-8") as target_file:
        target_file.write(f"deb [signed-by={keyring}] {uri} {suite} main\n")
    options = []
    for option in (
        f"Dir::State={apt}",
        f"Dir::State::Lists={apt}/lists",
        "Dir::State::Status=/dev/null",
        f"Dir::Etc::SourceList={sources}",
        "Dir::Etc::SourceParts=-",
        f"Dir::Cache={apt}/cache",
        "APT::Sandbox::User=",
        "APT::Install-Recommends=false",
        "Acquire::Languages=none",
        "Debug::NoLocking=true",
    ):
        options += ["-o", option]
    run(["apt-get", *options, "-q", "update"], "Reading the Debian mirror", f"Check the network. {remedy}")
    yield options, os.path.join(apt, "deb")
    shutil.rmtree(apt)


def unpack_debian(suite, packages, target, what, remedy, with_dependencies=False):
    """Download packages of a Debian suite and unpack them; nothing is installed."""
    say(f"Downloading {what} from the Debian mirror")
    with private_apt(suite, what, remedy) as (options, folder):
        action = ["install", "--download-only", "-y"] if with_dependencies else ["download"]
        remedy = f"Check the network. {remedy}"
        run(["apt-get", *options, "-q", *action, *packages], f"Downloading {what}", remedy, cwd=folder)
        if with_dependencies:
            folder = os.path.join(STATE, "apt", "cache", "archives")
        unpack(sorted(glob.glob(os.path.join(folder, "*.deb"))), target, what)


def unpack(packages, target, what):
    say(f"Unpacking {what}")
    partial = target + ".partial"
    shutil.rmtree(partial, ignore_errors=True)
    for package in packages:
        run(
            ["dpkg", "-x", package, partial],
            f"Unpacking {os.path.basename(package)}",
            "Free some disk space (2 GB).",
        )
    os.rename(partial, target)


def odoo_from_debian(target):
    """The Odoo that Debian's unstable suite has today, by the signature of Debian alone."""
    say(
        "The packages of Odoo this project was tested with are in no mirror here any more, or another file is there.\n"
        "  Debian's present ones are taken instead, which apt accepts by Debian's signature."
    )
    remedy = (
        "Set ODOO_SRC to a checkout of Odoo 19, e.g. ODOO_SRC=~/odoo bin/demo, or pin the packages the mirror "
        "has: bin/test --hashes (see CONTRIBUTING.md)."
    )
    unpack_debian("sid", package_names(), target, "Odoo 19 (130 MB)", remedy)


def replace_missing_files(source):
    """Debian leaves out a compiled library (blur in video calls); the web client logs an error for it."""
    for folder in ("addons", os.path.join("odoo", "addons")):
        libraries = os.path.join(source, folder, "mail", "static", "lib")
        stub = os.path.join(libraries, "selfie_segmentation", "selfie_segmentation.js")
        if os.path.isdir(libraries) and not os.path.exists(stub):
            write_stamp(stub, "// Not in Debian's package: video calls have no blurred background.\n")


def apt_offers_wkhtmltopdf():
    """Debian has it up to its version 12."""
    if not have_program("apt-cache"):
        return False
    if glob.glob("/var/lib/apt/lists/*Packages*"):
        policy = subprocess.run(
            ["apt-cache", "policy", "wkhtmltopdf"],
            check=False,
            capture_output=True,
            text=True,
            env=dict(os.environ, LC_ALL="C"),
        ).stdout
        return "Candidate: " in policy and "Candidate: (none)" not in policy
    with open("/etc/os-release", encoding="utf-8") as source:
        release = dict(line.strip().replace('"', "").split("=", 1) for line in source if "=" in line)
    return release.get("ID") != "debian" or release.get("VERSION_ID", "99").split(".")[0] in ("11", "12")


def ensure_wkhtmltopdf():
    """Folder to put on PATH so that Odoo finds wkhtmltopdf, None if it is there already.

    Debian 13 has it no more: Debian 12's, with the libraries it needs, is unpacked beside the clone.
    """
    if have_program("wkhtmltopdf"):
        return None
    unpacked = os.path.join(STATE, "wkhtmltopdf")
    programs = os.path.join(unpacked, "on-path")
    if not os.path.exists(programs):
        shutil.rmtree(unpacked, ignore_errors=True)
        remedy = "Install wkhtmltopdf 0.12 by hand, so that it is on PATH."
        unpack_debian("bookworm", ["wkhtmltopdf"], unpacked, "wkhtmltopdf", remedy, with_dependencies=True)
        os.makedirs(programs + ".partial")
        for name in ("wkhtmltopdf", "wkhtmltoimage"):
            path = os.path.join(programs + ".partial", name)
            with open(path, "w", encoding="utf-8") as script:
                script.write(WKHTMLTOPDF_WRAPPER)
            os.chmod(path, 0o755)
        os.rename(programs + ".partial", programs)
    return programs


def fetch_odoo(checkout, unpacked):
    """The commit that was asked for; else the pinned packages; else, and said so, what upstream or Debian has today."""
    if os.environ.get("ODOO_COMMIT"):
        odoo_from_git(checkout)
    elif not odoo_from_pinned_packages(unpacked) and not odoo_from_git(checkout):
        odoo_from_debian(unpacked)


def ensure_odoo():
    """Path to put on PYTHONPATH so that ``python -m odoo`` works."""
    if os.environ.get("ODOO_SRC"):
        return odoo_from_user(os.environ["ODOO_SRC"])
    checkout = os.path.join(STATE, "odoo-upstream")
    unpacked = os.path.join(STATE, "odoo-debian")
    if not os.path.exists(checkout) and not os.path.exists(unpacked):
        shutil.rmtree(checkout + ".partial", ignore_errors=True)
        fetch_odoo(checkout, unpacked)
    if os.path.exists(checkout):
        return checkout
    source = os.path.join(unpacked, "usr", "lib", "python3", "dist-packages")
    replace_missing_files(source)
    return source


def main(command):
    if command != "odoo" and any(argument in ("-h", "--help") for argument in sys.argv[1:]):
        with open(os.path.join(LIB, f"{command}_command.py"), encoding="utf-8") as source:
            print(source.read().split('"""')[1].strip())
        return
    try:
        ensure_system_packages(command)
        _nothing, (printer, source) = together(
            {
                "Python packages": lambda: ensure_venv(command),
                # One after the other: where they fall back on a list of Debian's packages, it is in the same place.
                "Odoo": lambda: (ensure_wkhtmltopdf(), ensure_odoo()),
            }
        )
    except SetupError as error:
        print(f"\nbin/{command} stopped: {error}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    environment = dict(
        os.environ,
        CHARTER_ODOO=source,
        PYTHONPATH=source,
        # Compiled code outside the sources: Odoo starts twice as fast and the clone stays clean.
        PYTHONPYCACHEPREFIX=os.path.join(STATE, "pycache"),
        # Not the configuration file of another Odoo of this user.
        ODOO_RC=os.path.join(STATE, "odoo.conf"),
    )
    if printer:
        environment["PATH"] = printer + os.pathsep + environment["PATH"]
    for name in ("VIRTUAL_ENV", "PYTHONHOME", "PYTHONDONTWRITEBYTECODE"):
        environment.pop(name, None)
    script = os.path.join(LIB, f"{command}_command.py")
    sys.stdout.flush()
    os.execve(VENV_PYTHON, [VENV_PYTHON, script, *sys.argv[1:]], environment)

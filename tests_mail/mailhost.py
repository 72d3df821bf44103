"""A whole mail host of Debian, in a root of its own: Postfix, its local delivery, “vacation”, and Dovecot with Sieve.

The packages are unpacked, not installed; only starting Postfix takes root, for it changes to its own users.
"""

import contextlib
import os
import pathlib
import shutil
import subprocess

import programs
import runtime

USERS = {"root": 0, "postfix": 101, "nobody": 65534, "alice": 1001, "away": 1002, "sieve": 1003}
GROUPS = {"root": 0, "postfix": 101, "postdrop": 102, "nogroup": 65534, "users": 100}
SPOOL = (
    "active",
    "bounce",
    "corrupt",
    "defer",
    "deferred",
    "flush",
    "hold",
    "incoming",
    "private",
    "saved",
    "trace",
)
SERVICES = """
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 1 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
local unix - n n - - local
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
sieve unix - n n - - pipe
  flags=DRhu user=sieve argv=/usr/lib/dovecot/dovecot-lda -f ${{sender}} -a ${{recipient}}
"""
# A second in the place of an hour: the same steps, waited for.
SETTINGS = """
compatibility_level = 3.6
myhostname = mx.client.test
mydomain = client.test
myorigin = client.test
mydestination = client.test, mx.client.test
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
disable_dns_lookups = yes
smtp_host_lookup = native
recipient_delimiter = +
alias_maps =
alias_database =
home_mailbox = Maildir/
transport_maps = inline:{{ {{ sieve@client.test = sieve: }}, {{ charter.test = smtp:[127.0.0.1]:{gateway} }}, {{ world.test = smtp:[127.0.0.1]:{world} }} }}
maillog_file = /var/log/postfix.log
queue_run_delay = 1s
minimal_backoff_time = 2s
maximal_backoff_time = 3s
delay_warning_time = 1s
maximal_queue_lifetime = 20s
bounce_queue_lifetime = 20s
default_process_limit = 10
"""
SIEVE = """require ["vacation"];
vacation :days 1 :addresses ["sieve@client.test"] :subject "Absence" "Je suis absente jusqu'au 15.";
"""
DOVECOT = """mail_location = maildir:~/Maildir
protocol lda {
  mail_plugins = sieve
}
plugin {
  sieve = ~/.dovecot.sieve
}
postmaster_address = postmaster@client.test
sendmail_path = /usr/sbin/sendmail
log_path = /tmp/dovecot.log
ssl = no
"""
AWAY = "Subject: En vacances\n\nJe suis en vacances jusqu'au 15.\n"


class MailHost:
    """Postfix of ``suite``, set up; ``running`` starts it. Mail for charter.test goes to ``gateway``, for world.test to ``world``."""

    def __init__(self, suite, gateway, world):
        self.suite, self.root = suite, pathlib.Path(programs.mail_root(suite))
        self.port = runtime.free_port(2525)
        self._accounts()
        self._write("etc/postfix/main.cf", SETTINGS.format(gateway=gateway, world=world))
        self._write("etc/postfix/master.cf", SERVICES.format(port=self.port))
        self._write("etc/dovecot/dovecot.conf", DOVECOT)
        self._folders()
        self._homes()

    def _write(self, name, text, owner=None):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        if owner is not None:
            os.chown(path, owner, 100)
        return path

    def _accounts(self):
        groups = {**GROUPS}
        group = {"root": 0, "postfix": 101, "nobody": 65534}
        users = [
            f"{name}:x:{uid}:{group.get(name, 100)}::/home/{name}:/bin/false" for name, uid in USERS.items()
        ]
        self._write("etc/passwd", "\n".join(users) + "\n")
        self._write("etc/group", "".join(f"{name}:x:{gid}:\n" for name, gid in groups.items()))
        self._write("etc/hosts", "127.0.0.1 localhost mx.client.test\n")
        self._write("etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files\n")
        # Suites whose /bin is /usr/bin leave the links to the installer.
        for name in ("bin", "sbin", "lib", "lib64"):
            if not (self.root / name).exists() and (self.root / "usr" / name).exists():
                (self.root / name).symlink_to(f"usr/{name}")
        for name in ("null", "urandom"):
            device = self.root / "dev" / name
            if not device.exists():
                device.parent.mkdir(exist_ok=True)
                os.mknod(device, 0o666 | 0o020000, os.stat(f"/dev/{name}").st_rdev)
                device.chmod(0o666)

    def _folders(self):
        spool = self.root / "var/spool/postfix"
        shutil.rmtree(spool, ignore_errors=True)
        shutil.rmtree(self.root / "var/lib/postfix", ignore_errors=True)
        for name, mode, owner, group in (
            ("", 0o755, 0, 0), ("pid", 0o755, 0, 0), *((one, 0o700, 101, 0) for one in SPOOL),
            ("maildrop", 0o730, 101, 102), ("public", 0o710, 101, 102),
        ):  # fmt: skip
            self._folder(spool / name, mode, owner, group)
        self._folder(self.root / "var/lib/postfix", 0o700, 101, 101)
        for name in ("var/log", "run", "tmp", "usr/lib/postfix"):
            (self.root / name).mkdir(parents=True, exist_ok=True)
        (self.root / "tmp").chmod(0o1777)
        (self.root / "var/log/postfix.log").unlink(missing_ok=True)
        for name in ("postdrop", "postqueue"):
            program = self.root / "usr/sbin" / name
            os.chown(program, 0, 102)
            program.chmod(0o2755)

    def _folder(self, path, mode, owner, group):
        path.mkdir(parents=True, exist_ok=True)
        os.chown(path, owner, group)
        path.chmod(mode)

    def _homes(self):
        for name in ("alice", "away", "sieve"):
            shutil.rmtree(self.root / "home" / name, ignore_errors=True)
            self._folder(self.root / "home" / name, 0o755, USERS[name], 100)
        self._write("home/away/.vacation.msg", AWAY, USERS["away"])
        self._write("home/away/.forward", '\\away, "|/usr/bin/vacation away"\n', USERS["away"])
        self._write("home/sieve/.dovecot.sieve", SIEVE, USERS["sieve"])
        self.run("away", "/usr/bin/vacation", "-i", "away")

    def run(self, user, *command):
        """What a program prints, run by ``user`` of the mail host."""
        done = subprocess.run(
            ["chroot", f"--userspec={USERS[user]}:100", str(self.root), *command],
            capture_output=True, text=True, check=False, env={"HOME": f"/home/{user}", "USER": user, "PATH": "/usr/bin:/usr/sbin"},
        )  # fmt: skip
        assert done.returncode == 0, (command, done.stdout + done.stderr)
        return done.stdout

    def version(self, what):
        if what == "postfix":
            return self.run("root", "/usr/sbin/postconf", "-h", "mail_version").strip()
        if what == "dovecot":
            return self.run("root", "/usr/sbin/dovecot", "--version").split()[0]
        return "3.3.3"

    @property
    def sieve(self):
        """Return whether the settings of Dovecot here are those of its version: 2.4 has others."""
        return self.version("dovecot").startswith("2.3")

    def start(self):
        log = os.path.join(runtime.LOGS, "mail-postfix.log")
        command = ["chroot", str(self.root), "/usr/lib/postfix/sbin/master", "-d"]
        self._process.enter_context(
            programs.running(
                command, log, self.port, "Postfix", env={"PATH": "/usr/bin:/usr/sbin"}, process_group=0
            )
        )

    def stop(self):
        self._process.close()

    @contextlib.contextmanager
    def running(self):
        with contextlib.ExitStack() as self._process:
            self.start()
            yield self

    @property
    def log(self):
        path = self.root / "var/log/postfix.log"
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

    def mailbox(self, user):
        """The mails a user has got, as text."""
        folder = self.root / "home" / user / "Maildir" / "new"
        return [path.read_text(encoding="utf-8", errors="replace") for path in sorted(folder.glob("*"))]

    def empty(self):
        """Return whether nothing waits in its queue."""
        spool = self.root / "var/spool/postfix"
        return not any(
            path.is_file()
            for name in ("incoming", "active", "deferred", "maildrop")
            for path in (spool / name).rglob("*")
        )

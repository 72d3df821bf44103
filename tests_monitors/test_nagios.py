"""Nagios and Icinga 2 of Debian with the command and the objects the guide prints."""

import pathlib
import time

import programs
import pytest

NAGIOS, ICINGA = "/usr/sbin/nagios4", "/usr/lib/x86_64-linux-gnu/icinga2/sbin/icinga2"
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@pytest.fixture
def notify(recipe, charter, folder):
    """The command of the guide, as a file; its key in a file, as the guide has it."""
    key = folder / "charter.key"
    key.write_text(charter.key)
    script = folder / "charter-notify"
    script.write_text(recipe("sh", "# charter-notify").replace("/etc/charter.key", str(key)))
    script.chmod(0o755)
    return script


class Nagios:
    def __init__(self, folder):
        self.folder = folder

    def say(self, text):
        with open(self.folder / "commands", "w", encoding="utf-8") as pipe:
            pipe.write(f"[{int(time.time())}] {text}\n")

    def state(self, number, wait=1.2):
        self.say(f"PROCESS_HOST_CHECK_RESULT;camera;{number};state {number}")
        time.sleep(wait)

    def service(self, number):
        self.say(f"PROCESS_SERVICE_CHECK_RESULT;camera;Video;{number};state {number}")

    def downtime(self, seconds):
        now = int(time.time())
        self.say(f"SCHEDULE_HOST_DOWNTIME;camera;{now};{now + seconds};1;0;0;test;planned work")


def nagios_files(folder, objects, serial):
    """Nagios' own files: the objects of the guide, and a host nobody checks but us."""
    always = "\n".join(f"  {day} 00:00-24:00" for day in DAYS)
    (folder / "objects.cfg").write_text(f"""{objects}
define command {{
  command_name nothing
  command_line /bin/true
}}
define timeperiod {{
  timeperiod_name 24x7
  alias always
{always}
}}
define host {{
  host_name camera
  address 127.0.0.1
  _SERIAL {serial}
  check_command nothing
  max_check_attempts 1
  active_checks_enabled 0
  check_period 24x7
  notification_period 24x7
  notification_interval 0
  contacts client-charter
}}
define service {{
  host_name camera
  service_description Video
  check_command nothing
  max_check_attempts 1
  active_checks_enabled 0
  check_period 24x7
  notification_period 24x7
  notification_interval 0
  contacts client-charter
}}
""")
    (folder / "results").mkdir(exist_ok=True)
    (folder / "nagios.cfg").write_text(f"""cfg_file={folder}/objects.cfg
log_file={folder}/log
object_cache_file={folder}/cache
precached_object_file={folder}/precache
status_file={folder}/status
state_retention_file={folder}/retention
lock_file={folder}/lock
temp_file={folder}/temp
temp_path={folder}
check_result_path={folder}/results
command_file={folder}/commands
query_socket={folder}/query
check_external_commands=1
interval_length=1
nagios_user={pathlib.Path(folder).owner()}
nagios_group={pathlib.Path(folder).group()}
check_for_updates=0
enable_flap_detection=0
illegal_macro_output_chars=<
""")


@pytest.mark.parametrize(("suite", "serial"), [("bookworm", "NAGIOS-1"), ("sid", "NAGIOS-2")])
def test_nagios(charter, recipe, notify, folder, ran, suite, serial):
    """An outage, one that ends in a planned downtime, and one after the state of Nagios got lost."""
    ran(f"Nagios ({suite})", programs.version(suite, NAGIOS, "--version", word="Core"))
    objects = recipe("nagios", "charter-host").replace("/usr/local/bin/charter-notify", str(notify))
    nagios_files(folder, objects, serial)
    arguments = programs.command(suite, NAGIOS, folder / "nagios.cfg")
    nagios = Nagios(folder)
    with programs.running(arguments, folder / "out"):
        programs.until((folder / "commands").exists, "Nagios listens")
        nagios.state(0)
        nagios.state(1)
        [(start, end, _reason)] = programs.until(lambda: charter.outages(serial), "down is told")
        assert end is None
        nagios.say("SEND_CUSTOM_HOST_NOTIFICATION;camera;2;test;still")
        nagios.say("ACKNOWLEDGE_HOST_PROBLEM;camera;1;1;0;test;seen")
        nagios.state(0)
        [first] = programs.until(lambda: charter.ended(serial), "up is told")
        assert first[0] == start
        nagios.state(1)
        programs.until(lambda: len(charter.outages(serial)) == 2, "the second outage")
        nagios.downtime(4)
        time.sleep(1.2)
        nagios.state(0)
        rows = programs.until(lambda: charter.ended(serial, 2), "its end, told with the end of the downtime")
        assert rows[0] == first
    (folder / "retention").unlink(missing_ok=True)
    (folder / "commands").unlink(missing_ok=True)
    with programs.running(arguments, folder / "out"):
        programs.until((folder / "commands").exists, "Nagios listens again")
        nagios.state(0)
        nagios.service(2)
        programs.until(lambda: len(charter.outages(serial)) == 3, "a service that is critical")
        nagios.service(0)
        rows = programs.until(lambda: charter.ended(serial, 3), "and ok")
        nagios.state(1)
        programs.until(lambda: len(charter.outages(serial)) == 4, "down after the lost file")
        nagios.state(0)
        again = programs.until(lambda: charter.ended(serial, 4), "up after the lost file")
    assert again[:3] == rows, "ended outages keep their ends"
    assert {reason for _start, _end, reason in again} == {"host", "Video"}


def test_icinga(charter, recipe, notify, folder, ran):
    """Icinga 2 with passive results of its console's own commands."""
    suite, serial = "bookworm", "ICINGA-1"
    ran("Icinga 2", programs.version(suite, ICINGA, "--no-stack-rlimit", "--version", word="version"))
    objects = recipe("icinga", "NotificationCommand").replace("/usr/local/bin/charter-notify", str(notify))
    for name in ("lib", "log", "run", "run/icinga2", "spool", "cache"):
        (folder / name).mkdir()
    root = programs.root(suite)
    (folder / "icinga2.conf").write_text(f"""
include "{root}/usr/share/icinga2/include/itl"
const NodeName = "node"
object Endpoint NodeName {{ }}
object Zone "zone" {{ endpoints = [ NodeName ] }}
object CheckerComponent "checker" {{ }}
object NotificationComponent "notification" {{ }}
object ExternalCommandListener "command" {{ command_path = "{folder}/run/icinga2.cmd" }}
object FileLogger "log" {{ severity = "notice"; path = "{folder}/log/icinga2.log" }}
object CheckCommand "charter-nothing" {{ command = [ "/bin/true" ] }}
object Host "camera" {{
  check_command = "charter-nothing"
  enable_active_checks = false
  max_check_attempts = 1
  vars.serial = "{serial}"
}}
object Service "Video" {{
  host_name = "camera"
  check_command = "charter-nothing"
  enable_active_checks = false
  max_check_attempts = 1
}}
{objects}
""")
    defines = [
        f"-D{name}={value}"
        for name, value in (
            ("InitRunDir", folder / "run"), ("DataDir", folder / "lib"), ("LogDir", folder / "log"),
            ("SpoolDir", folder / "spool"), ("CacheDir", folder / "cache"), ("PidPath", folder / "run" / "pid"),
            ("StatePath", folder / "state"), ("ObjectsPath", folder / "objects"), ("VarsPath", folder / "vars"),
            ("ModAttrPath", folder / "modified"), ("Configuration.RunAsUser", pathlib.Path(folder).owner()),
            ("Configuration.RunAsGroup", pathlib.Path(folder).group()), ("PkgDataDir", root / "usr/share/icinga2"),
            ("IncludeConfDir", root / "usr/share/icinga2/include"),
        )
    ]  # fmt: skip
    pipe = folder / "run" / "icinga2.cmd"
    arguments = programs.command(
        suite, ICINGA, "--no-stack-rlimit", "daemon", "-c", folder / "icinga2.conf", *defines
    )

    def state(number, service=None):
        about = f"SERVICE_CHECK_RESULT;camera;{service}" if service else "HOST_CHECK_RESULT;camera"
        pipe.write_text(f"[{int(time.time())}] PROCESS_{about};{number};state {number}\n")
        time.sleep(1.5)

    with programs.running(arguments, folder / "out"):
        programs.until(pipe.exists, f"Icinga listens: {(folder / 'out').read_text()[-2000:]}")
        time.sleep(1)
        state(0)
        state(1)
        [(start, end, _reason)] = programs.until(lambda: charter.outages(serial), "down is told")
        assert end is None
        state(0)
        [first] = programs.until(lambda: charter.ended(serial), "up is told")
        assert first[0] == start
        state(2, "Video")
        programs.until(lambda: len(charter.outages(serial)) == 2, "the service is critical")
        state(0, "Video")
        rows = programs.until(lambda: charter.ended(serial, 2), "the service is ok")
    assert [row[2] for row in rows] == ["host", "Video"]

"""A Zabbix server of Debian with PostgreSQL and its own frontend for the API: the media type is the table and the script of the guide."""

import contextlib
import datetime
import gzip
import json
import re
import shutil
import time
import urllib.request
import zoneinfo

import programs
import pytest
import runtime  # noqa: I001  (programs has put bin/lib on the path)
from conftest import GUIDES

SUITE, SERVER, PHP = "sid", "/usr/sbin/zabbix_server", "/usr/bin/php8.4"
DB = "charter_monitors_zabbix"
EXTENSIONS = (
    "bcmath", "ctype", "gd", "gettext", "mbstring", "pgsql", "sockets", "tokenizer", "xml", "dom", "simplexml", "xmlreader", "xmlwriter",
    "curl", "fileinfo",
)  # fmt: skip
PARIS = zoneinfo.ZoneInfo("Europe/Paris")


class Zabbix:
    """The API of the frontend, and what the test set up by it."""

    def __init__(self, port):
        self.url, self.token = f"http://127.0.0.1:{port}/api_jsonrpc.php", None

    def __call__(self, method, **parameters):
        return self.call(method, parameters)

    def call(self, method, parameters):
        headers = {"Content-Type": "application/json-rpc"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}
        request = urllib.request.Request(self.url, json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            text = answer.read().decode()
        found = json.loads(text)
        assert "error" not in found, f"{method}: {found.get('error')}"
        return found["result"]

    def camera(self, number):
        """A host with the serial number in its inventory, an item and a trigger."""
        host = self(
            "host.create", host=f"camera-{number}", groups=[{"groupid": self.group}], inventory_mode=0,
            inventory={"serialno_a": f"ZABBIX-{number}"},
        )["hostids"][0]  # fmt: skip
        item = self("item.create", name="Up", key_="up", hostid=host, type=2, value_type=3)["itemids"][0]
        self(
            "trigger.create",
            description="No answer",
            expression=f"last(/camera-{number}/up)=0",
            manual_close=1,
            priority=4,
        )
        return host, item

    def push(self, item, value):
        """A value, as soon as the server knows the item."""

        def pushed():
            answer = self.call("history.push", [{"itemid": item, "value": value}])
            return "error" not in answer["data"][0]

        programs.until(pushed, "the server knows the item", 90)

    def problem(self, host, item):
        """The event of the host's problem; the server may know the item before its trigger."""

        def found():
            self.push(item, 0)
            return self("problem.get", hostids=[host])

        return programs.until(found, "the problem", 60)[0]["eventid"]


def guide_parameters(url):
    """The table of the guide, as somebody types it in."""
    [guide] = [guide for guide in GUIDES if guide.name == "INTEGRATE.md"]
    table = re.findall(r"^\| `(\w+)` \| `([^`]+)` \|$", guide.read_text(encoding="utf-8"), re.MULTILINE)
    return [{"name": name, "value": value.replace("https://odoo.example.com", url)} for name, value in table]


@pytest.fixture(scope="module")
def database(charter):
    server = charter.server
    runtime.drop_database(server, DB)
    runtime.create_database(server, DB)
    try:
        for name in ("schema", "images", "data"):
            path = programs.root(SUITE) / "usr/share/zabbix-server-pgsql" / f"{name}.sql.gz"
            with runtime.connect(server, DB) as connection, connection.cursor() as cursor:
                cursor.execute(gzip.decompress(path.read_bytes()).decode())
                connection.commit()
        yield server
    finally:
        runtime.drop_database(server, DB)


@contextlib.contextmanager
def zabbix_server(server, folder):
    port = runtime.free_port(10051)
    (folder / "zabbix_server.conf").write_text(f"""
DBHost={server["host"]}
DBName={DB}
DBUser={server["user"]}
ListenIP=127.0.0.1
ListenPort={port}
LogType=file
LogFile={folder}/zabbix.log
PidFile={folder}/pid
SocketDir={folder}
AllowRoot=1
AllowUnsupportedDBVersions=1
CacheUpdateFrequency=1
StartPingers=0
StartVMwareCollectors=0
""")
    arguments = programs.command(SUITE, SERVER, "-f", "-c", folder / "zabbix_server.conf")
    with programs.running(arguments, folder / "out", port, "The Zabbix server"):
        yield port


@contextlib.contextmanager
def frontend(server, folder, server_port):
    ui = folder / "ui"
    shutil.copytree(programs.root(SUITE) / "usr/share/zabbix", ui, ignore_dangling_symlinks=True)
    # Debian's frontend reads its settings from /etc alone.
    source = ui / "include" / "classes" / "core" / "CConfigFile.php"
    source.write_text(
        source.read_text().replace("/etc/zabbix/zabbix.conf.php", str(ui / "conf" / "zabbix.conf.php"))
    )
    (ui / "conf" / "zabbix.conf.php").write_text(f"""<?php
$DB['TYPE'] = 'POSTGRESQL'; $DB['SERVER'] = '{server["host"]}'; $DB['PORT'] = '0'; $DB['DATABASE'] = '{DB}';
$DB['USER'] = '{server["user"]}'; $DB['PASSWORD'] = ''; $DB['SCHEMA'] = ''; $DB['ENCRYPTION'] = false;
$DB['KEY_FILE'] = ''; $DB['CERT_FILE'] = ''; $DB['CA_FILE'] = ''; $DB['VERIFY_HOST'] = false; $DB['CIPHER_LIST'] = '';
$DB['VAULT'] = ''; $DB['VAULT_URL'] = ''; $DB['VAULT_DB_PATH'] = ''; $DB['VAULT_TOKEN'] = ''; $DB['DOUBLE_IEEE754'] = true;
$ZBX_SERVER = '127.0.0.1'; $ZBX_SERVER_PORT = '{server_port}'; $ZBX_SERVER_NAME = ''; $IMAGE_FORMAT_DEFAULT = IMAGE_FORMAT_PNG;
""")
    port = runtime.free_port(10080)
    [modules] = (programs.root(SUITE) / "usr/lib/php").glob("20*")
    options = ["-n", "-d", f"extension_dir={modules}"]
    for name in EXTENSIONS:
        options += ["-d", f"extension={name}.so"]
    options += [
        "-d",
        "memory_limit=512M",
        "-d",
        "max_execution_time=300",
        "-d",
        "post_max_size=16M",
        "-d",
        "upload_max_filesize=2M",
    ]
    arguments = programs.command(SUITE, PHP, *options, "-S", f"127.0.0.1:{port}", "-t", ui)
    with programs.running(arguments, folder / "php.log", port, "PHP"):
        yield port


@pytest.fixture(scope="module")
def zabbix(charter, database, ran, tmp_path_factory):
    ran("Zabbix server, PostgreSQL", programs.version(SUITE, SERVER, "--version", word="zabbix_server"))
    script = re.search(r"```js\n(.*?)```", GUIDES[0].read_text(encoding="utf-8"), re.DOTALL).group(1)
    with contextlib.ExitStack() as stack:
        folder = type(tmp_path_factory.getbasetemp())(stack.enter_context(programs.scratch()))
        server_port = stack.enter_context(zabbix_server(database, folder))
        api = Zabbix(stack.enter_context(frontend(database, folder, server_port)))
        api.token = api("user.login", username="Admin", password="zabbix")
        api("usermacro.createglobal", macro="{$CHARTER_KEY}", value=charter.key, type=1)
        media = api(
            "mediatype.create", name="Client Charter", type=4, script=script, parameters=guide_parameters(charter.url), status=0,
            message_templates=[
                {"eventsource": 0, "recovery": recovery, "subject": "{EVENT.NAME}", "message": "{EVENT.NAME}"} for recovery in (0, 1, 2)
            ],
        )["mediatypeids"][0]  # fmt: skip
        # Of its own: Zabbix tells nobody of the updates they make themselves.
        user = api(
            "user.create", username="client-charter", passwd="Charter-2026-monitors", roleid="3", timezone="Europe/Paris",
            usrgrps=[{"usrgrpid": "7"}],
            medias=[{"mediatypeid": media, "sendto": "charter", "active": 0, "severity": 63, "period": "1-7,00:00-24:00"}],
        )["userids"][0]  # fmt: skip
        api.group = api("hostgroup.create", name="Cameras")["groupids"][0]
        message = {
            "operationtype": 0, "opmessage": {"default_msg": 1, "mediatypeid": media}, "opmessage_usr": [{"userid": user}],
        }  # fmt: skip
        api(
            "action.create", name="Client Charter", eventsource=0, status=0, esc_period="1m", pause_suppressed=1,
            operations=[{**message, "esc_step_from": 1, "esc_step_to": 1}], recovery_operations=[message], update_operations=[message],
        )  # fmt: skip
        api.log = folder / "zabbix.log"
        yield api


def moment(seconds):
    return datetime.datetime.fromtimestamp(int(seconds), datetime.UTC).replace(tzinfo=None)


def test_a_problem_its_updates_and_its_recovery(charter, zabbix):
    host, item = zabbix.camera(1)
    zabbix.push(item, 1)
    event = zabbix.problem(host, item)
    [(start, end, reason)] = programs.until(lambda: charter.outages("ZABBIX-1"), "the problem is told", 90)
    [told] = zabbix("event.get", eventids=[event], output=["clock"])
    assert (start, end, reason) == (moment(told["clock"]), None, "No answer"), (
        "to the second, in the zone of the media's user"
    )
    zabbix("event.acknowledge", eventids=[event], action=2 | 4, message="Seen")
    confirmed = "SELECT confirmed_at FROM charter_outage o JOIN charter_equipment e ON e.id = o.equipment_id WHERE e.serial = 'ZABBIX-1'"
    before = charter.rows(confirmed)
    programs.until(lambda: charter.rows(confirmed) != before, "the update is told, and confirms it", 90)
    zabbix.push(item, 1)
    [(again, end, _reason)] = programs.until(lambda: charter.ended("ZABBIX-1"), "the recovery is told", 90)
    assert again == start
    assert end > start
    assert charter.rows("SELECT event_id FROM charter_outage WHERE event_id LIKE 'zabbix-lyon:%%' LIMIT 1")


def test_closed_by_hand(charter, zabbix):
    host, item = zabbix.camera(2)
    event = zabbix.problem(host, item)
    programs.until(lambda: charter.outages("ZABBIX-2"), "the problem is told", 90)
    zabbix("event.acknowledge", eventids=[event], action=1)
    assert len(programs.until(lambda: charter.ended("ZABBIX-2"), "its end is told", 90)) == 1


def test_suppressed_by_a_maintenance(charter, zabbix):
    """Told once the maintenance is over, with its own beginning; one that ended before is not told."""
    host, item = zabbix.camera(3)
    other, other_item = zabbix.camera(4)
    zabbix.push(item, 1)
    zabbix.push(other_item, 1)
    now = int(time.time())
    # Zabbix counts maintenance in whole minutes.
    [maintenance] = zabbix(
        "maintenance.create", name="Planned", active_since=now - 60, active_till=now + 3600, hosts=[{"hostid": host}, {"hostid": other}],
        timeperiods=[{"timeperiod_type": 0, "start_date": now - 60, "period": 3600}],
    )["maintenanceids"]  # fmt: skip
    status = lambda: all(  # noqa: E731
        row["maintenance_status"] == "1"
        for row in zabbix("host.get", hostids=[host, other], output=["maintenance_status"])
    )
    programs.until(status, "the maintenance has begun", 150)
    event = zabbix.problem(host, item)
    zabbix.problem(other, other_item)
    zabbix.push(other_item, 1)
    time.sleep(8)
    assert not charter.outages("ZABBIX-3")
    zabbix.call("maintenance.delete", [maintenance])
    [(start, _end, _reason)] = programs.until(
        lambda: charter.outages("ZABBIX-3"), "told after the maintenance", 200
    )
    [told] = zabbix("event.get", eventids=[event], output=["clock"])
    assert start == moment(told["clock"])
    zabbix.push(item, 1)
    programs.until(lambda: charter.ended("ZABBIX-3"), "its end", 90)
    assert not charter.outages("ZABBIX-4")


def test_an_unknown_serial_is_kept_and_not_sent_again(charter, zabbix):
    host, item = zabbix.camera("UNKNOWN")
    event = zabbix.problem(host, item)
    [(cause, count, state)] = programs.until(lambda: charter.refusals("ZABBIX-UNKNOWN"), "it is listed", 90)
    assert (cause, count, state) == ("unknown", 1, "open")
    alerts = programs.until(
        lambda: zabbix("alert.get", eventids=[event], filter={"status": 1}), "Zabbix takes it for sent", 60
    )
    assert alerts[0]["error"] == ""


def test_the_wrong_zone_is_refused_with_the_hint(charter, zabbix):
    """As a media user in Paris whose parameter says UTC: two hours ahead in summer, one in winter."""
    [media] = zabbix(
        "mediatype.get", filter={"name": "Client Charter"}, output=["mediatypeid"], selectParameters="extend"
    )
    right = media.get("parameters") or guide_parameters(charter.url)
    wrong = [{**one, "value": "UTC"} if one["name"] == "timezone" else one for one in right]
    zabbix("mediatype.update", mediatypeid=media["mediatypeid"], parameters=wrong)
    try:
        _host, item = zabbix.camera(5)
        zabbix.push(item, 0)
        found = programs.until(
            lambda: charter.rows("SELECT detail FROM charter_outage_refusal WHERE cause = 'future'"),
            "it is refused",
            90,
        )
        assert "time zone UTC: declare the one" in found[0][0]
        assert not charter.outages("ZABBIX-5")
    finally:
        zabbix("mediatype.update", mediatypeid=media["mediatypeid"], parameters=right)

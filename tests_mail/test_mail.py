"""Odoo behind a real Postfix: what arrives once, what comes back, what machines answer, and what clients write."""

import concurrent.futures
import smtplib
import textwrap

import programs

SHEETS = (
    "alice@client.test",
    "away@client.test",
    "sieve@client.test",
    "never@world.test",
    "later@world.test",
    "slow@world.test",
)


def write(world, sender, to, subject, body="Nobody came.", **headers):
    """A client writes to us, through Postfix."""
    lines = {
        "From": sender,
        "To": to,
        "Subject": subject,
        "Message-Id": f"<{subject.replace(' ', '-')}@{sender.partition('@')[2]}>",
        **headers,
    }
    text = (
        "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in lines.items()) + f"\r\n{body}\r\n"
    )
    with smtplib.SMTP("127.0.0.1", world.host.port) as server:
        server.sendmail(sender, [to], text)
    before = len(world.gateway.passed)
    programs.until(lambda: len(world.gateway.passed) > before or world.host.empty(), "it reached Odoo")
    world.settled()


def test_documents_leave_and_come_back(world, ran):
    """Every way a mail can go: each row says what became of it, and nothing goes twice."""
    ran(f"Postfix ({world.host.suite})", world.host.version("postfix"))
    ran(f"vacation ({world.host.suite})", world.host.version("vacation"))
    if world.host.sieve:
        ran(f"Dovecot, Sieve ({world.host.suite})", world.host.version("dovecot"))
    world.box.to.update({
        "never@world.test": ["550 5.1.1 User unknown"] * 9,
        "later@world.test": ["451 4.3.0 Later", "451 4.3.0 Later"],
        "full@world.test": ["452 4.2.2 Mailbox full"] * 99,
    })  # fmt: skip
    world.job("cron_schedule")
    world.job("cron_contacts")
    world.job("cron_delivery")
    before = world.sheets()
    assert set(before) >= set(SHEETS), before
    assert {state for state, _failure, _mail in before.values()} == {"queued"}
    world.queue()
    world.settled(90)
    rows = world.sheets()
    # Refused at once by Postfix, which knows its own mailboxes.
    assert rows["gone@client.test"][0] == "failed" and "User unknown" in rows["gone@client.test"][1]
    # Refused by the other server, which Postfix reports.
    assert rows["never@world.test"][0] == "failed" and "550 5.1.1 User unknown" in rows["never@world.test"][1]
    # Given up after its time, which Postfix reports with the words of the other server.
    assert rows["full@world.test"][0] == "failed" and "452 4.2.2 Mailbox full" in rows["full@world.test"][1]
    delayed = [mail for _from, _to, mail, _code in world.gateway.passed if "Action: delayed" in mail]
    assert delayed, "Postfix warned that some are only delayed"
    for address in (
        "alice@client.test",
        "away@client.test",
        "sieve@client.test",
        "later@world.test",
        "slow@world.test",
        "spam@world.test",
    ):
        assert rows[address] == ("sent", None, "sent"), (address, rows[address])
    # Two clients have one contact at the same address, who is asked for both.
    once = [
        address for address in rows if address.endswith("world.test") and address.lower() != "both@world.test"
    ]
    again = {address: world.taken(address) for address in once}
    wanted = {address: world_count(rows, address) for address in again}
    assert again == wanted
    assert {code for *_rest, code in world.gateway.passed} == {0}, "the mailgate took them all"
    assert not world.escalations(), "no machine opens an escalation"
    world.queue()
    world.settled()
    assert {address: world.taken(address) for address in again} == wanted, "nothing goes twice"
    own = list(world.host.mailbox("alice"))
    assert len(own) == len({mail.partition("Message-Id: ")[2].split("\n")[0] for mail in own})


def world_count(rows, address):
    """How many mails an address of the world is to have got: the charter and the sheet, if it takes any."""
    return 0 if rows[address][0] == "failed" else 2


def test_what_machines_answer(world):
    """vacation and Sieve answered the sheets: to the address of bounces, and nothing failed or waits to be read because of it."""
    answers = [
        (to, mail)
        for _from, to, mail, _code in world.gateway.passed
        if "vacances" in mail or "Absence" in mail
    ]
    assert any("away@client.test" in mail for _to, mail in answers)
    if world.host.sieve:
        assert any("auto-replied (vacation)" in mail for _to, mail in answers)
    for to, _mail in answers:
        assert to[0].startswith("bounce@"), to
    assert world.odoo.rows("SELECT count(*) FROM charter_word") == [(0,)]
    rows = world.sheets()
    assert {rows[address][0] for address in ("away@client.test", "sieve@client.test")} == {"sent"}


def test_what_clients_write(world):
    """An escalation by its alias, with a suffix on either address, again as a reply, and from nobody we know."""
    people = world.odoo.result["people"]
    write(world, "alice@client.test", "escalation@charter.test", "Camera 4")
    write(world, "alice+work@client.test", "escalation@charter.test", "Camera 5")
    write(world, "alice@client.test", "escalation+site4@charter.test", "Camera 6")
    write(world, "stranger@world.test", "escalation@charter.test", "Camera 7")
    rows = {name: (state, contact) for _id, name, state, _client, contact in world.escalations()}
    assert rows == {
        "Camera 4": ("open", people["alice@client.test"]),
        "Camera 5": ("open", people["alice@client.test"]),
        "Camera 6": ("open", people["alice@client.test"]),
        "Camera 7": ("unqualified", None),
    }
    write(world, "both@world.test", "escalation@charter.test", "Camera 8")
    [(_number, state, why)] = world.odoo.rows(
        "SELECT id, state, configuration_error::text FROM charter_escalation WHERE name = 'Camera 8'"
    )
    assert state == "unqualified" and "Bistro" in why and "Cellar" in why
    world.queue()
    world.settled()
    assert world.taken("both@world.test") >= 1, "whoever wrote is asked"
    # A reply to the confirmation reaches its thread, by the address it says and by the catch-all alone.
    [(first, message)] = world.odoo.rows(
        "SELECT m.res_id, m.message_id FROM mail_message m JOIN charter_escalation e ON e.id = m.res_id AND m.model = 'charter.escalation' "
        "WHERE e.name = 'Camera 4' AND m.message_type NOT IN ('email', 'user_notification', 'notification') ORDER BY m.id DESC LIMIT 1"
    )
    write(
        world, "alice@client.test", "catchall@charter.test", "Re Camera 4", "Still dark.", In_Reply_To=message
    )
    found = world.odoo.rows(
        "SELECT res_id FROM mail_message WHERE model = 'charter.escalation' AND body LIKE '%%Still dark%%'"
    )
    assert found == [(first,)]
    assert len(world.escalations()) == 5


def test_postfix_is_down_for_a_day(world):
    """Nothing fails meanwhile, and each mail leaves once when it is back."""
    people = world.odoo.result["people"]
    world.host.stop()
    world.odoo.shell(world.folder, f"""
        contact = env["res.partner"].browse({people["alice@client.test"]})
        env["charter.delivery"]._queue([{{"kind": "notice", "partner_id": contact.parent_id.id, "contact_id": contact.id,
            "company_id": env.company.id, "subject": "While it was down", "body": "<p>News</p>"}}])
        env.cr.commit()
    """)  # fmt: skip
    for _hour in range(5):
        world.queue()
        [row] = world.odoo.rows(
            "SELECT d.state, d.attempts, m.state FROM charter_delivery d JOIN mail_mail m ON m.id = d.mail_id WHERE d.subject = 'While it was down'"
        )
        assert row == ("queued", 1, "outgoing")
    world.host.start()
    for _hour in range(2):
        world.queue()
        world.settled()
    assert sum("While it was down" in mail for mail in world.host.mailbox("alice")) == 1


def test_two_processes_at_the_queue(world):
    """Forty mails, some of them of one message, two Odoo processes at once: each arrives once."""
    world.odoo.shell(world.folder, """
        people = env["res.partner"].create([{"name": f"q{n}", "email": f"q{n}@world.test"} for n in range(40)])
        values = {"model": "charter.delivery", "subject": "Queue", "body_html": "News", "email_from": "charter@charter.test"}
        env["mail.mail"].create([{**values, "recipient_ids": [(6, 0, people[n : n + 2].ids)]} for n in range(0, 40, 2)])
        env.cr.commit()
    """)  # fmt: skip
    work = """
        env["mail.mail"].process_email_queue()
        env.cr.commit()
    """
    with concurrent.futures.ThreadPoolExecutor(2) as both:
        for name in ("one", "two"):
            folder = world.folder / name
            folder.mkdir()
        done = [
            both.submit(world.odoo.shell, world.folder / name, textwrap.dedent(work))
            for name in ("one", "two")
        ]
        for one in done:
            one.result()
    world.queue()
    world.settled()
    got = {f"q{n}@world.test": world.taken(f"q{n}@world.test") for n in range(40)}
    assert set(got.values()) == {1}, got

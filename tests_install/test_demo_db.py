"""The demo company: eighteen months played on a real database, the same every run, with something worth seeing everywhere."""

import pathlib

import pytest
from languages import Languages
from life import ADDON, Life, database, runtime
from test_lifecycle_db import BASE, BEFORE, CHAIN

TRANSLATION = pathlib.Path(__file__).parent.parent / ADDON / "i18n" / "fr.po"
DB, AGAIN = "charter_demoed", "charter_demoed_again"
NOW = "2026-10-15 09:00:00"
# Of the second play, so much is enough to compare.
SEEN_AT = "2025-09-15 12:00:00"

LOAD = f"""
    import hashlib, html
    from collections import Counter
    from datetime import datetime
    from unittest.mock import patch
    from odoo.tools.convert import convert_file
    from odoo.addons.{ADDON}.demo.story import Story
    from passlib.context import CryptContext

    env = env(context={{}}, su=True)
    # As bin/demo does.
    quick = CryptContext(["pbkdf2_sha512", "plaintext"], deprecated=["auto"], pbkdf2_sha512__rounds=1)
    patch.object(type(env["res.users"]), "_crypt_context", lambda self: quick).start()
    convert_file(env, "{ADDON}", "demo/charter_demo.xml", {{}}, mode="init", noupdate=True)
    story = Story(env, datetime.fromisoformat("{NOW}"))

    def digest():
        env.flush_all()
        rows = []
        for statement in (
            "SELECT p.name, o.code, o.occurrence, o.due_at, o.done_at, o.state, u.login FROM charter_obligation o "
            "JOIN res_partner p ON p.id = o.partner_id LEFT JOIN res_users u ON u.id = o.user_id",
            "SELECT p.name, f.channel, f.state, f.rating, f.nps, f.answered_at, f.comment FROM charter_feedback f "
            "JOIN res_partner p ON p.id = f.contact_id",
            "SELECT i.reference, i.name, i.kind, i.priority, i.reported_at, i.resolved_at FROM charter_intervention i",
            "SELECT e.serial, o.start_at, o.end_at, o.planned, o.no_data FROM charter_outage o "
            "JOIN charter_equipment e ON e.id = o.equipment_id",
            "SELECT p.name, d.kind, d.state, d.subject, d.sent_at FROM charter_delivery d JOIN res_partner p ON p.id = d.contact_id",
            "SELECT c.code, r.period, r.state, r.sent_at, r.introduction FROM charter_report r "
            "JOIN contract_contract c ON c.id = r.contract_id",
        ):
            env.cr.execute(statement)
            rows += sorted(map(str, env.cr.fetchall()))
        return hashlib.sha256("\\n".join(rows).encode()).hexdigest(), len(rows)
"""

# The whole story, with a look at it on the way.
WHOLE = (
    LOAD
    + f"""
    story.on(datetime.fromisoformat("{SEEN_AT}"), lambda: result.update(seen=digest()))
    started = env.cr.sql_log_count
    story.play()
    result["statements"] = env.cr.sql_log_count - started

    def rows(statement):
        env.cr.execute(statement)
        return [[str(value) if isinstance(value, datetime) else value for value in row] for row in env.cr.fetchall()]

    def count(statement):
        return rows("SELECT count(*) FROM " + statement)[0][0]

    def written():
        # [(kind, language of who reads it, text)] of all the product wrote by itself, and of what it prints.
        texts = [
            (f"delivery {{row.kind}}", row.contact_id.lang, f"{{row.subject}}. {{row.body or ''}}")
            for row in env["charter.delivery"].search([])
        ]
        for mail in env["mail.mail"].search([("model", "like", "charter")]):
            record = env[mail.model].browse(mail.res_id)
            # What the client was told in its own language is copied to colleagues as it was, and what it said is quoted.
            contact = getattr(record, "contact_id", None)
            text = html.unescape(f"{{mail.subject}}. {{mail.body_html or ''}}")
            if mail.model == "charter.obligation":
                for quoted in filter(None, (record._origin_words(), record._origin_name())):
                    text = text.replace(quoted, "“…”")
            texts += [
                (f"mail {{mail.model}}", reader.lang, text)
                for reader in mail.recipient_ids
                if reader.partner_share or not contact
            ]
        # A client's document is printed in its language; what is of no client in both.
        for report in env["ir.actions.report"].search([("report_name", "like", "{ADDON}.")]):
            for record in env[report.model].search([], limit=40):
                client = record if report.model == "res.partner" else record["partner_id"] if "partner_id" in record else None
                for lang in [client.lang] if client else ["fr_FR", "en_US"]:
                    printed, _kind = report.with_context(lang=lang)._render_qweb_html(report.report_name, record.ids)
                    texts.append((f"print {{report.report_name}}", lang, printed.decode()))
        return texts

    def by(column, table, condition="TRUE"):
        return dict(rows(f"SELECT {{column}}, count(*) FROM {{table}} WHERE {{condition}} GROUP BY 1"))

    result.update(
        tiers=by("t.code", "contract_contract c JOIN charter_tier t ON t.id = c.charter_tier_id"),
        languages=by("p.lang", "contract_contract c JOIN res_partner p ON p.id = c.partner_id", "c.charter_tier_id IS NOT NULL"),
        subsidiaries=count("res_partner WHERE is_company AND parent_id IS NOT NULL AND customer_rank > 0"),
        logins=sorted(name for [name] in rows("SELECT login FROM res_users WHERE active")),
        months=rows("SELECT to_char(due_at, 'YYYY-MM'), sum(met), sum(missed) FROM charter_obligation "
                    "WHERE due_at < '{NOW}' AND met + missed > 0 GROUP BY 1 ORDER BY 1"),
        owed_late=by("code", "charter_obligation", "state = 'late' AND done_at IS NULL"),
        owed_late_rows=rows("SELECT o.code, p.name, o.occurrence, o.opened_at, o.due_at, o.history FROM charter_obligation o "
                            "JOIN res_partner p ON p.id = o.partner_id WHERE o.state = 'late' AND o.done_at IS NULL"),
        forgotten=count("charter_obligation WHERE state = 'open' AND due_at < '{NOW}'"),
        alerts_failed=count("charter_obligation WHERE alert_error IS NOT NULL"),
        handovers=by("state", "charter_obligation", "code = 'contact.handover' AND due_at < timestamp '{NOW}' + interval '5 days'"),
        mails=by("state", "mail_mail"),
        oldest_waiting=rows("SELECT min(create_date) FROM mail_mail WHERE state = 'outgoing'")[0][0],
        deliveries=by("state", "charter_delivery"),
        feedback=by("state", "charter_feedback"),
        voices=rows("SELECT sum(promoter), sum(detractor), sum(nps_answered) FROM charter_feedback")[0],
        kinds=by("kind", "charter_intervention"), priorities=by("priority", "charter_intervention"),
        progress=by("progress", "charter_intervention"), pauses=count("charter_intervention_pause"),
        outages=by("CASE WHEN planned THEN 'planned' WHEN no_data THEN 'no_data' ELSE 'down' END", "charter_outage"),
        refused=dict(rows("SELECT cause, count FROM charter_outage_refusal WHERE state = 'open'")),
        escalations=by("state || level", "charter_escalation"),
        renewals=by("state", "charter_renewal"), overridden=count("charter_renewal WHERE overridden"),
        reviews=by("kind || '-' || state", "charter_review"), notices=by("state", "charter_notice"),
        recommendations=by("state", "charter_recommendation"), reports=by("state", "charter_report"),
        report_errors=count("charter_report WHERE error IS NOT NULL OR table IS NULL".replace("table", '"table"')),
        notices_in_one_language=count("charter_notice WHERE body->>'en_US' = body->>'fr_FR'"),
        devices=count("charter_equipment WHERE supervised_from IS NULL AND firmware_source = 'sheet' OR maker IN ('Mobotix', 'Exacq', 'Siemens')"),
        concerns=by("state || ' ' || answer", "charter_advisory_concern"), told=by("c.state", "charter_advisory_concern c", "told_at IS NOT NULL"),
        holders=count("(SELECT DISTINCT e.partner_id FROM charter_equipment e WHERE e.maker IN ('Mobotix', 'Exacq', 'Siemens', 'Uniview')) held"),
        absences_ahead=count("charter_absence WHERE date_from > '{NOW}'"),
        english_to_french=count(
            "charter_report r JOIN res_partner p ON p.id = r.partner_id WHERE p.lang = 'fr_FR' AND r.introduction ~ ' the '"),
        health=dict(Counter(env["charter.health"].search([]).mapped("level"))),
        marks=env["charter.report"].search([("partner_id.name", "=", "Alpine Retail SAS"), ("state", "=", "sent")], limit=1)
              .table["figures"]["satisfaction"]["n"],
        written=written(),
    )
"""
)

AS_FAR = (
    LOAD
    + f"""
    class Enough(Exception):
        pass

    def stop():
        result.update(seen=digest())
        raise Enough

    story.on(datetime.fromisoformat("{SEEN_AT}"), stop)
    try:
        story.play()
    except Enough:
        pass
"""
)


@pytest.fixture(scope="module")
def plays(tmp_path_factory):
    """What two plays of the story tell."""
    folder = tmp_path_factory.mktemp("demo")
    with (
        runtime.postgres() as server,
        runtime.database_lock(DB),
        Life(server, folder, DB, BASE, CHAIN, BEFORE) as play,
    ):
        play.odoo("-i", ADDON, "--load-language=en_US,fr_FR")
        database.copy(server, DB, AGAIN)
        try:
            yield play.shell(WHOLE), play.shell(AS_FAR, AGAIN)
        finally:
            runtime.drop_database(server, AGAIN)


@pytest.fixture
def told(plays):
    return plays[0]


def test_two_plays_tell_the_same(plays):
    first, second = plays
    assert first["seen"][1] > 100
    assert first["seen"] == second["seen"]


def test_a_dozen_clients(told):
    assert told["tiers"] == {"premium": 3, "comfort": 5, "essential": 4}
    assert told["languages"] == {"fr_FR": 9, "en_US": 3}
    assert told["subsidiaries"] == 1
    assert {"admin", "claire", "thomas", "olivier", "diane", "alice", "bruno"} <= set(told["logins"])


def test_eighteen_months_with_a_bad_season(told):
    """Six to nine months ago too much was late; since then it is mended."""
    months = {month: (kept, late) for month, kept, late in told["months"]}
    assert len(months) >= 18

    def rate(*names):
        kept, late = (sum(months[name][place] for name in names) for place in (0, 1))
        return 100 * kept / (kept + late)

    assert 90 <= rate(*months) <= 97
    assert (
        rate("2026-01", "2026-02", "2026-03", "2026-04")
        < rate("2026-06", "2026-07", "2026-08", "2026-09") - 5
    )


def test_nothing_is_left_lying_by_the_way_it_is_played(told):
    """What lies on the desks lies there on purpose."""
    # Claire's late report, and the sheet of a new client that nobody has named a technical contact for.
    assert told["owed_late"].keys() == {"report.delivery", "contacts.sheet"}, told["owed_late_rows"]
    assert told["forgotten"] == told["alerts_failed"] == told["report_errors"] == 0
    assert "open" not in told["handovers"], "the mail that tells of Thomas' leave has left"
    assert told["mails"].keys() == {"sent", "outgoing"}
    assert told["oldest_waiting"] >= "2026-10-08", "older mails are on record as sent"
    assert told["deliveries"].keys() == {"sent"}


def test_every_screen_has_something_to_show(told):
    assert told["feedback"].keys() == {"answered", "expired", "sent", "skipped"}
    promoters, detractors, answers = told["voices"]
    assert promoters > detractors > 5
    assert promoters + detractors < answers
    assert told["kinds"].keys() == {
        "corrective",
        "preventive",
        "installation",
        "remote",
        "inspection",
        "other",
    }
    assert told["priorities"].keys() == set("0123")
    assert told["progress"].keys() == {"new", "running", "paused", "closed"}
    assert told["pauses"] > 5
    assert told["outages"].keys() == {"down", "planned", "no_data"}
    assert told["refused"] == {"unknown": 5, "no_serial": 10}
    assert told["escalations"].keys() >= {"resolved1", "resolved2", "answered2", "open1"}
    assert told["renewals"].keys() == {"open", "interview", "remediation", "passed", "renewed"}
    assert told["overridden"] == 1
    assert told["reviews"].keys() >= {
        "interview-minutes",
        "annual-minutes",
        "annual-planned",
        "interview-draft",
    }
    assert told["notices"].keys() == {"draft", "open", "closed"}
    assert told["notices_in_one_language"] == 0
    assert told["recommendations"].keys() >= {"proposed", "accepted", "declined", "done"}
    assert told["reports"]["sent"] > 60
    assert told["absences_ahead"] == 2
    assert told["health"].keys() == {"trouble", "watch", "good"}
    assert told["marks"] >= 2, "Alpine's last report has marks"
    assert told["english_to_french"] == 0


def test_four_hundred_devices_and_what_advisories_say_of_them(told):
    assert told["holders"] == 12, "each client has some"
    assert told["devices"] > 250
    assert told["concerns"].keys() >= {
        "open affected",
        "open look",
        "clear not_affected",
        "updated not_affected",
    }
    assert told["told"].keys() == {"open", "updated"}, "some were updated since, some were not"


def test_everybody_reads_one_language(told):
    """Nothing that was written or printed for one reader holds a sentence, a day or a month of the other language."""
    languages = Languages(TRANSLATION)
    assert min(languages.known) > 1500
    foreign = {}
    for kind, language, text in told["written"]:
        for words in languages.foreign_words(text, language):
            foreign.setdefault((kind, language), set()).add(words)
    assert {kind.split()[0] for kind, _language, _text in told["written"]} == {"delivery", "mail", "print"}
    assert foreign == {}


def test_it_takes_few_statements(told):
    """bin/demo plays it while somebody waits: a minute of two quiet cores. Statements are counted, which no busy machine changes."""
    assert 10_000 < told["statements"] < 80_000

"""What the monitoring said about the demo clients' equipment these last weeks, told as a monitoring tells it."""

from datetime import timedelta

from odoo import fields

# (serial, hours ago it began, hours it lasted or None while it lasts, kind, words)
OUTAGES = [
    ("DS4-2143-0417", 24 * 18, 24 * 9, "down", "No video"),
    ("DS4-2143-0417", 24 * 17, 5, "down", "Unavailable by ICMP ping"),
    ("DS4-2143-0411", 24 * 12 + 3, 0.6, "down", "Unavailable by ICMP ping"),
    ("NVR-77310", 24 * 21 + 4, 2, "planned", "Firmware update of the recorders"),
    ("NVR-77310", 24 * 6 + 1, 7, "no_data", "Link to the supervision cut"),
    ("AC-500-112", 24 * 38, 1.5, "down", "Battery low"),
    ("GC-20-0087", 36, 4.5, "down", "Gate controller out of order"),
    ("GC-20-0087", 3, None, "down", "Gate controller out of order"),
    ("BR-3301", 24 * 9, 0.4, "down", "Reader restarted"),
    ("NVR-80122", 24 * 21 + 2, 1, "planned", "Firmware update of the recorders"),
    ("MD-9981", 24 * 15, 26, "no_data", "Gateway of the ground floor down"),
]


def play(env):
    env = env(su=True)
    now = fields.Datetime.now().replace(minute=0, second=0)
    events = []
    for number, (serial, ago, lasted, kind, words) in enumerate(OUTAGES):
        start = now - timedelta(hours=ago)
        event = {
            "event_id": f"demo-{number}",
            "serial": serial,
            "status": "down",
            "kind": kind,
            "start": f"{start:%Y-%m-%dT%H:%M:%SZ}",
            "reason": words,
        }
        if lasted:
            event["end"] = f"{start + timedelta(hours=lasted):%Y-%m-%dT%H:%M:%SZ}"
        events.append(event)
    refused = [one for one in env["charter.outage"]._ingest(events) if one["status"] == "refused"]
    assert not refused, refused
    night = (now + timedelta(days=5)).replace(hour=21)
    env["charter.maintenance"].create(
        {
            "scope": "site",
            "site_id": env.ref("mileo_client_charter.site_alpine_park").id,
            "start_at": night,
            "end_at": night + timedelta(hours=2),
            "reason": "Replacement of the network switch",
        }
    ).action_plan()

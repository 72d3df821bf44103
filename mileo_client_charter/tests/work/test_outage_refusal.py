from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ...models.work import charter_outage_refusal
from ...tools.outage_events import CAUSES
from ..cases.common import START
from ..cases.gear import GearCase


@tagged("post_install", "-at_install")
class TestRefusedEvents(GearCase):
    """START is 2026-10-05 08:00 UTC."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program = new_test_user(
            cls.env, "t_program", groups="mileo_client_charter.group_charter_monitoring", company_id=cls.company.id
        )  # fmt: skip
        cls.outages = cls.env["charter.outage"].with_user(cls.program)

    def setUp(self):
        super().setUp()
        self.enterContext(self.at())

    def tell(self, *events, **values):
        results = self.outages._ingest(list(events) if len(events) > 1 else events[0], **values)
        self.env.flush_all()
        self.env.invalidate_all()
        return results

    def down(self, serial="SN-2", event_id="1", start="2026-10-05T05:00:00Z"):
        return {"event_id": event_id, "serial": serial, "status": "down", "start": start}

    def up(self, serial="SN-2", event_id="1", end="2026-10-05T06:00:00Z"):
        return {"event_id": event_id, "serial": serial, "status": "up", "end": end}

    def refusals(self):
        return self.env["charter.outage.refusal"].search([("sender_id", "=", self.program.id)])

    def replay(self):
        with self.enter_registry_test_mode():
            self.env.ref("mileo_client_charter.cron_outage_refusal").method_direct_trigger()
        self.env.invalidate_all()

    def woken(self):
        cron = self.env.ref("mileo_client_charter.cron_outage_refusal")
        return self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])

    def hours(self, equipment):
        return [
            tuple(moment and (moment - START) / timedelta(hours=1) for moment in (row.start_at, row.end_at))
            for row in equipment.outage_ids.sorted("start_at")
        ]

    def test_counted_and_kept_until_the_equipment_is_there(self):
        self.tell(self.down())
        with self.at(1):
            self.tell(self.down())
            self.tell(self.up())
            self.tell(self.down("SN-3"))
        refusal = self.refusals().filtered(lambda r: r.subject == "SN-2")
        self.assertEqual((refusal.cause, refusal.count, refusal.state), ("unknown", 3, "open"))
        self.assertEqual((refusal.first_seen, refusal.last_seen), (START, START + timedelta(hours=1)))
        self.assertEqual(refusal.kept_count, 2, "told twice, it is the same message")
        self.assertIn("SN-2", refusal.reason)
        self.assertIn("Create the equipment", refusal.remedy)
        self.assertFalse(self.woken())
        camera = self._equipment("Camera 2", "sn-2")
        self.assertTrue(self.woken())
        self.replay()
        self.assertEqual(self.hours(camera), [(-3, -2)])
        self.assertEqual((refusal.state, refusal.mended_at, refusal.kept_count), ("mended", START, 0))
        self.assertEqual(self.refusals().filtered(lambda r: r.subject == "SN-3").state, "open")
        self.assertEqual(camera.outage_ids.sudo().sender_id, self.program)
        # and when it is refused again, it is to mend again
        camera.active = False
        self.tell(self.down(event_id="2"))
        self.assertEqual(
            set(self.refusals().filtered(lambda r: r.state == "open").mapped("cause")),
            {"unknown", "archived"},
        )

    def test_another_name_in_the_monitoring(self):
        self.tell(self.down("cam-4.lyon"), self.up("cam-4.lyon"))
        refusal = self.refusals()
        naming = (
            self.env["charter.outage.naming"]
            .with_user(self.technician)
            .create({"refusal_id": refusal.id, "equipment_id": self.camera.id})
        )
        naming.action_apply()
        self.env.invalidate_all()
        self.assertEqual((self.camera.monitored_as, self.camera.serial), ("cam-4.lyon", "SN-1"))
        self.assertEqual(self.hours(self.camera), [(-3, -2)])
        self.assertEqual(refusal.state, "mended")
        self.camera.monitored_as = "other , CAM-4.lyon,Barrier, car park , 10.0.4.12"
        for name in ("cam-4.LYON", "10.0.4.12", "other", "Barrier,  car park"):
            [result] = self.tell(self.down(name, event_id=name))
            self.assertEqual(result["status"], "created", name)
        [result] = self.tell(self.down("10.0.4.1", event_id="9"))
        self.assertEqual(result["status"], "refused")

    def test_the_label_of_the_serial_number(self):
        one = {
            "status": "firing", "labels": {"alertname": "Down", "instance": "SN-1"}, "startsAt": "2026-10-05T05:00:00Z",
            "endsAt": "0001-01-01T00:00:00Z", "fingerprint": "f1",
        }  # fmt: skip
        self.tell({"alerts": [one]})
        refusal = self.refusals()
        self.assertEqual((refusal.cause, refusal.subject), ("no_serial", "Down"))
        self.company.charter_alert_serial_label = "instance"
        self.assertTrue(self.woken())
        self.replay()
        self.assertEqual((refusal.state, self.hours(self.camera)), ("mended", [(-3, False)]))

    def test_the_zone_of_the_sender(self):
        """A moment that lay ahead does not come true by waiting; it does by declaring the right zone."""
        self.tell(self.down("SN-1", start="2026-10-05 09:30:00"), zone="UTC")
        self.tell(self.down("SN-1", event_id="2", start="2026-10-05 09:30:00"))
        self.assertEqual(set(self.refusals().mapped("cause")), {"future", "zone"})
        with self.at(48):
            self.replay()
            self.assertEqual(set(self.refusals().mapped("state")), {"open"})
            self.program.charter_monitor_zone = "Europe/Paris"
            self.replay()
        self.assertEqual(
            self.refusals().filtered(lambda r: r.state == "open").cause,
            "future",
            "the zone it told itself stays",
        )
        self.assertEqual(self.hours(self.camera), [(-0.5, False)])

    def test_refused_for_another_reason_once_mended(self):
        self.tell(self.down("SN-2", start="2026-10-05T06:30:00Z"), self.up("SN-2"))
        self.assertEqual(len(self.refusals()), 1)
        camera = self._equipment("Camera 2", "SN-2")
        self.replay()
        self.assertEqual(self.hours(camera), [(-1.5, False)])
        by_cause = {refusal.cause: refusal for refusal in self.refusals()}
        self.assertEqual(by_cause["unknown"].state, "mended")
        self.assertEqual((by_cause["contradiction"].state, by_cause["contradiction"].kept_count), ("open", 1))
        before = by_cause["contradiction"].count
        self.replay()
        self.assertEqual(by_cause["contradiction"].count, before, "trying again is no new refusal")

    def test_not_ours(self):
        self.tell(self.down())
        refusal = self.refusals()
        with self.assertRaises(AccessError):
            refusal.with_user(self.technician).action_ignore()
        refusal.with_user(self.operations).action_ignore("The neighbour's")
        self.tell(self.down(event_id="2"))
        self.assertEqual((refusal.state, refusal.count, refusal.kept_count), ("ignored", 2, 0))
        refusal.with_user(self.operations).action_reopen()
        self.assertEqual(refusal.state, "open")
        for values in ({"count": 0}, {"state": "mended"}):
            with self.assertRaises(AccessError):
                refusal.with_user(self.admin).write(values)

    def test_what_left_no_message(self):
        self.tell({"alerts": [], "truncatedAlerts": 2, "receiver": "charter"})
        refusal = self.refusals()
        self.assertEqual((refusal.cause, refusal.subject, refusal.kept_count), ("truncated", "charter", 0))
        self.replay()
        self.assertEqual(refusal.state, "open", "a person says that it is mended")
        refusal.with_user(self.technician).action_mended()
        self.assertEqual(refusal.state, "mended")
        self.tell(self.down())
        with self.assertRaises(UserError):
            self.refusals().filtered("kept_count").with_user(self.technician).action_mended()

    def test_who_left_alerts_out_is_named(self):
        """Grafana posts in Alertmanager's shape, and has another setting for it."""
        self.tell({"alerts": [], "truncatedAlerts": 2, "receiver": "charter"})
        self.tell({"alerts": [], "truncatedAlerts": 2, "orgId": 1})
        by_subject = {refusal.subject: refusal for refusal in self.refusals()}
        self.assertRegex(by_subject["charter"].detail, "^Alertmanager left out 2 alerts: take max_alerts out")
        self.assertRegex(by_subject["Grafana"].detail, "^Grafana left out 2 alerts: set “Max Alerts”")
        for words in ("max_alerts", "Max Alerts", "Grafana"):
            self.assertIn(words, by_subject["Grafana"].remedy)

    def test_anything_can_be_kept(self):
        """What PostgreSQL's JSON cannot hold, too long, too deep, too many: the answer is the same."""
        deep = []
        for _level in range(300):
            deep = [deep]
        odd = [
            {**self.down(), "x": value}
            for value in ("\0", "\ud800", float("inf"), float("nan"), deep, "y" * 30_000, {"\0": ["\udfff"]}, 10**400)
        ]  # fmt: skip
        results = self.tell(*odd)
        self.assertEqual({result["status"] for result in results}, {"refused"})
        self.assertEqual(self.refusals().kept_count, len(odd) - 1, "all but the one that is too long")
        self.patch(charter_outage_refusal, "MAX_KEPT", 10)
        self.tell(*(self.down(event_id=str(n)) for n in range(20)))
        self.assertEqual((self.refusals().kept_count, self.refusals().count), (10, len(odd) + 20))

    def test_one_that_fails_holds_up_no_other(self):
        self.tell(self.down("SN-2"), self.down("SN-3"))
        self._equipment("Camera 2", "SN-2")
        self._equipment("Camera 3", "SN-3")
        model = type(self.env["charter.outage.refusal"])
        replay = model._replay

        def fails(refusals):
            if "SN-2" in refusals.mapped("subject"):
                raise UserError(self.env._("No."))
            return replay(refusals)

        with mute_logger("odoo.addons.mileo_client_charter.models.base.charter_batches"):
            self.patch(model, "_replay", fails)
            self.replay()
        states = {refusal.subject: refusal.state for refusal in self.refusals()}
        self.assertEqual(states, {"SN-2": "open", "SN-3": "mended"})

    def test_each_cause_has_its_words(self):
        selection = dict(self.env["charter.outage.refusal"]._fields["cause"].selection)
        words = self.env["charter.outage.refusal"]._words()
        self.assertEqual(set(selection), set(CAUSES))
        self.assertTrue(all("%s" in reason and remedy for reason, remedy in words.values()))

    def test_queries(self):
        """Whatever the number that is refused."""
        self.tell(self.down())

        def tell(*events):
            self.env.invalidate_all()
            self.outages._ingest(list(events))

        with self.assertQueryCount(10):
            tell(self.down(event_id="1"))
        with self.assertQueryCount(10):
            tell(*(self.down(f"SN-{n}", event_id=str(n)) for n in range(100, 300)))

from contextlib import contextmanager
from datetime import timedelta

from freezegun import freeze_time
from odoo.exceptions import ValidationError
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .common import START, CharterCase


class GearCase(CharterCase):
    """A client with two sites and a contract, and a camera supervised since before START."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with cls._frozen():
            cls.company.charter_clock_skew_minutes = 5
            cls.company.charter_alert_serial_label = "serial"
            cls.north, cls.south = cls.env["res.partner"].create(
                [
                    {
                        "name": name,
                        "type": "other",
                        "parent_id": cls.client.id,
                        "zip": postcode,
                        "country_id": cls.env.ref("base.fr").id,
                    }
                    for name, postcode in (("North", "69003"), ("South", "20137"))
                ]
            )
            cls.contract = cls._contract(cls.client)
            cls.camera = cls._equipment("Camera", "SN-1", site=cls.north)

    @classmethod
    def _frozen(cls):
        return freeze_time(START)

    @classmethod
    def _equipment(cls, name="Camera", serial=None, client=None, site=None, **values):
        client = client or cls.client
        return cls.env["charter.equipment"].create(
            {
                "name": name,
                "serial": serial,
                "partner_id": client.id,
                "site_id": site.id if site else False,
                "contract_id": cls.contract.id if client == cls.client else False,
                "company_id": cls.company.id,
                "supervised_from": "2026-01-01",
                **values,
            }
        )

    def outage(self, start, end=None, equipment=None, **values):
        """``start`` and ``end``: moments, or hours from START."""
        return self.env["charter.outage"].create(
            {
                "equipment_id": (equipment or self.camera).id,
                "start_at": self.moment(start),
                "end_at": self.moment(end),
                **values,
            }
        )

    def moment(self, hours):
        return START + timedelta(hours=hours) if isinstance(hours, int | float) else hours or False

    @contextmanager
    def refusing(self, words, model="charter.equipment"):
        """What happens inside is refused with ``words``, by us or by the database's own constraints."""
        with self.subTest(words), mute_logger("odoo.sql_db"):
            try:
                with self.env.cr.savepoint():
                    yield
                    self.env.flush_all()
                self.fail(f"Not refused: {words}")
            except ValidationError as error:
                message = str(error)
            except IntegrityError as error:
                message = self.env[model]._sql_error_to_message(error)
            self.assertRegex(message, words)

"""Interventions under a tier with service levels."""

from .common import CharterCase

RESPONSE, RESOLUTION = "intervention.response", "intervention.resolution"


class InterventionCase(CharterCase):
    """A Premium contract: normal is 4 and 40 working hours, critical 1 and 8 hours round the clock."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.premium.service_level_ids.unlink()
        cls.premium.service_level_ids = [
            (0, 0, {"priority": "3", "response_hours": 1, "resolution_hours": 8, "clock": "elapsed"}),
            (0, 0, {"priority": "2", "response_hours": 2, "resolution_hours": 16, "clock": "working"}),
            (0, 0, {"priority": "1", "response_hours": 4, "resolution_hours": 40, "clock": "working"}),
        ]

    def setUp(self):
        super().setUp()
        with self.at(-24):
            self.contract = self._contract(self.client)

    def intervention(self, **values):
        values = {"name": "Camera 4", "partner_id": self.client.id, "priority": "3", **values}
        return self.env["charter.intervention"].with_user(self.technician).create(values)

    def rows(self, intervention, code=RESOLUTION):
        return self.promise(intervention, code).sorted("id")

from datetime import date

from odoo import Command
from odoo.tests import tagged

from ..cases.common import CharterCase


@tagged("post_install", "-at_install")
class TestEquipmentModel(CharterCase):
    @classmethod
    def device(cls, name, model, **values):
        return cls.env["charter.equipment"].create(
            {"name": name, "partner_id": cls.client.id, "maker": "Hikvision", "model": model, **values}
        )

    def support(self, equipment):
        return equipment.milestone_ids.filtered(lambda one: one.kind == "end_of_support").date

    def test_dates_of_a_model_are_those_of_its_equipment(self):
        old, typed = self.device("Camera 1", "DS-2CD4A25F"), self.device("Camera 2", "DS-2CD4A25F")
        typed.milestone_ids = [Command.create({"kind": "end_of_support", "date": "2029-01-01"})]
        model = old.catalogue_id
        model.lifecycle_ids = [Command.create({"kind": "end_of_support", "date": "2028-01-01"})]
        new = self.device("Camera 3", "ds-2cd4a25f")
        self.assertEqual(
            [self.support(one) for one in (old, new)], [date(2028, 1, 1)] * 2, "today's and tomorrow's"
        )
        self.assertEqual(self.support(typed), date(2029, 1, 1), "what somebody typed stays")
        self.assertEqual(
            [bool(one.milestone_ids.other_date) for one in (old, new, typed)],
            [False, False, True],
            "and is shown as another one",
        )
        model.lifecycle_ids.date = "2028-06-30"
        self.assertEqual((self.support(old), new.end_of_support), (date(2028, 6, 30),) * 2)
        model.lifecycle_ids.unlink()
        self.assertFalse(old.milestone_ids)
        self.assertEqual((old.end_of_support, old.lifecycle), (False, "unknown"))

    def test_dates_of_a_family(self):
        first = self.device("Camera 1", "DS-2CD4A25F")
        family = self.env["charter.equipment.model"].create(
            {
                "maker": "Hikvision",
                "name": "DS-2CD4xx5 Series",
                "lifecycle_ids": [Command.create({"kind": "end_of_support", "date": "2028-01-01"})],
            }
        )
        self.assertTrue(family.is_family)
        second, other = self.device("Camera 2", "DS-2CD4025-I"), self.device("Camera 3", "DS-2DF8225")
        self.assertEqual(
            [self.support(one) for one in (first, second, other)], [date(2028, 1, 1)] * 2 + [False]
        )
        first.catalogue_id.lifecycle_ids = [
            Command.create({"kind": "end_of_life", "status": "none_announced"})
        ]
        self.assertEqual(set(first.milestone_ids.mapped("kind")), {"end_of_support", "end_of_life"})

    def test_a_version_in_the_model_s_place_is_no_model(self):
        """Found by a stranger: it was saved without a word, and stood in the catalogue as a model."""
        models = self.env["charter.equipment.model"]
        before = models.search_count([])
        for text, wrong in (
            ("V5.5.80 build 190815", True), ("9.80.3.1", True), ("< V5.7.3", True), ("DS-2CD4A25F", False), ("M16", False),
            ("NVR301-04S2-P4", False), (False, False),
        ):  # fmt: skip
            with self.subTest(text):
                one = self.device(f"Camera {text}", text)
                self.assertEqual(
                    (one.model_is_version, bool(one.catalogue_id)), (wrong, bool(text) and not wrong)
                )
        self.assertEqual(models.search_count([]), before + 3)
        one.model = "V5.5.80 build 190815"
        self.assertTrue(one.model_is_version)

import io
import pathlib
import re
import tarfile
from collections import Counter

from odoo.tests import tagged

from ...demo.story_devices import DEVICES, MODELS
from ..cases.advisories import NOW, AdvisoryCase

ROOT = pathlib.Path(__file__).resolve().parents[3]
ROW = re.compile(r"^\| (affected|look|not affected) \| (\d+) \| (\d+) \|", re.MULTILINE)


@tagged("post_install", "-at_install")
class TestAdvisoryAnswers(AdvisoryCase):
    def test_how_often_each_answer_comes(self):
        """26 real documents against 400 devices of these makers, firmware in turn: the table of the documentation."""
        rows = []
        for number in range(DEVICES):
            _french, english, maker, model, _tag, firmware = MODELS[number % len(MODELS)]
            rows.append(
                {
                    "name": f"{english} {number}", "partner_id": self.client.id, "contract_id": self.contracts[self.client].id,
                    "company_id": self.company.id, "maker": maker, "model": model, "firmware": firmware[number // len(MODELS) % len(firmware)],
                }
            )  # fmt: skip
        with self.at(moment=NOW):
            devices = self.env["charter.equipment"].create(rows)
            with tarfile.open(
                fileobj=io.BytesIO((ROOT / "tests/data/csaf_advisories.tar.xz").read_bytes())
            ) as archive:
                for one in archive:
                    if one.isfile():
                        self.env["charter.advisory"]._import_csaf(archive.extractfile(one).read())
        concerns = devices.sudo().concern_ids
        answers, reached = Counter(concerns.mapped("answer")), {}
        for one in concerns:
            reached.setdefault(one.answer, set()).add(one.equipment_id)
        counted = {(name.replace("_", " "), number, len(reached[name])) for name, number in answers.items()}
        text = (ROOT / "docs/decisions/versions.md").read_text(encoding="utf-8")
        self.assertEqual({(name, int(a), int(d)) for name, a, d in ROW.findall(text)}, counted)

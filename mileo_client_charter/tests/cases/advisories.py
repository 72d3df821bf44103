"""Advisories of the shape authorities publish, and the devices of two clients they are about."""

import io
import json
from datetime import datetime

import openpyxl

from .year import YearCase

NOW = datetime(2026, 10, 5, 8)
VECTOR = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"


def product(number, model, condition, vendor="Hikvision", category="product_version_range"):
    leaf = {
        "category": category,
        "name": condition,
        "product": {"name": f"{model} {condition}", "product_id": f"P{number}"},
    }
    return {
        "category": "vendor",
        "name": vendor,
        "branches": [{"category": "product_name", "name": model, "branches": [leaf]}],
    }


def csaf(
    products,
    version="1",
    revised="2026-10-01T08:00:00Z",
    identifier="ICSA-1",
    cves=("CVE-2026-11111",),
    tlp="WHITE",
    **status,
):
    """A CSAF document of the shape authorities publish; bytes."""
    return json.dumps(
        {
            "document": {
                "category": "csaf_security_advisory", "csaf_version": "2.0", "title": "Hikvision Cameras", "lang": "en",
                "publisher": {"category": "coordinator", "name": "CISA", "namespace": "https://www.cisa.gov/"},
                "distribution": {"tlp": {"label": tlp}}, "notes": [{"category": "summary", "text": "Anybody may log in."}],
                "tracking": {
                    "id": identifier, "status": "final", "version": version, "revision_history": [],
                    "initial_release_date": "2026-10-01T08:00:00Z", "current_release_date": revised,
                },
            },
            "product_tree": {"branches": products},
            "vulnerabilities": [
                {
                    "cve": cve, "product_status": status or {"known_affected": [f"P{n}" for n in range(len(products))]},
                    "scores": [{"cvss_v3": {"vectorString": VECTOR}, "products": ["P0"]}],
                    "remediations": [{"category": "vendor_fix", "details": "Update to V5.7.3.", "product_ids": ["P0"]}],
                }
                for cve in cves
            ],
        }
    ).encode()  # fmt: skip


def sheet(*rows):
    """A workbook of these rows; bytes."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


class AdvisoryCase(YearCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.other, cls.olga, _second = cls._client("Other")
        cls.olga.lang = "fr_FR"
        with cls.at(cls, moment=NOW):
            cls.contracts = {client: cls._contract(client) for client in (cls.client, cls.other)}
            cls.cam = cls._device(cls.client, "Camera 1", "DS-2CD4A25F", "V5.4.0 build 160414")
            cls.updated = cls._device(cls.client, "Camera 2", "DS-2CD4A25F", "V5.7.3 build 220112")
            cls.unread = cls._device(cls.client, "Camera 3", "DS-2CD4025-I", False)
            cls.far = cls._device(cls.other, "Camera 9", "ds-2cd4a25f", "5.3.1")
            cls.dahua = cls._device(cls.other, "Recorder", "NVR4216", "4.0", maker="Dahua")
        cls.document = [product(0, "DS-2CD4xx5 Series", "< V5.7.3 build 220112")]

    @classmethod
    def _device(cls, client, name, model, firmware, maker="Hikvision"):
        return cls.env["charter.equipment"].create(
            {
                "name": name, "partner_id": client.id, "company_id": cls.company.id, "contract_id": cls.contracts[client].id,
                "supervised_from": "2026-01-01", "maker": maker, "model": model, "firmware": firmware,
            }
        )  # fmt: skip

    def imported(self, *args, moment=NOW, **values):
        with self.at(moment=moment):
            advisory = (
                self.env["charter.advisory"]
                .with_user(self.technician)
                ._import_csaf(csaf(*args, **values))
                .sudo(False)
            )
            self.env.flush_all()
        return advisory

    def answers(self, advisory):
        rows = advisory.sudo().concern_ids
        return {row.equipment_id: (row.answer, row.reason, row.state) for row in rows}

    def sent(self, advisory, moment=NOW):
        with self.at(moment=moment):
            action = advisory.with_user(self.manager).with_company(self.company).action_notice()
            notice = self.env["charter.notice"].browse(action["res_id"]).with_user(self.manager)
            notice.action_send()
            self.env.flush_all()
        return notice.sudo()

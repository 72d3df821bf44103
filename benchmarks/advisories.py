"""Which of the installed base 500 conditions of advisories are about, and a folder of advisories taken in."""

import io
import pathlib
import tarfile

from bench import Line, alternate, stopwatch

TITLE = "Advisories"
EXPLANATION = """
{devices:,} pieces of equipment of {models:,} models by ten manufacturers, and one advisory of {conditions} conditions, one in fifty for a family with
wildcards. *Matching*: one statement says which condition is about which devices, then each different pair of condition and firmware is decided once
(`_matches`, `_answers`). *A folder*: the 26 advisories of `tests/data`, 1,412 products, written and matched. Record caches are empty before each run.
"""
MAKERS = (
    "Hikvision", "Dahua", "Honeywell", "Siemens", "Axis", "Bosch", "Uniview", "Johnson Controls", "Mobotix", "Hanwha",
)  # fmt: skip
DATA = pathlib.Path(__file__).parent.parent / "tests" / "data" / "csaf_advisories.tar.xz"


def measure(bench):
    devices, models, conditions = (1_000, 100, 20) if bench.quick else (100_000, 3_000, 500)
    advisory = prepare(bench, devices, models, conditions)
    reached = []

    def matching(samples):
        with bench.transaction() as env, stopwatch(env.cr, samples):
            model = env["charter.advisory"]
            reached.append(len(model._answers(model._matches(model.browse(advisory)))))

    with tarfile.open(fileobj=io.BytesIO(DATA.read_bytes())) as archive:
        documents = [archive.extractfile(one).read() for one in archive.getmembers()]

    def folder(samples):
        with bench.transaction() as env, stopwatch(env.cr, samples):
            for content in documents:
                env["charter.advisory"]._import_csaf(content)
            env.flush_all()

    matched, imported = alternate(bench.runs, matching, folder)
    assert all(reached)
    return EXPLANATION.format(devices=devices, models=models, conditions=conditions), [
        Line(
            f"{conditions} conditions against {devices:,} devices ({reached[0]:,} answers)",
            f"{matched.ms:,.0f} ms, {matched.queries:.0f} SQL",
            goal="≤ 5 SQL, ≤ 2,000 ms",
            met=matched.queries <= 5 and matched.ms <= 2_000,
        ),
        Line(
            "26 advisories with 1,412 products imported",
            f"{imported.ms:,.0f} ms, {imported.queries:.0f} SQL",
            goal="≤ 5,000 ms",
            met=imported.ms <= 5_000,
        ),
    ]


def prepare(bench, devices, models, conditions):
    with bench.transaction(commit=True) as env:
        client = env["res.partner"].create({"name": "Advisories", "is_company": True})
        # What an earlier run left in this database is found again, not made twice.
        env["charter.advisory"].search([("publisher", "=", "Benchmark")]).unlink()
        names = [
            (MAKERS[n % 10], f"DS-2CD40{n:04d}A" if n % 10 == 0 else f"BM{n}-{n % 7}Y") for n in range(models)
        ]
        found = env["charter.equipment.model"]._of(names)
        known = [found[name].id for name in names]
        env.flush_all()
        env.cr.execute(
            """
            INSERT INTO charter_equipment (name, partner_id, company_id, maker, model, firmware, catalogue_id, active)
            SELECT 'Device ' || g, %s, %s, 'x', 'y', 'V' || (1 + g %% 7) || '.' || (g %% 10) || '.' || (g %% 5),
                   (%s::int[])[1 + g %% %s], true
              FROM generate_series(1, %s) g
            """,
            [client.id, env.company.id, known, models, devices],
        )
        advisory = env["charter.advisory"].create(
            {
                "identifier": "BENCH-1", "publisher": "Benchmark", "name": "Many conditions",
                "product_ids": [
                    (0, 0, {
                        "vendor": MAKERS[n % 10], "condition": f"< V{1 + n % 7}.{n % 9}.2",
                        "model": "DS-2CD40xx" if n % 50 == 0 else names[n * 6 % models][1],
                    })
                    for n in range(conditions)
                ],
            }
        )  # fmt: skip
        env.flush_all()
        env.cr.execute(
            "ANALYZE charter_equipment; ANALYZE charter_equipment_alias; ANALYZE charter_advisory_product"
        )
        return advisory.id

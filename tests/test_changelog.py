"""CHANGELOG.md: the version of the manifest has a dated entry, and the news that wait can become one."""

import datetime
import re
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "bin" / "lib"))

import changelog_command  # noqa: E402  (the path above must be set first)

LOG = changelog_command.LOG.read_text(encoding="utf-8")
NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\.(feature|bugfix)\.md")
OLD = "# Changes\n\nAn introduction.\n\n## 2.0 (2026-01-02)\n\nWhat it is.\n\n### What is new\n\n- One.\n\n### What was wrong\n\n- Two.\n"


def faults(name, text):
    """What keeps a fragment from becoming an entry."""
    found = [] if NAME.fullmatch(name) else ["its name is not <topic>.feature.md or <topic>.bugfix.md"]
    if not text.strip().endswith("."):
        found.append("it is no sentence that ends with a full stop")
    if re.search(r"^\s*([-*#] |$)", text.strip(), re.MULTILINE):
        found.append("it is one paragraph, without headings, bullets or empty lines")
    return found


def test_the_manifest_s_version_has_a_dated_entry():
    entries = [(entry["version"], entry["date"]) for entry in changelog_command.ENTRY.finditer(LOG)]
    assert entries[0][0] == changelog_command.version()
    headings = re.findall(r"^## .*$", LOG, re.MULTILINE)
    assert len(entries) == len(headings) >= 3, "an entry without a date"
    days = [datetime.date.fromisoformat(day) for _version, day in entries]
    assert days == sorted(days, reverse=True)
    numbers = [tuple(map(int, version.split("."))) for version, _day in entries]
    assert numbers == sorted(set(numbers), reverse=True)


def test_fragments_are_well_formed():
    found = {
        path.name: faults(path.name, path.read_text(encoding="utf-8"))
        for path in changelog_command.fragments()
    }
    assert {name: problems for name, problems in found.items() if problems} == {}


def test_faults_are_found():
    assert faults("words.feature.md", "One word\nfor each thing.\n") == []
    for name, text in (
        ("words.md", "A sentence."), ("Words.feature.md", "A sentence."), ("words.removal.md", "A sentence."),
        ("words.feature.md", "No sentence"), ("words.feature.md", "- A bullet."), ("words.feature.md", "Two.\n\nParts."),
    ):  # fmt: skip
        assert len(faults(name, text)) == 1, (name, text)


def test_towncrier_reads_both_kinds(tmp_path, monkeypatch):
    folder = tmp_path / "mileo_client_charter" / "readme" / "newsfragments"
    folder.mkdir(parents=True)
    (folder / "words.feature.md").write_text("One word\nfor each thing.\n")
    (folder / "late.bugfix.md").write_text("Late stays late.\n")
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    template = tmp_path / "bin" / "lib" / "changelog.md.jinja"
    template.parent.mkdir(parents=True)
    template.write_text((ROOT / "bin" / "lib" / template.name).read_text(encoding="utf-8"))
    monkeypatch.setattr(changelog_command, "ROOT", tmp_path)
    news = changelog_command.sections(changelog_command.rendered("2.0", "2026-01-03"))
    assert news == {"What is new": ["- One word for each thing."], "What was wrong": ["- Late stays late."]}


def test_news_go_into_the_entry_there_is_or_into_a_new_one():
    news = {"What is new": ["- Three."], "What was wrong": ["- Four."]}
    same = changelog_command.merged(OLD, "2.0", "2026-01-03", news)
    assert same == OLD.replace("01-02", "01-03").replace("- One.", "- One.\n- Three.").replace(
        "- Two.", "- Two.\n- Four."
    )
    fresh = changelog_command.merged(OLD, "2.1", "2026-01-03", {"What is new": ["- Three."]})
    assert fresh == OLD.replace("## 2.0", "## 2.1 (2026-01-03)\n\n### What is new\n\n- Three.\n\n## 2.0")

"""Authority never rests on a context key that a remote call can send.

Every reading of the context in the sources either compares with an object of this process (``is MARK``), which nothing
outside it can send, or stands in ``HARMLESS`` with why it opens no right.
"""

import ast
import pathlib

import pytest

ROOT = pathlib.Path(__file__).parent.parent
SOURCES = sorted(
    path
    for folder in (*ROOT.glob("mileo_client_charter*"), *(ROOT / "examples").iterdir())
    for path in folder.rglob("*.py")
    if not {"tests", "migrations", "demo"} & set(path.relative_to(folder).parts)
)
# {key: why anybody may send it}
HARMLESS = {
    "active_test": "part of the key by which a page's statement is found again: searching itself reads it, and opens nothing by it",
    "tz": "in which zone moments are shown, as everywhere in Odoo; deadlines are counted in the company's",
    "import_file": (
        "chooses between steps the caller may take anyway: closing at once what a spreadsheet brings as resolved, the source "
        "“import” of an outage, and, of operations managers alone, what was reported before the charter began"
    ),
    "charter_concerns": "which rows of an advisory the figure that was clicked opens, of those its user may read anyway",
    "default_recurrence": "which events of a series core's dialogue deletes: whether core's own email goes out beside ours",
    "charter_report_tz": "in which zone a report shows moments, set by its own rendering",
    "self.env.context.items": "every default a form is opened with, each a row its user has to be able to read (models/base/base.py)",
    "charter_offline": "no script and no network when printing",
    "install_module": "data of an addon that is loaded: what it adds to a published charter goes to a draft of whoever may make one",
    "charter_publish_older": "a choice of whoever may publish: articles older in one language are published all the same",
    "charter_authentication": "what a gateway said of a mail; without it the mail counts as it does with a pass",
    "name": "the few keys a feeding user may send, by name (charter_intervention_machine.CONTEXT)",
    "charter_words_stored": "a kept sentence as its term and values in place of its words, to who may read it anyway",
    "charter_message_extras": "counts as an object of this process alone (client_document.Extras), which no remote call can send",
    "bin_size": "the length of a file in place of its content, as everywhere in Odoo",
    "charter_fetch": "which columns a search brings along",
    "active_model": "proposes the records a wizard was opened on; it reads and writes them with the user's rights",
    "active_ids": "the same",
    "mail_activity_automation_skip": "no activities while it is there, as core's own activity_schedule; the mails go all the same",
    "charter_calendar_answers": "counts only as an object of this process (charter_review_reply.Answered), which no call can send",
    "queue_job__no_delay": "the scheduled action does its work itself rather than as jobs; queue_job's own key",
}


COPIES = ("dict", "frozendict", "clean_context")


def _is_context(node, names=("context",)):
    """``….context`` of an environment, a name for it, or what was copied or put together from it."""
    if isinstance(node, ast.Attribute):
        return node.attr in ("context", "_context")
    if isinstance(node, ast.Name):
        return node.id in names
    if isinstance(node, ast.NamedExpr):
        return _is_context(node.value, names)
    if isinstance(node, ast.Dict):
        return any(
            key is None and _is_context(one, names) for key, one in zip(node.keys, node.values, strict=True)
        )
    if isinstance(node, ast.BinOp):
        return _is_context(node.left, names) or _is_context(node.right, names)
    if isinstance(node, ast.Call):
        copied = (
            isinstance(node.func, ast.Attribute)
            and node.func.attr == "copy"
            and _is_context(node.func.value, names)
        )
        return copied or any(_is_context(one, names) for one in node.args if _ends_with(node.func, COPIES))
    return False


def _ends_with(function, names):
    return getattr(function, "attr", getattr(function, "id", None)) in names


def _names_of_contexts(tree):
    """Names a file gives to a context, whatever they are: ``ctx = dict(self.env.context)``."""
    names = {"context"}
    while True:
        found = {
            target.id
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign | ast.NamedExpr | ast.AnnAssign)
            and node.value
            and _is_context(node.value, names)
            for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
            if isinstance(target, ast.Name)
        }
        if found <= names:
            return names
        names |= found


def _marks(trees):
    """Names bound to an object of this process, ``object()`` or one of a class of that file: nothing from outside is one of them."""
    return {
        target.id
        for tree in trees
        for node in tree.body
        if isinstance(node, ast.Assign)
        and ast.unparse(node.value)
        in {"object()", *(f"{one.name}()" for one in tree.body if isinstance(one, ast.ClassDef))}
        for target in node.targets
    }


def _name(node):
    """The key that is read: its text, or the name of what stands for it."""
    if isinstance(node, ast.Constant):
        return node.value
    return ast.unparse(node)


def _readings(tree, marks):
    """(line, key, whether it is compared with one of ``marks``) of every reading of the context."""
    names = _names_of_contexts(tree)
    compared = {
        id(node.left)
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare)
        and isinstance(node.ops[0], ast.Is | ast.IsNot)
        and _ends_with(node.comparators[0], marks)
    }
    for node in ast.walk(tree):
        key = None
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and _is_context(node.func.value, names)
        ):
            if node.func.attr in ("get", "pop", "setdefault"):
                key = node.args[0]
            elif node.func.attr in ("items", "keys", "values"):
                key = node.func
        elif (
            isinstance(node, ast.Subscript)
            and _is_context(node.value, names)
            and isinstance(node.ctx, ast.Load)
        ):
            key = node.slice
        elif isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In | ast.NotIn):
            if _is_context(node.comparators[0], names):
                key = node.left
        if key is not None:
            yield node.lineno, _name(key), id(node) in compared


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('if self.env.context.get("key"): pass', [("key", False)]),
        ('if self.env.context.get("key") is MARK: pass', [("key", True)]),
        ('if self.env.context.get("key") is None: pass', [("key", False)]),
        ('tz = env.context["tz"]', [("tz", False)]),
        ('if "key" not in records.env.context: pass', [("key", False)]),
        ("context = self.env.context\nif context.get(NAME): pass", [("NAME", False)]),
        ('self.with_context(key=True).env["model"]', []),
        ('if self.env.context.get("key") is FLAG: pass', [("key", False)]),
        ('ctx = dict(self.env.context)\nallowed = ctx["key"]', [("key", False)]),
        (
            'if (asked := {**self.env.context, "a": 1}).get("key"): pass\nasked["b"]',
            [("key", False), ("b", False)],
        ),
        ('if (self.env.context | {"a": 1}).get("key"): pass', [("key", False)]),
        ('if self._context.copy().get("key"): pass', [("key", False)]),
    ],
)
def test_readings_are_found(source, found):
    assert {(key, compared) for _line, key, compared in _readings(ast.parse(source), {"MARK"})} == set(found)


def test_no_right_rests_on_a_key_that_can_be_sent():
    trees = {path: ast.parse(path.read_text()) for path in SOURCES}
    marks = _marks(trees.values())
    readings = [
        (f"{path.relative_to(ROOT)}:{line}", key, compared)
        for path, tree in trees.items()
        for line, key, compared in _readings(tree, marks)
    ]
    assert sum(compared for _where, _key, compared in readings) >= 4
    bare = [(where, key) for where, key, compared in readings if not compared]
    unknown = [(where, key) for where, key in bare if key not in HARMLESS]
    assert not unknown, "compare with an object of this process, or say in HARMLESS why it opens no right"
    assert HARMLESS.keys() <= {key for _where, key in bare}, (
        "no longer read anywhere: take it out of the list"
    )

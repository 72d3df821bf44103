"""The floor plan of the addon: packages in order of dependence, each leaning on those before it only."""

import ast
import functools
import re
import sys
from pathlib import Path

from tools import codes, occurrence

ADDON = Path(occurrence.__file__).parents[1]
sys.path.insert(0, str(ADDON.parent / "bin" / "lib"))

import house_map  # noqa: E402  (the path above must be set first)

MODELS = ADDON / "models"
ORDER = (
    "base",
    "charter",
    "ledger",
    "people",
    "delivery",
    "work",
    "feedback",
    "report",
    "renewal",
    "overview",
    "onboarding",
    "privacy",
)


@functools.cache
def parsed(path):
    """The tree of a Python file, read once for all tests: nobody changes it."""
    return ast.parse(path.read_text(encoding="utf-8"))


def sources():
    """(package, path, tree) of every file of models/."""
    for path in sorted(MODELS.glob("*/*.py")):
        yield path.parent.name, path, parsed(path)


def homes():
    """{model: package that defines it}, as the map draws it."""
    return house_map.homes([(package, tree) for package, _path, tree in sources()])


def test_every_file_has_a_package():
    flat = sorted(path.name for path in MODELS.glob("*.py") if path.name != "__init__.py")
    assert not flat, f"models/ has packages only: put {flat} into one of {ORDER}"
    assert {path.parent.name for path in MODELS.glob("*/__init__.py")} == set(ORDER)


def test_every_file_says_what_has_its_home_there():
    """Whoever looks for the home of a rule reads it in the first line of a file; ``bin/map`` looks there too."""
    silent = [
        str(path.relative_to(MODELS)) for _package, path, tree in sources()
        if path.name != "__init__.py" and not ast.get_docstring(tree)
    ]  # fmt: skip
    assert not silent, f"Begin these with a line that says which rule is decided there: {silent}"


def test_packages_are_loaded_in_order():
    tree = ast.parse((MODELS / "__init__.py").read_text(encoding="utf-8"))
    loaded = [alias.name for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names]
    assert loaded == list(ORDER)


def test_imports_point_down():
    found = []
    for package, path, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.level == 2 and node.module:
                other = node.module.split(".")[0]
                if other in ORDER and ORDER.index(other) >= ORDER.index(package):
                    found.append(f"{path.relative_to(MODELS)}:{node.lineno} imports {node.module}")
    assert not found, f"A package imports from those before it in {ORDER}: {found}"


# A table in a statement of SQL.
TABLE = re.compile(r"\b(?:FROM|JOIN|UPDATE|INTO)\s+(charter_\w+)")


def test_names_of_models_point_down():
    """A model of a later package, and its table, are reached through a hook that the later package overrides."""
    home, found = homes(), []
    tables = {model.replace(".", "_"): package for model, package in home.items()}
    for package, path, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                named = {known[node.value] for known in (home, tables) if node.value in known}
                named |= {tables[table] for table in TABLE.findall(node.value) if table in tables}
                if any(ORDER.index(other) > ORDER.index(package) for other in named):
                    found.append(f"{path.relative_to(MODELS)}:{node.lineno}")
    assert not found, (
        f"Offer a hook in the lower package and override it in the one that knows the model, or move the code there: {found}"
    )


def test_rules_are_beside_their_model():
    """A rule of security/ is in the folder of the package that defines its model; one of another addon's model is where it is."""
    folders = {model.replace(".", "_"): package for model, package in homes().items()}
    found, seen = [], 0
    for path in sorted((ADDON / "security").glob("*/*.xml")):
        for model in re.findall(r'name="model_id" ref="model_(\w+)"', path.read_text(encoding="utf-8")):
            seen += 1
            if folders[model] != path.parent.name:
                found.append(f"{path.relative_to(ADDON)}: {model} is of {folders[model]}")
    assert seen >= 60, seen
    assert not found, f"Move these: {found}"


# -- files ----------------------------------------------------------------------------------------

# A model in so many files of a package at most; a file of so many lines at most, so that it holds one idea.
FILES_OF_A_MODEL, LINES = 7, 490
# Of what once lay in ten.
FEWER_FILES = {"charter.report": 6}


def defined(tree):
    """(model, whether it is core's or another addon's) of each class of models in ``tree``."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            said = {
                part.targets[0].id: ast.literal_eval(part.value)
                for part in node.body
                if isinstance(part, ast.Assign)
                and getattr(part.targets[0], "id", "") in ("_name", "_inherit")
            }
            model = said.get("_name") or said.get("_inherit")
            if isinstance(model, str):
                yield model, not model.startswith("charter.")


def test_a_foreign_model_has_one_file_in_a_package():
    """What we add to a model that is not ours is in one file of each package, named after the model; settings are in one."""
    found, seen, places = [], 0, {}
    for package, path, tree in sources():
        for model, foreign in defined(tree):
            seen += foreign
            if foreign:
                places.setdefault((package, model), set()).add(path.name)
            if foreign and not model.replace(".", "_").startswith(path.stem):
                found.append(f"{path.relative_to(MODELS)}: {model}")
    assert seen >= 40, seen
    assert not found, f"Name the file after the model: {found}"
    several = {key: names for key, names in places.items() if len(names) > 1}
    assert not several, f"Put it into one file: {several}"
    settings = [path for _package, path, tree in sources() if "res.config.settings" in dict(defined(tree))]
    assert len(settings) == 1, settings


def test_a_model_has_few_files_in_a_package():
    """One file for one aspect that changes together: what only changes with its neighbour belongs into it."""
    files = {}
    for package, path, tree in sources():
        for model in {model for model, _foreign in defined(tree)}:
            files.setdefault((package, model), []).append(path.name)
    many = {
        key: names for key, names in files.items() if len(names) > FEWER_FILES.get(key[1], FILES_OF_A_MODEL)
    }
    assert not many, many


def test_files_are_short():
    long = {}
    for _package, path, _tree in sources():
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > LINES:
            long[path.relative_to(MODELS).as_posix()] = lines
    assert not long, f"Move one of its ideas into a file of its own: {long}"


# Functions of more lines of code than this, and how many there are: fewer, never more. A statement of SQL and a docstring do not
# count: they are read as one.
FUNCTION_LINES, LONG_FUNCTIONS = 40, 34


def code_lines(function):
    """Number of the lines of a function without those of its texts of several lines."""
    texts = {
        line
        for node in ast.walk(function)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.end_lineno > node.lineno
        for line in range(node.lineno, node.end_lineno + 1)
    }
    return function.end_lineno - function.lineno + 1 - len(texts)


def test_functions_are_short():
    """A function that holds two ideas is two functions: what is checked and what is written, one part of a page each."""
    lines = {f"{path} {function.name}": code_lines(function) for path, function in functions()}
    long = sorted((name for name, count in lines.items() if count > FUNCTION_LINES), key=lines.get)
    assert max(lines.values()) < 60, long[-1]
    assert len(long) <= LONG_FUNCTIONS, (
        f"{len(long)} have more than {FUNCTION_LINES} lines, {LONG_FUNCTIONS} had: {long}"
    )


# -- long jobs ------------------------------------------------------------------------------------

BATCHES = "mileo_client_charter/models/base/charter_batches.py"
HELPERS = {"run_batches", "run_isolated", "one_by_one", "run"}
# What catches an error of a savepoint, or any error at all, without run_isolated: where, and why it is no queue.
BY_HAND = {
    ("mileo_client_charter/models/base/door.py", "_post"): "one request; the answer says what was refused",
    (
        "mileo_client_charter/models/base/ir_cron.py",
        "_charter_hold_trigger",
    ): "one lock, whose conflict is an answer",
    (
        "mileo_client_charter/models/onboarding/charter_onboarding_line.py",
        "rehearse",
    ): "taken back on purpose",
    (
        "mileo_client_charter/models/work/charter_intervention_mixin.py",
        "_charter_concerned",
    ): "only reads; fed later",
}


def product():
    """(path from the root, tree) of every Python file that runs in Odoo, tests and demo aside."""
    root = ADDON.parent
    for folder in (*root.glob("mileo_client_charter*"), *root.glob("examples/*")):
        for path in sorted(folder.rglob("*.py")):
            inside = path.relative_to(folder).parts
            if not {"tests", "demo", "migrations"} & set(inside):
                yield path.relative_to(root).as_posix(), parsed(path)


def called(node):
    """Names of the functions and methods called anywhere in ``node``."""
    for call in ast.walk(node):
        if isinstance(call, ast.Call):
            yield getattr(call.func, "attr", getattr(call.func, "id", ""))


def functions():
    for path, tree in product():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                yield path, node


def own_nodes(function):
    """The nodes of ``function``, without those of functions within it."""
    waiting = list(function.body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.Lambda)):
            waiting.extend(ast.iter_child_nodes(node))


def swallows(handler):
    return not any(isinstance(node, ast.Raise) for node in ast.walk(handler))


def is_everything(handler):
    return handler.type is None or getattr(handler.type, "id", "") in ("Exception", "BaseException")


def test_batches_are_committed_in_one_place():
    found = sorted({path for path, tree in product() if "_commit_progress" in called(tree)})
    assert found == [BATCHES], f"End a batch with run_batches, a Queue, or end_batch of {BATCHES}: {found}"


def test_rows_are_isolated_in_one_place():
    """No savepoint whose error is noted by hand, and no error of any kind that is swallowed, but by run_isolated."""
    found = set()
    for path, function in functions():
        for node in own_nodes(function):
            if isinstance(node, ast.Try):
                savepoint = any("savepoint" in called(part) for part in node.body)
                for handler in node.handlers:
                    if swallows(handler) and (savepoint or is_everything(handler)):
                        found.add((path, function.name))
    found -= {(BATCHES, "run_isolated"), (BATCHES, "_say_alone")}
    assert found == set(BY_HAND), f"Use run_isolated of {BATCHES}: {sorted(found ^ set(BY_HAND))}"


def test_scheduled_actions_loop_through_the_helpers():
    """A loop of a scheduled action goes through rows in batches or one by one: what fails for one holds up no other."""
    crons, found = [], []
    for path, function in functions():
        if function.name.startswith("_cron_"):
            crons.append(function.name)
            for node in own_nodes(function):
                if isinstance(node, (ast.For, ast.While)) and not HELPERS & set(called(node)):
                    found.append(f"{path}:{node.lineno}")
    assert len(set(crons)) >= 10, crons
    assert not found, f"{HELPERS} of {BATCHES} are for this: {found}"


# -- locks ----------------------------------------------------------------------------------------

# Who may lock rows by itself: the helpers, and what is no step on a document of ours.
LOCKS = {
    "mileo_client_charter/models/base/charter_lock.py": "the helpers",
    "mileo_client_charter/models/base/charter_engine.py": "_charter_locked: every step a person takes",
    "mileo_client_charter/models/feedback/charter_escalation_doors.py": "the client's row: two clicks are one complaint",
    "mileo_client_charter/models/people/charter_group_access.py": "the subsidiary's row: one access a reader",
    "mileo_client_charter/models/people/charter_mail_choice.py": "the client's row: two who leave at once do not both leave it to the other",
    "mileo_client_charter/models/work/charter_intervention_reported.py": "the client's row: two clicks are one incident",
    "mileo_client_charter/wizards/charter_equipment_import.py": "the import's own row: two tabs do not write the same part",
}
# Set-based work takes what is free in the statement that does it.
LOCKS_IN_SQL = {
    "mileo_client_charter/models/base/charter_lock.py",
    "mileo_client_charter/models/base/charter_sealed.py",
    "mileo_client_charter/models/delivery/charter_delivery_run.py",
    # A mail with its message, by one process alone.
    "mileo_client_charter/models/delivery/mail_mail.py",
    "mileo_client_charter/models/ledger/charter_obligation_alert.py",
    "mileo_client_charter/models/ledger/charter_obligation_clock.py",
}


def test_rows_are_locked_in_one_way():
    """A step locks with ``_charter_locked`` or ``_charter_step``, a job takes what is free with ``lock_free``."""
    found, in_sql = set(), set()
    for path, tree in product():
        if {"lock", "lock_for_update", "try_lock_for_update"} & set(called(tree)):
            found.add(path)
        if any(
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and re.search(r"\bFOR (NO KEY )?UPDATE\b", node.value)
            for node in ast.walk(tree)
        ):
            in_sql.add(path)
    assert found == set(LOCKS), sorted(found ^ set(LOCKS))
    assert in_sql == LOCKS_IN_SQL, sorted(in_sql ^ LOCKS_IN_SQL)


# -- figures --------------------------------------------------------------------------------------

# Where a part of a hundred is computed: the one rounding of what is shown, and what Odoo averages and shows by itself.
HUNDREDTHS = {
    "mileo_client_charter/tools/figures.py": "percent: every rate",
    "mileo_client_charter/tools/nps.py": "nps: every score that is summed up in Python",
    "mileo_client_charter/models/feedback/charter_nps.py": "the standing of a client, in SQL",
    "mileo_client_charter/models/feedback/charter_nps_answer.py": "100, 0 or -100 an answer, averaged by Odoo",
    "mileo_client_charter/models/overview/charter_scorecard.py": "100 or 0 a promise, averaged by Odoo",
    "mileo_client_charter/models/report/charter_intervention_analysis.py": "100 or 0 a promise, averaged by Odoo",
    "mileo_client_charter/models/report/charter_report_progress.py": "a bar, full only when all is done",
}
SQL_HUNDREDTHS = re.compile(r"\b100(\.0)? \*")


def test_rates_are_rounded_in_one_place():
    """Counts are compared as counts; what is shown is ``percent_text``, ``percent`` or ``nps``."""
    found = set()
    for path, tree in product():
        for node in ast.walk(tree):
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
                if any(getattr(side, "value", None) in (100, 100.0) for side in (node.left, node.right)):
                    found.add(path)
            elif (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and SQL_HUNDREDTHS.search(node.value)
            ):
                found.add(path)
    found.discard("mileo_client_charter/tools/clock.py")  # a hundred fortnights
    assert found == set(HUNDREDTHS), f"Use models/base/charter_format.py: {sorted(found ^ set(HUNDREDTHS))}"


# -- past due -------------------------------------------------------------------------------------

# A due moment is held against the present by `is_past_due`, `over_sql`, `over_domain` and what is made of them.
PAST_DUE = {
    "mileo_client_charter/tools/past_due.py": "of a moment",
    "mileo_client_charter/models/ledger/charter_past_due.py": "of the ledger, as SQL and as a domain",
}
NOW = r"(\w+\.)*_?\w*now\b"
AGAINST_NOW = re.compile(
    rf"""due_at["']?\s*(,\s*["'])?[<>]=?["']?,?\s*({NOW}(\(\))?(?!\S*\s*[-+])|%\(now\)s|%s)|{NOW}(\(\))?\s*[<>]=?\s*[\w.]*due_at"""
)


def test_past_due_is_decided_in_one_place():
    """At its due moment a commitment is in time; six readings said it was late already, the clock and six others not."""
    found = {
        path
        for path, _tree in product()
        if AGAINST_NOW.search((house_map.ROOT / path).read_text(encoding="utf-8"))
    }
    assert found == set(PAST_DUE), (
        f"Use tools/past_due.py, or over_sql and over_domain of the ledger: {sorted(found ^ set(PAST_DUE))}"
    )


def test_what_is_held_against_the_present_is_found():
    for text in (
        "row.due_at <= now", "promise.due_at < self._charter_now()", '("due_at", "<", now)', 'Domain("due_at", ">=", now)',
        '["due_at", "<=", fields.Datetime.now()]', "state = 'open' AND due_at < %(now)s", "row.due_at < %s", "now > row.due_at",
        "self._charter_now() >= promise.due_at",
    ):  # fmt: skip
        assert AGAINST_NOW.search(text), text
    for text in (
        "row.due_at <= soon",
        "is_past_due(row.due_at, now)",
        '("due_at", ">=", since)',
        "done_at <= self.due_at",
    ):
        assert not AGAINST_NOW.search(text), text


# -- low ratings ----------------------------------------------------------------------------------

AGAINST_THRESHOLD = re.compile(r"rating\b[^=\n,]{0,12}<=?\s*[\w.]*threshold|threshold\s*>=?\s*[\w.]*rating")


def test_a_low_rating_is_decided_in_one_place():
    """What is stored is read (``negative``); who has a rating and a threshold in hand asks ``is_low``."""
    found = {
        path: AGAINST_THRESHOLD.findall((house_map.ROOT / path).read_text(encoding="utf-8"))
        for path, _tree in product()
    }
    found = {path: len(times) for path, times in found.items() if times}
    assert found == {"mileo_client_charter/models/feedback/charter_feedback_answer.py": 1}, (
        f"Use is_low: {found}"
    )


# -- days and hours -------------------------------------------------------------------------------

WORDS_OF_TIME = {"format_date", "format_datetime", "format_time", "strftime"}
SHOWN_BY = {
    "mileo_client_charter/models/base/charter_format.py": "day_text and moment_text",
    "mileo_client_charter/wizards/base_import.py": "an example in the form in which a file writes dates",
}


def test_days_and_hours_are_shown_in_one_way():
    found = {path for path, tree in product() if WORDS_OF_TIME & set(called(tree))}
    assert found == set(SHOWN_BY), f"Use models/base/charter_format.py: {sorted(found ^ set(SHOWN_BY))}"


# -- time zones -----------------------------------------------------------------------------------

# One library, the one core's calendars take; everybody else converts with to_local, to_utc, in_zone and from_zone.
ZONES = {
    "mileo_client_charter/tools/clock.py": "the four conversions",
    "mileo_client_charter/models/base/resource_calendar.py": "core's calendars take zones of pytz",
}


def test_time_zones_are_converted_in_one_place():
    found = set()
    for path, tree in product():
        for node in ast.walk(tree):
            names = ()
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            if any(name.split(".")[0] in ("pytz", "zoneinfo") or name == "dateutil.tz" for name in names) or (
                isinstance(node, ast.Attribute)
                and node.attr in ("astimezone", "utcfromtimestamp", "localize")
            ):
                found.add(path)
    assert found == set(ZONES), f"Use tools/clock.py: {sorted(found ^ set(ZONES))}"


# -- states ---------------------------------------------------------------------------------------

# States of other addons' models that ours are compared with.
STATES_OF_OTHERS = {"1_canceled": "a task of project", "exception": "a mail"}


def test_a_state_that_is_compared_exists():
    """A value that ``state`` is compared with is one of some selection: a slip of the keyboard is never true."""
    values, seen, strange = set(STATES_OF_OTHERS), 0, []
    for _path, tree in product():
        for node in ast.walk(tree):
            if isinstance(node, (ast.List, ast.Tuple)):
                pairs = [part for part in node.elts if isinstance(part, ast.Tuple) and len(part.elts) == 2]
                values |= {getattr(pair.elts[0], "value", None) for pair in pairs}
    for path, tree in product():
        for node in ast.walk(tree):
            if isinstance(node, ast.Compare) and getattr(node.left, "attr", "") == "state":
                for part in (part for side in node.comparators for part in ast.walk(side)):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        seen += 1
                        if part.value not in values:
                            strange.append(f"{path}:{node.lineno} {part.value}")
    assert seen >= 200, seen
    assert not strange, f"No such state: {strange}"


# -- SQL ------------------------------------------------------------------------------------------

EXECUTE = {"execute", "execute_query", "execute_query_dict", "charter_through", "engine_sql"}
# What is executed as a text with parameters beside it, and why.
SQL_BY_HAND = {
    "mileo_client_charter/models/base/charter_engine.py": "the door passes on what it is given",
    "mileo_client_charter/models/ledger/charter_obligation_opening.py": "the INSERT of the ledger: arrays in its columns' order",
}
PLACEHOLDER = re.compile(r"%%|%s")


def positional(text):
    return sum(found == "%s" for found in PLACEHOLDER.findall(text))


def test_sql_has_named_parameters():
    """Parameters go through ``SQL()``; where there is more than one, each has a name."""
    found, seen = [], 0
    for path, tree in product():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name == "SQL":
                seen += 1
                texts = [part.value for part in ast.walk(node.args[0]) if isinstance(part, ast.Constant)]
                if sum(positional(text) for text in texts if isinstance(text, str)) > 1:
                    found.append(f"{path}:{node.lineno} name its parameters")
            elif name in EXECUTE and path not in SQL_BY_HAND:
                text = node.args[1 if name in ("charter_through", "engine_sql") else 0]
                if isinstance(text, (ast.JoinedStr, ast.BinOp)):
                    found.append(f"{path}:{node.lineno} is put together as text")
                elif isinstance(text, ast.Constant) and positional(text.value):
                    found.append(f"{path}:{node.lineno} has parameters outside SQL()")
    assert seen >= 250, seen
    assert not found, found


STATEMENT = re.compile(r"\b(SELECT|UPDATE|DELETE|JOIN)\b")
SHORT = re.compile(
    r"\b(?:FROM|JOIN|UPDATE|USING)\s+(?:ONLY\s+|LATERAL\s+)?(?:[a-z_][\w.]*(?:\([^()]*\))?|%\(\w+\)s|%s)\s+(?:AS\s+)?([a-z]{1,2})\b(?!\s*\()"
    r"|\)\s+AS\s+([a-z]{1,2})\b(?=\s*\()"
)
NO_ALIAS = {"as", "on", "in", "is", "or", "by"}


def test_sql_has_aliases_that_are_words():
    """An alias says what its rows are: ``promise.due_at``, not ``o.due_at``."""
    found = []
    for path, tree in product():
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and STATEMENT.search(node.value)
            ):
                short = {one or other for one, other in SHORT.findall(node.value)} - NO_ALIAS
                found += [f"{path}:{node.lineno} {alias}" for alias in sorted(short)]
    assert not found, f"Spell them out: {found}"


# -- one spelling ---------------------------------------------------------------------------------

# What is spelled once, where, and what else it must not be found in: SQL of any alias, and domains.
SPELLINGS = {
    "still owed": (
        re.compile(
            r"done_at IS NULL\s+AND\s+(\w+\.|\{row\})?state (IN|=) "
            r"|state (IN \('open', 'late'\)|= 'late')\s+AND (\w+\.|\{row\})?done_at IS NULL"
        ),
        {"mileo_client_charter/models/ledger/charter_past_due.py"},
    ),
    "who holds a role": (
        re.compile(r"kind = 'stand_in'\)? (DESC|ASC)", re.IGNORECASE),
        {"mileo_client_charter/models/people/charter_assignment.py"},
    ),
    "a renewal that is over or undecided": (
        re.compile(r"\('(passed', ')?renewed', 'closed'\)"),
        set(),
    ),
}


def test_states_are_spelled_once():
    """SQL takes owed_sql, late_owed_sql and the tuples of charter_renewal.py."""
    for what, (pattern, homes_of_it) in SPELLINGS.items():
        found = {
            path
            for path, tree in product()
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and pattern.search(node.value)
        }
        assert found == homes_of_it, f"{what}: {sorted(found ^ homes_of_it)}"
    tuples = {"OWED_STATES": ("open", "late"), "UNDECIDED": ("open", "interview", "remediation"),
              "CLOSED": ("renewed", "closed"), "SETTLED": ("passed", "renewed", "closed")}  # fmt: skip
    again = []
    for path, tree in product():
        for node in ast.walk(tree):
            if isinstance(node, (ast.Tuple, ast.List, ast.Set)):
                values = tuple(getattr(part, "value", None) for part in node.elts)
                again += [(path, node.lineno, name) for name, states in tuples.items() if values == states]
    allowed = {
        "mileo_client_charter/models/ledger/charter_obligation.py",
        "mileo_client_charter/models/renewal/charter_renewal.py",
    }
    assert not [one for one in again if one[0] not in allowed], again


# -- occurrence keys ------------------------------------------------------------------------------

# Where a key is written and read, and what cuts texts that are no keys.
KEYS = {
    "mileo_client_charter/tools/occurrence.py": "keys",
    "mileo_client_charter/tools/periods.py": "the key of a period",
    "mileo_client_charter/tools/csaf.py": "no keys: how an advisory names things",
    "mileo_client_charter/tools/versions.py": "no keys: versions of products",
}
CUT = {"split", "rsplit", "partition", "rpartition", "startswith", "endswith"}
SIGNS = {"#", "~", "+", "-", "Q", "-Q"}
SQL_CUT = re.compile(r"split_part\([^)]*occurrence|occurrence\w* (LIKE|~) |occurrence \|\||'[#~]'")


def test_occurrence_keys_are_taken_apart_in_one_place():
    """A key is written with format_key, read with parse_key, and cut in SQL by event_sql and subject_sql."""
    found = []
    for path, tree in product():
        if path in KEYS:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in CUT and node.args:
                if getattr(node.args[0], "value", None) in SIGNS:
                    found.append(f"{path}:{node.lineno}")
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                if SQL_CUT.search(node.value) or node.value in ("#", "~"):
                    found.append(f"{path}:{node.lineno}")
    assert not found, f"Use tools/occurrence.py: {found}"


# -- codes of commitments -------------------------------------------------------------------------

OPENERS = {"_charter_open", "_charter_open_or_explain", "_charter_fulfil", "_charter_cancel", "_charter_owed",
           "_start_clock", "_commitment"}  # fmt: skip


def known_codes():
    """The codes of the charter's data, of our addons and of the examples: (code, file)."""
    found, root = set(), ADDON.parent
    for path in (*root.glob("mileo_client_charter*/data/**/*.xml"), *root.glob("examples/*/data/**/*.xml")):
        found |= set(
            re.findall(
                r'<field name="code">([a-z]+(?:\.[a-z0-9]+)+)</field>', path.read_text(encoding="utf-8")
            )
        )
    return found


def test_codes_are_those_of_the_charter():
    """A code in a call or a comparison is one of tools/codes.py, or of a charter some data of ours brings."""
    assert set(codes.CODES) == {
        value for name, value in vars(codes).items() if name.isupper() and name != "CODES"
    }
    assert set(codes.CODES) <= known_codes(), "the charter that is shipped has them all"
    named = {name for name in vars(codes) if name.isupper()}
    allowed, seen, strange = set(codes.CODES) | known_codes(), 0, []
    for path, tree in product():
        for node in ast.walk(tree):
            quoted = []
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in OPENERS and node.args:
                quoted = [node.args[0]]
            elif isinstance(node, ast.Compare) and getattr(node.left, "attr", "") == "code":
                quoted = [part for side in node.comparators for part in ast.walk(side)]
            elif isinstance(node, ast.Tuple) and len(node.elts) == 3:
                field, operator, value = node.elts
                if getattr(field, "value", "") == "code" and getattr(operator, "value", "") in (
                    "=",
                    "!=",
                    "in",
                    "not in",
                ):
                    quoted = list(ast.walk(value))
            for part in quoted:
                seen += isinstance(part, ast.Name) and part.id in named
                if isinstance(part, ast.Constant) and isinstance(part.value, str) and "." in part.value:
                    seen += 1
                    if part.value not in allowed:
                        strange.append(f"{path}:{node.lineno} {part.value}")
    assert seen >= 40, seen
    assert not strange, f"No such commitment: {strange}"


def test_codes_are_not_spelled_out():
    """SQL aside, a commitment of the source document is named by its constant, so that a slip of the keyboard is an error."""
    bare = [
        f"{path}:{node.lineno}"
        for path, tree in product()
        if path != "mileo_client_charter/tools/codes.py" and not path.startswith("examples/")
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and node.value in codes.CODES
    ]
    assert not bare, f"Import it from tools/codes.py: {bare}"


# -- links to promises ----------------------------------------------------------------------------

# A document owes (``obligation_ids``) or keeps (``obligation_id``): fields that lead to the ledger, and how many.
LINKS = {
    "mileo_client_charter/models/ledger/charter_obligation_mixin.py": 2,
    # No documents: a row of this reading is a promise, and this form acts on one.
    "mileo_client_charter/models/overview/charter_scorecard.py": 1,
    "mileo_client_charter/wizards/charter_obligation_wizard.py": 1,
}
RELATIONS = {"Many2one", "One2many", "Many2many"}
KEY_OF_A_PROMISE = {"code", "occurrence", "is_owed"}


def leads_to_the_ledger(node):
    """Whether a call defines a field whose records are promises."""
    if getattr(node.func, "attr", "") not in RELATIONS:
        return False
    model = [*node.args[:1], *(one.value for one in node.keywords if one.arg == "comodel_name")]
    return any(getattr(one, "value", "") == "charter.obligation" for one in model)


def looks_up_a_promise(domain):
    """Whether a list is a domain that finds promises by their key rather than by a link."""
    names = {
        getattr(part.elts[0], "value", "")
        for part in domain.elts
        if isinstance(part, ast.Tuple) and len(part.elts) == 3
    }
    return "res_model" in names and bool(names & KEY_OF_A_PROMISE)


def test_a_document_finds_its_promise_in_one_way():
    """A document that owes inherits charter.obligation.mixin, one that is made to keep a promise charter.keeping.mixin."""
    links, looked_up = {}, []
    for path, tree in product():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and leads_to_the_ledger(node):
                links[path] = links.get(path, 0) + 1
            # An addon that is removed takes back all that its models owe, whatever it is.
            elif isinstance(node, ast.List) and looks_up_a_promise(node) and not path.endswith("/hooks.py"):
                if "/models/ledger/" not in path:
                    looked_up.append(f"{path}:{node.lineno}")
    assert links == LINKS, f"Inherit one of the two mixins of charter_obligation_mixin.py: {links}"
    assert not looked_up, f"Take _charter_promises, _charter_owed or obligation_id: {looked_up}"


# -- docstrings -----------------------------------------------------------------------------------

# What a docstring begins with: what the function does, as a command. A new one is added here when it is a verb.
VERBS = set(
    re.findall(
        r"\w+",
        """
    accept add annul anonymise answer apply approve ask assign assemble begin bring build call cancel change check choose clear close collect
    compare compute confirm copy correct count create cut decide declare deliver do draft drop end enter escalate execute feed fetch fill find flush
    fix follow forget format freeze get give go handle have hold ignore inform insert invalidate invite judge keep leave let link list lock
    log look make mail mark match measure merge mirror move name note notify number offer open parse pause plan point post prepare preview print promise
    propose put queue raise read rebuild record refuse relate release remember remind remove render renew reopen repeat replace report reset
    resolve resume return route run say schedule seal search select send set settle show skip sort split start stop store sync take
    translate update verify wake warn withdraw withhold write yield
    """,
    )
)
# The rule of a figure, printed as it stands under the figure (``charter.figures``).
PRINTED = {"mileo_client_charter/tools/figures.py": "formula"}


def beginnings():
    """(path, function, first word of its docstring) of every function that has one."""
    for path, function in functions():
        words = (ast.get_docstring(function) or "").split()
        if words:
            yield path, function, words[0].strip(".,:;").lower()


def test_a_docstring_says_what_a_function_does():
    """Verb first, in every function that has a docstring."""
    found, seen = [], 0
    for path, function, word in beginnings():
        seen += 1
        if word not in VERBS and PRINTED.get(path) != word:
            found.append(f"{path}:{function.lineno} {function.name}: {word}")
    assert seen >= 1400, seen
    assert not found, (
        f"Begin with what it does; a verb that is new goes into VERBS of tests/test_house.py: {found}"
    )


# -- format ---------------------------------------------------------------------------------------

SKIPPED = "# fmt: skip"
# What is left to its writer: a table of so many rows, or a list of so many words.
ROWS, WORDS = 3, 6
# Such tables and lists in the product. Fewer, never more: a new one wants a reason.
UNFORMATTED = 78
OPERATORS = {
    "=",
    "!=",
    "in",
    "not in",
    "<",
    ">",
    "<=",
    ">=",
    "like",
    "ilike",
    "=like",
    "=ilike",
    "any",
    "not any",
    "child_of",
}
DISPLAYS = (ast.List, ast.Tuple, ast.Set, ast.Dict)
ROW, WORD = (ast.Tuple, ast.List, ast.Dict, ast.Call), (ast.Constant, ast.Name, ast.Attribute)


def last_lines(tree):
    """{line: the smallest statement or decorator that holds it}."""
    found = {}
    for node in ast.walk(tree):
        for one in (node, *getattr(node, "decorator_list", ())):
            if isinstance(one, ast.stmt) or one is not node:
                for line in range(one.lineno, one.end_lineno + 1):
                    kept = found.get(line)
                    if kept is None or one.end_lineno - one.lineno < kept.end_lineno - kept.lineno:
                        found[line] = one
    return found


def head(statement):
    """What is written before the colon of a statement with a body; else all of it."""
    bodies = ("body", "orelse", "handlers", "finalbody")
    for name, value in ast.iter_fields(statement):
        if name not in bodies or not isinstance(value, list):
            yield from (
                part for part in (value if isinstance(value, list) else [value]) if isinstance(part, ast.AST)
            )


def is_condition(node):
    """Whether a node is a part of a domain, which is a condition like any other and no table."""
    if isinstance(node, ast.Tuple) and len(node.elts) == 3:
        return getattr(node.elts[1], "value", None) in OPERATORS
    return getattr(node, "value", None) in ("|", "&", "!")


def is_read_as_one(statement):
    """Whether a statement holds a table (rows only) or a long list of names and constants."""
    for part in head(statement):
        for node in ast.walk(part):
            if isinstance(node, DISPLAYS):
                pairs = isinstance(node, ast.Dict)
                cells = node.values if pairs else node.elts
                if any(is_condition(one) for one in cells):
                    continue
                rows = len(cells) >= ROWS and all(isinstance(one, ROW) for one in cells)
                words = len(cells) >= WORDS and all(
                    isinstance(one, ast.Constant if pairs else WORD) for one in cells
                )
                if rows or words:
                    return True
    return False


def test_code_is_formatted():
    """``# fmt: skip`` is for a table of data or a list of many words; everything else is as the formatter writes it.

    The examples are counted in lines (``tests_install/test_example_db.py``): a few of their calls are kept together.
    """
    skipped, found = 0, []
    for path, tree in product():
        if path.startswith("examples/"):
            continue
        text = (ADDON.parent / path).read_text(encoding="utf-8")
        if SKIPPED in text:
            statements = last_lines(tree)
            for number, line in enumerate(text.splitlines(), 1):
                if line.rstrip().endswith(SKIPPED):
                    skipped += 1
                    if not is_read_as_one(statements[number]):
                        found.append(f"{path}:{number}")
    assert not found, (
        f"No table of {ROWS} rows and no list of {WORDS} words: let the formatter write it: {found}"
    )
    assert skipped <= UNFORMATTED, f"{skipped} statements are left to their writers, {UNFORMATTED} were"


# -- base classes of tests ------------------------------------------------------------------------


def test_what_tests_share_is_in_cases():
    """Base classes, moments and helpers of several files are in tests/cases/: a file of tests is imported by no other."""
    found = [
        f"{path.relative_to(ADDON.parent)}:{node.lineno}"
        for top in (*ADDON.parent.glob("mileo_client_charter*/tests"), ADDON.parent / "examples")
        for path in top.rglob("*.py")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ImportFrom) and re.search(r"(^|\.)test_\w+$", node.module or "")
    ]
    assert not found, f"Move what is imported into tests/cases/: {found}"


# -- whose a model is -----------------------------------------------------------------------------

# What is chosen by how it is called, and why it is no choice of models: those are is_charter_model's (charter_addons.py).
CALLED_SO = {
    "mileo_client_charter/models/base/door.py": "routes: those of another addon are made with READ and POST",
    "mileo_client_charter/models/base/ir_actions_report.py": "the layout of our own papers",
    "mileo_client_charter/models/charter/contract_contract.py": "access rights: another addon's are its own",
    "mileo_client_charter/migrations/19.0.1.2.0/post-glue.py": "our own addons, as they were called then",
    "mileo_client_charter/tests/base/test_calls_from_outside.py": "classes of Python, of our own sources",
    "benchmarks/idle.py": "our own scheduled actions, in a database without others",
    "tests_install/test_neighbours_db.py": "our own addons, asked of SQL",
    "tests_install/lived_in.py": "our own scheduled actions, in a database without others",
    "tests_faults/world.py": "two lives of our own are compared, in SQL",
    "tests/test_house.py": "read from the sources: there is no registry",
}
BY_PREFIX = re.compile(
    r"""startswith\(\s*\(?\s*(f?["'](charter\.["']|mileo_client_charter)|(OURS|MODULE|ADDON)\b)"""
    r"""|["']?=?i?like["']?,?\s+f?["'](charter\.["'%]|mileo)|removeprefix\(["']charter\.["']\)""",
    re.IGNORECASE,
)


def test_no_model_is_chosen_by_how_it_is_called():
    """A model of another addon, site.tour, has no name of ours, and was heard by nobody and held by no trigger."""
    root, found = ADDON.parent, set()
    for folder in (
        "mileo_client_charter*",
        "examples",
        "tests",
        "tests_install",
        "tests_faults",
        "benchmarks",
    ):
        for top in root.glob(folder):
            for path in top.rglob("*.py"):
                if BY_PREFIX.search(path.read_text(encoding="utf-8")):
                    found.add(path.relative_to(root).as_posix())
    assert found == set(CALLED_SO), f"Use models/base/charter_addons.py: {sorted(found ^ set(CALLED_SO))}"


def test_a_choice_by_name_is_found():
    for text in (
        'self._name.startswith("charter.")', "name.startswith(('charter.', 'contract.'))", "m.model LIKE 'charter.%'",
        '("model", "=like", "charter.%")', "(model._module or '').startswith(OURS)", '("module", "=like", "mileo\\\\_client%")',
    ):  # fmt: skip
        assert BY_PREFIX.search(text), text
    assert not BY_PREFIX.search("is_charter_model(model)")


# -- phone numbers --------------------------------------------------------------------------------

DIALS = {"mileo_client_charter/tools/phone.py"}


def test_numbers_are_dialled_in_one_way():
    """Templates take company._charter_tel, code tel(): a template that takes out spaces alone dials what else is in a number."""
    root, found, seen = ADDON.parent, set(), 0
    for folder in (*root.glob("mileo_client_charter*"), *root.glob("examples/*")):
        for path in folder.rglob("*"):
            inside = path.relative_to(folder).parts
            if path.suffix in (".py", ".xml", ".js") and not {"tests", "demo", "lib"} & set(inside):
                text = path.read_text(encoding="utf-8")
                seen += text.count("_charter_tel(")
                if "tel:" in text:
                    found.add(path.relative_to(root).as_posix())
    assert seen >= 12, seen
    assert found == DIALS, f"Use tools/phone.py: {sorted(found ^ DIALS)}"


# -- tours ----------------------------------------------------------------------------------------


def test_a_tour_names_the_suggestion_it_clicks():
    """A list of suggestions first shows others, or that it searches: a step that takes any of them is a race."""
    tours = sorted((ADDON / "static" / "tests" / "tours").glob("*.js"))
    clicked = [
        (path.name, line.strip())
        for path in tours
        for line in path.read_text(encoding="utf-8").splitlines()
        if "o-autocomplete--dropdown-item" in line
    ]
    assert clicked, "no tour picks a suggestion any more: this rule has nothing left to hold"
    assert [found for found in clicked if ":contains(" not in found[1]] == []

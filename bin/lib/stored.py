"""What of an addon's files ends up in a database, so that a change of the rest costs no update.

Tests, tools, controllers, browser sources and readme are read anew by each process. So are the bodies of most methods of
``models/``: a method's body is left out of the hash unless an update runs it and keeps its result,

- ``init``, ``_auto_init`` and their like, which make SQL views, triggers and indexes;
- what a ``<function>`` of a data file calls;
- computes of stored fields, whose results a data file's records keep;
- every function of the addon whose name one of these bodies names, and so on.

Two things an update does are left to the next one, or to ``--fresh``: overrides of ``create`` and ``write`` run again over
the records of data files, and defaults filled into a column that is new, which is a change of its field anyway.
"""

import ast
import hashlib
import re

# Nothing below an addon's folders of these names is stored in a database.
NOT_STORED = ("tests", "tools", "controllers", "readme", "static/src", "static/tests", "__pycache__")
MODELS = ("models", "wizards", "wizard")
RUN_BY_AN_UPDATE = frozenset(
    {
        "init",
        "_auto_init",
        "_init_column",
        "_table_query",
        "_register_hook",
        "_setup_fields",
        "_setup_complete",
    }
)
FUNCTION = re.compile(rb"<function\b[^>]*\bname=[\"'](\w+)[\"']")
# A data file's expressions may call methods: eval="obj().action_x()".
CALL = re.compile(rb"\.(\w+)\(")
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def digest(folder):
    """Hash of the addon in ``folder`` (a Path), as far as a database depends on it."""
    found = hashlib.sha256()
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    files = {
        name: content
        for name, content in files.items()
        if not any(name.startswith(f"{part}/") for part in NOT_STORED) and "__pycache__" not in name
    }
    code = {name: parsed(content) for name, content in files.items() if is_model(name)}
    code = {name: tree for name, tree in code.items() if tree is not None}
    kept = kept_names(code.values(), [text for name, text in files.items() if name.endswith(".xml")])
    for name, content in files.items():
        if name in code:
            content = ast.dump(Skeleton(kept).visit(code[name])).encode()
        found.update(f"{name}\0{len(content)}\0".encode())
        found.update(content)
    return found.hexdigest()[:16]


def is_model(name):
    return name.endswith(".py") and name.split("/")[0] in MODELS


def parsed(content):
    """The tree of a Python file; None if it is none (yet), which counts as it is."""
    try:
        return ast.parse(content)
    except (SyntaxError, ValueError):
        return None


def kept_names(trees, data):
    """Names of functions whose bodies an update runs, and keeps what comes of it."""
    trees = list(trees)
    bodies = {}
    wanted = set(RUN_BY_AN_UPDATE)
    for text in data:
        for pattern in (FUNCTION, CALL):
            wanted.update(name.decode() for name in pattern.findall(text))
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, FUNCTIONS):
                bodies.setdefault(node.name, set()).update(names_in(node))
            elif isinstance(node, ast.Call):
                wanted |= stored_compute(node)
            elif isinstance(node, ast.ClassDef):
                # What the class itself calls while it is made.
                statements = [
                    child for child in node.body if not isinstance(child, (*FUNCTIONS, ast.ClassDef))
                ]
                wanted.update(
                    name.id for child in statements for name in ast.walk(child) if isinstance(name, ast.Name)
                )
    reached = set()
    while wanted:
        name = wanted.pop()
        if name not in reached:
            reached.add(name)
            wanted |= bodies.get(name, set()) - reached
    return reached


def names_in(function):
    """Every name a function mentions, also as text, as ``getattr`` and ``mapped`` take it."""
    for node in ast.walk(function):
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
            yield node.value


def stored_compute(call):
    """{name of the compute} of a stored field's declaration."""
    options = {keyword.arg: keyword.value for keyword in call.keywords}
    stored, compute = options.get("store"), options.get("compute")
    if compute is None or stored is None or (isinstance(stored, ast.Constant) and not stored.value):
        return set()
    if isinstance(compute, ast.Constant) and isinstance(compute.value, str):
        return {compute.value}
    return {node.id for node in ast.walk(compute) if isinstance(node, ast.Name)}


class Skeleton(ast.NodeTransformer):
    """A module without docstrings and without the bodies of its classes' methods, but for those named ``kept``.

    Functions outside a class stay whole: a class's own statements may call them.
    """

    def __init__(self, kept):
        self.kept = kept

    def visit_ClassDef(self, node):
        # _description is what Odoo stores of a class's words; its docstring is not.
        node.body = [self.without_body(child) for child in without_docstring(node.body)]
        return node

    def visit_Module(self, node):
        node.body = without_docstring(node.body)
        return self.generic_visit(node)

    def without_body(self, child):
        if isinstance(child, ast.ClassDef):
            return self.visit_ClassDef(child)
        if isinstance(child, FUNCTIONS) and child.name not in self.kept:
            child.body = [ast.Pass()]
        return child


def without_docstring(body):
    first = body[0] if body else None
    if (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    ):
        return body[1:]
    return body

"""For pytest: what tests of Odoo repeat to no purpose, once.

**Stopping the clock.** freezegun goes through every module there is, 3,000 of them with Odoo, and lists the names of each: 20 ms on a quiet
machine, for every ``freeze_time``. Here it is shown those that hold something of ``datetime`` or ``time``, which are looked for again
when modules were imported since. Whether a module changed is told by how many names it has: freezegun would list and hash them all.

**What is known of pages.** After each test Odoo forgets every cache, as the test's rows are gone. Routes and lists of
scripts take long to make anew, and hold nothing of a test that has written none: Odoo itself clears them whenever a
route or an asset is written. So they are forgotten after a test in which that happened, and at the end of a class. All other caches,
those of rights and rules among them, are forgotten every time as ever. When a class ends, what its tests have kept is made once more
in its own transaction and compared, each once a run: what is the same then was the same for each of them. A difference fails
the run and is named. With ``--cold`` nothing is kept, which shows a test that passes only because another has read the same pages.

**Templates that come as a text.** The words of each email are a template of their own, which Odoo compiles anew for every record: a twelfth
of what the tests of Odoo take. What comes of it depends on the text and on the keys of the context that Odoo itself keeps compiled views by
(``_get_template_cache_keys``), on no row of the database: so each is compiled once. With ``--cold``, every time.

**What takes long to set up.** Base classes that say ``kept = True`` are set up once for all their classes: ``kept_fixtures``.

**Waiting.** Odoo gives Chromium ten seconds to start, a request twelve, a step of a tour ten, and then fails the test, or skips it, which counts as
a failure here. On a busy machine that is no fault of what is tested: all are multiplied by ``PATIENCE``. Nobody waits longer for what is there.
"""

import contextlib
import functools
import gc
import inspect
import sys
import threading
from collections.abc import Mapping

import freezegun.api
import kept_fixtures
import pytest

# The steps of tours: static/tests/tours/charter_patience.js.
PATIENCE = 4
# No templates: kept and compared with new ones, three of three hundred came out otherwise in one run of three.
LASTING = ("routing", "routing.rewrites", "assets")


class Modules:
    """``sys.modules`` as ``freezegun.api`` goes through it."""

    def __init__(self):
        self.number, self.found, self.known = 0, [], {}

    def items(self):
        """The modules whose names freezegun has to replace."""
        if self.number != len(sys.modules):
            self.number = len(sys.modules)
            self.found = [
                (name, module) for name, module in list(sys.modules.items()) if self.has_time(name, module)
            ]
        return self.found

    def has_time(self, name, module):
        if module is None or not hasattr(module, "__name__"):
            return False
        state = state_of(module)
        if self.known.get(name, (None,))[0] != state:
            self.known[name] = (state, bool(freezegun.api._get_cached_module_attributes(module)))
        return self.known[name][1]

    def keys(self):
        return sys.modules.keys()

    def get(self, name, default=None):
        return sys.modules.get(name, default)


class System:
    modules = Modules()


class Pages:
    """Which lasting caches were cleared since the last rollback: what was computed since then may be of what is undone."""

    def __init__(self, registry_class, caches_by_key):
        self.registry_class, self.caches_by_key = registry_class, caches_by_key
        self.of_test = set()
        self.proven, self.unlike = set(), []  # keys that were compared; where one came out otherwise

    def touching(self, method):
        """The registry's method that clears all caches, or sets models up anew."""

        @functools.wraps(method)
        def clear(registry, *args, **options):
            self.of_test.update(LASTING)
            return method(registry, *args, **options)

        return clear

    def touching_some(self, method):
        @functools.wraps(method)
        def clear(registry, *names):
            self.of_test.update(cache for name in names or ("default",) for cache in self.caches_by_key[name])
            return method(registry, *names)

        return clear

    def forget(self, registry, touched):
        """Clear all caches but those that last and were not touched."""
        kept = {name for name in LASTING if name not in touched}
        for name, caches in self.caches_by_key.items():
            # What is marked as invalidated is cleared with all that hangs on it.
            if not kept & set(caches):
                registry.cache_invalidated.add(name)
            for cache in set(caches) - kept:
                registry._Registry__caches[cache].clear()

    def after_test(self, registry):
        self.forget(registry, self.of_test)
        self.of_test.clear()

    def after_class(self, registry):
        self.forget(registry, set(LASTING))
        self.of_test.clear()

    def prove(self, cls):
        """Make what the tests of ``cls`` kept once more, each value once a run, and note what comes out otherwise."""
        env = getattr(cls, "env", None)
        if not env or env.cr.closed:
            return
        env = env(user=1, su=True, context={})
        # As a request has it, where routes are looked up.
        threading.current_thread().dbname = env.cr.dbname
        with contextlib.closing(env.cr.savepoint()):
            for cache in LASTING:
                for key, value in list(env.registry._Registry__caches[cache].items()):
                    again = key not in self.proven and anew(env, key)
                    if again:
                        self.proven.add(key)
                        if shape(again()) != shape(value):
                            self.unlike.append(f"{cls.__qualname__}: {key[0]}.{key[1].__name__}{key[2:]}")

    @contextlib.contextmanager
    def clearing(self, forget):
        """Inside, whoever asks the registry for the method that clears all caches is given ``forget``."""
        usual = self.registry_class.clear_all_caches

        def clear(registry):
            forget(registry)

        self.registry_class.clear_all_caches = clear
        try:
            yield
        finally:
            self.registry_class.clear_all_caches = usual


def keep_pages():
    from odoo.orm.registry import _CACHES_BY_KEY, Registry
    from odoo.tests.common import TransactionCase

    pages = Pages(Registry, _CACHES_BY_KEY)
    Registry.clear_cache = pages.touching_some(Registry.clear_cache)
    Registry.clear_all_caches = pages.touching(Registry.clear_all_caches)
    Registry._setup_models__ = pages.touching(Registry._setup_models__)
    set_up, class_cleanups = TransactionCase.setUp, TransactionCase.doClassCleanups.__func__

    @functools.wraps(set_up)
    def setUp(self):
        # What was cleared while the class was set up is made with its rows, which last as long as it does.
        pages.of_test.clear()
        # The test's clean-up is taken from the registry here, and run later.
        with pages.clearing(pages.after_test):
            set_up(self)

    @functools.wraps(class_cleanups)
    def doClassCleanups(cls):
        try:
            pages.prove(cls)
        finally:
            with pages.clearing(pages.after_class):
                class_cleanups(cls)

    TransactionCase.setUp, TransactionCase.doClassCleanups = setUp, classmethod(doClassCleanups)
    return pages


def anew(env, key):
    """Return a function that makes the cached value of ``key`` once more; None where the key does not say how."""
    name, method, *rest = key
    model = env[name]
    if method.__name__ == "_get_asset_paths":
        bundle, parameters = rest
        return lambda: method(model, bundle, dict(parameters))
    if method.__name__ == "routing_map":
        return lambda: method(model, *rest)
    return None


def shape(value):
    """Return what can be compared of a cached value: of a map of routes its rules."""
    if isinstance(value, Mapping):
        return {key: shape(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [shape(one) for one in value]
    if hasattr(value, "iter_rules"):
        return sorted((str(rule), sorted(rule.methods or ())) for rule in value.iter_rules())
    return value


def keep_compiled():
    from lxml import etree
    from odoo.addons.base.models.ir_qweb import IrQweb

    compile_anew, known = IrQweb._generate_code_uncached, {}

    @functools.wraps(compile_anew)
    def compile_once(self, template):
        if not isinstance(template, etree._Element):
            return compile_anew(self, template)
        context = self.env.context
        keys = [(name, name in context, context.get(name)) for name in self._get_template_cache_keys()]
        key = (etree.tostring(template), tuple(keys))
        # What raises is not kept.
        if key not in known:
            known[key] = compile_anew(self, template)
        return known[key]

    IrQweb._generate_code_uncached = compile_once


class Patient:
    """What ``ChromeBrowser`` multiplies its limits by; it sets 1, or the factor the processor is slowed down by."""

    def __get__(self, browser, _owner):
        return PATIENCE * browser.__dict__.get("slowed", 1)

    def __set__(self, browser, factor):
        browser.__dict__["slowed"] = factor


def be_patient():
    from odoo.tests import common

    common.CHECK_BROWSER_ITERATIONS *= PATIENCE
    common.BaseCase.test_cursor_lock_timeout *= PATIENCE
    common.ChromeBrowser.throttling_factor = Patient()
    for function in (
        common.ChromeBrowser._json_command,
        common.HttpCase.url_open,
        common.HttpCase.make_jsonrpc_request,
    ):
        parameters = [
            one for one in inspect.signature(function).parameters.values() if one.default is not one.empty
        ]
        function.__defaults__ = tuple(
            one.default * PATIENCE if one.name == "timeout" else one.default for one in parameters
        )


def pytest_addoption(parser):
    parser.addoption(
        "--cold", action="store_true", help="Forget compiled pages after each test, as Odoo does"
    )


def state_of(module):
    """Return what changes when a module gets another name, as ``Modules`` tells it."""
    return id(module), len(getattr(module, "__dict__", ()))


def pytest_configure():
    # With Odoo loaded there is little garbage and much to look through.
    gc.set_threshold(50_000, 20, 100)
    freezegun.api.sys = System
    freezegun.api._get_module_attributes_hash = state_of


KEPT = kept_fixtures.Kept()


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makeitem(collector, obj):
    """Before pytest looks at a class: of one that sets nothing up itself it keeps its base's ``setUpClass``."""
    if isinstance(obj, type) and not collector.config.getoption("--cold"):
        KEPT.keep(obj)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    if not config.getoption("--cold"):
        items[:] = kept_fixtures.together(items)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(nextitem):
    KEPT.following = getattr(nextitem, "cls", None)


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session):
    """Change Odoo's classes before pytest looks at them: of a class of tests it keeps the methods it finds then."""
    be_patient()
    if not session.config.getoption("--cold"):
        session.kept_pages = keep_pages()
        KEPT.keep_files()
        keep_compiled()


def pytest_sessionfinish(session, exitstatus):
    """Fail a run that passed with something kept that would come out otherwise by now."""
    pages = getattr(session, "kept_pages", None)
    if pages:
        print(f"\n{len(pages.proven)} kept routes and lists of scripts were made once more and compared")
    if pages and pages.unlike and not exitstatus:
        print("These came out otherwise:", *pages.unlike, sep="\n    ")
        session.exitstatus = 1

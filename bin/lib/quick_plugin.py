"""For pytest: what tests of Odoo repeat to no purpose, once.

**Stopping the clock.** freezegun goes through every module there is, 3,000 of them with Odoo, and lists the names of each: 20 ms on a quiet
machine, for every ``freeze_time``. Here it is shown those that hold something of ``datetime`` or ``time``, which are looked for again
when modules were imported since.

**What is known of pages.** After each test Odoo forgets every cache, as the test's rows are gone. Compiled templates, routes and lists
of scripts take longest to make anew, and hold nothing of a test that has written none: Odoo itself clears them whenever a view, a
route or an asset is written. So they are forgotten after a test, or a class, in which that happened. All other caches, those of
rights and rules among them, are forgotten every time as ever. With ``--cold`` all are, which shows a test that passes only because
another has read the same pages.

**Waiting.** Odoo gives Chromium ten seconds to start, a request twelve, a step of a tour ten, and then fails the test, or skips it, which counts as
a failure here. On a busy machine that is no fault of what is tested: all are multiplied by ``PATIENCE``. Nobody waits longer for what is there.
"""

import contextlib
import functools
import inspect
import sys

import freezegun.api

# The steps of tours: static/tests/tours/charter_patience.js.
PATIENCE = 4
LASTING = ("templates", "routing", "routing.rewrites", "assets")


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
        state = (id(module), len(getattr(module, "__dict__", ())))
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
        self.of_test, self.of_class = set(), set()

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
            if name not in kept:
                registry.cache_invalidated.add(name)
            for cache in set(caches) - kept:
                registry._Registry__caches[cache].clear()

    def after_test(self, registry):
        self.forget(registry, self.of_test)
        self.of_test.clear()

    def after_class(self, registry):
        self.forget(registry, self.of_test | self.of_class)
        self.of_test.clear()
        self.of_class.clear()

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
        # What the class itself made lasts as long as the class.
        pages.of_class.update(pages.of_test)
        pages.of_test.clear()
        # The test's clean-up is taken from the registry here, and run later.
        with pages.clearing(pages.after_test):
            set_up(self)

    @functools.wraps(class_cleanups)
    def doClassCleanups(cls):
        with pages.clearing(pages.after_class):
            class_cleanups(cls)

    TransactionCase.setUp, TransactionCase.doClassCleanups = setUp, classmethod(doClassCleanups)


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


def pytest_configure():
    freezegun.api.sys = System


def pytest_collection_finish(session):
    be_patient()
    if not session.config.getoption("--cold"):
        keep_pages()

"""For pytest: what a base class of tests takes long to set up is set up once for all its classes.

A base class that says ``kept = True`` keeps the transaction it was set up in: its classes are run one after the other, each behind a
savepoint that is undone when the class ends. The last one closes the transaction, so that no other class meets its locks. With
``--cold``, and where Odoo runs the tests, each class sets up its own.
"""

import contextlib
import functools


class Kept:
    """The open transaction of one base class; ``base`` is None while there is none."""

    def __init__(self):
        self.base = self.cr = self.savepoint = None
        self.values, self.wrapped = {}, set()
        self.following = None  # the class of the next test, as pytest says before it tears a class down

    def keep(self, cls):
        """Keep what the base classes of ``cls`` that ask for it set up."""
        for base in bases(cls):
            if base not in self.wrapped:
                self.wrapped.add(base)
                base.setUpClass = classmethod(self._keeping(base, vars(base)["setUpClass"].__func__))

    def _keeping(self, base, original):
        """Return the ``setUpClass`` of ``base`` that keeps what ``original`` made."""
        # What Odoo's own classes set up (patches, the server of HttpCase) is each class's own.
        last = [one for one in base.__mro__ if ".tests.cases." in one.__module__][-1]

        def setUpClass(cls):
            if self.base is not base:
                self._first(base, original, cls)
                return
            with self._class_cursor(lambda _usual: self.cr):
                super(last, cls).setUpClass()
            own = set(vars(cls))
            for name, value in self.values.items():
                if name not in own or name == "env":
                    setattr(cls, name, value)
            self._open_savepoint()

        return setUpClass

    def _first(self, base, original, cls):
        before = set(vars(cls))
        with self._class_cursor(self._opened):
            original(cls)
        self.base = base
        cls.env.flush_all()
        self.values = {name: value for name, value in vars(cls).items() if name not in before}
        self._open_savepoint()

    def _opened(self, usual):
        self.cr = usual()
        # Odoo's class closes its cursor when it ends.
        self.cr.close = self._class_ends
        return self.cr

    def _open_savepoint(self):
        from odoo.sql_db import Savepoint

        self.savepoint = Savepoint(self.cr)

    def _class_ends(self):
        cr = self.cr
        if self.base and self.following and issubclass(self.following, self.base):
            cr.clear()
            self.savepoint.close()
            return
        self.base = self.cr = self.savepoint = None
        self.values = {}
        del cr.close
        cr.close()

    @contextlib.contextmanager
    def _class_cursor(self, given):
        """Inside, the first cursor that is asked of the registry, which is the class's, is what ``given`` returns."""
        from odoo.orm.registry import Registry

        usual = Registry.cursor

        def cursor(registry, *args, **options):
            Registry.cursor = usual
            return given(functools.partial(usual, registry, *args, **options))

        Registry.cursor = cursor
        try:
            yield
        finally:
            Registry.cursor = usual

    def keep_files(self):
        """Leave the files of attachments alone while the rows that name them are in an open transaction."""
        from odoo.tests.common import TransactionCase

        collect = TransactionCase._gc_filestore.__func__

        def _gc_filestore(cls):
            if not self.base:
                collect(cls)

        TransactionCase._gc_filestore = classmethod(_gc_filestore)


def bases(cls):
    """Return the base classes of ``cls`` that say they are kept."""
    return [one for one in cls.__mro__ if vars(one).get("kept")]


def together(items):
    """Return ``items`` with those of one kept base class where the first of them is."""
    groups, found = {}, []
    for item in items:
        base = next(iter(bases(getattr(item, "cls", None) or object)), None)
        if base is None:
            found.append([item])
            continue
        if base not in groups:
            groups[base] = []
            found.append(groups[base])
        groups[base].append(item)
    return [item for group in found for item in group]

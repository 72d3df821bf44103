"""A function of a benchmark in a process of its own, which has held nothing of what was measured before."""

import importlib
import multiprocessing


def run(bench, module, function):
    """What ``function`` of ``module`` returns when a fresh process calls it with a Bench on the same database."""
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(
        target=_child, args=(bench.server, bench.database, bench.quick, module, function, sender)
    )
    child.start()
    sender.close()
    try:
        return receiver.recv()
    finally:
        child.join()


def _child(server, database, quick, module, function, sender):
    import runtime
    from odoo.tools import config

    config.parse_config(runtime.server_options(server), setup_logging=False)
    # They import the registry, which wants the configuration above.
    from bench import Bench

    bench = Bench(server, database, 1, quick)
    try:
        sender.send(getattr(importlib.import_module(module), function)(bench))
    finally:
        sender.close()
        bench.close()

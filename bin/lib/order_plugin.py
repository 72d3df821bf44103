"""For pytest, to find tests that lean on others: ``--shuffle SEED`` runs files, classes and tests in an order the seed chooses."""

import random


def pytest_addoption(parser):
    parser.addoption(
        "--shuffle", metavar="SEED", help="Run files, their classes and their tests in this order by chance"
    )


def pytest_collection_modifyitems(config, items):
    seed = config.getoption("--shuffle")
    if not seed:
        return
    chance, files = random.Random(seed), {}
    for item in items:
        files.setdefault(item.path, {}).setdefault(getattr(item, "cls", None), []).append(item)
    # What a class or a module sets up is set up once: its tests stay together.
    items[:] = [
        item
        for classes in shuffled(chance, files)
        for tests in shuffled(chance, classes)
        for item in mixed(chance, tests)
    ]


def shuffled(chance, groups):
    return [groups[key] for key in mixed(chance, groups)]


def mixed(chance, values):
    values = list(values)
    chance.shuffle(values)
    return values

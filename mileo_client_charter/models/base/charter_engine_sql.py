"""SQL by which a merge and an anonymisation change what the engine protects."""

from .charter_engine import charter_door as engine_door

__all__ = ["engine_door", "engine_sql"]


def engine_sql(env, query):
    """Execute ``query`` as the engine. :return: its rows, for RETURNING"""
    with engine_door(env.cr):
        return env.execute_query(query)

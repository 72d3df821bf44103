"""The one place through which a merge and an anonymisation change, by SQL, what the engine protects."""


def engine_sql(env, query):
    """Execute ``query`` as the engine. :return: its rows, for RETURNING"""
    return env.execute_query(query)

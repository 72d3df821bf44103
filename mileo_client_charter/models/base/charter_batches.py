"""Long jobs of many clients and companies: what fails for one holds up no other."""

import logging

from psycopg2 import InterfaceError, OperationalError

_logger = logging.getLogger(__name__)


def run_isolated(records, act, say, expected=()):
    """Run ``act`` on ``records`` together; where that fails, on each alone, and ``say`` what fails alone.

    Each try is a savepoint: of what failed nothing stays. A conflict with another worker, or a lost connection, is nobody's
    failure, and has the whole transaction played again.

    :param act: function of a recordset
    :param say: function of the record that failed alone and of why, in words
    :param expected: exceptions that are no failure to record: another worker did it meanwhile
    :return: the records that failed
    """
    env = records.env
    try:
        with env.cr.savepoint():
            act(records)
            env.flush_all()
        return records.browse()
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        env.invalidate_all()
        if len(records) > 1:
            return records.browse().union(*(run_isolated(record, act, say, expected) for record in records))
        if not isinstance(error, expected):
            _logger.info("%s failed alone", records, exc_info=True)
            _say(records, say, str(error) or type(error).__name__)
        return records


def _say(record, say, why):
    """Even a row that cannot be written holds up no other: then the log says what its row cannot."""
    env = record.env
    try:
        with env.cr.savepoint():
            say(record, why)
            env.flush_all()
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        env.invalidate_all()
        _logger.exception("%s failed, and could not be marked as failed: %s", record, why)

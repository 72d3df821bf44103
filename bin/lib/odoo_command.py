"""usage: bin/odoo ...

The Odoo command line in the project's environment, e.g.
    bin/odoo shell -d charter_demo --no-http
    bin/odoo -d mydb -i mileo_client_charter --stop-after-init
"""

import signal
import subprocess
import sys

import runtime
from bootstrap import SetupError


def main():
    with runtime.postgres() as server:
        process = subprocess.Popen(runtime.odoo_command(server, sys.argv[1:]))
        # Ctrl-C reaches Odoo too, and it is Odoo that decides when to end.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, lambda *_args: process.terminate())
        return process.wait()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except SetupError as error:
        sys.exit(f"bin/odoo stopped: {error}")

"""Tests of plain Python, with neither Odoo nor a database: ``from tools import clock`` is the addon's.

The addon's own folder goes on the path, not its parent: importing the addon as a package would import odoo.
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "mileo_client_charter"))

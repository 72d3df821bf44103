from . import test_charter_document

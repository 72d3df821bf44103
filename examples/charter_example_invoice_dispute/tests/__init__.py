from . import test_invoice_dispute

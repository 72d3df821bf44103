from . import invoice_dispute

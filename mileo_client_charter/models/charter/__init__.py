from . import charter_document_part
from . import charter_document
from . import charter_article
from . import charter_commitment
from . import charter_tier_words
from . import charter_tier
from . import charter_service_level
from . import contract_contract

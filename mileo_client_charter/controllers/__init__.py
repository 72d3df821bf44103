from . import public
from . import survey
from . import portal
from . import outages

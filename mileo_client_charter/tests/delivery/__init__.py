from . import test_delivery
from . import test_delivery_killed
from . import test_delivery_access
from . import test_delivery_refused

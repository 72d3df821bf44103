from . import fsm_order
from . import fsm_equipment

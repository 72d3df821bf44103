from . import test_callback_promise

from . import callback_promise

"""A mail server that behaves as it is told to, and the queue of emails in front of it."""

import asyncio
import contextlib
import socket
import threading
from collections import defaultdict
from unittest.mock import patch

from aiosmtpd.controller import Controller

LATER, NEVER, OK = "451 4.3.0 Try again later", "550 5.1.1 User unknown", "250 2.0.0 Taken"
# The server hangs up instead of answering; it closes after its answer; it does not answer until it is told to: too late; in time.
HANG_UP, CLOSING, SILENT, HOLD = "hang up", "421 4.3.2 Shutting down", "silent", "hold"


class Mailbox:
    """What arrived, in ``taken``: (Message-Id, recipients); and what is answered to whom.

    ``to[address]`` and ``data`` are what is answered to RCPT of an address and to the end of DATA, one after the other; then OK.
    """

    def __init__(self):
        self.to, self.data, self.taken = defaultdict(list), [], []
        self.connections = 0
        self.released, self.holding = asyncio.Event(), threading.Event()

    def forget(self):
        """As if nothing had arrived, and to answer OK."""
        self.to.clear()
        self.data.clear()
        self.taken.clear()
        self.connections = 0
        self.holding.clear()

    async def handle_EHLO(self, _server, session, _envelope, hostname, responses):
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server, _session, envelope, address, _options):
        answer = await self._answer(server, self.to[address])
        if answer == OK:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, _session, envelope):
        answer = await self._answer(server, self.data)
        if answer == OK:
            [name] = [
                line.partition(b":")[2].strip().decode()
                for line in envelope.original_content.replace(b"\r\n ", b" ").splitlines()
                if line.lower().startswith(b"message-id:")
            ]
            self.taken.append((name, tuple(envelope.rcpt_tos)))
        return answer

    async def _answer(self, server, answers):
        answer = answers.pop(0) if answers else OK
        if answer in (SILENT, HOLD):
            self.holding.set()
            await self.released.wait()
            answer = LATER if answer == SILENT else OK
        if answer == HANG_UP:
            server.transport.abort()
        elif answer == CLOSING:
            asyncio.get_running_loop().call_soon(server.transport.close)
        return answer


class Server(Controller):
    """Listens on a port of 127.0.0.1 that nobody else has."""

    def __init__(self, mailbox):
        self.listening = socket.create_server(("127.0.0.1", 0))
        super().__init__(mailbox, hostname="127.0.0.1", port=self.listening.getsockname()[1])

    def _create_server(self):
        return self.loop.create_server(self._factory_invoker, sock=self.listening)

    def release(self):
        """Let what waits for an answer have it, and nothing wait any more."""
        self.loop.call_soon_threadsafe(self.handler.released.set)


@contextlib.contextmanager
def mail_server():
    """A server that runs, with its ``handler``, a Mailbox."""
    server = Server(Mailbox())
    server.start()
    try:
        yield server
    finally:
        server.release()
        server.stop()


def sending(env):
    """Emails really leave, though tests run."""
    return patch.object(type(env["ir.mail_server"]), "_disable_send", lambda _self: False)


def route(env, port):
    """The one mail server that Odoo knows listens on ``port`` of this machine."""
    servers = env["ir.mail_server"].with_context(active_test=False)
    servers.search([]).active = False
    return servers.create(
        {
            "name": "Test",
            "smtp_host": "127.0.0.1",
            "smtp_port": port,
            "smtp_encryption": "none",
            "smtp_authentication": "login",
        }
    )

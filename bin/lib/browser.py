"""A headless Chromium that is logged in and photographed, over the DevTools protocol."""

import base64
import contextlib
import io
import json
import os
import shutil
import subprocess
import tempfile
import time

import requests
import runtime
import websocket
from bootstrap import SetupError
from PIL import Image

# Everything the page wants has come: no request of Odoo's pending, its view there, pictures and letters loaded.
READY = """
(() => {
    const pending = document.querySelector(".o_loading_indicator, .o_blockUI, .o_view_nocontent_loading");
    const backend = document.querySelector(".o_web_client");
    const shown = !backend || document.querySelector(
        ".o_view_controller, .o_charter_figures, .modal .o_form_view, .o_home_menu");
    const pictures = [...document.images].every((one) => one.complete);
    const ready = document.readyState === "complete" && document.fonts.status === "loaded" && pictures && shown && !pending;
    return ready ? document.body.innerText.length + ":" + document.body.querySelectorAll("*").length : "";
})()
"""
CALM = """
(() => {
    const style = document.createElement("style");
    style.textContent = "*, *::before, *::after { animation: none !important; transition: none !important; caret-color: transparent !important }"
        + " .o_notification_manager { display: none !important }";
    document.head.append(style);
    document.activeElement && document.activeElement.blur();
})()
"""
SECONDS = 60
# Pixels above and below what alone is shown of a page.
ROOM = 16


class Browser:
    def __init__(self, address):
        self.address = address
        self.number = 0
        self.reader = None

    def __enter__(self):
        self.closing = contextlib.ExitStack()
        folder = self.closing.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
        port = runtime.free_port(9340)
        programs = filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome")))
        command = [
            next(programs), "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--lang=en-US",
            f"--remote-debugging-port={port}", "--remote-allow-origins=*", f"--user-data-dir={folder}", "about:blank",
        ]  # fmt: skip
        with open(os.devnull, "wb") as nowhere:
            process = subprocess.Popen(
                command, stdout=nowhere, stderr=nowhere, preexec_fn=runtime.end_with_parent
            )
        self.closing.enter_context(runtime.stopping(process))
        runtime.wait_for_port(port, process, "Chromium", "(none)")
        tabs = requests.get(f"http://127.0.0.1:{port}/json", timeout=SECONDS).json()
        [tab] = [one for one in tabs if one["type"] == "page"]
        self.socket = websocket.create_connection(tab["webSocketDebuggerUrl"], timeout=SECONDS)
        self.closing.callback(self.socket.close)
        self.call("Page.enable")
        self.call("Network.enable")
        # The web client writes hours in the zone of the browser.
        self.call("Emulation.setTimezoneOverride", timezoneId="Europe/Paris")
        return self

    def __exit__(self, *raised):
        return self.closing.__exit__(*raised)

    def call(self, method, **parameters):
        self.number += 1
        self.socket.send(json.dumps({"id": self.number, "method": method, "params": parameters}))
        while True:
            answer = json.loads(self.socket.recv())
            if "id" not in answer:
                self.heard(answer)
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise SetupError(f"Chromium refuses {method}: {answer['error']}")
                return answer["result"]

    def heard(self, event):
        """What the page tells of its own accord; nothing is done with it here."""

    def evaluate(self, expression):
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise SetupError(f"The page raises {answer['exceptionDetails']} on {expression[:200]}")
        return answer["result"].get("value")

    def log_in(self, session, language):
        """Go on as who has the session, None as nobody, with nothing of what another was shown."""
        if self.reader != (session, language):
            self.call("Network.clearBrowserCookies")
            # Odoo keeps what it has read in the browser, and shows that first.
            self.call(
                "Storage.clearDataForOrigin", origin=self.address, storageTypes="indexeddb,local_storage"
            )
            self.reader = (session, language)
        if session:
            self.call("Network.setCookie", name="session_id", value=session, url=self.address)
        self.call("Network.setCookie", name="frontend_lang", value=language, url=self.address)
        self.call("Network.setCookie", name="tz", value="Europe/Paris", url=self.address)

    def size(self, width, height):
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=1, mobile=width < 500,
        )  # fmt: skip

    def open(self, path):
        self.call("Page.navigate", url=f"{self.address}{path}")
        self.settle(path)

    def settle(self, what):
        """Wait until the page is complete and has stopped changing."""
        before, deadline = None, time.time() + SECONDS
        while time.time() < deadline:
            time.sleep(0.2)
            now = self.evaluate(READY)
            if now and now == before:
                self.evaluate(CALM)
                return
            before = now
        raise SetupError(f"The page {what} does not come to rest within {SECONDS} s.")

    def click(self, selector):
        found = self.evaluate(
            f"(() => {{ const node = document.querySelector({json.dumps(selector)}); node && node.click(); return !!node }})()"
        )
        if not found:
            raise SetupError(f"There is nothing to click at {selector}.")
        self.settle(selector)

    def act(self, action):
        """Have Odoo's web client, which is open, run an action given as JSON."""
        self.evaluate(f"odoo.__WOWL_DEBUG__.root.env.services.action.doAction({action}).then(() => true)")
        self.settle("of the action")

    def whole_height(self):
        return self.evaluate("document.documentElement.scrollHeight")

    def place(self, selector):
        """Where an element is on the page, as wide as the page and with some room above and below: what ``picture`` is given."""
        found = self.evaluate(
            f"""(() => {{
                const node = document.querySelector({json.dumps(selector)});
                const box = node && node.getBoundingClientRect();
                return box && [box.top + window.scrollY, box.height, document.documentElement.clientWidth];
            }})()"""
        )
        if not found:
            raise SetupError(f"There is nothing to show at {selector}.")
        top, height, width = found
        return {"x": 0, "y": max(top - ROOM, 0), "width": width, "height": height + 2 * ROOM, "scale": 1}

    def picture(self, place=None):
        clip = {"clip": place, "captureBeyondViewport": True} if place else {}
        data = self.call("Page.captureScreenshot", format="png", **clip)["data"]
        return Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB")

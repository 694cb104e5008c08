"""A page in headless Chromium, driven through its pipe: pictures of it at any width, by day and by night, and printed.

    with Browser() as browser:
        page = browser.open(run / "report.html", width=400, dark=True)
        page.picture(Path("report-400-dark.png"), height=1600)
        page.asked("document.documentElement.scrollWidth")      # 400: nothing sticks out

Needs `chromium` on PATH (`apt-get install chromium`), and Pillow. No other package, no port: the DevTools protocol
goes over two pipes (--remote-debugging-pipe).
"""

import base64
import json
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any, Self

NAMES = ("chromium", "chromium-browser", "google-chrome")
SECONDS = 60.0  # to wait for an answer at most


def found() -> str | None:
    """The program, where there is one."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


class Browser:
    """One Chromium with a folder of its own, which goes with it."""

    def __enter__(self) -> Self:
        program = found()
        if program is None:
            raise FileNotFoundError(f"No {NAMES[0]} on PATH; on Debian: apt-get install {NAMES[0]}.")
        self._folder = tempfile.TemporaryDirectory(prefix="noglue-chromium-", ignore_cleanup_errors=True)
        take, self._out = os.pipe()
        self._in, give = os.pipe()
        options = ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--remote-debugging-pipe"]
        # Chromium reads from descriptor 3 and writes to 4, whatever numbers the pipes have here.
        shell = f'exec "$@" 3<&{take} 4>&{give}'
        self._process = subprocess.Popen(
            ["bash", "-c", shell, "bash", program, *options, f"--user-data-dir={self._folder.name}"],
            pass_fds=(take, give),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(take)
        os.close(give)
        self._number, self._rest = 0, b""
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._in)
        os.close(self._out)
        self._folder.cleanup()

    def open(self, file: Path, width: int = 1200, dark: bool = False) -> "Page":
        """A file in a tab of its own, laid out for a screen of so many pixels across."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = Page(self, session)
        theme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        page.call("Emulation.setEmulatedMedia", features=[theme])
        page.resize(width, 900)
        page.call("Page.navigate", url=file.resolve().as_uri())
        until = time.monotonic() + SECONDS
        while page.asked("document.readyState") != "complete" or page.asked("location.href") == "about:blank":
            if time.monotonic() > until:
                raise TimeoutError(f"{file} was not laid out in {SECONDS:g} s.")
            time.sleep(0.05)
        return page

    def call(self, method: str, session: str = "", **parameters: Any) -> dict[str, Any]:
        """One command and its answer. Raises RuntimeError with what Chromium says against it."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        message |= {"sessionId": session} if session else {}
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                result: dict[str, Any] = answer["result"]
                return result

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            piece = os.read(self._in, 1 << 20)
            if not piece:
                raise RuntimeError("Chromium ended.")
            self._rest += piece
        message, _, self._rest = self._rest.partition(b"\0")
        read: dict[str, Any] = json.loads(message)
        return read


class Page:
    """An open page."""

    def __init__(self, browser: Browser, session: str) -> None:
        self._browser, self._session = browser, session

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        return self._browser.call(method, self._session, **parameters)

    def asked(self, expression: str) -> Any:
        """The value of a JavaScript expression in the page. Raises RuntimeError where it throws."""
        said = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in said:
            raise RuntimeError(said["exceptionDetails"]["exception"]["description"])
        return said["result"].get("value")

    def resize(self, width: int, height: int) -> None:
        phone = width < 700
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=phone)

    def picture(self, to: Path, top: float = 0, height: float | None = None) -> None:
        """A PNG of the page from `top` on, in pixels, to its end where no height is given."""
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        high = size["height"] - top if height is None else min(height, size["height"] - top)
        clip = {"x": 0, "y": top, "width": size["width"], "height": high, "scale": 1}
        taken = self.call("Page.captureScreenshot", format="png", clip=clip, captureBeyondViewport=True)
        to.write_bytes(base64.b64decode(taken["data"]))

    def printed(self, to: Path) -> None:
        """A PDF on A4 paper with ordinary margins."""
        paper = {"paperWidth": 8.27, "paperHeight": 11.69} | dict.fromkeys(
            ("marginTop", "marginBottom", "marginLeft", "marginRight"), 0.6
        )
        made = self.call("Page.printToPDF", printBackground=False, preferCSSPageSize=True, **paper)
        to.write_bytes(base64.b64decode(made["data"]))

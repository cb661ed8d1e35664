"""Opens a page from its file in a real browser, runs a script in it and gives what it found.

The page reports by going to an address on this machine: what its own policy allows, and what
needs no driver.
"""

import base64
import hashlib
import json
import shutil
import subprocess
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

PROGRAMS = {
    "chromium": ("chromium", "chromium-browser", "google-chrome"),
    "firefox": ("firefox-esr", "firefox"),
}
PATIENCE = 60  # seconds
REPORT = """
<script>
addEventListener("load", async () => {
  const tick = () => new Promise((done) => setTimeout(done, 30));
  const found = {};
  try { SCRIPT } catch (error) { found.error = String(error && error.stack || error); }
  location.href = "http://127.0.0.1:PORT/?" + encodeURIComponent(JSON.stringify(found));
});
</script>
</body>
"""


def program(browser: str) -> str:
    """The path of a browser; fails with what to install where it is missing."""
    path = next(filter(None, map(shutil.which, PROGRAMS[browser])), None)
    assert path is not None, (
        f"no {browser} here: install it (Debian: apt install chromium firefox-esr), "
        "or leave these tests out with -m 'not browser'"
    )
    return path


def run_in(browser: str, page: str, script: str, folder: Path) -> dict[str, Any]:
    """What `script` noted in `found`, after the page has loaded from a file."""
    answers: list[str] = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if "?" in self.path:
                answers.append(unquote(self.path.partition("?")[2]))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Listener) as server:
        report = REPORT.replace("PORT", str(server.server_port)).replace("SCRIPT", script)
        path = folder / "page.html"
        path.write_text(_with(page, report), encoding="utf-8")
        server.timeout = 0.5
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
            process = _start(browser, path, profile)
            deadline = threading.Event()
            alarm = threading.Timer(PATIENCE, deadline.set)
            alarm.start()
            try:
                while not answers and not deadline.is_set():
                    server.handle_request()
            finally:
                alarm.cancel()
                process.terminate()
                process.wait(PATIENCE)
    assert answers, f"{browser} reported nothing in {PATIENCE} s"
    data: dict[str, Any] = json.loads(answers[0])
    assert "error" not in data, data["error"]
    return data


def _with(page: str, report: str) -> str:
    """The page with another script, which its policy lets run too."""
    inside = report.partition("<script>")[2].partition("</script>")[0]
    digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
    known = page.replace("script-src ", f"script-src 'sha256-{digest}' ", 1)
    return known.replace("</body>", report)


def _start(browser: str, page: Path, profile: str) -> "subprocess.Popen[bytes]":
    flags = {
        "chromium": ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}"],
        "firefox": ["--headless", "--no-remote", "--profile", profile],
    }[browser]
    return subprocess.Popen(
        [program(browser), *flags, page.as_uri()],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )

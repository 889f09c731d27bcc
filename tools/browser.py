"""Find a Chromium for the browser tests, or install one: `python tools/browser.py` prints its path.

Standard library only. In order: what `CHROMIUM` names, the machine's own, Playwright's; then, unless
`--no-install` is given, Debian's package (as root) or Playwright's download. With none, one loud line and, if
`CI=true`, status 1.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
APPLICATIONS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
ASK_PLAYWRIGHT = """
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
"""


def find() -> str | None:
    """Path of a Chromium that starts, or `None`."""
    chosen = os.environ.get("CHROMIUM")
    if chosen:
        path = shutil.which(chosen)
        if path and _starts(path):
            return path
        print(f"CHROMIUM names {chosen}, which does not start: looking elsewhere.", file=sys.stderr)
    for name in (*NAMES, *APPLICATIONS):
        path = shutil.which(name)
        if path and _starts(path):
            return path
    path = _output([sys.executable, "-c", ASK_PLAYWRIGHT], seconds=60)
    return path if path and Path(path).is_file() and _starts(path) else None


def install() -> None:
    """Try to install one: Debian's package, then Playwright's."""
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        print("Installing Debian's chromium for the browser tests ...", file=sys.stderr)
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        _try(["apt-get", "-qq", "update"], seconds=300, environment=environment)
        package = ["apt-get", "-qq", "-y", "install", "--no-install-recommends", "chromium"]
        if _try(package, seconds=900, environment=environment) and find():
            return
    print("Installing Playwright's Chromium for the browser tests ...", file=sys.stderr)
    _try([sys.executable, "-m", "playwright", "install", "chromium"], seconds=600)


def _starts(path: str) -> bool:
    """Whether it runs: some systems have a `chromium` that only says how to install it."""
    return bool(_output([path, "--version"], seconds=30))


def _output(command: list[str], seconds: float) -> str | None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


def _try(command: list[str], seconds: float, environment: dict[str, str] | None = None) -> bool:
    try:
        subprocess.run(command, stdout=sys.stderr, env=environment, timeout=seconds, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        print(f"That failed: {error}", file=sys.stderr)
        return False
    return True


def main() -> int:
    """Print the path; say loudly where there is none."""
    path = find()
    if path is None and "--no-install" not in sys.argv[1:]:
        install()
        path = find()
    if path is not None:
        print(path)
        return 0
    required = os.environ.get("CI") == "true"
    print(
        f"*** NO BROWSER: the browser tests {'cannot run' if required else 'are SKIPPED'}. Install "
        "chromium (`apt-get install chromium`, or `python -m playwright install chromium`) or set "
        "CHROMIUM to one. ***",
        file=sys.stderr,
    )
    return 1 if required else 0


if __name__ == "__main__":
    sys.exit(main())

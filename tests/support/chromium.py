"""The Chromium that the editor is tested in: the machine's own, else the one that Playwright brings."""

import os
import shutil

from playwright.sync_api import Browser, Error, Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def executable() -> str | None:
    """The path of an installed Chromium ($CHROMIUM, else by name); None leaves the choice to Playwright."""
    return os.environ.get("CHROMIUM") or next((path for name in NAMES if (path := shutil.which(name))), None)


def launched(playwright: Playwright) -> Browser:
    """Chromium without a window. As root its sandbox cannot work, so it is left out there and only there."""
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    try:
        return playwright.chromium.launch(executable_path=executable(), args=arguments)
    except Error as error:
        raise RuntimeError(
            "the editor is tested in Chromium, and none could be started; `make browser` installs it "
            f"(or name one in $CHROMIUM): {error.message}"
        ) from None

"""Takes a page's pictures, and makes them small."""

import base64
import shutil
import subprocess
from pathlib import Path
from typing import Literal, NamedTuple

from playwright.sync_api import Page


class View(NamedTuple):
    """A screen: its size in CSS pixels, and how much smaller its picture is."""

    width: int
    height: int
    scale: float


VIEWS = (View(360, 640, 1), View(1280, 800, 0.625))
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


class Camera:
    """Takes the pictures of one page's states."""

    def __init__(self, page: Page, folder: Path) -> None:
        self._page = page
        self._folder = folder
        self._devtools = page.context.new_cdp_session(page)

    def take(self, name: str) -> None:
        """A picture for each size and colour scheme: the whole page, and at least the screen."""
        for view in VIEWS:
            self._page.set_viewport_size({"width": view.width, "height": view.height})
            for scheme in SCHEMES:
                self._page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                self._page.wait_for_timeout(150)  # colours fade
                self._save(view, self._folder / f"{name}-{view.width}-{scheme}.png")

    def _save(self, view: View, file: Path) -> None:
        """Playwright's own screenshots come in one scale."""
        height = self._page.evaluate("Math.max(innerHeight, document.documentElement.scrollHeight)")
        clip = {"x": 0, "y": 0, "width": view.width, "height": height, "scale": view.scale}
        options = {"format": "png", "captureBeyondViewport": True, "clip": clip}
        file.write_bytes(base64.b64decode(self._devtools.send("Page.captureScreenshot", options)["data"]))


def make_small(folder: Path) -> None:
    """Reduce the pictures' colours, if there is something to do it with."""
    if pngquant := shutil.which("pngquant"):
        options = ["--force", "--ext=.png", "--skip-if-larger", "--nofs", "--strip", "--speed=1", "64"]
        for file in sorted(folder.glob("*.png")):
            subprocess.run([pngquant, *options, file], stderr=subprocess.DEVNULL)

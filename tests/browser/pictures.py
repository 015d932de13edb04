"""Pages as people see them: nothing is cut off, and whoever wants to look is left pictures.

SHISHI_TEST_PICTURES names a folder for them. Without it none is taken, since no test looks at one.
"""

import os
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

FOLDER = os.environ.get("SHISHI_TEST_PICTURES")
SHAPES = {"phone": {"width": 390, "height": 844}, "desk": {"width": 1440, "height": 900}}


def picture(page: Page, name: str, **options: Any) -> None:
    if FOLDER:
        Path(FOLDER).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(FOLDER) / f"{name}.png", **options)


def looked_at(page: Page, name: str) -> None:
    """Nothing is cut off, neither on a phone nor on a desk."""
    for kind, shape in SHAPES.items():
        page.set_viewport_size(shape)  # type: ignore[arg-type]
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (name, kind)
        picture(page, f"{name}-{kind}", full_page=True)

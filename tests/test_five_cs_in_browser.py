"""Wheels and maps in a browser: nothing runs over anything, and everything can be read."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.pictures.document import FONTS
from app.pictures.network_map import draw_map
from app.pictures.wheel import draw_wheel
from tests.browser import Browser, chromium
from tests.maps import network_map
from tests.test_charts import HOSTILE
from tests.test_charts_in_browser import faults
from tests.wheels import wheel


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium(tmp_path_factory.mktemp("browser")) as browser:
        yield browser


def drawings(width: int) -> Iterator[str]:
    """Wheels of every status at every place, maps of every size, and hostile names."""
    for first in range(3):
        yield draw_wheel(wheel(first), "Kestrelmoor Asthma Network", width=width)
    yield draw_wheel(wheel(next_step=None), "", width=width, theme="dark")
    for members, ties in ((0, 0), (12, 14), (40, 110), (300, 1_500)):
        yield draw_map(network_map(members, ties), "Kestrelmoor Asthma Network", width=width)
    yield draw_map(network_map(40, 110), "W" * 500, width=width, theme="dark")
    for text in HOSTILE:
        document = wheel()
        document["next_step"] = {**document["next_step"], "text": text}
        for c in document["cs"]:
            c["indicators"][0]["label"] = text
        yield draw_wheel(document, text, width=width)


@pytest.mark.parametrize(("width", "picture"), [(360, 360), (1200, 800), (1200, 1200)])
@pytest.mark.parametrize(
    "fonts", [FONTS, "DejaVu Sans, Verdana, sans-serif"], ids=["usual", "wide"]
)
def test_wheels_and_maps_can_be_read(
    browser: Browser, tmp_path: Path, width: int, picture: int, fonts: str
) -> None:
    drawn = [svg.replace(FONTS, fonts) for svg in drawings(picture)]
    assert len(drawn) > 20
    assert faults(browser, tmp_path, width, drawn) == []

"""Charts beside their verdict in a browser: nothing runs over anything, and everything can be read."""

from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from app.pictures import Mark, Picture, draw
from app.pictures.document import FONTS
from tests.browser import Browser, chromium
from tests.charts import noise, series, story
from tests.test_charts import HOSTILE

FAULTS = Path(__file__).with_name("chart_faults.js").read_text()
STYLE = (
    "body { margin: 0; font-family: sans-serif } figcaption { flex: 1 1 280px }"
    "figure { margin: 0 0 16px; display: flex; flex-wrap: wrap; gap: 16px }"
)
POLICY = f"default-src 'none'; style-src 'sha256-{b64encode(sha256(STYLE.encode()).digest()).decode()}'; img-src data:"
PAGE = (
    '<!doctype html><html lang="en-GB"><meta charset="utf-8"><title>Charts</title>'
    f'<meta http-equiv="Content-Security-Policy" content="{POLICY}"><style>{STYLE}</style>'
    '<link rel="icon" href="data:,"><h1>Charts</h1>'
)
VERDICT = "The last 7 months are above the mean: special cause, improvement."


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium(tmp_path_factory.mktemp("browser")) as browser:
        yield browser


def pictures(width: int) -> Iterator[Picture]:
    """Charts of every kind, with everything that takes room."""
    long = "Patients with hypertension whose blood pressure was read in the last twelve months " * 3
    close = [
        Mark(f"2024-06-{day:02}", f"PDSA {day}: a test of change " * 4) for day in range(1, 29)
    ]
    lines = series(noise(30))
    for point in lines[-12:]:
        point.group, point.annotation = 1, "What happened here"
        point.lower, point.centre_line, point.upper = 60.0, 60.2, 60.4
    varying = series(noise(40))
    for i, point in enumerate(varying):
        point.lower, point.upper = 45 - i % 7, 75 + i % 5
    for theme in ("light", "dark"):
        yield story(width=width, theme=theme)
        yield story(width=width, theme=theme, points=lines, target=60.3, marks=close)
        yield story(
            width=width, theme=theme, title=long, subtitle=long, summary=long * 3, axis=long
        )
    yield story(
        width=width, points=varying, chart="p", target=1e9, unit="patients per 1,000 registered"
    )
    for apart, count in ((1, 500), (1, 12), (7, 60), (30, 24), (91, 40), (365, 70)):
        yield Picture(
            title=f"{count} every {apart}", points=series(noise(count), apart), width=width
        )
    for factor in (1e-9, -1e-3, 1e4, 1e8, 1e13):
        values = [None if value is None else value * factor for value in noise(20)]
        yield Picture(title="Scales", points=series(values), target=50 * factor, width=width)
    few_values: list[list[float | None]] = [[], [5.0], [None] * 9, [3.0] * 14]
    for few in few_values:
        yield Picture(
            title="Few", points=series(few), target=4.0, width=width, summary="Not enough."
        )
    for text in HOSTILE:
        points = series(noise(15))
        points[3].annotation = text
        yield Picture(
            title=text, subtitle=text, unit=text, axis=text, summary=text, points=points, width=width,
            marks=[Mark(points[5].on, text)], notes=[text], variation="concern_low", assurance="fail",
        )  # fmt: skip


def faults(browser: Browser, folder: Path, width: int, charts: list[str]) -> list[str]:
    """What is wrong on a page so wide with these charts, each beside its verdict, under a strict policy."""
    figures = (f"<figure>{chart}<figcaption>{VERDICT}</figcaption></figure>" for chart in charts)
    (folder / "charts.html").write_text(PAGE + "".join(figures))
    with browser.page(width) as page:
        page.visit((folder / "charts.html").as_uri())
        assert page.evaluate("document.querySelectorAll('svg').length") == len(charts)
        found: list[str] = page.evaluate(FAULTS) + page.complaints()
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append("it scrolls sideways")
        page.screenshot(folder / "charts.png")
    return found


@pytest.mark.parametrize(("width", "chart"), [(360, 360), (1200, 800), (1200, 1200)])
@pytest.mark.parametrize(
    "fonts", [FONTS, "DejaVu Sans, Verdana, sans-serif"], ids=["usual", "wide"]
)
def test_charts_beside_their_verdict(
    browser: Browser, tmp_path: Path, width: int, chart: int, fonts: str
) -> None:
    charts = [draw(picture).replace(FONTS, fonts) for picture in pictures(chart)]
    assert len(charts) > 30
    assert faults(browser, tmp_path, width, charts) == []


BAD = {
    '<text x="10" y="20">one</text><text x="14" y="20">two</text>': "over each other",
    '<text x="80" y="20">cut off</text>': "cut off",
    '<text x="10" y="20" font-size="8">small</text>': "too small",
    '<text x="10" y="20" fill="#999999">faint</text>': "faint",
    '<path d="M0 0h60v60h-60z"/><text x="10" y="20" fill="#333333">on black</text>': "faint",
    '<text x="10" y="20" style="fill: red">styled</text>': "Content Security Policy",
    '<image href="https://elsewhere.example/x.png"/>': "Content Security Policy",
}


@pytest.mark.parametrize(("inner", "fault"), BAD.items(), ids=BAD.values())
def test_a_bad_chart_is_noticed(browser: Browser, tmp_path: Path, inner: str, fault: str) -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="100" height="40" viewBox="0 0 100 40" font-size="12">'
    found = faults(browser, tmp_path, 360, [f"{svg}{inner}</svg>"])
    assert any(fault in each for each in found), found
    good = f'{svg}<rect width="100" height="40" fill="#000000"/><text x="10" y="20" fill="#eeeeee">good</text></svg>'
    assert faults(browser, tmp_path, 360, [good]) == []

"""A drawn map shows who is tied to whom without saying who anybody is, at the same places each time."""

import random
import re
import time
from typing import Any

import pytest

from app.pictures.map_words import TOO_FEW, TOO_MANY
from app.pictures.network_map import LINES, draw_map
from app.pictures.placing import distances, parts, placed
from tests.charts import parsed, texts
from tests.maps import network_map
from tests.test_charts import HOSTILE, check

SIZES = [(1, 0), (2, 1), (12, 14), (40, 110), (150, 900)]


def nodes(svg: str) -> int:
    """How many members are drawn: but for one's own as circles, and one in the key."""
    return svg.count("<circle") - 1


@pytest.mark.parametrize(("members", "ties"), SIZES)
@pytest.mark.parametrize("width", [360, 1200])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_member_is_a_mark_within_the_sheet(
    members: int, ties: int, width: int, theme: Any
) -> None:
    document = network_map(members, ties)
    svg = draw_map(document, "Kestrelmoor Asthma Network", width=width, theme=theme)
    check(svg)
    root = parsed(svg)
    tall = float(root.get("height", "0"))
    assert nodes(svg) == members - any(node["own"] for node in document["nodes"])
    for element in root.iter():
        for name, most in (("x", width), ("cx", width), ("y", tall), ("cy", tall)):
            if element.get(name) is not None:
                assert 0 <= float(element.get(name, "")) <= most
        for x, y in re.findall(r"[ML]([\d.-]+) ([\d.-]+)", element.get("d", "")):
            assert (0 <= float(x) <= width, 0 <= float(y) <= tall) == (True, True)


def test_a_tie_has_a_line_for_each_of_its_kinds() -> None:
    for kind in LINES:
        document = network_map(3, 0)
        tie = {
            "source": 0,
            "target": 1,
            "kinds": [kind],
            "directed": kind in ("feedback", "adopted"),
        }
        svg = draw_map(document | {"ties": [tie]}, "A network")
        bare = re.sub(r"#[0-9a-f]{6}", "#000000", svg)
        dashes, thick = LINES[kind]
        assert f'stroke-width="{thick}"' in bare
        assert (f'stroke-dasharray="{dashes}"' in bare) is (dashes != "none")
        heads = 2 if tie["directed"] else 0
        assert svg.count("<path") == 2 + 2 + heads, (
            "you, the line and its head: in the map and in the key"
        )
    assert len(set(LINES.values())) == len(LINES)


def test_ones_own_mark_has_another_shape_and_only_where_it_is_ones_own() -> None:
    mine, nobodys = (draw_map(network_map(12, 14, own=own), "A network") for own in (True, False))
    assert "You" in texts(parsed(mine))
    assert "You" not in texts(parsed(nobodys))
    assert nodes(nobodys) == nodes(mine) + 1


def test_nobody_is_named_nor_numbered() -> None:
    document = network_map(40, 110)
    for node in document["nodes"]:
        node["id"] += 70_000
    for tie in document["ties"]:
        tie["source"] += 70_000
        tie["target"] += 70_000
    assert not re.search(r"700\d\d", draw_map(document, "A network"))


def test_the_measures_are_written() -> None:
    root = parsed(draw_map(network_map(40, 110), "A network", width=1200))
    assert {"0.12", "0.31", "\u22120.2", "3", "\u2013"} <= set(texts(root))
    assert "0.12 density" in (root[1].text or "")


def test_the_same_map_gives_the_same_bytes_in_whatever_order() -> None:
    document = network_map(40, 110)
    assert draw_map(document, "A") == draw_map(network_map(40, 110), "A")
    assert draw_map(document, "A") != draw_map(network_map(40, 110, seed=2), "A")


def test_the_largest_is_drawn_in_part_and_says_so() -> None:
    """300 members, each tied to each: more ties than a picture can show."""
    document = network_map(300, 0)
    document["ties"] = [
        {"source": i, "target": j, "kinds": ["adopted" if i == 7 else "met"], "directed": i == 7}
        for i in range(300)
        for j in range(i)
    ]
    before = time.process_time()
    svg = draw_map(document, "A network", width=360)
    assert time.process_time() - before < 2
    check(svg)
    assert nodes(svg) == 299
    assert "Drawn are 3,000 of 44,850 ties" in svg
    assert svg.count(f'stroke-width="{LINES["adopted"][1]}"') == 7 + 1, (
        "all of the rarer ones, and the key"
    )
    assert len(svg) < 600_000


@pytest.mark.parametrize(
    ("measures", "said"), [(None, TOO_FEW), (network_map(9, 9)["measures"], TOO_MANY)]
)
def test_without_nodes_it_says_why(measures: Any, said: str) -> None:
    document = network_map(0, 0) | {"nodes": None, "ties": None, "measures": measures}
    svg = draw_map(document, "A network", width=360)
    check(svg)
    assert said in " ".join(texts(parsed(svg)))
    assert "<circle" not in svg


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_name_becomes_markup(text: str) -> None:
    check(draw_map(network_map(12, 14), text, width=360))


def test_parts_are_those_that_are_connected() -> None:
    """Against a search that merges sets until nothing merges."""
    for seed in range(20):
        chance = random.Random(seed)
        pairs = [tuple(chance.sample(range(30), 2)) for _ in range(18)]
        tied: dict[int, list[int]] = {}
        for one, other in pairs:
            tied.setdefault(one, []).append(other)
            tied.setdefault(other, []).append(one)
        sets: list[set[int]] = [set(pair) for pair in pairs]
        for _ in pairs:
            for each in list(sets):
                touching = [s for s in sets if s & each]
                sets = [s for s in sets if not s & each] + [set().union(*touching)]
        found = parts(range(30), tied)
        assert sorted(map(sorted, found)) == sorted(map(sorted, sets))
        assert [len(part) for part in found] == sorted(map(len, found), reverse=True)


def test_places_are_apart_and_in_the_square() -> None:
    """Where all are tied to all there is no direction to spread in, and yet no two stand on each other."""
    everybody = {i: [j for j in range(15) if j != i] for i in range(15)}
    line = {0: [1], 1: [0, 2], 2: [1, 3], 3: [2]}
    for tied in (everybody, line):
        places = placed(list(tied), tied)
        assert all(-1.001 <= a <= 1.001 for place in places.values() for a in place)
        spots = list(places.values())
        near = [max(abs(a - c), abs(b - d)) for i, (a, b) in enumerate(spots) for c, d in spots[:i]]
        assert min(near) > 0.1
    assert distances(0, line) == {0: 0, 1: 1, 2: 2, 3: 3}

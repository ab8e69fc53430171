"""An ODS file goes in whole and once, or not at all."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from app.core.work import House
from app.exchange.ods import FileKind, OdsFileError, parse_organisations
from app.exchange.ods.importer import ImportReport, SmallerThanBefore, import_file
from app.exchange.ods.load import shipped_data
from app.models import Change, FeedHead
from tests.house import TestHouse
from tests.ods_samples import FILES, KINDS, SAMPLES, epraccur, sample
from tests.reference import everything, load_small, quiet, small_organisations

pytestmark = pytest.mark.anyio
DENSHAM = "A81001"


@pytest.fixture
async def fresh(own_url: str) -> AsyncIterator[TestHouse]:
    """The service over that database, with the small reference data."""
    async with TestHouse.over(own_url) as house:
        await load_small(house.app.rooms.house)
        yield house


@pytest.fixture
def rooms(fresh: TestHouse) -> House:
    """What imports take."""
    return fresh.app.rooms.house


async def took(house: House, path: Path, kind: FileKind, **options: Any) -> ImportReport:
    return await import_file(house, path, kind, report=quiet, **options)


async def one(fresh: TestHouse, code: str) -> dict[str, Any]:
    answer = await fresh.anonymous.get(f"/v1/organisations/{code}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.fixture
def file(tmp_path: Path) -> Callable[[bytes], Path]:
    """Write a file to import."""

    def write(content: bytes) -> Path:
        path = tmp_path / "file.csv"
        path.write_bytes(content)
        return path

    return write


@pytest.mark.parametrize("kind", KINDS)
async def test_the_same_file_again_changes_nothing(rooms: House, kind: FileKind) -> None:
    path = SAMPLES / FILES[kind]
    if kind == "pcn-partners":  # what ships knows the open practices' networks already
        await took(rooms, SAMPLES / FILES["epraccur"], "epraccur")
    first = await took(rooms, path, kind)
    assert first.added + first.changed > 0
    before = await everything(rooms)
    again = await took(rooms, path, kind)
    assert (again.added, again.changed, again.unchanged) == (
        0,
        0,
        first.added + first.changed + first.unchanged,
    )
    after = await everything(rooms)
    assert len(after["import_run"]) == len(before["import_run"]) + 1
    assert {**after, "import_run": []} == {**before, "import_run": []}


async def test_what_an_import_says_of_itself(rooms: House) -> None:
    told = parse_organisations(sample("epraccur"), "epraccur")
    known = small_organisations()
    report = await took(rooms, SAMPLES / FILES["epraccur"], "epraccur")
    assert report.rows == len(told) == 424
    assert report.added == sum(row.code not in known for row in told) == 258
    assert (report.changed, report.unchanged) == (0, 166)
    everybody = known.keys() | {row.code for row in told}
    unknown = {p.code for row in told for p in row.parents} - everybody
    assert report.unknown_parents == tuple(sorted(unknown))
    assert unknown


async def test_partnerships_of_unknown_practices_are_reported_and_left_out(
    rooms: House, fresh: TestHouse
) -> None:
    report = await took(rooms, SAMPLES / FILES["pcn-partners"], "pcn-partners")
    assert report.rows == 200
    assert report.unknown_practices
    answer = await fresh.anonymous.get(f"/v1/organisations/{report.unknown_practices[0]}")
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("spoil", "line"),
    [
        (lambda content: content[: len(content) // 2], None),
        (lambda content: content.replace(b"\n", b"\nshort,row\n", 1), 2),
        (lambda content: content + epraccur(c1="A81999").replace(b',"', b"", 1), 425),
        (lambda content: content.replace(b"SURGERY", "SURGÉRY".encode("latin-1"), 1), 1),
        (lambda content: content.decode().encode("utf-16"), 1),
        (lambda content: content + content.splitlines(keepends=True)[0], 425),
    ],
    ids=["cut", "two columns", "26 columns", "latin-1", "utf-16", "a code twice"],
)
async def test_a_faulty_file_leaves_nothing_behind(
    rooms: House,
    file: Callable[[bytes], Path],
    spoil: Callable[[bytes], bytes],
    line: int | None,
) -> None:
    before = await everything(rooms)
    with pytest.raises(OdsFileError) as caught:
        await took(rooms, file(spoil(sample("epraccur"))), "epraccur")
    assert line is None or caught.value.line == line
    assert str(caught.value).startswith(f"line {caught.value.line}: ")
    assert await everything(rooms) == before


async def test_a_much_smaller_file_is_refused_unless_forced(
    rooms: House, file: Callable[[bytes], Path]
) -> None:
    await took(rooms, SAMPLES / FILES["epraccur"], "epraccur")
    lines = sample("epraccur").splitlines(keepends=True)
    enough, too_few = b"".join(lines[:340]), b"".join(lines[:339])
    before = await everything(rooms)
    with pytest.raises(SmallerThanBefore, match=r"339 rows.* 424.*--force"):
        await took(rooms, file(too_few), "epraccur")
    assert await everything(rooms) == before
    assert (await took(rooms, file(enough), "epraccur")).rows == 340
    forced = await took(rooms, file(lines[0]), "epraccur", force=True)
    assert (forced.rows, forced.unchanged) == (1, 1)
    # Absence closes nothing, however much is absent.
    after = await everything(rooms)
    assert {**after, "import_run": []} == {**before, "import_run": []}


async def test_another_kind_of_file_is_not_compared(rooms: House) -> None:
    await took(rooms, SAMPLES / FILES["epraccur"], "epraccur")
    assert (await took(rooms, SAMPLES / FILES["etr"], "etr")).rows == 37


async def test_a_known_place_is_never_lost(
    rooms: House, fresh: TestHouse, file: Callable[[bytes], Path]
) -> None:
    nowhere: tuple[float | None, float | None] = (None, None)

    async def place(**columns: str) -> tuple[float | None, float | None]:
        await took(rooms, file(epraccur(**columns)), "epraccur")
        found = await one(fresh, columns.get("c1", DENSHAM))
        assert found["postcode"] == (columns.get("c10", "TS18 1HU") or None)
        return found["latitude"], found["longitude"]

    shipped = small_organisations()
    exact = (shipped[DENSHAM].latitude, shipped[DENSHAM].longitude)
    outcodes = {row.outcode: (row.latitude, row.longitude) for row in shipped_data().outcodes()}
    assert await place() == exact
    assert await place(c10="TS18 9ZZ") == exact  # moved within its outcode
    assert await place(c10="S1 9ZZ") == outcodes["S1"]  # moved away
    other = next(row for row in shipped.values() if row.postcode and row.code != DENSHAM)
    assert await place(c10=str(other.postcode)) == (other.latitude, other.longitude)
    here = (other.latitude, other.longitude)
    assert await place(c10="ZZ9 9ZZ") == here  # nobody knows where
    assert await place(c10="") == here
    assert await place(c1="A81999", c10="S1 9ZZ") == outcodes["S1"]
    assert await place(c1="A81998", c10="ZZ9 9ZZ") == nowhere


async def test_what_the_file_does_not_speak_of_stays(
    rooms: House, fresh: TestHouse, file: Callable[[bytes], Path]
) -> None:
    await took(rooms, file(epraccur(c15="26A", c16="20240101")), "epraccur")
    parents = {p["relationship"]: p["code"] for p in (await one(fresh, DENSHAM))["parents"]}
    assert parents == {"icb": "QHM", "pcn": "U89141", "region": "Y63", "sub_icb": "26A"}
    for parent, is_below in (("26A", True), ("16C", False), ("U89141", True)):
        params = {"parent": parent, "q": DENSHAM}
        below = await fresh.anonymous.get("/v1/organisations", params=params)
        assert (DENSHAM in [item["code"] for item in below.json()["items"]]) is is_below
    before = await one(fresh, "U89141")
    await took(rooms, SAMPLES / FILES["pcn"], "pcn")
    assert await one(fresh, "U89141") == before


async def test_a_network_that_is_new_lies_in_the_region_of_its_sub_icb(
    rooms: House, fresh: TestHouse
) -> None:
    assert "U00070" not in small_organisations()
    await took(rooms, SAMPLES / FILES["pcn"], "pcn")
    found = await one(fresh, "U00070")
    assert found["region"] == small_organisations()["36L"].region
    assert found["latitude"] is not None


async def test_its_practices_are_found_by_the_new_name_of_a_network(
    rooms: House, fresh: TestHouse, file: Callable[[bytes], Path]
) -> None:
    header, row, *_ = sample("pcn").splitlines()
    renamed = row.replace(b"U00070", b"U89141").replace(b"WEST MERTON", b"BLUE MEADOW")
    before = await one(fresh, DENSHAM)
    report = await took(rooms, file(b"\n".join((header, renamed, b""))), "pcn")
    assert (report.added, report.changed) == (0, 1)
    params = {"q": "blue meadow", "kind": "gp_practice"}
    found = (await fresh.anonymous.get("/v1/organisations", params=params)).json()["items"]
    assert DENSHAM in [item["code"] for item in found]
    after = await one(fresh, DENSHAM)
    parents = [before.pop("parents"), after.pop("parents")]
    assert before == after
    assert "BLUE MEADOW PCN" in {parent["name"] for parent in parents[1]}


async def test_a_new_name_is_found_and_the_old_one_is_not(
    rooms: House, fresh: TestHouse, file: Callable[[bytes], Path]
) -> None:
    report = await took(rooms, file(epraccur(c2="WINDMILL HOUSE", c13="C")), "epraccur")
    assert (report.added, report.changed) == (0, 1)

    async def found(q: str) -> list[str]:
        answer = await fresh.anonymous.get("/v1/organisations", params={"q": q})
        return [item["code"] for item in answer.json()["items"]]

    # What has only a part of the words may follow.
    assert (await found("windmill house"))[0] == DENSHAM
    assert DENSHAM not in await found("densham surgery")
    assert (await one(fresh, DENSHAM))["active"] is False


async def test_reference_data_is_no_change_of_the_feed(rooms: House) -> None:
    for kind in KINDS:
        await took(rooms, SAMPLES / FILES[kind], kind)
    (changes,) = await rooms.db.fetch(
        "count changes", lambda: select(func.count(Change.seq).label("n")), {}
    )
    (head,) = await rooms.db.fetch("head of feed", lambda: select(FeedHead.seq.label("n")), {})
    assert (changes["n"], head["n"]) == (0, 0)


async def test_progress_is_told_and_ends_at_the_total(rooms: House) -> None:
    heard: list[tuple[str, int, int]] = []
    await import_file(
        rooms, SAMPLES / FILES["epraccur"], "epraccur", report=lambda *step: heard.append(step)
    )
    assert heard == [("rows read", 424, 424), ("organisations", 258, 258)]


async def test_two_imports_at_once_do_it_once(rooms: House) -> None:
    path = SAMPLES / FILES["epraccur"]
    both = await asyncio.gather(took(rooms, path, "epraccur"), took(rooms, path, "epraccur"))
    assert sorted(report.added for report in both) == [0, 258]


class BreaksOffError(Exception):
    pass


async def test_an_import_that_breaks_off_leaves_nothing(rooms: House) -> None:
    before = await everything(rooms)

    def break_off(what: str, done: int, total: int) -> None:
        if what == "organisations" and done == total:
            raise BreaksOffError

    with pytest.raises(BreaksOffError):
        await import_file(rooms, SAMPLES / FILES["epraccur"], "epraccur", report=break_off)
    assert await everything(rooms) == before

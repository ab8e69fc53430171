"""The figures of a measure: replaced whole or by a range, as JSON or CSV; who reads them; what is wrong."""

import asyncio
import gzip
from typing import Any

import pytest

from tests.house import Client, TestHouse
from tests.measured import CSV, Study, counted, csv_of, months

pytestmark = pytest.mark.anyio

Json = dict[str, Any]
BLANK: Json = {"denominator": None, "value": None, "annotation": None, "suppressed": False}


async def _put_csv(client: Client, path: str, text: str | bytes, **params: str) -> Any:
    content = text.encode() if isinstance(text, str) else text
    return await client.request(
        "PUT", f"{path}/observations", content=content, headers=CSV, params=params
    )


async def _read(client: Client, path: str, **params: str) -> list[Json]:
    answer = await client.get(f"{path}/observations", params=params)
    assert answer.status_code == 200, answer.text
    found: list[Json] = answer.json()["observations"]
    return found


async def test_a_series_goes_in_and_comes_out(house: TestHouse) -> None:
    """In order of day, each number as it was; the measure follows; the same again changes nothing."""
    study = await Study.of(house)
    given = [
        {"on": "2024-03-01", "value": 6.25},
        {"on": "2024-01-01", "numerator": 12, "denominator": 80},
        {"on": "2024-02-01", "numerator": 9.5, "annotation": "New\nrecall letter"},
    ]
    written = await study.observe(given)
    short = {
        "measure_id": study.measure_id,
        "count": 3,
        "first_on": "2024-01-01",
        "last_on": "2024-03-01",
    }
    assert written == {**short, "version": 2}
    client = study.author.client
    read = await client.get(f"{study.path}/observations")
    assert read.json() == {
        **short,
        "version": 2,
        "observations": [
            {**BLANK, "on": "2024-01-01", "numerator": 12, "denominator": 80},
            {**BLANK, "on": "2024-02-01", "numerator": 9.5, "annotation": "New\nrecall letter"},
            {**BLANK, "on": "2024-03-01", "numerator": None, "value": 6.25},
        ],
    }
    measure = (await client.get(study.path)).json()
    assert (measure["observation_count"], measure["first_on"], measure["last_on"]) == (
        3, "2024-01-01", "2024-03-01",
    )  # fmt: skip
    assert (await study.observe(given))["version"] == 2
    known = await client.get(
        f"{study.path}/observations", headers={"If-None-Match": read.headers["etag"]}
    )
    assert known.status_code == 304
    assert (await study.observe([]))["count"] == 0


async def test_a_range_replaces_its_days_alone(house: TestHouse) -> None:
    """Both bounds included, either left out; a day outside is refused; an empty range takes them away."""
    study = await Study.of(house)
    await study.observe(counted(12))
    client = study.author.client
    put = f"{study.path}/observations"
    june = [{"on": "2020-06-01", "value": 1}, {"on": "2020-06-15", "value": 2}]
    ranged = {"from": "2020-06-01", "to": "2020-06-30"}
    answer = await client.put(put, {"observations": june}, params=ranged)
    assert answer.json()["count"] == 13
    read = await _read(client, study.path, **ranged)
    assert [one["value"] for one in read] == [1, 2]
    outside = await client.put(put, {"observations": counted(1)}, params=ranged)
    assert outside.json()["errors"][0]["pointer"] == "/observations/0/on"
    assert outside.json()["errors"][0]["code"] == "outside_range"
    tail = await client.put(put, {"observations": []}, params={"from": "2020-07-01"})
    assert (tail.json()["count"], tail.json()["last_on"]) == (7, "2020-06-15")
    backwards = await client.put(
        put, {"observations": []}, params={"from": "2021-01-01", "to": "2020-01-01"}
    )
    assert backwards.json()["errors"][0]["code"] == "ends_before_it_begins"


async def test_csv_goes_in_and_comes_out(house: TestHouse) -> None:
    """By Accept or by name, and back again; with a formula quoted, which comes back as it was."""
    study = await Study.of(house)
    client = study.author.client
    text = (
        "\ufeffOn,Numerator,Denominator,Annotation\r\n"
        '2024-01-01,52,80,"a, ""b"""\r\n2024-02-01,61,82,=1+1\r\n'
    )
    written = await _put_csv(client, study.path, text)
    assert (written.status_code, written.json()["count"]) == (200, 2)
    by_accept = await client.get(f"{study.path}/observations", headers={"Accept": "text/csv"})
    by_name = await client.get(f"{study.path}/observations", params={"format": "csv"})
    assert by_accept.headers["content-type"].startswith("text/csv")
    assert by_accept.headers["content-disposition"].startswith("attachment; filename=")
    assert (
        by_accept.text
        == by_name.text
        == (
            "on,numerator,denominator,value,annotation\r\n"
            '2024-01-01,52,80,,"a, ""b"""\r\n2024-02-01,61,82,,\'=1+1\r\n'
        )
    )
    known = {"If-None-Match": by_name.headers["etag"], "Accept": "text/csv"}
    assert (await client.get(f"{study.path}/observations", headers=known)).status_code == 304
    again = await _put_csv(client, study.path, by_name.text)
    assert again.json()["version"] == written.json()["version"]
    read = await _read(client, study.path)
    assert [one["annotation"] for one in read] == ['a, "b"', "=1+1"]


HEADER = "on,numerator,denominator,annotation\n"
ROW = "2024-01-01,52,80,\n"


@pytest.mark.parametrize(
    ("text", "cell", "code"),
    [
        ("when,numerator\n2024-01-01,52\n", "#cell=1,1", "csv_header"),
        ("on,count\n2024-01-01,52\n", "#cell=1,2", "csv_header"),
        ("2024-01-01,52,80\n", "#cell=1,1", "csv_header"),
        ("on,numerator,numerator\n2024-01-01,52,1\n", "#cell=1,3", "csv_header"),
        (HEADER + ROW + "2024-02-01,1e400,80,\n", "#cell=3,2", "out_of_range"),
        (HEADER + ROW + "2024-02-01,n/a,80,\n", "#cell=3,2", "not_a_number"),
        (HEADER + ROW + "2024-02-01,=SUM(A1),80,\n", "#cell=3,2", "not_a_number"),
        (HEADER + ROW + "2024-02-01,52%,80,\n", "#cell=3,2", "not_a_number"),
        (HEADER + ROW + "2024-02-01,NaN,80,\n", "#cell=3,2", "not_a_number"),
        (HEADER + ROW + ROW, "#cell=3,1", "duplicate"),
        (HEADER + ROW + "01/02/2024,52,80,\n", "#cell=3,1", "day_format"),
        (HEADER + ROW + "2024-02-30,52,80,\n", "#cell=3,1", "no_such_day"),
        (HEADER + ROW + "2024-02-01,52,0,\n", "#cell=3,3", "zero_denominator"),
        (HEADER + ROW + "2024-02-01,-1,80,\n", "#cell=3,2", "out_of_range"),
        (HEADER + ROW + "2024-02-01,52,80,a,b\n", "#cell=3,5", "csv_columns"),
        (HEADER + ROW + '2024-02-01,52,80,"open\n', "#cell=3,4", "csv_quote"),
        ("on;numerator;denominator\n2024-01-01;52;80\n", "#cell=1,1", "csv_separator"),
        ("on\tnumerator\n2024-01-01\t52\n", "#cell=1,1", "csv_separator"),
        ("", "#cell=1,1", "csv_empty"),
        (HEADER, "#cell=2,1", "csv_empty"),
        (HEADER.encode() + b"2024-01-01,52,80,caf\xe9\n", "#cell=2,4", "csv_encoding"),
        ("\ufeff".encode("utf-16-le") + HEADER.encode("utf-16-le"), "#cell=1,1", "csv_encoding"),
        (HEADER + ROW + "2024-02-01,52,80,a\x07b\n", "#cell=3,4", "control_character"),
    ],
)
async def test_each_fault_of_a_csv_is_named_by_its_cell(
    house: TestHouse, text: str | bytes, cell: str, code: str
) -> None:
    """Line and column in the pointer and in words; nothing of it is stored; no cell is repeated in the answer."""
    study = await Study.of(house)
    await study.observe(counted(3))
    answer = await _put_csv(study.author.client, study.path, text)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    error = answer.json()["errors"][0]  # a header that is wrong may lack a column besides
    assert (error["pointer"], error["code"]) == (cell, code)
    line, column = cell.removeprefix("#cell=").split(",")
    assert error["detail"].startswith(f"Line {line}, column {column}")
    assert len(await _read(study.author.client, study.path)) == 3
    assert (await study.author.client.get(study.path)).json()["version"] == 2


async def test_every_fault_is_told_up_to_twenty(house: TestHouse) -> None:
    """In order of the cells, and the detail says how many there are."""
    study = await Study.of(house)
    text = "on,numerator\n" + "".join(f"{day},n/a\n" for day in months(30))
    answer = (await _put_csv(study.author.client, study.path, text)).json()
    assert [one["pointer"] for one in answer["errors"]] == [f"#cell={n},2" for n in range(2, 22)]
    assert "30" in answer["detail"]


@pytest.mark.parametrize(
    ("wrong", "pointer", "code"),
    [
        ({"on": "2024-01-01"}, "/observations/1", "no_figure"),
        ({"on": "2024-02-30", "value": 1}, "/observations/1/on", "no_such_day"),
        ({"on": "2024-02-01", "value": 1e16}, "/observations/1/value", "less_than_equal"),
        ({"on": "2024-02-01", "value": "1"}, "/observations/1/value", "float_type"),
        ({"on": "2024-02-01", "value": True}, "/observations/1/value", "float_type"),
        ({"on": "2024-02-01", "numerator": -1}, "/observations/1/numerator", "greater_than_equal"),
        ({"on": "2024-02-01", "numerator": 1, "value": 1}, "/observations/1/value", "value_and_count"),
        ({"on": "2024-02-01", "denominator": 1}, "/observations/1/denominator", "denominator_alone"),
        ({"on": "2024-02-01", "numerator": 1, "denominator": 0}, "/observations/1/denominator", "zero_denominator"),
        ({"on": "2020-01-01", "value": 1}, "/observations/1/on", "duplicate"),
        ({"on": "2024-02-01", "value": 1, "who": "x"}, "/observations/1/who", "extra_forbidden"),
    ],
)  # fmt: skip
async def test_each_fault_of_json_is_named_by_its_pointer(
    house: TestHouse, wrong: Json, pointer: str, code: str
) -> None:
    """And nothing is stored."""
    study = await Study.of(house)
    body = {"observations": [*counted(1), wrong]}
    answer = await study.author.client.put(f"{study.path}/observations", body)
    assert answer.status_code == 422, answer.text
    (error,) = answer.json()["errors"]
    assert (error["pointer"], error["code"]) == (pointer, code)
    assert await _read(study.author.client, study.path) == []


async def test_only_what_is_said_is_taken_as_a_body(house: TestHouse) -> None:
    """Neither another media type, nor another character set, nor what is compressed."""
    study = await Study.of(house)
    client, path = study.author.client, f"{study.path}/observations"
    text = csv_of(counted(2)).encode()
    for headers in (
        {"Content-Type": "text/plain"},
        {"Content-Type": "text/csv; charset=iso-8859-1"},
        {"Content-Type": "text/csv", "Content-Encoding": "gzip"},
        {},
    ):
        body = gzip.compress(text) if "Content-Encoding" in headers else text
        answer = await client.request("PUT", path, content=body, headers=headers)
        assert answer.status_code == 415, headers
    good = {"Content-Type": 'text/csv; charset="UTF-8"; header=present'}
    assert (await client.request("PUT", path, content=text, headers=good)).status_code == 200
    as_json = await client.request(
        "PUT", path, content=text, headers={"Content-Type": "application/json"}
    )
    assert as_json.json()["code"] == "invalid_json"


async def test_ten_thousand_observations_fit(house: TestHouse) -> None:
    """As CSV and as JSON; one more does not."""
    study = await Study.of(house)
    days = [f"{2000 + at // 336}-{at // 28 % 12 + 1:02}-{at % 28 + 1:02}" for at in range(10_001)]
    many = [
        {"on": day, "numerator": 900_000 + at, "denominator": 950_000 + at}
        for at, day in enumerate(days)
    ]
    client = study.author.client
    answer = await _put_csv(client, study.path, csv_of(many[:10_000]))
    assert answer.json()["count"] == 10_000
    again = await client.put(f"{study.path}/observations", {"observations": many[:10_000]})
    assert again.json() == answer.json()
    too_many = await _put_csv(client, study.path, csv_of(many))
    assert too_many.json()["errors"][0]["code"] == "too_long"
    beside = {"observations": many[10_000:]}
    whole = await client.put(f"{study.path}/observations", beside, params={"from": days[-1]})
    assert whole.json()["errors"][0]["code"] == "too_long"
    read = await client.get(f"{study.path}/observations")
    assert len(read.json()["observations"]) == 10_000


async def test_small_numbers_are_for_authors(house: TestHouse) -> None:
    """Everybody else reads that there is a figure and not which: in JSON, CSV, analysis and chart, nor by any tag."""
    study = await Study.of(house)
    small = counted(20)
    small[3] |= {"numerator": 5, "annotation": "Snow"}
    small[7] |= {"numerator": 77}  # three of eighty were not
    await study.observe(small)
    await study.publish()
    client, fay = study.author.client, study.group.fay.client
    assert [one["numerator"] for one in await _read(client, study.path)] == [
        one["numerator"] for one in small
    ]
    read = await _read(fay, study.path)
    hidden = [one for one in read if one["suppressed"]]
    assert [one["on"] for one in hidden] == [small[3]["on"], small[7]["on"]]
    assert [(one["numerator"], one["value"], one["annotation"]) for one in hidden] == [
        (None, None, "Snow"), (None, None, None),
    ]  # fmt: skip
    text = (await fay.get(f"{study.path}/observations", params={"format": "csv"})).text
    assert "suppressed" in text.splitlines()[0]
    assert f"{small[3]['on']},,80,,Snow,true" in text
    analysed = (await fay.get(f"{study.path}/analysis")).json()
    assert {point["on"] for point in analysed["points"]} == {
        one["on"] for one in read if not one["suppressed"]
    }
    assert "small_numbers_left_out" in analysed["warnings"]
    whole = (await client.get(f"{study.path}/analysis")).json()
    assert whole["groups"][0]["centre_line"] != analysed["groups"][0]["centre_line"]
    assert "small_numbers_left_out" not in whole["warnings"]
    before = (await fay.get(f"{study.path}/chart.svg")).headers["etag"]
    small[3]["numerator"] = 6
    await study.observe(small)
    assert (await fay.get(f"{study.path}/chart.svg")).headers["etag"] == before


async def test_what_is_small_elsewhere_counts_here(house: TestHouse) -> None:
    """A measure with nothing small in it is suppressed where it gives away another's small number."""
    study = await Study.of(house)
    days = months(12)
    screened: list[Json] = [
        {"on": day, "numerator": 40 + at, "denominator": 80} for at, day in enumerate(days)
    ]
    screened[2]["numerator"] = 77
    rest: list[Json] = [
        {"on": day, "numerator": 80 - one["numerator"], "denominator": 80}
        for day, one in zip(days, screened, strict=True)
    ]
    await study.observe(screened)
    missed = (await study.add(name="Missed"))["id"]
    await study.observe(rest, missed)
    await study.publish()
    fay = study.group.fay.client
    for path in (study.path, f"/v1/measures/{missed}"):
        read = await _read(fay, path)
        assert [one["on"] for one in read if one["suppressed"]] == [days[2]], path


async def test_two_ranges_at_once_are_both_kept(house: TestHouse) -> None:
    """Neither loses what the other wrote; with If-Match one of them is told."""
    study = await Study.of(house)
    await study.observe(counted(24))
    client, put = study.author.client, f"{study.path}/observations"

    async def year(number: int, **headers: str) -> Any:
        rows = [{"on": f"{number}-05-01", "value": number}]
        params = {"from": f"{number}-01-01", "to": f"{number}-12-31"}
        return await client.put(put, {"observations": rows}, params=params, headers=headers)

    for answer in await asyncio.gather(*(year(number) for number in (2020, 2021, 2022, 2023))):
        assert answer.status_code == 200
    assert [one["value"] for one in await _read(client, study.path)] == [2020, 2021, 2022, 2023]
    tag = (await client.get(study.path)).headers["etag"]
    both = await asyncio.gather(
        *(year(number, **{"If-Match": tag}) for number in (2024, 2025, 2026))
    )
    assert sorted(answer.status_code for answer in both) == [200, 412, 412]
    assert len(await _read(client, study.path)) == 5


async def test_a_measure_of_a_draft_takes_no_figures_from_others(house: TestHouse) -> None:
    """Whoever does not see it is told that there is nothing, whatever they send."""
    study = await Study.of(house)
    fay = study.group.fay.client
    answer = await fay.put(f"{study.path}/observations", {"observations": counted(2)})
    assert answer.status_code == 404
    assert (await _put_csv(fay, study.path, csv_of(counted(2)))).status_code == 404


PATIENT = "4505577104"  # made up, with a checksum that is right


@pytest.mark.parametrize(
    ("header", "row", "cell"),
    [
        ("on,value", "2024-01-01,{}", "#cell=2,2"),
        ("on,numerator", "2024-01-01,{}", "#cell=2,2"),
        ("on,numerator,annotation", "2024-01-01,52,seen {}", "#cell=2,3"),
        ("on,numerator,annotation", '2024-01-01,52,"a\nNHS no {}"', "#cell=2,3"),
        ("on,numerator", "{},52", "#cell=2,1"),
        ("on,numerator,{}", "2024-01-01,52,", "#cell=1,3"),
        ("on,numerator", "2024-01-01,52,{}", "#cell=2,3"),
    ],
)
async def test_a_patients_number_in_a_cell_is_refused_and_never_repeated(
    house: TestHouse, header: str, row: str, cell: str
) -> None:
    """Whatever the column; in JSON as well."""
    study = await Study.of(house)
    for number in (PATIENT, f"{PATIENT[:3]} {PATIENT[3:6]} {PATIENT[6:]}"):
        text = f"{header}\n{row}\n".replace("{}", number)
        answer = await _put_csv(study.author.client, study.path, text)
        assert answer.status_code == 422, answer.text
        assert [one["pointer"] for one in answer.json()["errors"]] == [cell]
        assert PATIENT[:3] not in answer.text.replace(answer.json()["instance"], "")
    as_json = {"observations": [{"on": "2024-01-01", "value": int(PATIENT)}]}
    refused = await study.author.client.put(f"{study.path}/observations", as_json)
    assert refused.json()["errors"][0]["code"] == "patient_identifier"
    assert await _read(study.author.client, study.path) == []


async def test_an_annotation_that_may_be_of_a_patient_is_asked_about(house: TestHouse) -> None:
    """CSV as JSON: refused by its cell, and taken with the acknowledgement."""
    study = await Study.of(house)
    client = study.author.client
    text = "on,numerator,annotation\n2024-01-01,52,Mrs Jones aged 93 fell\n"
    asked = await _put_csv(client, study.path, text)
    (error,) = asked.json()["errors"]
    assert (error["pointer"], error["code"]) == ("#cell=2,3", "possible_patient_data")
    assert "Jones" not in asked.text
    taken = await _put_csv(client, study.path, text, acknowledge_warnings="true")
    assert taken.status_code == 200
    export = (await client.get(f"{study.path}/observations", params={"format": "csv"})).text
    assert (await _put_csv(client, study.path, export)).status_code == 422


async def test_what_is_hidden_follows_every_change(house: TestHouse) -> None:
    """It is kept by the state of all measures of the result: an edit or the end of another counts at once."""
    study = await Study.of(house)
    days = months(12)
    rows: list[Json] = [
        {"on": day, "numerator": 40 + at, "denominator": 80} for at, day in enumerate(days)
    ]
    await study.observe(rows)
    other = (await study.add(name="Missed"))["id"]
    await study.publish()
    fay = study.group.fay.client

    async def hidden() -> list[int]:
        read = await _read(fay, study.path)
        return [at for at, one in enumerate(read) if one["suppressed"]]

    assert await hidden() == []
    rest: list[Json] = [{**row, "numerator": 80 - row["numerator"]} for row in rows]
    await study.observe(rest, other)
    assert await hidden() == []
    for place in (3, 5):
        rows[place]["numerator"], rest[place]["numerator"] = 77, 3
        await study.observe(rest, other)
        await study.observe(rows)
        assert await hidden() == ([3] if place == 3 else [3, 5])
        assert await hidden() == ([3] if place == 3 else [3, 5])
    rows[3]["numerator"], rows[5]["numerator"] = 43, 45
    await study.observe(rows)
    gone = await study.author.client.delete(f"/v1/measures/{other}")
    assert gone.status_code == 204
    assert await hidden() == []

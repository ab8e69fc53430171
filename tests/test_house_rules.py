"""The house's own laws, walked over the source, the doors and the schemas. Each law notices a crafted breach."""

import ast
import subprocess
import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field

import app
from app.core import error_catalogue
from app.core.error_catalogue import CATALOGUE
from app.core.errors import HouseError
from app.core.text import Id, Input, Name, Output, UtcDateTime, line, whole
from app.core.text_of_time import LocalDateTime, Said
from app.core.work import KINDS
from app.main import describe
from app.models import Base
from app.models.base import Versioned
from app.web.door import HEALTH, Door
from app.web.form import Form
from app.web.openapi import doors_of
from tests import house_laws as laws
from tests.house_laws import Law, Source

HOUSE = Path(app.__file__).parent
EVERYWHERE: dict[Law, str] = {
    laws.constants_go_through_among: 'query = column.in_(["open", "private"])',
    laws.middleware_is_pure_asgi: "from starlette.middleware.base import BaseHTTPMiddleware",
    laws.annotations_are_real: "from __future__ import annotations",
    laws.files_are_short: "\n" * 401 + "x = 1",
    laws.functions_are_short: "def long():\n" + "    x = 1\n" * 61,
    laws.names_say_what_is_there: "class NetworkManager: ...",
    laws.errors_are_defined_in_one_place: "from app.core.errors import Conflict\nclass OutOfTune(Conflict): ...",
}
OUTSIDE_THE_DATABASE_ROOM: dict[Law, str] = {
    laws.drivers_stay_in_the_database_room: "from sqlalchemy.dialects.postgresql import insert",
    laws.dialects_stay_in_the_database_room: 'fast = db.name == "postgresql"',
    laws.sql_is_said_by_sqlalchemy: 'rows = run("SELECT 1")',
}
LAWS = EVERYWHERE | OUTSIDE_THE_DATABASE_ROOM
MORE_BREACHES: list[tuple[Law, str]] = [
    (laws.drivers_stay_in_the_database_room, "import asyncpg"),
    (laws.dialects_stay_in_the_database_room, "quick = connection.dialect.name"),
    (laws.dialects_stay_in_the_database_room, "Index('a', sqlite_where=x)"),
    (laws.sql_is_said_by_sqlalchemy, "from sqlalchemy import text"),
    (laws.middleware_is_pure_asgi, "fast.add_middleware(Timing)"),
]  # fmt: skip


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_the_source_keeps_to(law: Law) -> None:
    found = {}
    for path in sorted(HOUSE.rglob("*.py")):
        where = path.relative_to(HOUSE).as_posix()
        if law in OUTSIDE_THE_DATABASE_ROOM and where.startswith("db/"):
            continue
        breaches = list(law(Source(where, ast.parse(path.read_text()))))
        if breaches:
            found[where] = breaches
    assert found == {}


@pytest.mark.parametrize(("law", "breach"), [*LAWS.items(), *MORE_BREACHES])
def test_a_breach_is_noticed(law: Law, breach: str) -> None:
    assert list(law(Source("features/networks/queries.py", ast.parse(breach)))) != []


def _statements(tree: ast.AST) -> Iterator[str]:
    """The names under which statements are kept once they are compiled."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            given = node.args[:2] if called.startswith("fetch") else []
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Tuple):
            named = [target.id for target in node.targets if isinstance(target, ast.Name)]
            given = [node.value] if named == ["key"] else []
        else:
            given = []
        for key in given:
            shaped = isinstance(key, ast.Tuple) and bool(key.elts)
            first = key.elts[0] if isinstance(key, ast.Tuple) and key.elts else key
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield f"{first.value}, …" if shaped else first.value


def _shared_names(trees: Mapping[str, ast.AST]) -> dict[str, list[str]]:
    """Names that more than one module gives to a statement, and which modules."""
    found: dict[str, set[str]] = {}
    for where, tree in trees.items():
        for name in _statements(tree):
            found.setdefault(name, set()).add(where)
    return {name: sorted(modules) for name, modules in found.items() if len(modules) > 1}


def test_no_two_statements_have_one_name() -> None:
    """Under the same name the second module would be answered by the first one's statement."""
    trees: dict[str, ast.AST] = {}
    for path in sorted(HOUSE.rglob("*.py")):
        where = path.relative_to(HOUSE).as_posix()
        if not where.startswith("db/"):
            trees[where] = ast.parse(path.read_text())
    assert _shared_names(trees) == {}
    again = ast.parse('await fetch_one(work, "own organisation", _other, {})')
    assert _shared_names({**trees, "again.py": again}), "nobody noticed"


# --- Laws of the schemas --------------------------------------------------------------------------


def models() -> list[type[BaseModel]]:
    """Every pydantic model of the house, wherever it is."""
    for module in walk_packages(app.__path__, "app."):
        import_module(module.name)
    found: list[type[BaseModel]] = []
    waiting: list[type[BaseModel]] = [Input, Output]
    while waiting:
        model = waiting.pop()
        inner = [kind for kind in model.__subclasses__() if kind.__module__.startswith("app.")]
        found += inner
        waiting += inner
    return sorted(set(found), key=lambda model: model.__qualname__)


def inputs() -> list[type[BaseModel]]:
    """What comes in."""
    return [model for model in models() if issubclass(model, Input)]


def outputs() -> list[type[BaseModel]]:
    """What goes out."""
    return [model for model in models() if issubclass(model, Output)]


def loose_leaves(schema: Mapping[str, Any], way: str, *, cleaned: bool = False) -> Iterator[str]:
    """Places in a pydantic schema that take more than a bounded type of `core.text` does."""
    kind = schema["type"]
    if kind == "model":
        yield from loose_leaves(schema["schema"], way)
    elif kind == "model-fields":
        for name, inner in schema["fields"].items():
            yield from loose_leaves(inner["schema"], f"{way}.{name}")
    elif kind in (
        "default", "nullable", "function-before", "function-after", "definitions", "custom-error",
    ):  # fmt: skip
        ours = any(name in repr(schema.get("function")) for name in ("app.core.text", "FreeText"))
        yield from loose_leaves(schema["schema"], way, cleaned=cleaned or ours)
    elif kind == "list":
        if "max_length" not in schema:
            yield f"{way}: a list of any length"
        yield from loose_leaves(schema["items_schema"], f"{way}[]")
    elif kind not in ("enum", "literal", "definition-ref", "function-plain") and _is_loose(
        schema, cleaned=cleaned
    ):
        yield f"{way}: {kind}"


def _is_loose(schema: Mapping[str, Any], *, cleaned: bool) -> bool:
    bounds = {
        "str": {"max_length"} | (set() if cleaned else {"pattern"}),
        "int": {"ge", "le"},
        "float": {"ge", "le"},
        "bool": set(),
    }.get(schema["type"])
    if bounds is None or not schema.get("strict") or not bounds <= set(schema):
        return True
    return schema["type"] == "float" and schema.get("allow_inf_nan") is not False


@pytest.mark.parametrize("model", inputs(), ids=lambda model: model.__name__)
def test_input_is_bounded_and_closed(model: type[BaseModel]) -> None:
    assert list(loose_leaves(model.__pydantic_core_schema__, model.__name__)) == []
    assert model.model_config["extra"] == "forbid"


@pytest.mark.parametrize("model", outputs(), ids=lambda model: model.__name__)
def test_output_has_every_field(model: type[BaseModel]) -> None:
    schema = model.model_json_schema(mode="serialization")
    assert set(schema.get("required", [])) == set(schema["properties"])
    assert not model.__name__.endswith(("Create", "Patch", "Query"))


def test_there_are_models_to_look_at() -> None:
    assert len(inputs()) >= 10
    assert len(outputs()) >= 20


class Loose(Input):
    """Every way of being loose, and one of each that is not."""

    text: str
    long: Annotated[str, Field(strict=True, max_length=10)]
    lax: Annotated[str, Field(max_length=10, pattern="^[a-z]+$")]
    number: int
    bounded: Annotated[int, Field(ge=0, le=10)]
    real: Annotated[float, Field(strict=True, ge=0, le=1)]
    truth: bool
    many: list[Name]
    anything: Any
    worded: Annotated[str, Said("worded", "In words.")]
    fine: Name
    local: LocalDateTime
    also: Annotated[int, whole(0, 1, 1)] | None = None
    code: Id
    titled: Annotated[str, line(5, "abc")]
    at: UtcDateTime


def test_what_is_loose_is_noticed() -> None:
    found = [
        place.split(":")[0].split(".")[1]
        for place in loose_leaves(Loose.__pydantic_core_schema__, "Loose")
    ]
    assert found == [
        "text",
        "long",
        "lax",
        "number",
        "bounded",
        "real",
        "truth",
        "many",
        "anything",
        "worded",
    ]


# --- Laws of the doors ----------------------------------------------------------------------------


def _is_plural(path: str) -> bool:
    """Whether the last word is of many; of the words of one that end alike there is one so far."""
    return path.endswith("s") and not path.endswith("/analysis")


def badly_named(door: Door) -> Iterator[str]:
    """What the names of an operation and its schemas must say."""
    (method,) = door.methods or ("",)
    body = door.body.__name__ if door.body else None
    if method == "PATCH" and not (body or "").endswith("Patch"):
        yield f"a PATCH takes a ...Patch, not {body}"
    kind, added = (Form, "Form") if door.form else (Input, "Create")
    collection = not door.paths and (door.form or _is_plural(door.path))
    if method == "POST" and collection and not (body or "").endswith(added):
        yield f"a collection is added to with a ...{added}, not {body}"
    if body is not None and not issubclass(door.body or Output, kind):
        yield f"{body} is no {kind.__name__}"
    shown = door.response_model
    if isinstance(shown, type) and not issubclass(shown, Output):
        yield f"{shown.__name__} is no Output"
    if door.query is not None and not issubclass(door.query.model, Input):
        yield f"{door.query.model.__name__} is no Input"
    if not (door.run.__doc__ or "").strip().endswith("."):
        yield "its description is a sentence"
    listing = (
        _is_plural(door.path)
        and method == "GET"
        and not door.path.startswith(("/docs", "/problems"))
        and not door.path.endswith(".ics")  # a file
        and door.path not in HEALTH
    )
    if listing and not door.run.__name__.startswith("list_"):
        yield f"{door.run.__name__} lists"


DOORS = doors_of(describe())


@pytest.mark.parametrize("door", DOORS, ids=lambda door: f"{door.name}")
def test_doors_are_named_for_what_they_do(door: Door) -> None:
    assert list(badly_named(door)) == []


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("update_network", {"body": next(d.body for d in DOORS if d.name == "create_network")}),
        ("create_network", {"body": next(d.body for d in DOORS if d.name == "update_network")}),
        ("get_network", {"response_model": Input}),
        ("list_networks", {"name_of_run": "get_networks"}),
    ],
)
def test_a_badly_named_door_is_noticed(
    name: str, changed: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    door = next(door for door in DOORS if door.name == name)
    if "name_of_run" in changed:
        monkeypatch.setattr(door.run, "__name__", changed.pop("name_of_run"))
    for attribute, value in changed.items():
        monkeypatch.setattr(door, attribute, value)
    assert list(badly_named(door)) != []


# --- Laws of tables and errors --------------------------------------------------------------------


def test_every_resource_has_versions() -> None:
    """A table that the change feed knows is one that people read and edit."""
    versioned: set[Any] = {
        mapper.class_ for mapper in Base.registry.mappers if issubclass(mapper.class_, Versioned)
    }
    assert set(KINDS.values()) == versioned


def test_the_contract_tells_errors_in_one_order() -> None:
    """Whichever module of errors a program happens to load first."""
    orders = set()
    for first in ("errors_of_surveys", "errors_of_keeping", "error_catalogue"):
        program = f"import app.core.{first}\nfrom app.core.error_catalogue import CATALOGUE\nprint(*CATALOGUE)"
        done = subprocess.run(
            [sys.executable, "-c", program],
            cwd=HOUSE.parent,
            capture_output=True,
            text=True,
            check=True,
        )
        orders.add(done.stdout)
    assert orders == {" ".join(CATALOGUE) + "\n"}


def test_every_error_has_a_code_of_its_own() -> None:
    kinds = error_catalogue._all(HouseError)  # every one that was ever defined, wherever
    codes = [kind.code for kind in kinds if kind is not HouseError]
    assert sorted(codes) == sorted(CATALOGUE)
    for kind in CATALOGUE.values():
        assert {"code", "title"} <= set(vars(kind)) or kind.__name__ == "InternalError", kind
        assert 400 <= kind.status < 600

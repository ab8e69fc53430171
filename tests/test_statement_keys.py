"""A statement is built once for its key and kept, so no two modules may give theirs the same name."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

APP = Path(__file__).parent.parent / "app"
# Where the key stands among what a reading function is given.
PLACE = {"fetch": 0, "fetch_slow": 0, "fetch_one": 1}


def _assigned(function: ast.AST) -> dict[str, ast.expr]:
    """What the names of a function stand for, also where several are given values at once."""
    found: dict[str, ast.expr] = {}
    for node in ast.walk(function):
        if not isinstance(node, ast.Assign):
            continue
        for target in node.targets:
            pairs = [(target, node.value)]
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                pairs = list(zip(target.elts, node.value.elts, strict=True))
            found |= {one.id: value for one, value in pairs if isinstance(one, ast.Name)}
    return found


def names(source: str) -> Iterator[str]:
    """The names of statements in a module: their keys, or what these begin with."""
    for function in ast.walk(ast.parse(source)):
        if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        assigned = _assigned(function)
        for node in ast.walk(function):
            if not isinstance(node, ast.Call):
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else node.func
            place = PLACE.get(called.id if isinstance(called, ast.Name) else str(called))
            if place is None or len(node.args) <= place:
                continue
            key: ast.expr = node.args[place]
            key = assigned.get(key.id, key) if isinstance(key, ast.Name) else key
            key = key.elts[0] if isinstance(key, ast.Tuple) else key
            if isinstance(key, ast.Constant):
                yield str(key.value)


def shared(modules: dict[str, str]) -> dict[str, set[str]]:
    """Names that stand in more than one of these modules."""
    found: dict[str, set[str]] = defaultdict(set)
    for module, source in modules.items():
        for name in names(source):
            found[name].add(module)
    return {name: where for name, where in found.items() if len(where) > 1}


def test_a_name_of_a_statement_is_of_one_module() -> None:
    modules = {str(path.relative_to(APP)): path.read_text() for path in APP.rglob("*.py")}
    assert sum(1 for source in modules.values() for _ in names(source)) > 250
    assert shared(modules) == {}


def test_a_name_that_is_taken_is_noticed() -> None:
    one = "async def f(reads):\n    return await reads.fetch('inside', build, {})\n"
    other = "async def g(reads):\n    key, rank = ('inside', 1), 1\n    return await fetch_one(reads, key, build, {})\n"
    assert shared({"one": one, "other": other}) == {"inside": {"one", "other"}}
    assert shared({"one": one, "other": other.replace("inside", "outside")}) == {}

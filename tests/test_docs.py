"""What people read is whole: everything that has a name is documented, as it is, or the suite fails."""

import ast
import re
import subprocess
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer.main

from app.cli.main import cli
from app.core import access
from app.core.error_catalogue import CATALOGUE
from app.core.viewer import OPENS
from app.settings import Settings
from app.web.problems import TYPE_PATH
from tests import shell
from tests.contract import document as contract
from tests.documents import (
    KINDS,
    ROOT,
    blocks,
    documents,
    links,
    rows,
    section,
    words,
)

Documented = dict[str, Any]
DOCS = ROOT / "docs"


@dataclass(frozen=True)
class Check:
    """A document, what it says of something, and what is so."""

    path: Path
    says: Callable[[str], Documented]
    real: Callable[[], Documented]


def _settings() -> Documented:
    spelt = {True: "true", False: "false", None: "none"}
    return {
        name.upper(): spelt[field.default] if field.default in spelt else str(field.default)
        for name, field in Settings.model_fields.items()
    }


def _settings_said(text: str) -> Documented:
    return {words(row[0])[0]: row[1].strip("`") for row in rows(text)}


def _errors_said(text: str) -> Documented:
    return {words(row[0])[0]: int(row[1]) for row in rows(section(text, "Codes"))}


@cache
def _field_codes() -> Documented:
    """Every code that the code gives to a field's error, written as a constant."""
    places = {
        "FieldError": 1,
        "refuse": 1,
        "_refuse": 1,
        "PydanticCustomError": 0,
        "Said": 0,
        "JsonRefused": 0,
        "Fault": 2,
        "_stop": 2,
        "_error": 3,
        "_Wrong": 0,
        "Refused": 0,  # of a rule and of a series; others have an exception of that name without a code
        "_wrong": 0,  # of a point of a series
    }
    found: set[str] = set()
    for path in (ROOT / "app").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(func=ast.Name(id=name), args=args) if name in places:
                    coded = path.stem.startswith("recurrence") or path.parent.name == "spc"
                    if name in ("Refused", "_wrong") and not coded:
                        continue
                    code = args[places[name] :][:1]
                    found |= {str(c.value) for c in code if isinstance(c, ast.Constant)}
    return dict.fromkeys(found | {"network_id"})  # one is given as a variable


def _field_codes_said(text: str) -> Documented:
    return dict.fromkeys(
        code for row in rows(section(text, "Codes of fields")) for code in words(row[0])
    )


def _commands() -> Documented:
    """Every command with its options."""

    def walk(command: Any, path: str) -> Iterator[tuple[str, frozenset[str]]]:
        if hasattr(command, "commands"):
            for name, inner in command.commands.items():
                yield from walk(inner, f"{path} {name}")
            return
        options = {word for p in command.params for word in p.opts if word.startswith("--")}
        yield path, frozenset(options - {"--help"})

    return dict(walk(typer.main.get_command(cli), "qi-networks"))


def _commands_said(text: str) -> Documented:
    said = {}
    for row in rows(text):
        command = re.sub(r" (--as )?[A-Z]+\b", "", words(row[0])[0])
        said[command] = frozenset(re.findall(r"--[a-z-]+", " ".join(row)))
    return said


def _operations() -> Documented:
    return {
        f"{method.upper()} {path}": None
        for path, operations in contract()["paths"].items()
        for method in operations
    }


def _scopes_said(text: str) -> Documented:
    return {words(row[0])[0]: row[1] for row in rows(section(text, "Tokens and scopes"))}


def _policy_said(text: str) -> Documented:
    return {words(row[0])[0]: frozenset(words(row[1])) for row in rows(section(text, "The policy"))}


def _in_archive_said(text: str) -> Documented:
    (sentence,) = re.findall(r"only these still work:\n((?:.+\n)+)", text)
    return dict.fromkeys(words(sentence))


def _network_tiers_said(text: str) -> Documented:
    table = [row for row in rows(section(text, "Networks: visibility and tiers")) if len(row) == 2]
    return {field: row[0] for row in table for field in words(row[1])}


def _person_tiers_said(text: str) -> Documented:
    return {field: row[1] for row in rows(section(text, "People")) for field in words(row[2])}


def _visibilities_said(text: str) -> Documented:
    table = [row for row in rows(section(text, "Networks: visibility and tiers")) if len(row) == 3]
    return {words(row[0])[0]: row[1] for row in table}


def _libraries() -> Documented:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return dict.fromkeys(re.split(r"[\[=]", line)[0] for line in project["dependencies"])


def _libraries_said(text: str) -> Documented:
    return dict.fromkeys(
        name for row in rows(section(text, "Contribute")) for name in words(row[0])
    )


def _decisions() -> Documented:
    return dict.fromkeys(path.name for path in DOCS.glob("decisions/0*.md"))


ACCESS = DOCS / "access.md"
NO_TIER = {access.HIDDEN: "nothing", **access.TIER_NAMES}
CHECKS = {
    "settings": Check(DOCS / "settings.md", _settings_said, _settings),
    "errors": Check(
        DOCS / "errors.md",
        _errors_said,
        lambda: {code: error.status for code, error in CATALOGUE.items()},
    ),
    "codes of fields": Check(DOCS / "errors.md", _field_codes_said, _field_codes),
    "commands": Check(DOCS / "commands.md", _commands_said, _commands),
    "operations": Check(
        DOCS / "api-changelog.md",
        lambda text: dict.fromkeys(words(row[0])[0] for row in rows(text)),
        _operations,
    ),
    "scopes": Check(ACCESS, _scopes_said, lambda: {str(k): v for k, v in OPENS.items()}),
    "policy": Check(ACCESS, _policy_said, lambda: dict(access.POLICY)),
    "in the archive": Check(ACCESS, _in_archive_said, lambda: dict.fromkeys(access.IN_ARCHIVE)),
    "tiers of networks": Check(
        ACCESS,
        _network_tiers_said,
        lambda: {name: access.TIER_NAMES[tier] for name, tier in access.NETWORK_TIERS.items()},
    ),
    "tiers of people": Check(
        ACCESS,
        _person_tiers_said,
        lambda: {
            name: access.PERSON_TIER_NAMES[tier] for name, tier in access.PERSON_TIERS.items()
        },
    ),
    "visibilities": Check(
        ACCESS,
        _visibilities_said,
        lambda: {name: NO_TIER[tier] for name, tier in access.OUTSIDE_TIER.items()},
    ),
    "libraries": Check(ROOT / "README.md", _libraries_said, _libraries),
    "decisions": Check(
        DOCS / "decisions/README.md",
        lambda text: dict.fromkeys(re.findall(r"\]\((0[\w-]+\.md)\)", text)),
        _decisions,
    ),
}


@pytest.mark.parametrize("name", CHECKS)
def test_documented_is_what_there_is(name: str) -> None:
    check = CHECKS[name]
    assert check.says(check.path.read_text()) == check.real()


@pytest.mark.parametrize("name", CHECKS)
def test_what_is_not_documented_is_noticed(name: str) -> None:
    """Take the name of each thing away in turn: the check above must fail."""
    check, text = CHECKS[name], CHECKS[name].path.read_text()
    for what in check.real():
        without = text.replace(f"`{what}", "`something_else").replace(f"({what}", "(0000-else.md")
        assert check.says(without) != check.real(), what


def test_a_wrong_status_or_default_is_noticed() -> None:
    errors, settings = CHECKS["errors"], CHECKS["settings"]
    assert errors.says(errors.path.read_text().replace("| 412 |", "| 428 |")) != errors.real()
    assert settings.says(settings.path.read_text().replace("`8000`", "`80`")) != settings.real()


def test_a_problem_points_to_a_page_of_that_form() -> None:
    (example,) = [b.text for b in blocks((DOCS / "errors.md").read_text()) if b.kind == "json"]
    assert f'"type": "{TYPE_PATH}last_facilitator"' in example


@pytest.mark.parametrize("path", sorted(DOCS.glob("decisions/0*.md")), ids=lambda path: path.stem)
def test_a_decision_has_its_parts(path: Path) -> None:
    text = path.read_text()
    assert text.startswith(f"# {path.name[:4]} ")
    for heading in ("Context", "Decision", "Consequences", "Refused"):
        assert section(text, heading).strip()
    assert len(text.splitlines()) <= 70, "one page"


@pytest.mark.parametrize("path", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_fences_and_links(path: Path) -> None:
    text = path.read_text()
    assert [block.kind for block in blocks(text) if not KINDS.fullmatch(block.kind)] == []
    assert text.count("\n```") == 2 * len(blocks(text)), "a fence that is not read"
    missing = {
        link
        for link in links(text)
        if not (path.parent / link).exists() and not (ROOT / link).exists()
    }
    assert missing == set()


def test_the_command_is_installed_as_documented() -> None:
    command = [str(shell.BIN / "qi-networks"), "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    first_words = {name.split()[1] for name in _commands()}
    assert all(word in done.stdout for word in first_words)

"""Rows 12 and 13: clients in Python, Swift and Kotlin. What no compiler here reads is generated without a warning."""

import re
import shutil

from openapi.bar.judged import Judged, Row, Verdict, snake
from openapi.bar.tools import HERE, VENV, generator, java, run

# What a generator says of a name that it had to change, or of a schema that it could not name.
COMPLAINTS = (
    "renamed|failed to get the schema name|unknown type|not supported|missing|invalid|collision"
)
WARNINGS = r"\bWARN\b|\bERROR\b"
# Said of every document: the first of any that is 3.1, the second by the Python generator of any that has a schema,
# the third of what is any JSON on purpose, as the contract itself.
SAID_OF_ALL = {
    "swift6": ("OpenAPI 3.1 support is still in beta",),
    "kotlin": ("OpenAPI 3.1 support is still in beta",),
    "python": (
        "OpenAPI 3.1 support is still in beta",
        "Failed to get the schema name: null",
        "Codegen property is null (e.g. map/dict of undefined type)",
    ),
}
PACKAGE = "qi_networks_api_client"


def openapi_python_client(judged: Judged) -> Verdict:
    """A client by openapi-python-client, without a warning; the first hour with it, checked by mypy and run."""
    folder = judged.folder("openapi-python-client")
    # As it was generated: its own finishing would read this project's rules for code.
    (folder / "config.json").write_text('{"post_hooks": []}')
    said = run(
        VENV / "bin" / "openapi-python-client", "generate", "--path", judged.path, "--meta", "none", "--output-path",
        folder / PACKAGE, "--fail-on-warning", "--overwrite", "--config", "config.json", cwd=folder,
    )  # fmt: skip
    found = [] if said.status == 0 else said.text.strip().splitlines()[-8:]
    made = {path.stem for path in (folder / PACKAGE).rglob("api/*/*.py")}
    names = [snake(name) for name in judged.operation_ids]
    found += [f"no module {name}" for name in names if name not in made]
    shutil.copy(HERE / "python" / "first_hour.py", folder)
    typed = run(
        VENV / "bin" / "mypy", "--config-file=", "--strict", "--no-error-summary", "first_hour.py",
        cwd=folder,
    )  # fmt: skip
    found += typed.lines(": error:") or ([typed.text[-500:]] if typed.status != 0 else [])
    if found or judged.address is None:
        return Verdict("mypy --strict", found)
    tokens = judged.tokens["facilitator"], judged.tokens["member"]
    done = run(VENV / "bin" / "python", "first_hour.py", judged.address, *tokens, cwd=folder)
    told = done.lines("^called ")
    if done.status != 0 or not told:
        return Verdict("failed", [done.text[-1000:]])
    return Verdict(f"mypy --strict, first hour done, {told[-1].split(':')[0]}", [])


def openapi_generator(judged: Judged) -> Verdict:
    """openapi-generator: validate with its recommendations, then three languages."""
    said = run(java(), "-jar", generator(), "validate", "-i", judged.path, "--recommend")
    found = [] if "No validation issues detected" in said.text else said.text.splitlines()[-20:]
    counts = []
    for language in SAID_OF_ALL:
        complaints, files = _generated(judged, language)
        found += complaints
        counts.append(f"{language} {files} files")
    return Verdict(", ".join(counts), found)


def _generated(judged: Judged, language: str) -> tuple[list[str], int]:
    folder = judged.folder(f"openapi-generator-{language}")
    said = run(
        java(), "-jar", generator(), "generate", "-i", judged.path, "-g", language, "-o", folder
    )
    expected = SAID_OF_ALL[language]
    found = [
        f"{language}: {line}"
        for line in said.lines(f"(?i:{COMPLAINTS})|{WARNINGS}")
        if re.search(WARNINGS, line) or " INFO " not in line
        if not any(words in line for words in expected)
    ]
    if said.status != 0 and not found:
        found = [f"{language}: {said.text[-500:]}"]
    if language == "python":
        done = run(VENV / "bin" / "python", "-m", "compileall", "-q", folder)
        found += [f"python: {line}" for line in done.text.splitlines() if done.status != 0]
    return found, sum(1 for path in folder.rglob("*") if path.is_file())


ROWS = (
    Row("12", "openapi-python-client, mypy --strict, first hour", openapi_python_client),
    Row("13", "openapi-generator: swift6, kotlin, python", openapi_generator),
)

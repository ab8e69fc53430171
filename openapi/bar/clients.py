"""Rows 10 and 11: what TypeScript makes of the contract, compiled strictly, and used for a first hour."""

import json
import re
import shutil
from pathlib import Path

from openapi.bar.judged import Judged, Row, Verdict
from openapi.bar.tools import BIN, HERE, run

SOURCES = HERE / "typescript"
STRICT = (
    "--strict", "--noUncheckedIndexedAccess", "--noImplicitOverride", "--noFallthroughCasesInSwitch", "--target",
    "es2022", "--lib", "es2023,dom,dom.iterable", "--module", "node16", "--moduleResolution", "node16",
    "--esModuleInterop", "--resolveJsonModule", "--types", "node",
)  # fmt: skip
# What generators put behind the name of a type that the contract did not name.
INVENTED = re.compile(
    r"^export (?:type|const|interface|enum) (\w*(?:AnyOf|OneOf|AllOf)\w*)\b", re.MULTILINE
)
FROM_A_PATH = re.compile(
    r"^export (?:declare )?(?:const|function) (\w+?(?:Get|Post|Put|Patch|Delete))\b", re.MULTILINE
)


def compiled(folder: Path, *files: str) -> list[str]:
    """Errors of the compiler; the JavaScript goes into `out`."""
    (folder / "package.json").write_text('{"type": "commonjs"}\n')
    said = run(BIN / "tsc", *STRICT, "--outDir", "out", "--rootDir", ".", *files, cwd=folder)
    return said.lines("error TS") or ([said.text[-500:]] if said.status != 0 else [])


def hour(judged: Judged, folder: Path) -> tuple[str, list[str]]:
    """Run the first hour that was compiled in `folder`. Returns what it called and what failed."""
    if judged.address is None:
        return "compiled", []
    tokens = judged.tokens["facilitator"], judged.tokens["member"]
    said = run("node", "out/first_hour.js", judged.address, *tokens, cwd=folder)
    told = said.lines("^called ")
    if said.status != 0 or not told:
        return "failed", [said.text[-1000:]]
    return f"first hour done, {told[-1].split(':')[0]}", []


def openapi_typescript(judged: Judged) -> Verdict:
    """Types by openapi-typescript, and a caller that finds every operation by its name."""
    folder = judged.folder("openapi-typescript")
    said = run(
        BIN / "openapi-typescript",
        judged.path,
        "--default-non-nullable=false",
        "-o",
        folder / "schema.d.ts",
    )
    if said.status != 0 or said.lines("(?i)warn"):
        return Verdict("not generated", said.text.splitlines()[-5:])
    (folder / "table.json").write_text(json.dumps(_table(judged)))
    shutil.copy(SOURCES / "by_name.ts", folder / "client.ts")
    shutil.copy(SOURCES / "first_hour.ts", folder)
    names = set(re.findall(r'operations\["(\w+)"\]', (folder / "schema.d.ts").read_text()))
    found = [f"no operation {name}" for name in judged.operation_ids if name not in names]
    found += compiled(folder, "first_hour.ts")
    told, failed = hour(judged, folder) if not found else ("not run", [])
    return Verdict(told, found + failed)


def hey_api_and_orval(judged: Judged) -> Verdict:
    """Two more generators; the first hour by the client of the first."""
    told, found = _hey_api(judged)
    return Verdict(told, found + _orval(judged))


def _hey_api(judged: Judged) -> tuple[str, list[str]]:
    folder = judged.folder("hey-api")
    said = run(
        BIN / "openapi-ts", "-i", judged.path, "-o", folder / "made", "--no-log-file", cwd=folder
    )
    if said.status != 0 or said.lines("(?i)warn|error"):
        return "not generated", said.text.splitlines()[-5:]
    shutil.copy(SOURCES / "hey_api.ts", folder / "client.ts")
    shutil.copy(SOURCES / "first_hour.ts", folder)
    functions = (folder / "made" / "sdk.gen.ts").read_text()
    found = _names(judged, functions, (folder / "made" / "types.gen.ts").read_text())
    found += compiled(folder, "first_hour.ts")
    told, failed = hour(judged, folder) if not found else ("not run", [])
    return told, found + failed


def _orval(judged: Judged) -> list[str]:
    folder = judged.folder("orval")
    said = run(
        BIN / "orval",
        "--input",
        judged.path,
        "--output",
        folder / "api.ts",
        "--client",
        "fetch",
        cwd=folder,
    )
    made = folder / "api.ts"
    if said.status != 0 or not made.exists() or said.lines("(?i)warn|error|fail"):
        return said.text.splitlines()[-5:]
    return _names(judged, made.read_text(), made.read_text()) + compiled(folder, "api.ts")


def _names(judged: Judged, functions: str, types: str) -> list[str]:
    """Every operation is a function under its own name, and no name is invented."""
    exported = set(
        re.findall(r"^export (?:const|function|async function) (\w+)", functions, re.MULTILINE)
    )
    found = [f"no function {name}" for name in judged.operation_ids if name not in exported]
    found += [f"invented: {name}" for name in sorted(set(INVENTED.findall(types)))]
    return found + [
        f"named after a path: {name}" for name in sorted(set(FROM_A_PATH.findall(functions)))
    ]


def _table(judged: Judged) -> dict[str, dict[str, str | None]]:
    """Where each operation is, and in what media type its body goes."""
    return {
        operation["operationId"]: {
            "method": method.upper(),
            "path": path,
            "media": next(iter(operation.get("requestBody", {}).get("content", {})), None),
        }
        for path, item in judged.document["paths"].items()
        for method, operation in item.items()
    }


ROWS = (
    Row("10", "openapi-typescript, tsc --strict, first hour", openapi_typescript),
    Row("11", "hey-api and orval, tsc --strict, first hour", hey_api_and_orval),
)

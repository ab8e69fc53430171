"""Coverage as CSV: one line for each figure, empty where a small number was left out."""

from typing import Any, Final

from app.core.csv_text import shielded

Row = dict[str, Any]
HEAD: Final = "about,code,name,organisations,total,value,share,suppressed"


def _line(*cells: str | float | None) -> str:
    return ",".join("" if cell is None else shielded(str(cell)) for cell in cells)


def _reached(about: str, code: str, name: str | None, found: Row) -> list[str]:
    return [
        _line(
            about, code, name, kind, found[kind]["total"], found[kind]["covered"],
            found[kind]["share"], _said(found[kind]),
        )
        for kind in ("practices", "pcns")
    ]  # fmt: skip


def _said(found: Row) -> str:
    return "true" if found["suppressed"] else "false"


def _counted(about: str, code: str, found: Row) -> str:
    return _line(about, code, None, "practices_and_pcns", None, found["value"], None, _said(found))


def written(document: Row) -> str:
    """The same figures as the JSON's, RFC 4180 with a header line."""
    patch, spread = document["patch"], document["spread"]
    lines = [HEAD, *_reached(patch["kind"], patch["code"], patch["name"], document)]
    for icb in document["icbs"]:
        lines += _reached("icb", icb["code"], icb["name"], icb)
    for topic in document["topics"]:
        lines += _reached("topic", topic["code"], topic["label"], topic)
    for name in ("organisations", "results", "adoptions"):
        lines.append(_counted("spread", name, spread[name]))
    lines += [_counted("stage", stage["stage"], stage) for stage in spread["stages"]]
    return "\r\n".join(lines) + "\r\n"

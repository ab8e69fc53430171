"""What people wrote, as text in a Markdown document and never as markup of it.

`&`, `<` and `>` become entities, which every reader of Markdown knows, so that no HTML comes through; every other
character that could begin markup gets a backslash (CommonMark 0.31, 2.4). Paragraphs, line breaks and plain lists stay,
for people write them; headings, rules, code, quotations, tables and links do not.
"""

import re
from collections.abc import Iterator

ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_MARKUP = re.compile(r"[\\`*_\[\]#|~$&<>]")
# What begins a block where a line begins: a rule, a list, the underline of a heading, a definition.
_BLOCK = re.compile(r"^(?:[-+=:]|[0-9]{1,9}(?=[.)]))")
_ITEM = re.compile(r"^(?:[-*\u2022]|[0-9]{1,3}[.)])[ \t]+(?=[^ \t])")
_ENDS_A_LINE = re.compile(r"[\n\u2028\u2029]")
# They would turn the direction of what follows.
_BIDI = re.compile(r"[\u202a-\u202e\u2066-\u2069]")


def _escaped(found: re.Match[str]) -> str:
    character = found[0]
    return ENTITIES.get(character) or f"\\{character}"


def _line(text: str) -> str:
    """One line, without anything that is markup within a line or at its beginning."""
    plain = _MARKUP.sub(_escaped, text.strip())
    begins = _BLOCK.match(plain)
    if begins is None:
        return plain
    place = begins.end() if begins[0].isdigit() else 0
    return f"{plain[:place]}\\{plain[place:]}"


def inline(text: str) -> str:
    """A text in one line."""
    return _line(" ".join(_ENDS_A_LINE.split(_BIDI.sub("", text))))


def block(text: str) -> str:
    """A text of several lines as paragraphs and lists."""
    return "\n\n".join(_blocks(_ENDS_A_LINE.split(_BIDI.sub("", text))))


def _blocks(lines: list[str]) -> Iterator[str]:
    """Lines that belong together: a paragraph, whose breaks are kept, or a list."""
    held: list[str] = []
    listing = False
    for line in [*lines, ""]:
        item = _ITEM.match(line.strip())
        if held and (not line.strip() or (item is not None) is not listing):
            yield "\n".join(held) if listing else "  \n".join(held)
            held = []
        if line.strip():
            listing = item is not None
            said = line.strip()
            held.append(f"- {_line(said[item.end() :])}" if item else _line(said))


def link(title: str, url: str) -> str:
    """A link to an http(s) address, which the contract bounds (`core.text.Url`)."""
    return f"[{inline(title)}](<{url.replace('&', '&amp;')}>)"

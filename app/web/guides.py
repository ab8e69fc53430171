"""The guides: the documents of the repository as pages, so that they are there without the internet.

They are read and made into HTML when first asked for; the library for it is loaded then.
"""

import html
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import app as package

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_HERE = Path(package.__file__).parent
_BESIDE = _HERE.parent / "docs"
# Beside the package in a checkout, inside it when installed, as the migrations are.
FOLDER: Final = _BESIDE if (_BESIDE / "first-hour.md").exists() else _HERE / "_docs"
# The order to read them in.
FIRST: Final = (
    "first-hour", "meetings", "results", "measures", "adoptions", "calendars", "sync", "sign-in", "integrators",
    "deploy",
)  # fmt: skip
NOT_SERVED: Final = frozenset({"contributing"})  # for those who have the repository
PRINTED_ADDRESS: Final = "http://127.0.0.1:8000"
_TO_A_GUIDE = re.compile(r"(?:docs/)?([a-z-]+)\.md(#[\w-]+)?")
_ROW = re.compile(r"^\| `([a-z_]+)` \| \d+ \|(.*?)\|(.*?)\|$", re.MULTILINE)


class Guide(NamedTuple):
    """A document that is served: its name in the address, its title, its content as HTML."""

    name: str
    title: str
    content: str


class Advice(NamedTuple):
    """What the document about errors says of one code, as HTML."""

    when: str
    what_to_do: str


@cache
def names() -> tuple[str, ...]:
    """The guides that there are, those to read first before those to look things up in."""
    there = {path.stem for path in FOLDER.glob("*.md")} - NOT_SERVED
    first = [name for name in FIRST if name in there]
    return (*first, *sorted(there.difference(first)))


@cache
def title_of(name: str) -> str:
    """The first heading."""
    return _source(name).partition("\n")[0].removeprefix("# ")


@cache
def guide(name: str, address: str) -> Guide:
    """One of `names()`; `address` is where this service is, for the lines to copy."""
    parser = _parser()
    tokens = parser.parse(_source(name))
    columns: list[str] = []
    column = 0
    for token, after in zip(tokens, [*tokens[1:], None], strict=True):
        if token.type == "heading_open" and after is not None:
            token.attrSet("id", _anchor(after.content))
        elif token.type == "fence" and "deploy" not in token.info:
            token.content = token.content.replace(PRINTED_ADDRESS, address)
        elif token.type == "table_open":
            token.attrSet("class", "wide")
            columns = []
        elif token.type == "th_open":
            columns.append(after.content if after else "")
        elif token.type == "tr_open":
            column = 0
        elif token.type == "td_open":
            token.attrSet("data-label", columns[column])
            column += 1
        for child in token.children or ():
            _lead(child)
        _unlink(token.children or [])
    return Guide(name, title_of(name), parser.renderer.render(tokens, parser.options, {}))


@cache
def advice() -> dict[str, Advice]:
    """What to do about each error code, from the table of `docs/errors.md`."""
    render = _parser().renderInline
    return {
        code: Advice(*(_with_guides(render(_sentence(cell.strip()))) for cell in (when, then)))
        for code, when, then in _ROW.findall(_source("errors"))
    }


def _sentence(cell: str) -> str:
    """A cell of the table as it stands by itself."""
    return cell[:1].upper() + cell[1:]


def _source(name: str) -> str:
    return (FOLDER / f"{name}.md").read_text(encoding="utf-8")


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).enable("table")


def _anchor(heading: str) -> str:
    """As code hosts make them, so that links into a document work there and here."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def _lead(token: "Token") -> None:
    """Lead a link between documents to the page; a document that is named in full becomes a link."""
    if token.type == "link_open":
        to = _TO_A_GUIDE.fullmatch(str(token.attrGet("href")))
        if to and to[1] in names():
            token.attrSet("href", f"/guides/{to[1]}{to[2] or ''}")
    elif token.type == "code_inline" and _named(token.content):
        token.type, token.content = "html_inline", _with_guides(f"<code>{token.content}</code>")


def _unlink(tokens: list["Token"]) -> None:
    """Make plain words of links to what is in the repository only."""
    for at, token in enumerate(tokens):
        if token.type != "link_open":
            continue
        if not re.match(r"/guides/|#|https?://", str(token.attrGet("href"))):
            closing = next(later for later in tokens[at:] if later.type == "link_close")
            token.tag = closing.tag = "span"
            token.attrs = {}


def _named(code: str) -> bool:
    found = _TO_A_GUIDE.fullmatch(code)
    return found is not None and code.startswith("docs/") and found[1] in names()


def _with_guides(rendered: str) -> str:
    def link(found: re.Match[str]) -> str:
        if not _named(html.unescape(found[1])):
            return found[0]
        name = found[1].removeprefix("docs/").removesuffix(".md")
        return f'<a href="/guides/{name}">{html.escape(title_of(name))}</a>'

    return re.sub(r"<code>([^<]*)</code>", link, rendered)

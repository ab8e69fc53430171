"""A result as Markdown: in order, as its reader may read it, and nothing that people wrote is markup."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from app.exchange.markdown.escaping import block, inline, link
from tests.house import TestHouse
from tests.meetings import Group
from tests.results import drafted, measured, publish, published, withdraw

pytestmark = pytest.mark.anyio
HOSTILE = (
    "# Heading", "Setext\n======", "Setext\n---", "---", "***", "<script>alert(1)</script>", "<!-- hide",
    "</div>", "[click](javascript:alert(1))", "![x](https://evil.example/x.png)", "<https://evil.example>",
    "```\ncode", "~~~", "    indented", "\tindented", "> quoted", "1. one", "1) one", "+ plus", "- # in a list",
    "* <b>x</b>", "a | b\n--|--\n1 | 2", "[ref]: https://evil.example\n[ref]", "`code`", "**bold**", "__bold__",
    "$x$", "&lt;b&gt;", "&copy;", "\\# not", "\\<b>", "line one\u2028# line two", "\u202egnp.exe",
    "- one\n\n      <b>", "<a href='x'>", "[^1]: note", ": definition", "term\n: x", "2024. was good", "#hash",
    "- - - ", "=", "<?php", "<![CDATA[x]]>", "a\n\n# b", "- [ ] box", "|", "- 1. # x", "* * *",
)  # fmt: skip
WHOLE = {
    "available_knowledge": "Others did it.", "rationale": "People forget.",
    "context": {"setting": "A practice", "nation": "england", "list_size_band": "from_5000_to_9999"},
    "ethics": "None needed.", "what_happened": "Fewer missed it.", "unintended_effects": "More calls.",
    "limitations": "One practice.", "learning": "Call the day before.", "sustainability": "It is routine.",
    "funding": "None.", "prerequisites": "A telephone.", "effort": "Two hours a week.",
}  # fmt: skip
HEADINGS = [
    "Introduction", "Problem", "Available knowledge", "Rationale", "Aim", "Methods", "Context", "What we changed",
    "Measures", "Ethics", "Results", "What happened", "Unintended effects", "Outcome", "Discussion", "What we learnt",
    "Limitations", "Sustainability", "Other information", "Funding", "Before you try it", "Effort", "Who tried it too",
    "Licence", "Cite as",
]  # fmt: skip


def tokens(text: str) -> list[Token]:
    """What a reader makes of it, that knows HTML, tables and bare links."""
    reader = MarkdownIt("commonmark", {"html": True}).enable("table")
    return [inner for token in reader.parse(text) for inner in (token, *(token.children or []))]


def headings(text: str) -> list[str]:
    """The headings, in order."""
    found = tokens(text)
    return [found[at + 1].content for at, one in enumerate(found) if one.type == "heading_open"]


HARMLESS = {
    "paragraph_open", "paragraph_close", "inline", "text", "softbreak", "hardbreak", "text_special",
    "bullet_list_open", "bullet_list_close", "list_item_open", "list_item_close",
}  # fmt: skip


def shown(text: str) -> str:
    """The words as they are read."""
    return "".join(one.content for one in tokens(text) if one.type in ("text", "text_special"))


@pytest.mark.parametrize("text", HOSTILE)
def test_what_people_wrote_is_no_markup(text: str) -> None:
    for made in (block(text), inline(text)):
        kinds = {one.type for one in tokens(f"# Before\n\n{made}\n\n# After")}
        assert kinds - HARMLESS == {"heading_open", "heading_close"}, made
        assert headings(f"# Before\n\n{made}\n\n# After") == ["Before", "After"]
        assert "<" not in made
    assert {one.type for one in tokens(inline(text))} <= HARMLESS - {"hardbreak", "softbreak"}


@given(
    st.text(alphabet=st.sampled_from("#*-+=_`~[]()<>!|&;:\\/ \n\t1.a$^{}'\"\u2028"), max_size=60)
)
def test_whatever_people_write(text: str) -> None:
    """Nothing but paragraphs, breaks and lists comes out, and every word that went in."""
    made = block(text)
    assert {one.type for one in tokens(f"x\n\n{made}\n\nx")} <= HARMLESS, made
    whole = inline(text)
    assert {one.type for one in tokens(f"A {whole}")} <= HARMLESS
    assert "".join(shown(f"A {whole}").split()) == "A" + "".join(text.split())


def test_the_controls() -> None:
    """Without the escapes this reader does see headings, HTML and links: the test above can fail."""
    seen = {one.type for text in HOSTILE for one in tokens(text)}
    assert {
        "heading_open",
        "html_block",
        "html_inline",
        "link_open",
        "fence",
        "code_block",
        "image",
        "table_open",
    } <= seen


def test_a_link_is_one() -> None:
    found = tokens(link("a](x) [b", "https://example.org/a_(b)?x=1&copy;=2&y=*z*"))
    (opened,) = [one for one in found if one.type == "link_open"]
    assert opened.attrs["href"] == "https://example.org/a_(b)?x=1&copy;=2&y=*z*"


async def test_in_the_order_of_squire(reference_house: TestHouse) -> None:
    """Every section, once, and what each one says."""
    house = reference_house
    group = await Group.of(house, name="Eyes & <more>")
    draft = await drafted(group.mel, group.network_id, **WHOLE, audience="public")
    await measured(house, draft, numerator_definition="# People who missed it")
    made = await publish(group.mel, draft)
    answer = await house.anonymous.get(f"/v1/results/{made['id']}.md")
    assert answer.headers["content-type"] == "text/markdown; charset=utf-8"
    found = headings(answer.text)
    assert found[0] == made["title"]
    assert found[1:] == HEADINGS
    assert f"Mel Brown ({made['published_on'][:4]})." in answer.text
    assert "- Numerator: \\# People who missed it" in answer.text
    assert "Nobody has reported yet" in answer.text
    assert "CC-BY-4.0" in answer.text
    again = await house.anonymous.get(
        f"/v1/results/{made['id']}.md", headers={"If-None-Match": answer.headers["etag"]}
    )
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("attribution", "named", "placed"),
    [("named", True, True), ("organisation", False, True), ("network_only", False, False)],
)
async def test_attributed_as_shown(
    reference_house: TestHouse,
    attribution: str,
    named: bool,
    placed: bool,
) -> None:
    """To whoever reads it, its authors as well: they hand it on."""
    house = reference_house
    group = await Group.of(house)
    made = await published(
        house,
        group.mel,
        group.network_id,
        kind="story",
        attribution=attribution,
        organisation="Y59",
    )
    operator = await house.person("Ola", operator=True)
    for person in (group.mel, group.fay, operator):
        text = (await person.client.get(f"/v1/results/{made['id']}.md")).text
        assert ("Mel Brown" in text) is named
        assert ("SOUTH EAST" in text.upper()) is placed
        assert ("Shared in Asthma" in text) is not (named or placed)


async def test_not_there_for_others(reference_house: TestHouse) -> None:
    """As the result itself."""
    house = reference_house
    group = await Group.of(house)
    draft = await drafted(group.mel, group.network_id)
    for client in (group.fay.client, house.anonymous):
        assert (await client.get(f"/v1/results/{draft['id']}.md")).status_code == 404
    text = (await group.mel.client.get(f"/v1/results/{draft['id']}.md")).text
    assert text.startswith(f"# {draft['title']}\n")


async def test_a_draft_is_not_cited(reference_house: TestHouse) -> None:
    """Nor is what was withdrawn."""
    group = await Group.of(reference_house)
    draft = await drafted(group.mel, group.network_id, kind="story")
    path = f"/v1/results/{draft['id']}.md"
    assert "Not to be cited: a draft." in (await group.mel.client.get(path)).text
    await publish(group.mel, draft)
    assert "Not to be cited" not in (await group.mel.client.get(path)).text
    await withdraw(group.mel, draft)
    assert "Not to be cited: withdrawn on 20" in (await group.mel.client.get(path)).text

"""The contract of vocabularies."""

from typing import Annotated

from pydantic import Field

from app.core.text import Output, TermCode, line


class VocabularyTerm(Output):
    """One entry: the code is what other resources carry, the label is what people read."""

    code: TermCode
    label: Annotated[str, line(200, "Diabetes")]
    group: Annotated[str, line(60, "Clinical")]


class Vocabulary(Output):
    """A whole vocabulary, sorted by group and label."""

    items: Annotated[list[VocabularyTerm], Field(max_length=1000)]

"""The contract of resources: links that a network keeps."""

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field, JsonValue

from app.core.patient_guard import guarded_address
from app.core.text import (
    GUARDED,
    URL_PATTERN,
    Cursor,
    Id,
    Input,
    Limit,
    Output,
    Paragraph,
    TermCode,
    Title,
    UtcDateTime,
    Version,
    coded,
    line,
)

_NETWORK = "018f4c1e-7a52-7c3b-9d60-3f5b8a1c2d4e"
EXAMPLE: JsonValue = {
    "network_id": _NETWORK,
    "title": "Inhaler technique in seven films",
    "url": "https://example.org/inhalers",
    "what_for": "To show in a review, and to send along afterwards.",
    "licence": "CC-BY-4.0",
    "topics": ["asthma"],
}
PATCH_EXAMPLE: JsonValue = {"what_for": "To show in a review.", "licence": None}
SecureUrl = Annotated[
    str,
    coded(
        URL_PATTERN.replace("https?", "https"), 9, 2_000, "https://example.org/inhalers", format="uri", **GUARDED
    ),
    AfterValidator(guarded_address),
]  # fmt: skip
LicenceName = Annotated[str, line(100, "CC-BY-4.0")]
Topics = Annotated[list[TermCode], Field(max_length=30, json_schema_extra={"uniqueItems": False})]
URL_SAID = "An https address without a name or password in it; one stands once in a network."
WHAT_FOR_SAID = "What members use it for."
LICENCE_SAID = "Under which licence it may be used, as its source says."


class ResourceVerb(StrEnum):
    """What the caller may do now."""

    UPDATE = "update"
    DELETE = "delete"


class ResourceSort(StrEnum):
    """Orders of the list; a minus means descending."""

    TITLE = "title"
    UPDATED = "-updated_at"


class ResourceCreate(Input):
    """A link that a network is to keep."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    network_id: Id
    title: Title
    url: SecureUrl = Field(description=URL_SAID)
    what_for: Paragraph | None = Field(default=None, description=WHAT_FOR_SAID)
    licence: LicenceName | None = Field(default=None, description=LICENCE_SAID)
    topics: Topics = []


class ResourcePatch(Input):
    """What to change; a field that is left out stays, null clears what may be empty."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [PATCH_EXAMPLE]})

    title: Title = ""
    url: SecureUrl = Field(default="", description=URL_SAID)
    what_for: Paragraph | None = Field(default=None, description=WHAT_FOR_SAID)
    licence: LicenceName | None = Field(default=None, description=LICENCE_SAID)
    topics: Topics = []


class ResourceItem(Output):
    """A link that a network keeps."""

    id: Id
    network_id: Id
    title: Title
    url: SecureUrl = Field(description=URL_SAID)
    what_for: Paragraph | None = Field(description=WHAT_FOR_SAID)
    licence: LicenceName | None = Field(description=LICENCE_SAID)
    topics: Topics
    created_by: Id | None = Field(description="Who added it.")
    created_at: UtcDateTime
    updated_at: UtcDateTime
    version: Version


class Resource(ResourceItem):
    """One link, and what the caller may do with it."""

    actions: Annotated[list[ResourceVerb], Field(max_length=10)] = Field(
        description="What the caller may do now."
    )


class ResourcePage(Output):
    """A page of links. Follow `changes_cursor` with GET /v1/changes to stay in step."""

    items: Annotated[list[ResourceItem], Field(max_length=100)]
    next_cursor: Cursor | None
    changes_cursor: Cursor


class ResourceQuery(Input):
    """Filters of the list; each matches only what the caller may read."""

    network_id: Id | None = None
    topic: TermCode | None = None
    updated_since: UtcDateTime | None = None
    sort: ResourceSort | None = Field(default=None, description="Default: title.")
    cursor: Cursor | None = None
    limit: Limit = 20

"""The contract of people."""

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from app.core.references import OrganisationReference
from app.core.text import (
    Cursor,
    Day,
    EmailAddress,
    Id,
    Input,
    Limit,
    OdsCode,
    Output,
    Paragraph,
    PersonName,
    Region,
    SearchText,
    TermCode,
    Url,
    UtcDateTime,
    Version,
    line,
)
from app.core.text_of_search import DidYouMean, FacetsIfAsked, Loose, WantsFacets
from app.core.viewer import Scope


class PersonTier(StrEnum):
    """How much of a person the reader sees."""

    CARD = "card"
    PROFILE = "profile"
    SELF = "self"


class RegistrationStatus(StrEnum):
    """Whether somebody looked a registration up. A well-formed number proves nothing."""

    SELF_ASSERTED = "self_asserted"
    CHECKED = "checked"


def _no_patient_number(system: str) -> str:
    if "nhs-number" in system.lower():
        raise PydanticCustomError("patient_number", "NHS numbers have no place here")
    return system


System = Annotated[
    str, line(200, "https://fhir.hl7.org.uk/Id/nmc-number"), AfterValidator(_no_patient_number)
]
Identifier = Annotated[str, line(100, "12A3456B")]
Skill = Annotated[str, line(100, "Run charts")]


Profession = Annotated[TermCode, Field(examples=["practice-nurse"])]


class PersonLink(Input):
    """Another place where a person is to be found."""

    platform: Annotated[str, line(60, "FutureNHS")]
    url: Url


class RegistrationCreate(Input):
    """A professional registration as the person states it."""

    system: System = Field(description="Who registers: a FHIR identifier system, or a name.")
    value: Identifier


class Registration(Output):
    """A professional registration."""

    system: System
    value: Identifier
    status: RegistrationStatus


class ExternalId(Input):
    """What another system calls this person."""

    system: System
    value: Identifier


Interests = Annotated[list[TermCode], Field(max_length=30)]
Skills = Annotated[list[Skill], Field(max_length=30)]
Links = Annotated[list[PersonLink], Field(max_length=20)]
RegistrationsStated = Annotated[list[RegistrationCreate], Field(max_length=10)]
Registrations = Annotated[list[Registration], Field(max_length=10)]
ExternalIds = Annotated[list[ExternalId], Field(max_length=20)]


class PersonFields(Input):
    """What people say of themselves, beside their name."""

    profession: Profession | None = None
    organisation: OdsCode | None = Field(default=None, description="ODS code.")
    region: Region | None = None
    interests: Interests = Field(default=[], description="Topic codes.")
    skills: Skills = []
    bio: Paragraph | None = None
    links: Links = []
    listed: bool = Field(
        default=False, strict=True, description="Whether everybody signed in may find this person."
    )
    registrations: RegistrationsStated = []
    email: EmailAddress | None = Field(
        default=None, description="Shown to the person and the operator only."
    )


class PersonCreate(PersonFields):
    """A new person, made by an operator."""

    display_name: PersonName
    external_ids: ExternalIds = []
    operator: bool = Field(
        default=False, strict=True, description="Whether they may run this installation."
    )


class PersonPatch(PersonFields):
    """What to change of oneself; a field that is left out stays, null clears what may be empty."""

    display_name: PersonName = ""


class Person(Output):
    """A person as far as the caller may read them: `tier` says how far; a field above it is null."""

    id: Id
    display_name: PersonName
    profession: Profession | None
    organisation: OrganisationReference | None
    tier: PersonTier
    region: Region | None
    interests: Interests | None
    skills: Skills | None
    bio: Paragraph | None
    links: Links | None
    listed: bool | None
    registrations: Registrations | None
    email: EmailAddress | None
    external_ids: ExternalIds | None
    operator: bool | None
    created_at: UtcDateTime | None
    updated_at: UtcDateTime
    version: Version


class SignInIdentity(Output):
    """Who a person is to an OpenID Connect issuer that they sign in with."""

    issuer: Annotated[str, line(300, "https://login.example.org/nhs")]
    subject: Annotated[str, line(255, "7f0c2f6e-9d0b-4a53-8d2e-0b8d1f6b1c11")]
    created_at: UtcDateTime = Field(description="When they first signed in with it.")
    last_used_on: Day | None


class Me(Person):
    """Oneself, and what the token in hand may be used for."""

    scopes: Annotated[list[Scope], Field(max_length=40)]
    identities: Annotated[list[SignInIdentity], Field(max_length=20)] = Field(
        description="Who one is to the issuers that one signs in with."
    )


class PersonPage(Output):
    """A page of people. Follow `changes_cursor` with GET /v1/changes to stay in step."""

    items: Annotated[list[Person], Field(max_length=100)]
    next_cursor: Cursor | None
    changes_cursor: Cursor
    did_you_mean: DidYouMean
    loose: Loose
    facets: FacetsIfAsked


class PersonSort(StrEnum):
    """Orders of the list."""

    RELEVANCE = "relevance"
    NAME = "display_name"


class PersonQuery(Input):
    """Filters of the list."""

    q: SearchText | None = Field(
        default=None,
        description="Words of name, interests, skills and bio; the last one may be a beginning.",
    )
    profession: Profession | None = None
    topic: TermCode | None = Field(default=None, description="An interest.")
    organisation: OdsCode | None = Field(default=None, description="Their organisation's code.")
    region: Region | None = None
    sort: PersonSort | None = Field(
        default=None, description="Default: relevance with q, else display_name."
    )
    facets: WantsFacets = False
    cursor: Cursor | None = None
    limit: Limit = 20

"""The contract of the service document."""

from typing import Annotated

from pydantic import Field

from app.core.text import Output, Url, line, lines


class ServiceLinks(Output):
    """Where everything is."""

    self: Url
    openapi: Url
    docs: Url
    networks: Url
    members: Url
    invitations: Url
    people: Url
    me: Url
    organisations: Url
    topics: Url
    professions: Url
    tokens: Url
    clients: Url
    token_endpoint: Url
    changes: Url
    audit: Url


class ServiceLicence(Output):
    """A licence by name, and where its text is."""

    name: Annotated[str, line(100, "Open Government Licence v3.0")]
    url: Url


class ServiceData(Output):
    """Whose data it shows; whoever shows it on shows the attribution as well."""

    attribution: Annotated[str, lines(2_000, "Contains information from NHS England.")]
    licence: ServiceLicence


class ServiceDocument(Output):
    """What this service is."""

    name: Annotated[str, line(100, "QI Networks API")]
    version: Annotated[str, Field(pattern=r"^[0-9A-Za-z.+-]+$", max_length=40, examples=["0.1.0"])]
    licence: ServiceLicence = Field(description="The licence of the software.")
    data: ServiceData
    links: ServiceLinks

"""The card of a person: what fellow members see of each other, in whatever names somebody."""

from typing import Any

from app.core.references import OrganisationReference
from app.core.text import Id, Name, Output, TermCode
from app.models import Organisation, Person


class PersonCard(Output):
    """What fellow members see of each other."""

    id: Id
    display_name: Name
    profession: TermCode | None
    organisation: OrganisationReference | None


def card_columns(name: str, person: Any = Person, organisation: Any = Organisation) -> list[Any]:
    """The columns of a card as the object `name` of a document; the statement joins both tables (outer)."""
    return [
        person.id.label(f"{name}.id"),
        person.display_name.label(f"{name}.display_name"),
        person.profession.label(f"{name}.profession"),
        organisation.code.label(f"{name}.organisation.code"),
        organisation.name.label(f"{name}.organisation.name"),
    ]


def shown_card(card: dict[str, Any]) -> dict[str, Any] | None:
    """The card as the contract has it: null where nobody is named, and without an organisation where there is none."""
    if card["id"] is None:
        return None
    if card["organisation"]["code"] is None:
        card["organisation"] = None
    return card

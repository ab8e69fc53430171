"""The contract of the map of a network."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from app.core.figures import number
from app.core.text import Day, Id, Output, whole
from app.core.windows import LONGEST, SHORTEST, WINDOW

LEAST_MEMBERS, MOST_DRAWN = 10, 300
MOST = 2_147_483_647
PAIRS = MOST_DRAWN * (MOST_DRAWN - 1)
MOST_TIES = PAIRS // 2 + PAIRS  # each pair both ways, and without a direction


class MapStatus(StrEnum):
    """Whether there is enough to say anything: fewer than ten members would be told by their ties who they are."""

    OK = "ok"
    NOT_ENOUGH_DATA = "not_enough_data"


class TieKind(StrEnum):
    """What ties two people: the first two have no direction."""

    MET = "met"
    SUB_GROUP = "sub_group"
    FEEDBACK = "feedback"
    ADOPTED = "adopted"


Count = Annotated[int, whole(0, MOST, 12)]
Share = Annotated[float, number(0, 1, 0.25)]
Node = Annotated[int, whole(1, MOST_DRAWN, 7)]


class MapNode(Output):
    """A member without a name. The numbers go by an order that tells nothing, another one in every map."""

    id: Node
    degree: Count = Field(description="To how many others they are tied.")
    own: bool = Field(description="Whether it is you.", examples=[False])


class MapTie(Output):
    """A tie, with every reason for it. Directed: `source` gave feedback to, or adopted from, `target`."""

    source: Node
    target: Node
    kinds: Annotated[list[TieKind], Field(min_length=1, max_length=2)]
    directed: bool = Field(examples=[False])


class MapMeasures(Output):
    """Of the whole. Density, isolates, centralisation, components and brokers look at ties without their direction.

    What is undefined is null: the reciprocity of no directed tie, an index where nobody states an organisation.
    """

    ties: Count = Field(description="Pairs that are tied.")
    directed_ties: Count
    density: Share | None = Field(description="Pairs that are tied / pairs.")
    directed_density: Share | None
    reciprocity: Share | None = Field(description="Directed ties that are mutual / directed ties.")
    isolates: Count = Field(description="Members without a tie.")
    isolate_share: Share | None
    centralisation: Share | None = Field(
        description="Freeman's degree centralisation: 1, all ties hang on one member."
    )
    cross_organisation_index: Annotated[float, number(-1, 1, 0.4)] | None = Field(
        description="Ties across organisations less those within one, over both: -1 to 1."
    )
    components: Count = Field(description="Parts that no tie connects; an isolate is one.")
    largest_component: Count
    brokers: Count = Field(description="Members without whom a part would fall into several.")


class MapPosition(Output):
    """Where you stand; nobody else is told."""

    id: Node | None = Field(description="Your node; null where none are drawn.")
    degree: Count
    broker: bool = Field(examples=[False])
    component_size: Count


class NetworkMap(Output):
    """How the members of a network are tied to each other, as far as you could read what ties them."""

    network_id: Id
    as_of: Day
    from_on: Day = Field(description="The first day that counts.")
    window_days: Annotated[int, whole(SHORTEST, LONGEST, WINDOW)]
    status: MapStatus = Field(description="`not_enough_data` below ten members.")
    members: Count = Field(description="Who was a member when `as_of` had ended.")
    nodes: Annotated[list[MapNode], Field(max_length=MOST_DRAWN)] | None = Field(
        description="Null above 300 members: then only measures are told."
    )
    ties: Annotated[list[MapTie], Field(max_length=MOST_TIES)] | None
    measures: MapMeasures | None
    own: MapPosition | None = Field(description="Null for who was no member then.")

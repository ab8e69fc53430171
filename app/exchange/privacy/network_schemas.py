"""What an export has of what one said and declared for networks."""

from typing import Annotated

from pydantic import Field

from app.core.text import SAFE_MAX, Id, Output, Paragraph, Title, UtcDateTime, whole
from app.features.networks.schemas import LifecycleStage
from app.features.resources.schemas import LicenceName, SecureUrl

Number = Annotated[int, whole(1, SAFE_MAX, 1)]


class ExportedCharter(Output):
    """A wording of a network's charter that you wrote; its words while you are a member."""

    network_id: Id
    version: Number
    leadership: Paragraph | None
    purpose_and_direction: Paragraph | None
    communication: Paragraph | None
    knowledge_and_learning: Paragraph | None
    from_at: UtcDateTime


class ExportedCharterAcceptance(Output):
    """A version of a charter that you accepted."""

    network_id: Id
    version: Number
    accepted_at: UtcDateTime


class ExportedStage(Output):
    """A stage of a network's life that you declared."""

    network_id: Id
    stage: LifecycleStage | None = Field(
        description="Null where it is not known, and of a network that is out of your sight now."
    )
    from_at: UtcDateTime
    to_at: UtcDateTime | None


class ExportedResource(Output):
    """A link that you added; what it says only where you read it today."""

    id: Id
    network_id: Id
    title: Title | None
    url: SecureUrl | None
    what_for: Paragraph | None
    licence: LicenceName | None
    created_at: UtcDateTime

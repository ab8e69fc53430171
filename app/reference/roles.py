"""What kind of organisation ODS roles make: kind comes from roles, never from a code's shape."""

from collections.abc import Collection
from types import MappingProxyType
from typing import Final, Literal

OrganisationKind = Literal[
    "gp_practice",
    "icb",
    "local_health_board",
    "pcn",
    "prescribing_cost_centre",
    "region",
    "sub_icb",
    "trust",
]

# The order matters: a GP practice carries RO177 (cost centre) as its primary role and RO76 beside
# it, a sub-ICB location RO98 and RO319, an ICB RO261 and RO318. The more telling role comes first.
KIND_OF_ROLE: Final = MappingProxyType[str, OrganisationKind](
    {
        "RO76": "gp_practice",
        "RO272": "pcn",
        "RO319": "sub_icb",
        "RO318": "icb",
        "RO144": "local_health_board",
        "RO197": "trust",
        "RO209": "region",
        "RO177": "prescribing_cost_centre",
    }
)


def kind_of(roles: Collection[str]) -> OrganisationKind:
    """Return the kind that these ODS role codes make.

    Errors: ValueError when none of the roles is one that this product knows.
    Source: the roles of the Organisation Data Service (RO codes).
    """
    for role, kind in KIND_OF_ROLE.items():
        if role in roles:
            return kind
    message = f"no kind is known for the roles {' '.join(sorted(roles))}"
    raise ValueError(message)

"""The address that a request came from: what a client says of it is believed only as far as proxies are trusted."""

from ipaddress import IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any


class Addresses:
    """Tells the address of a client, through the proxies that are trusted and no others."""

    def __init__(self, trusted: str | None) -> None:
        """`trusted` are addresses and networks, separated by spaces or commas."""
        words = (trusted or "").replace(",", " ").split()
        self._trusted = [ip_network(word, strict=False) for word in words]

    def of(self, scope: dict[str, Any]) -> str:
        """The rightmost address that no trusted proxy has; the peer's where the peer is none. `-` on a local socket.

        Each proxy adds on the right whom it was called by, so what stands left of an untrusted address may be invented.
        """
        peer = scope.get("client")
        if not peer:
            return "-"
        found = str(peer[0])
        if not self._trusted or not self._trusts(found):
            return found
        said = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
        for hop in reversed(b",".join(said).decode("latin-1").split(",")[-20:]):
            address = _bare(hop.strip())
            if address is None:
                return found
            found = address
            if not self._trusts(found):
                return found
        return found

    def _trusts(self, address: str) -> bool:
        known = _read(address)
        return known is not None and any(
            known.version == network.version and known in network for network in self._trusted
        )


def _read(address: str) -> Any:
    try:
        found = ip_address(address)
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found


def _bare(hop: str) -> str | None:
    """An address without the port that some proxies add; None where it is no address."""
    if hop.startswith("["):
        hop = hop[1:].partition("]")[0]
    elif hop.count(":") == 1:
        hop = hop.partition(":")[0]
    known = _read(hop)
    return None if known is None else str(known)


def neighbourhood(address: str) -> str:
    """What a limit counts as one address: of IPv6 the /64, because whoever has one address there has them all."""
    if ":" not in address:
        return address
    known = _read(address.partition("%")[0])
    if not isinstance(known, IPv6Address):
        return address if known is None else str(known)
    return str(IPv6Network((int(known) >> 64 << 64, 64)))

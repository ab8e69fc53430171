"""The host that a request is for: a name that is none of ours is refused, so that no cache and no link repeats it."""

import re
from urllib.parse import urlsplit

from app.core.errors import BadRequest, HostRefused
from app.settings import Settings

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^\[\]:@/]+?)\.?(?::[0-9]{0,5})?")
MOST_KNOWN = 1_000  # spellings of hosts that are remembered


class Hosts:
    """Knows the names that this service is called by."""

    def __init__(self, settings: Settings) -> None:
        """Those of ALLOWED_HOSTS; without it of PUBLIC_URL and HOST, and the loopback's."""
        words = (settings.allowed_hosts or "").lower().split()
        self._any = words == ["*"]
        if not words:
            public = urlsplit(settings.public_url or "").netloc.rpartition("@")[2]
            own = f"[{settings.host}]" if ":" in settings.host else settings.host
            words = [_name(public.lower()), own.lower(), *LOOPBACK_NAMES]
        self._names = frozenset(filter(None, words))
        self._known: set[bytes] = set()

    def check(self, host: bytes | None) -> None:
        """Refuse a host that is none of ours. Errors: `BadRequest`, `HostRefused`."""
        if self._any or host in self._known:
            return
        if not host:
            raise BadRequest("The header Host is missing.")
        if _name(host.decode("latin-1").lower()) not in self._names:
            raise HostRefused
        if len(self._known) < MOST_KNOWN:
            self._known.add(host)


def _name(host: str) -> str:
    """A host without its port and without the dot at its end; nothing for what is no host."""
    found = _HOST.fullmatch(host)
    return found[1] if found else ""

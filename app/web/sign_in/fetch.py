"""One GET of another's document, bounded in time and size, whoever answers."""

import asyncio
from typing import Any

from app.web.strict_json import JsonRefused, parse_json

LONGEST = 262_144  # bytes
PATIENCE = 5.0  # seconds for the whole of it
VALUES = 10_000


class Unfetched(Exception):
    """Why there is no document: for the log."""


def _client(*, on_loopback: bool) -> Any:
    import httpx2  # loaded only where issuers are configured: 190 ms of CPU

    return httpx2.AsyncClient(
        follow_redirects=False,
        timeout=PATIENCE,
        trust_env=not on_loopback,  # else a proxy of the environment may be the only way out
        headers={"Accept": "application/json", "Accept-Encoding": "identity"},
    )


async def fetch_json(address: str, *, on_loopback: bool = False) -> dict[str, Any]:
    """The JSON object at an address. Errors: `Unfetched`, and nothing else, after `PATIENCE` at the latest."""
    try:
        async with asyncio.timeout(PATIENCE):
            # In a thread, because reading the certificates takes as long as a hundred requests.
            client = await asyncio.to_thread(_client, on_loopback=on_loopback)
            async with client:
                body = await _body(client, address)
        found = parse_json(body, max_nodes=VALUES)
    except Unfetched:
        raise
    except TimeoutError:
        raise Unfetched("too slow") from None
    except JsonRefused as refused:
        raise Unfetched(f"no JSON ({refused.code})") from None
    except Exception as error:
        raise Unfetched(type(error).__name__) from error
    if not isinstance(found, dict):
        raise Unfetched("no JSON object")
    return found


async def _body(client: Any, address: str) -> bytes:
    async with client.stream("GET", address) as answer:
        if answer.status_code != 200:  # noqa: PLR2004 - a redirect too: the address is in the settings
            raise Unfetched(f"status {answer.status_code}")
        if answer.headers.get("content-encoding", "identity") != "identity":
            raise Unfetched("compressed, which nobody asked for")
        parts, size = [], 0
        async for part in answer.aiter_raw():
            size += len(part)
            if size > LONGEST:
                raise Unfetched("too long")
            parts.append(part)
        return b"".join(parts)

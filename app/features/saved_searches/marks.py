"""What of a search was there at the last look, and so what is new: pure, without a database.

Of each hit there is a **mark**, a digest of its id that means nothing outside its search: it can be compared and not
read. Beside it stands whether the hit had all that was asked for, or only some of it, as a search that finds little
lists too: what comes to match whole is new once more.
"""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

# By kind of thing: mark -> whether it matched whole.
Marks = Mapping[str, Mapping[str, bool]]


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that a search finds; `whole` says that it has all that was asked for."""

    kind: str
    id: str
    whole: bool = True


def mark_of(saved_id: str, hit: Hit) -> str:
    """The mark of a hit in one search: 64 bits, so that of 500 none is taken for another."""
    said = f"{saved_id} {hit.kind} {hit.id}".encode()
    return urlsafe_b64encode(hashlib.blake2b(said, digest_size=8).digest()).decode().rstrip("=")


def new_among(saved_id: str, marks: Marks, hits: Iterable[Hit]) -> list[Hit]:
    """The hits that these marks do not know, in their order."""
    # What matched in part is news once more when it matches whole, and not the other way round.
    levels = ((hit, _level(saved_id, marks, hit)) for hit in hits)
    return [hit for hit, level in levels if level is None or (hit.whole and not level)]


def _level(saved_id: str, marks: Marks, hit: Hit) -> bool | None:
    return marks.get(hit.kind, {}).get(mark_of(saved_id, hit))


def marks_after(
    saved_id: str,
    before: Marks,
    hits: Iterable[Hit],
    *,
    told: Collection[Hit],
    looked_for: Collection[str],
) -> dict[str, dict[str, bool]]:
    """The marks after a look that found `hits` and told these of them.

    What is not there any more is forgotten, so that it is new when it comes back; what was not told yet stays unknown.
    Kinds that were not looked for, because the token in hand does not read them, stay as they were.
    """
    after = {kind: dict(known) for kind, known in before.items() if kind not in looked_for}
    for hit in hits:
        level = hit.whole if hit in told else _level(saved_id, before, hit)
        if level is not None:
            after.setdefault(hit.kind, {})[mark_of(saved_id, hit)] = level and hit.whole
    return after


def together(one: Marks, other: Marks) -> dict[str, dict[str, bool]]:
    """What either knows: after two looks at once."""
    return {
        kind: {
            **one.get(kind, {}),
            **{
                mark: whole or one.get(kind, {}).get(mark, False)
                for mark, whole in other.get(kind, {}).items()
            },
        }
        for kind in sorted({*one, *other})
    }

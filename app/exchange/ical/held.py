"""Single meetings as they were last written: a calendar is asked for every hour, and is mostly what it was.

What is written depends on the row at its version, on whether its reader may attend, and on the network's name; so these
are the key, and nothing that has changed is ever found. Who may see a meeting is asked before, each time.
"""

from dataclasses import dataclass, field

from app.exchange.ical.event import vevent
from app.exchange.ical.series import single
from app.features.meetings.occurrences import Planned

MOST = 4_000_000  # characters; about 4,000 meetings

Key = tuple[str, int, str, bool, str | None]


@dataclass(slots=True)
class Held:
    """Texts by their key, all forgotten when there are too many."""

    texts: dict[Key, str] = field(default_factory=dict)
    characters: int = 0

    def of(self, planned: Planned, network: str | None) -> str:
        """The event of a single meeting."""
        row = planned.row
        key = (row["id"], row["version"], row["updated_at"], planned.attends, network)
        text = self.texts.get(key)
        if text is None:
            text = vevent(single(planned, network))
            if self.characters + len(text) > MOST:
                self.texts.clear()
                self.characters = 0
            self.texts[key] = text
            self.characters += len(text)
        return text


held = Held()

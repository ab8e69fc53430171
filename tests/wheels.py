"""Wheels to draw in tests, shaped as the service answers them."""

from datetime import date
from typing import Any

CS = {
    "common_purpose": (
        "Common purpose",
        (
            "Purpose there from the start|Purpose looked at again|Results on the network's topics|"
            "Members' view of the purpose"
        ),
    ),
    "cooperative_structure": (
        "Co-operative structure",
        (
            "Facilitators|People who facilitated in two years|Members who accepted the charter|"
            "Evenness of contributions|Turnout in decisions|Duties that somebody holds|"
            "Members' view of the structure"
        ),
    ),
    "critical_mass": (
        "Critical mass",
        (
            "Active members|Net growth|Members who stayed|Organisations represented|Coverage of the footprint|"
            "Variety of professions|Members' view of critical mass"
        ),
    ),
    "collective_intelligence": (
        "Collective intelligence",
        (
            "Results shared for each active member|Results that got feedback|Days to the first feedback|"
            "Results that were adopted|Organisations that adopted|Adoptions with figures before and after|"
            "Results that say what did not work|Members' view of what is learnt"
        ),
    ),
    "community_building": (
        "Community building",
        (
            "Meetings in person|Days between meetings|Attendance|People who come again|Members in sub-groups|"
            "Asks answered|Members' view of the community"
        ),
    ),
}
UNITS = ("share", "count", "days", "score")
STATUSES = ("ok", "thin", "not_enough_data")


def indicator(code: str, label: str, place: int, status: str) -> dict[str, Any]:
    """One indicator of that status, with figures that go with its unit."""
    unit = UNITS[place % 4]
    there = status != "not_enough_data"
    value = {"share": 0.3, "count": 4.0, "days": 34.5, "score": 3.8}[unit]
    return {
        "code": code, "label": label, "value": value if there else None,
        "numerator": 12.0 if there else None, "denominator": 40.0 if there else 3.0, "unit": unit,
        "window": "365 days", "status": status, "why": "Because.", "source": "domain notes",
    }  # fmt: skip


def wheel(first: int = 0, **more: Any) -> dict[str, Any]:
    """A whole one, its statuses in turn, from the first, second or third on."""
    place = first
    cs: list[dict[str, Any]] = []
    for code, (label, labels) in CS.items():
        indicators = []
        for each in labels.split("|"):
            one = indicator(f"{code}_{place}", each, place, STATUSES[place % 7 % 3])
            one["trend"] = [
                {
                    **{key: one[key] for key in ("value", "numerator", "denominator")},
                    "as_of": date(2025, 2, 1).isoformat(),
                    "status": STATUSES[(place + quarter) % 3],
                }
                for quarter in range(8)
            ]
            indicators.append(one)
            place += 1
        cs.append({"code": code, "label": label, "indicators": indicators})
    step = {
        "c": "common_purpose",
        "indicator": cs[0]["indicators"][1]["code"],
        "text": "Read the purpose aloud at the next meeting and ask what has changed since it was written; put what "
        "comes out of it into the network's purpose.",
    }
    document = {
        "network_id": "0190", "as_of": "2026-11-23", "window_days": 365, "from_on": "2025-11-24", "cs": cs,
        "next_step": step,
    }  # fmt: skip
    return document | more

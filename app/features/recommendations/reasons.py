"""From a row and its points to what is told: the network in short, and a sentence for everything that speaks for it."""

from typing import Any

from app.core.json_columns import plain
from app.features.recommendations.queries import WITHIN_KM, Profile, Row
from app.reference.load import region_label


def _reason(code: str, label: str, **basis: Any) -> Row:
    nothing: Row = {
        "topics": [],
        "profession": None,
        "distance_km": None,
        "icb": None,
        "region": None,
    }
    return {"code": code, "label": label, **nothing, **basis}


def _interests(row: Row, profile: Profile) -> Row:
    shared = [code for code in plain(row["topics"]) if code in profile.topics]
    named = [{"code": code, "label": profile.topics[code]} for code in shared]
    said = ", ".join(topic["label"] for topic in named)
    return _reason("interests", _line(f"About what interests you: {said}."), topics=named)


def _profession(_: Row, profile: Profile) -> Row:
    said = profile.profession_label or profile.profession
    return _reason(
        "profession", _line(f"For people in your role: {said}."), profession=profile.profession
    )


def _place(row: Row, _: Profile) -> Row:
    distance, icb = row["_distance_km"], row["_icb"]
    if distance is not None and distance <= WITHIN_KM:
        said = "Less than 1 km" if distance < 1 else f"About {distance:.0f} km"
        return _reason("place", f"{said} from your organisation.", distance_km=distance)
    if icb["code"] is not None:
        return _reason("place", _line(f"In your integrated care board: {icb['name']}."), icb=icb)
    region = row["region"]
    return _reason("place", f"In your region: {region_label(region)}.", region=region)


def _like_roles(_: Row, profile: Profile) -> Row:
    return _reason(
        "like_roles", "People in the same role as you have joined.", profession=profile.profession
    )


def _line(text: str) -> str:
    """As long as a line may be."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip()}…"


LONGEST = 300  # of `core.text.Line`
REASONS = {
    "interests": _interests,
    "profession": _profession,
    "place": _place,
    "like_roles": _like_roles,
}


def recommended(row: Row, profile: Profile) -> Row:
    """A row as it is told. The points are not, but their order is: the strongest reason first."""
    points = row.pop("points")
    codes = sorted((code for code in REASONS if points[code]), key=lambda code: -points[code])
    reasons = [REASONS[code](row, profile) for code in codes]
    for name in ("_distance_km", "_icb"):
        del row[name]
    return {"network": row, "reasons": reasons}

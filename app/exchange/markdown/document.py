"""The text of a result: SQUIRE 2.0 from title to funding, then who tried it too, what one may do with it, how to cite.

What is not there is left out, headings too. Source of the order: Ogrinc et al., SQUIRE 2.0, BMJ Qual Saf 2016;25:986.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from app.core.adoption_counts import STAGES
from app.core.json_columns import plain
from app.exchange.markdown.escaping import block, inline, link
from app.exchange.markdown.parts import Parts

Row = Mapping[str, Any]
MEDIA_TYPE = "text/markdown"
LONGEST = 2_000_000
EXAMPLE = "# Fewer missed retinal screenings by spring\n"
LICENCES = {"all_rights_reserved": "All rights reserved"}
CONTEXT = {
    "setting": "Setting", "nation": "Nation", "list_size_band": "Registered patients", "rurality": "Area",
    "deprivation_quintile": "Deprivation (1 is the most deprived fifth)", "clinical_system": "Clinical system",
    "team_mix": "Team",
}  # fmt: skip
AIM = {
    "population": "For whom", "baseline": "From", "target": "To", "unit": "Measured in", "by_on": "By",
}  # fmt: skip
CHANGE = {
    "procedures": "How it was done", "who": "Who did it", "how": "By what means", "dose": "How often and how much",
    "cost": "Cost", "hours": "Hours of work", "modifications": "What was modified", "fidelity": "How far as planned",
}  # fmt: skip
MEASURE = {
    "operational_definition": "Definition", "numerator_definition": "Numerator",
    "denominator_definition": "Denominator", "exclusions": "Left out", "source": "Source", "unit": "Unit",
    "target": "Target",
}  # fmt: skip
CYCLE = {
    "plan": "Plan", "prediction": "Prediction", "do_text": "Do", "study": "Study", "act": "Act", "decision": "Decision",
}  # fmt: skip


def _word(value: Any) -> str:
    """A value of an enumeration, or a number, as words."""
    return inline(str(value).replace("_", " "))


def _points(said: Row, names: Mapping[str, str]) -> str:
    """What is said, as a list of names and texts."""
    found = [
        f"- {name}: {_word(said[field]) if field in ENUMERATED else inline(str(said[field]))}"
        for field, name in names.items()
        if said.get(field) is not None
    ]
    return "\n".join(found)


ENUMERATED = frozenset({"nation", "list_size_band", "rurality", "decision"})


def _section(title: str, *parts: tuple[str, str]) -> Iterator[str]:
    """A heading of SQUIRE with the parts below it that there are."""
    there = [(name, text) for name, text in parts if text]
    if there:
        yield f"## {title}"
    for name, text in there:
        yield f"### {name}\n\n{text}"


def _said(value: str | None) -> str:
    return block(value) if value else ""


def _both(first: str, then: str) -> str:
    return "\n\n".join(text for text in (first, then) if text)


def _change(change: Row) -> str:
    materials = [
        f"- {link(one['title'], one['url']) if one.get('url') else inline(one['title'])}"
        + (f" ({inline(one['licence'])})" if one.get("licence") else "")
        for one in change.get("materials") or []
    ]
    told = _both(_said(change.get("what")), _points(change, CHANGE))
    return _both(told, "\n".join(["Materials:", "", *materials]) if materials else "")


def _measures(parts: Parts) -> str:
    found = []
    for one in parts.measures:
        head = f"**{inline(one['name'])}** ({_word(one['kind'])} measure, by {_word(one['frequency'])})"
        found.append(_both(head, _points(one, MEASURE)))
    return "\n\n".join(found)


def _figures(parts: Parts) -> str:
    found = []
    for one in parts.measures:
        count = one["observation_count"]
        if not count:
            continue
        told = f"{count} points" if count > 1 else "1 point"
        told += f", {one['first_on']} to {one['last_on']}."
        verdict = parts.verdicts.get(one["id"])
        found.append(
            f"- {inline(one['name'])}: {told}" + (f" {inline(verdict)}" if verdict else "")
        )
    return "\n".join(found)


def _cycles(parts: Parts) -> str:
    found = []
    for one in parts.cycles:
        days = " to ".join(day for day in (one["started_on"], one["ended_on"]) if day)
        head = f"**Cycle {one['number']}: {inline(one['title'])}**" + (f" ({days})" if days else "")
        found.append(_both(head, _points(one, CYCLE)))
    return "\n\n".join(found)


def _adoptions(summary: Row) -> str:
    number = summary["organisations"]
    if not number:
        return "Nobody has reported yet that they tried it."
    stages = ", ".join(
        f"{_word(name)} {summary['stages'][name]}" for name in STAGES if summary["stages"][name]
    )
    effects = summary["effects"]
    went = ", ".join(f"{name} {effects[name]}" for name in ("better", "same", "worse"))
    told = f"{number} {'organisations' if number > 1 else 'organisation'} tried it too ({stages}). How it went: {went}."
    return f"{told} Last reported on {summary['last_reported_on']}."


def _by(result: Row, network: str | None) -> str:
    """Who is said to have written it: to its authors as to everybody, for they hand the text on."""
    names = [card["display_name"] for card in result["authors"] if result["attribution"] == "named"]
    told = result["organisation"] and result["attribution"] != "network_only"
    place = [result["organisation"]["name"]] if told else []
    if names or place:
        return inline(", ".join([*names, *place]))
    return inline(f"Shared in {network}") if network else "Not attributed"


def cited(result: Row, network: str | None, address: str) -> str:
    """The line to cite it by; nobody cites what is not there to be read."""
    if result["status"] != "published":
        withdrawn = result["withdrawn_on"]
        return (
            f"Not to be cited: withdrawn on {withdrawn}."
            if withdrawn
            else "Not to be cited: a draft."
        )
    year = (result["published_on"] or result["created_on"])[:4]
    return f"{_by(result, network)} ({year}). {inline(result['title'])}. Version {result['version']}. <{address}>"


def written(result: Row, parts: Parts, address: str) -> str:
    """The whole text; `result` is a document of the contract, `address` where it is read."""
    aim, context, change = (plain(result[name]) or {} for name in ("aim", "context", "change"))
    licence: str = result["licence"] or ""
    shown = [
        f"# {inline(result['title'])}",
        _by(result, parts.network),
        _said(result["summary"]),
        *_section(
            "Introduction",
            ("Problem", _said(result["problem"])),
            ("Available knowledge", _said(result["available_knowledge"])),
            ("Rationale", _said(result["rationale"])),
            ("Aim", _both(_said(aim.get("text")), _points(aim, AIM))),
        ),
        *_section(
            "Methods",
            ("Context", _both(_said(context.get("text")), _points(context, CONTEXT))),
            ("What we changed", _change(change)),
            ("Measures", _measures(parts)),
            ("Ethics", _said(result["ethics"])),
        ),
        *_section(
            "Results",
            ("What happened", _said(result["what_happened"])),
            ("PDSA cycles", _cycles(parts)),
            ("What the figures say", _figures(parts)),
            ("Unintended effects", _said(result["unintended_effects"])),
            ("Outcome", _word(result["outcome"]).capitalize() if result["outcome"] else ""),
        ),
        *_section(
            "Discussion",
            ("What we learnt", _said(result["learning"])),
            ("Limitations", _said(result["limitations"])),
            ("Sustainability", _said(result["sustainability"])),
        ),
        *_section(
            "Other information",
            ("Funding", _said(result["funding"])),
            ("Before you try it", _said(result["prerequisites"])),
            ("Effort", _said(result["effort"])),
            ("Who tried it too", _adoptions(plain(result["adoptions"]))),
            ("Licence", inline(LICENCES.get(licence, licence))),
            ("Cite as", cited(result, parts.network, address)),
        ),
    ]  # fmt: skip
    return "\n\n".join(text for text in shown if text) + "\n"

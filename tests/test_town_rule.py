"""The shipped towns are what the rule makes of the shipped addresses; homonyms can be told apart by what tells them."""

from collections import defaultdict

from app.core.words import tokens
from app.reference.load import read_towns, shipped_text
from tests.town_rule import file_text, shipped_practices


def test_the_file_is_what_the_rule_makes_of_the_practices() -> None:
    practices = shipped_practices()
    assert file_text(practices) == shipped_text("places.csv")
    assert file_text(practices[1:]) != shipped_text("places.csv")


def test_each_place_is_there_once_and_homonyms_are_told_apart() -> None:
    towns = list(read_towns())
    assert len({town.id for town in towns}) == len(towns) > 3_000
    named = defaultdict(list)
    for town in towns:
        named[" ".join(tokens(town.name))].append(town)
        assert town.precision_km >= 1
        assert town.practices >= 1
        assert 49.8 < town.latitude < 56.0
        assert -6.5 < town.longitude < 1.8
    homonyms = {name: found for name, found in named.items() if len(found) > 1}
    assert {"newport", "richmond", "ashford"} <= homonyms.keys()
    for name, found in homonyms.items():
        assert len({town.county or town.region for town in found}) == len(found), name


def test_what_everybody_knows() -> None:
    towns = {town.id: town for town in read_towns()}
    assert (towns["stockton-on-tees"].name, towns["kings-lynn"].name) == (
        "Stockton-on-Tees",
        "King's Lynn",
    )
    assert towns["london"].practices > 600
    assert towns["newport-gwent"].region == towns["cardiff"].region == "wales"
    assert towns["caerdydd"].latitude == towns["cardiff"].latitude
    assert not [
        town.name
        for town in towns.values()
        if set(tokens(town.name)) & {"surgery", "road", "centre", "clinic"}
    ]

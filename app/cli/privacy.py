"""`erasures`, `retention` and `export`: what the operator does for people's privacy. Answers go to stdout."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import orjson
import typer

from app.cli.starting import Refused, read_settings, with_house
from app.core.changes import record_look_at_person
from app.core.viewer import HOUSE, Viewer
from app.core.work import House, Work, perform
from app.exchange.privacy import ledger
from app.exchange.privacy.export import export
from app.exchange.privacy.finding import Found, find
from app.jobs.retention import Outcome, retain

SHORTEST = 3  # characters to look for
WHOLE = 10_000_000  # rows of a part: the document is for one person, and made in memory


def list_erasures() -> None:
    """Write the ledger as its file has it: an instant and an id a line."""
    entries = with_house(lambda house: ledger.entries_in(house.db))
    typer.echo(ledger.lines_of(entries), nl=False)


def replay(file: Path, *, dry_run: bool) -> None:
    """Erase everybody in a ledger again. Errors: `Refused`."""
    try:
        entries = ledger.read(file.read_text(encoding="utf-8"))
    except (ledger.LedgerFault, UnicodeDecodeError) as error:
        raise Refused(f"{file} is no ledger of erasures: {error}. Nothing was erased.") from None
    done = with_house(lambda house: ledger.replay(house, entries, dry_run=dry_run))
    for person_id in done.erased:
        typer.echo(person_id)
    verb = "would be erased" if dry_run else "were erased"
    typer.echo(
        f"{len(done.erased)} {verb} again, {len(done.already)} were already, {len(done.unknown)} are not here.",
        err=True,
    )
    if done.unled:
        typer.echo(f"Without a facilitator now: {', '.join(done.unled)}.", err=True)


def find_words(words: str) -> None:
    """Write where these words stand in what people typed: table, id and field a line, never the text.

    Errors: `Refused` for what stands everywhere.
    """
    if len(words.strip()) < SHORTEST:
        raise Refused(f"Look for {SHORTEST} characters or more.")

    async def run(house: House) -> list[Found]:
        return await find(house.db, words)

    found = with_house(run)
    for one in found:
        typer.echo(f"{one.table}\t{one.id}\t{one.field}")
    places = "1 field" if len(found) == 1 else f"{len(found)} fields"
    typer.echo(f"Found in {places}." if found else "Found nowhere.", err=True)


def retention(*, dry_run: bool) -> None:
    """Apply the rules of retention and write what each did, or would do."""
    settings = read_settings()

    async def run(house: House) -> list[Outcome]:
        return await retain(house, settings, dry_run=dry_run)

    typer.echo("rule\tdays\trows")
    for one in with_house(run, settings):
        typer.echo(f"{one.rule}\t{one.days:g}\t{one.rows}")


def export_person(person_id: str) -> None:
    """Write everything that is kept about a person, on record. Errors: `Refused` when there is nobody."""

    async def run(house: House) -> bytes:
        document = await export(house.db, Viewer(person_id), datetime.now(UTC), WHOLE)
        if document is None:
            raise Refused(f"There is no person {person_id}.")

        async def command(work: Work) -> None:
            record_look_at_person(work, person_id, "export")

        await perform(house, command, viewer=HOUSE)
        return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)

    sys.stdout.buffer.write(with_house(run))

"""The commands of `qi-networks`, and the one place where a failure becomes a sentence.

Each command imports what it needs when it runs: `token list` need not wait for an HTTP server to load.
"""

import signal
import sys
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from app.cli.progress import Stopped, progress
from app.cli.starting import Refused, reaching, read_settings, with_house
from app.core.errors import HouseError, NotFound
from app.core.viewer import Scope
from app.core.work import House
from app.db.errors import DatabaseError
from app.exchange.ods import OdsFileError
from app.exchange.ods.parse import FileKind

cli = typer.Typer(
    help="QI Networks: improvement networks of primary care. Settings come from the environment.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
importing = typer.Typer(help="Bring in files of the NHS.", no_args_is_help=True)
token = typer.Typer(help="Make, list and revoke tokens.", no_args_is_help=True)
client = typer.Typer(help="List and revoke clients.", no_args_is_help=True)
audit = typer.Typer(help="Prove that the log is as it was written.", no_args_is_help=True)
cli.add_typer(audit, name="audit")
cli.add_typer(importing, name="import")
erasures = typer.Typer(help="Who was erased, and what is left.", no_args_is_help=True)
cli.add_typer(erasures, name="erasures")
cli.add_typer(token, name="token")
cli.add_typer(client, name="client")


@cli.callback()
def options(
    traceback: Annotated[
        bool, typer.Option("--traceback", help="Show where an error comes from.")
    ] = False,
) -> None:
    """Taken by `main`, which reads it from the words of the command."""
    del traceback


@cli.command()
def serve(
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes; SQLite has one.")] = 1,
) -> None:
    """Serve the database that DATABASE_URL names: production."""
    from app.cli.serve import serve as run

    _until_stopped(lambda: run(workers))


@cli.command()
def demo() -> None:
    """Fill an empty database with the demo and serve it on this machine."""
    from app.cli.demo import demo as run

    _until_stopped(run)


@cli.command()
def migrate() -> None:
    """Bring the schema and the reference data of DATABASE_URL to this release."""
    from app.db.schema import head_revision
    from app.db.schema import migrate as run
    from app.exchange.ods.load import load_baseline

    settings = read_settings()
    with reaching(settings):
        run(settings.database_url)

    async def furnish(house: House) -> None:
        with progress() as report:
            await load_baseline(house, report)

    with_house(furnish, settings)
    typer.echo(
        f"The database is at migration {head_revision()} and has its reference data.", err=True
    )


@cli.command()
def reindex() -> None:
    """Make the words that rows are found by anew, and the spelling vocabulary, as a server does when it is due."""
    from app.core.vocabulary import rebuild
    from app.jobs.words_anew import make_words_anew

    async def run(house: House) -> tuple[int, int]:
        with progress() as report:
            return await make_words_anew(house, report), await rebuild(house, report)

    rows, known = with_house(run)
    typer.echo(
        f"{rows:,} rows have new words, and {known:,} words are known to the spelling.", err=True
    )


@importing.command()
def ods(
    file: Annotated[Path, typer.Argument(help="The CSV file, as it comes.")],
    kind: Annotated[FileKind, typer.Option("--as", help="Which file it is.")],
    force: Annotated[
        bool, typer.Option("--force", help="Also a file that is much smaller than the last.")
    ] = False,
) -> None:
    """Import a file of the Organisation Data Service: whole, or not at all."""
    from app.exchange.ods.importer import ImportReport, import_file

    if not file.is_file():
        raise Refused(f"There is no file {file}.")

    async def run(house: House) -> ImportReport:
        with progress() as report:
            return await import_file(house, file, kind, force=force, report=report)

    try:
        done = with_house(run)
    except OdsFileError as error:
        raise Refused(f"{file}, {error}. Nothing was imported.") from error
    typer.echo(
        f"{done.rows:,} rows in {done.seconds:.1f} s: {done.added:,} organisations added, {done.changed:,} changed, "
        f"{done.unchanged:,} unchanged."
    )
    for what, codes in (
        ("Parents that nobody knows, kept as codes", done.unknown_parents),
        ("Practices that nobody knows, left out", done.unknown_practices),
    ):
        if codes:
            typer.echo(f"{what}: {', '.join(codes)}.")


@token.command("create")
def token_create(
    operator: Annotated[
        bool, typer.Option("--operator", help="May operate; makes the first operator.")
    ] = False,
    person: Annotated[uuid.UUID | None, typer.Option(help="Whose token, by id.")] = None,
    name: Annotated[
        str | None, typer.Option(help="What the token is for; also names the first operator.")
    ] = None,
    scope: Annotated[
        list[Scope] | None, typer.Option(help="Only this; may be given several times.")
    ] = None,
    network: Annotated[
        uuid.UUID | None, typer.Option(help="The network that a token provisions.")
    ] = None,
    expires_days: Annotated[
        int | None, typer.Option(min=1, max=3650, help="Days until it ends; else it does not.")
    ] = None,
) -> None:
    """Make a token and print it, once: the token on stdout, words on stderr."""
    from app.cli.tokens import Wanted, create

    create(
        Wanted(
            operator=operator,
            person_id=str(person) if person else None,
            name=name,
            scopes=frozenset(scope or ()),
            network_id=str(network) if network else None,
            expires_days=expires_days,
        )
    )


@token.command("list")
def token_list() -> None:
    """List the tokens that are not revoked, never their secrets."""
    from app.cli.tokens import list_all

    list_all()


@token.command("revoke")
def token_revoke(token_id: Annotated[uuid.UUID, typer.Argument(help="The token's id.")]) -> None:
    """Revoke a token."""
    from app.cli.tokens import revoke

    try:
        revoke(str(token_id))
    except NotFound:
        raise Refused(f"There is no token {token_id}, or it is revoked already.") from None


@cli.command()
def backup(
    file: Annotated[Path, typer.Argument(help="The new file.")],
) -> None:
    """Write the SQLite database to a new file, also while it is served."""
    from app.cli.backups import backup as run

    run(file)


@cli.command()
def restore(
    file: Annotated[Path, typer.Argument(help="The backup.")],
) -> None:
    """Put a backup in the place of the SQLite database: whole, or not at all."""
    from app.cli.backups import restore as run

    run(file)


@cli.command()
def restored() -> None:
    """Make a database ready to be served that was restored by other means, such as pg_restore."""
    from app.cli.backups import restored as run

    run()


@audit.command("verify")
def audit_verify(
    since: Annotated[
        str | None, typer.Option(metavar="SEAL", help="Begin behind this seal.")
    ] = None,
    expect: Annotated[
        str | None, typer.Option(metavar="SEAL", help="A seal noted earlier, which must be there.")
    ] = None,
) -> None:
    """Do the sum of the log's seals again: finds any edit, also of one byte."""
    from app.cli.audit import verify

    verify(since, expect)


@cli.command()
def export(person: Annotated[uuid.UUID, typer.Argument(help="Whose, by id.")]) -> None:
    """Write everything that is kept about a person as JSON, and note that it was done."""
    from app.cli.privacy import export_person

    export_person(str(person))


@cli.command()
def retention(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what is due, and do nothing.")
    ] = False,
) -> None:
    """Do what is due by age, as a server does every hour, and say how much it was."""
    from app.cli.privacy import retention as run

    run(dry_run=dry_run)


@erasures.command("list")
def erasures_list() -> None:
    """Write who was erased and when, ids alone: the ledger for a restored backup."""
    from app.cli.privacy import list_erasures

    list_erasures()


@erasures.command("replay")
def erasures_replay(
    file: Annotated[Path, typer.Argument(help="The ledger.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say whom it would erase, and do nothing.")
    ] = False,
) -> None:
    """Erase everybody in a ledger again: after a backup was restored, before it is served."""
    from app.cli.privacy import replay

    if not file.is_file():
        raise Refused(f"There is no file {file}.")
    replay(file, dry_run=dry_run)


@erasures.command("find")
def erasures_find(
    words: Annotated[str, typer.Argument(help="A name, say.")],
) -> None:
    """Write where words stand in what people typed: table, id, field."""
    from app.cli.privacy import find_words

    find_words(words)


@client.command("list")
def client_list() -> None:
    """List the clients that are not revoked."""
    from app.cli.clients import list_all

    list_all()


@client.command("revoke")
def client_revoke(
    client_id: Annotated[uuid.UUID, typer.Argument(help="The client's id.")],
) -> None:
    """Revoke a client."""
    from app.cli.clients import revoke

    try:
        revoke(str(client_id))
    except NotFound:
        raise Refused(f"There is no client {client_id}, or it is revoked already.") from None


@cli.command()
def contract() -> None:
    """Write the OpenAPI document to stdout."""
    from app.main import describe
    from app.web.openapi import contract as document

    sys.stdout.buffer.write(document(describe()))


def _until_stopped(run: Callable[[], None]) -> None:
    """Ctrl-C and SIGTERM are how a server ends, so they are no failure."""
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        run()
    except (KeyboardInterrupt, Stopped):
        return


def sentence(error: Exception) -> str:
    """What whoever typed the command reads: one sentence."""
    from app.exchange.ods.importer import SmallerThanBefore

    if isinstance(error, HouseError):
        return error.detail
    told = Refused, DatabaseError, SmallerThanBefore
    first = str(error).partition("\n")[0]
    if isinstance(error, told):
        return first
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}."
    kind = type(error).__name__
    return f"Something went wrong ({kind}: {first}); qi-networks --traceback shows where."


def main() -> None:
    """The console script."""
    try:
        cli()
    except Stopped:
        typer.echo("Stopped. Nothing was changed.", err=True)
        sys.exit(128 + signal.SIGINT)
    except Exception as error:
        if "--traceback" in sys.argv:
            raise
        typer.echo(sentence(error), err=True)
        sys.exit(1)

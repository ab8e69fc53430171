"""`backup`, `restore` and `restored`: a database as a file, and back again without a wrong word to anybody."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import typer

from app.cli.audit import told
from app.cli.progress import Report, progress
from app.cli.starting import Refused, open_house, reaching, read_settings, with_house
from app.core.work import House
from app.db.errors import DatabaseError
from app.db.postgres import others_in
from app.db.schema import head_revision, known_revisions, migrate, require_current, sqlite_file
from app.db.sqlite_copies import (
    Served,
    alone_with,
    copy,
    look_over,
    publish,
    put_in_place,
    revision_of,
    settle,
)
from app.exchange.privacy import ledger
from app.exchange.privacy.ledger import Entry
from app.features.audit.verify import ChainBroken, verify
from app.jobs.restoring import Renewed, renew
from app.settings import Settings


def backup(file: Path) -> None:
    """Write a copy of the SQLite database to a new file, while it is served. Errors: `Refused`, `Unfit`."""
    settings = read_settings()
    source = _sqlite(settings, "pg_dump makes a backup of PostgreSQL")
    part = file.with_name(f"{file.name}.part")
    for there in (file, part):
        if there.exists():
            raise Refused(f"{there} is there already: name a new file.")
    with reaching(settings):
        require_current(settings.database_url)
    with progress() as report, removed_on_failure(part):
        copy(source, part, report, "Pages")
        look_over(part)
        found = asyncio.run(_verified(settings, part, report))
        publish(part, file)
    typer.echo(f"{file} has {file.stat().st_size:,} bytes. {found}")


async def _verified(settings: Settings, file: Path, report: Report) -> str:
    async with open_house(_at(settings, file)) as house:
        try:
            found = await verify(house.db, report)
        except ChainBroken as broken:
            raise Refused(f"The backup is not kept: {broken}") from broken
    settle(file)
    return f"{told(found)}\nseal {found.seal}"


def restore(file: Path) -> None:
    """Put a backup in the place of the SQLite database, whole or not at all. Errors: `Refused`, `Unfit`."""
    settings = read_settings()
    target = _sqlite(settings, "pg_restore restores PostgreSQL, and then qi-networks restored")
    _fit(file)
    staging = target.with_name(f"{target.name}.restoring")
    if staging.exists():
        raise Refused(f"{staging} is there: a restore is under way, or ended halfway. Remove it.")
    aside = target.with_name(f"{target.name}.replaced-{datetime.now(UTC):%Y%m%dT%H%M%S}")
    with ExitStack() as stack:
        report = stack.enter_context(progress())
        entries = _known(settings, target)
        if target.exists():
            _alone(stack, target)
        stack.enter_context(removed_on_failure(staging))
        copy(file, staging, report, "Pages")
        look_over(staging)
        migrate(f"sqlite:///{staging}")
        done = asyncio.run(_renewed(_at(settings, staging), entries, report))
        settle(staging)
        kept = target.exists()
        put_in_place(staging, target, aside)
    tell(done)
    if kept:
        typer.echo(
            f"What was there is {aside}: it holds whoever was erased since, so remove it.", err=True
        )
    _bring_ledger_up(settings)


def restored() -> None:
    """Make a database ready that was restored by other means, such as pg_restore. Errors: `Refused`."""
    settings = read_settings()
    with reaching(settings):
        require_current(settings.database_url)
    file = sqlite_file(settings.database_url)
    if file is not None:
        with ExitStack() as stack:
            _alone(stack, file)
    elif asyncio.run(others_in(settings.database_url)):
        raise Refused("Stop the service first: others of it are connected to the database.")
    with progress() as report:
        tell(asyncio.run(_renewed(settings, _ledger(settings), report)))
    _bring_ledger_up(settings)


def tell(done: Renewed) -> None:
    """What was found and done, to stdout; what is left to do, to stderr."""
    typer.echo(told(done.log))
    typer.echo("The feed has a new epoch: whoever follows it begins again.")
    typer.echo(f"Erased again: {len(done.replayed.erased):,} people.")
    for network_id in done.replayed.unled:
        typer.echo(f"Network {network_id} has no facilitator now.", err=True)


def _sqlite(settings: Settings, instead: str) -> Path:
    """The file of the database. Errors: `Refused` for PostgreSQL."""
    file = sqlite_file(settings.database_url)
    if file is None:
        raise Refused(f"DATABASE_URL is not SQLite: {instead} (docs/backups.md).")
    return file


def _fit(file: Path) -> None:
    """Errors: `Refused` for what is no backup, or one of a release to come."""
    if not file.is_file():
        raise Refused(f"There is no file {file}.")
    revision = revision_of(file)
    if revision is None:
        raise Refused(f"{file} is no backup of QI Networks.")
    if revision not in known_revisions():
        raise Refused(
            f"{file} is at migration {revision}, which this release (at {head_revision()}) does not know: use the "
            "release that made it, or a later one."
        )
    if revision != head_revision():
        typer.echo(
            f"The backup is at migration {revision}: migrating it to {head_revision()}.", err=True
        )


def _known(settings: Settings, target: Path) -> list[Entry]:
    """Whoever was erased: by the ledger's file, and by the database that is to be replaced."""
    entries = _ledger(settings)
    if target.exists() and revision_of(target) == head_revision():
        try:
            entries += asyncio.run(_erased_in(settings))
        except DatabaseError:
            typer.echo(
                "The database there cannot be read: only the ledger says who was erased.", err=True
            )
    return entries


def _ledger(settings: Settings) -> list[Entry]:
    file = ledger.file_of(settings)
    if file is None:
        typer.echo(
            "There is no ERASURE_LEDGER: nobody is erased again but whom the backup knows of.",
            err=True,
        )
        return []
    if not file.exists():
        return []
    try:
        return ledger.read(file.read_text())
    except ledger.LedgerFault as fault:
        raise Refused(f"{file}: {fault}.") from fault


async def _erased_in(settings: Settings) -> list[Entry]:
    async with open_house(settings) as house:
        return await ledger.entries_in(house.db)


async def _renewed(settings: Settings, entries: list[Entry], report: Report) -> Renewed:
    async with open_house(settings) as house:
        try:
            return await renew(house, entries, report)
        except ChainBroken as broken:
            raise Refused(f"Nothing was restored: {broken}") from broken


def _alone(stack: ExitStack, target: Path) -> None:
    try:
        stack.enter_context(alone_with(target))
    except Served as served:
        raise Refused(f"Stop the service first: {served}") from served


def _bring_ledger_up(settings: Settings) -> None:
    async def run(house: House) -> None:
        await ledger.keep_in_step(house.db, settings)

    with_house(run, settings)


def _at(settings: Settings, file: Path) -> Settings:
    return settings.model_copy(update={"database_url": f"sqlite:///{file}"})


@contextmanager
def removed_on_failure(file: Path) -> Iterator[None]:
    """Leave no half-made file behind, nor what SQLite keeps beside it."""
    try:
        yield
    except BaseException:
        for name in (file, *(Path(f"{file}{ending}") for ending in ("-wal", "-shm", "-journal"))):
            name.unlink(missing_ok=True)
        raise

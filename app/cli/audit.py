"""`audit`: what whoever answers for an installation asks of its log."""

import typer

from app.cli.progress import progress
from app.cli.starting import Refused, with_house
from app.core.work import House
from app.features.audit.verify import ChainBroken, Verified
from app.features.audit.verify import verify as run_over


def verify(since: str | None, expect: str | None) -> None:
    """Prove that the log is as it was written, and write where it ends to stdout. Errors: `Refused`."""

    async def run(house: House) -> Verified:
        with progress() as report:
            return await run_over(house.db, report, since=since, expect=expect)

    try:
        found = with_house(run)
    except ChainBroken as broken:
        raise Refused(str(broken)) from broken
    typer.echo(told(found))
    typer.echo(f"seal {found.seal}")


def told(found: Verified) -> str:
    """One sentence of a log that is whole."""
    if not found.rows:
        return "The log has no rows to verify."
    older = f", of which {found.unsealed:,} are older than the chain" if found.unsealed else ""
    return f"The log is whole: {found.rows:,} rows, positions {found.first:,} to {found.last:,}{older}."

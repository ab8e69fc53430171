"""Progress on stderr: a moving bar for a person at a terminal, one line a step for everything else."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer

Report = Callable[[str, int, int], None]


@contextmanager
def progress() -> Iterator[Report]:
    """A `report(what, done, total)` that shows how far each step is; it may be called as often as one likes."""
    if sys.stderr.isatty():
        with _bars() as report:
            yield report
    else:
        yield _lines()


@contextmanager
def _bars() -> Iterator[Report]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True)) as shown:
        tasks = {}

        def report(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = shown.add_task(what, total=total)
            shown.update(tasks[what], completed=done, total=total)

        yield report


def _lines() -> Report:
    finished: set[str] = set()

    def report(what: str, done: int, total: int) -> None:
        if done >= total and what not in finished:
            finished.add(what)
            typer.echo(f"{what}: {done:,} of {total:,}", err=True)

    return report

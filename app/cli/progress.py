"""Progress on stderr: a moving bar for a person at a terminal, one line a step for everything else.

It is also where Ctrl-C is obeyed: between two steps, so that the transaction is rolled back and closed like any other.
"""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import typer

Report = Callable[[str, int, int], None]


class Stopped(Exception):
    """Somebody stopped it between two steps; nothing was written."""


@contextmanager
def progress() -> Iterator[Report]:
    """A `report(what, done, total)` that shows how far each step is; it may be called as often as one likes.

    It raises `Stopped` after a Ctrl-C; the second one ends the process at once.
    """
    with _bars() if sys.stderr.isatty() else _lines() as show, _asked_to_stop() as asked:

        def report(what: str, done: int, total: int) -> None:
            if asked:
                raise Stopped
            show(what, done, total)

        yield report


@contextmanager
def _asked_to_stop() -> Iterator[list[int]]:
    """A list that is empty until somebody asks."""
    asked: list[int] = []

    def note(number: int, _frame: Any) -> None:
        asked.append(number)
        signal.signal(signal.SIGINT, signal.default_int_handler)

    before = signal.signal(signal.SIGINT, note)
    try:
        yield asked
    finally:
        signal.signal(signal.SIGINT, before)


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


@contextmanager
def _lines() -> Iterator[Report]:
    finished: set[str] = set()

    def report(what: str, done: int, total: int) -> None:
        if done >= total and what not in finished:
            finished.add(what)
            typer.echo(f"{what}: {done:,} of {total:,}", err=True)

    yield report

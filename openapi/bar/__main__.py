"""`make contract`: judge the contract by every row of the bar, then show that the bar can fail.

python -m openapi.bar                     all rows, the first hour against a demo of its own, then the controls
python -m openapi.bar --rows 3,4,5        some rows
python -m openapi.bar --scale 0.05        schemathesis at a twentieth of its counts
"""

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from openapi.bar import calendars, clients, controls, generators, linters, releases, series, service
from openapi.bar.judged import Judged, Row, Verdict
from openapi.bar.tools import ROOT, Missing, prepare, say

ROWS = sorted(
    (
        *service.ROWS,
        *linters.ROWS,
        *releases.ROWS,
        *clients.ROWS,
        *generators.ROWS,
        *series.ROWS,
        *calendars.ROWS,
    ),
    key=lambda row: int(row.number),
)
SERVED = {"1", "10", "11", "12"}  # the rows that ask a running service
SHOWN = 10  # findings of a row that are printed; all of them are a matter of running it alone


def main() -> int:
    """Run what is asked for. Returns the exit status: 1 for a finding, or for a control that finds nothing."""
    given = _arguments()
    wanted = set(given.rows.split(",")) if given.rows else {row.number for row in ROWS}
    try:
        prepare()
    except Missing as missing:
        say(str(missing))
        return 2
    table: list[str] = []
    with _judged(wanted, given.scale) as judged:
        kept = [_row(row, judged, table) for row in ROWS if row.number in wanted]
        if given.controls:
            say("The same on a plain FastAPI application, which must fail:")
            for row, other in controls.controls(judged):
                if row.number in wanted:
                    kept.append(_control(row, other, table))
    say("\n" + "\n".join(table))
    say(f"{sum(kept)} of {len(kept)} rows hold")
    return 0 if all(kept) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m openapi.bar", description=__doc__)
    parser.add_argument("--rows", help="numbers of rows, with commas between")
    parser.add_argument("--scale", type=float, default=0.2, help="of the counts of schemathesis")
    parser.add_argument("--no-controls", dest="controls", action="store_false")
    return parser.parse_args()


@contextmanager
def _judged(wanted: set[str], scale: float) -> Iterator[Judged]:
    path = ROOT / "openapi" / "openapi.json"
    if not wanted & SERVED:
        yield Judged("contract", path, scale=scale)
        return
    with service.demo() as (address, tokens):
        yield Judged("contract", path, address, tokens, scale)


def _row(row: Row, judged: Judged, table: list[str]) -> bool:
    verdict = _timed(row, judged)
    passed = not verdict.findings
    found = verdict.told if passed else f"{len(verdict.findings)} findings"
    table.append(f"{'ok  ' if passed else 'FAIL'} {row.number:>2} {row.title:50s} {found}")
    if not passed:
        _show(verdict)
    return passed


def _control(row: Row, judged: Judged, table: list[str]) -> bool:
    verdict = _timed(row, judged)
    failed = bool(verdict.findings)
    found = f"{len(verdict.findings)} findings, as it must" if failed else "found nothing"
    table.append(
        f"{'ok  ' if failed else 'FAIL'} {row.number:>2} {row.title + ', control':50s} {found}"
    )
    return failed


def _timed(row: Row, judged: Judged) -> Verdict:
    began = time.monotonic()
    verdict = row.judge(judged)
    told = f"{len(verdict.findings)} findings" if verdict.findings else verdict.told
    say(f"{row.number:>3} {row.title:50s} {told} ({time.monotonic() - began:.0f} s)")
    return verdict


def _show(verdict: Verdict) -> None:
    for finding in verdict.findings[:SHOWN]:
        say(f"      {finding}")
    if len(verdict.findings) > SHOWN:
        say(f"      and {len(verdict.findings) - SHOWN} more")


if __name__ == "__main__":
    sys.exit(main())

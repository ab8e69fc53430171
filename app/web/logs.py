"""What the service writes down: JSON lines on stderr, one for each request, each fault and each refusal that matters.

No query, no body, no name, no token; the client's address only where the operator asks for it. JSON escapes whatever
might end a line, so nobody writes lines of their own.
"""

import json
import logging
import sys
import time
from datetime import UTC, datetime
from typing import Any

access = logging.getLogger("qi_networks.access")
faults = logging.getLogger("qi_networks.errors")
security = logging.getLogger("qi_networks.security")
sign_ins = logging.getLogger("qi_networks.sign_in")


def now() -> str:
    """The time of a line."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def note_request(began: float, size: int, line: dict[str, Any]) -> None:
    """One request that was answered; `began` by `time.perf_counter()`, `size` in bytes."""
    line["bytes"] = size
    line["ms"] = round((time.perf_counter() - began) * 1000, 2)
    access.info(json.dumps({"at": now(), "level": "info", "event": "request", **line}))


def note_refusal(event: str, line: dict[str, Any]) -> None:
    """Something that whoever watches for attacks wants to see."""
    if security.isEnabledFor(logging.INFO):
        security.info(json.dumps({"at": now(), "level": "warning", "event": event, **line}))


def note_sign_in(event: str, **line: str | None) -> None:
    """Why somebody's token was not let in, or an issuer could not be asked: constants of ours, nothing of a token."""
    told = {"at": now(), "level": "warning", "event": event, **line}
    sign_ins.warning(json.dumps(told))


def note_fault(request_id: str, error: BaseException) -> None:
    """A fault for the operator: where it happened, without values that a request brought."""
    trace = error.__traceback__
    places = []
    while trace is not None:
        places.append(f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}")
        trace = trace.tb_next
    line = {
        "at": now(),
        "level": "error",
        "event": "fault",
        "request_id": request_id,
        "error": type(error).__name__,
        "cause": type(error.__cause__).__name__ if error.__cause__ else None,
        "places": places[-8:],
    }
    faults.error(json.dumps(line))
    faults.debug("%s", request_id, exc_info=error)  # has values: never above DEBUG


def note_failed_job(job: str, error: BaseException) -> None:
    """Something that the service does by itself did not work, and is tried again later."""
    line = {"at": now(), "level": "error", "event": "job_failed", "job": job}
    faults.error(json.dumps({**line, "error": type(error).__name__}))


def log_to_stderr() -> None:
    """All logs as JSON lines, without a prefix."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    for logger in (access, faults, security, sign_ins):
        logger.handlers = [handler]
        logger.setLevel(logging.INFO)
        logger.propagate = False

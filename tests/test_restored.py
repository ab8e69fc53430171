"""PostgreSQL back from a dump, the server's role without rights on the log, and whoever restores while it is served."""

import asyncio
import re
import subprocess
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from tests.command_line import run
from tests.documents import ROOT
from tests.house import TestHouse
from tests.postgres import PostgresServer
from tests.raw import raw
from tests.test_backups import erase, live, status_with


def program(name: str) -> str:
    """One of PostgreSQL's own programs."""
    from tests.postgres_programs import find_programs

    found = find_programs() / name
    if not found.exists():
        pytest.skip(f"there is no {name} beside the other programs of PostgreSQL")
    return str(found)


@pytest.mark.parametrize("engine", ["postgresql"], scope="module")
def test_back_from_a_dump(
    own_url: str, postgres: PostgresServer, tmp_path: Path, worker_id: str
) -> None:
    """pg_dump, something happens, pg_restore, restored: as with SQLite."""
    lived = asyncio.run(live(own_url))
    dump, ledger = tmp_path / "qi.dump", tmp_path / "ledger"
    words = [program("pg_dump"), "--format=custom", f"--file={dump}", own_url]
    subprocess.run(words, check=True, timeout=60)
    person_id, token = lived["people"]["Ben"]
    asyncio.run(erase(own_url, person_id, token))
    ((at,),) = asyncio.run(raw(own_url, "SELECT erased_at FROM erasure"))
    ledger.write_text(f"{at.isoformat()} {person_id}\n")

    name = f"restored_{worker_id}"
    postgres.create_database(name, template="template0")
    url = postgres.url(name)
    try:
        words = [
            program("pg_restore"),
            "--exit-on-error",
            "--no-owner",
            f"--dbname={url}",
            str(dump),
        ]
        subprocess.run(words, check=True, timeout=60)
        ada = lived["people"]["Ada"][1]
        assert asyncio.run(status_with(url, ada, lived["cursor"]))[0] == 200, "the control"
        with_it = {"DATABASE_URL": url, "ERASURE_LEDGER": str(ledger)}
        assert asyncio.run(_refused_while_served(url)) == 1
        said = run("restored", **with_it)
        assert said.returncode == 0, said.stderr
        assert "Erased again: 1 people." in said.stdout
        assert asyncio.run(status_with(url, ada, lived["cursor"])) == (410, "resync_required")
        assert asyncio.run(status_with(url, token, lived["cursor"]))[0] == 401
        again = run("restored", **with_it)
        assert "Erased again: 0 people." in again.stdout
        assert run("audit", "verify", **with_it).returncode == 0
        asyncio.run(raw(url, "UPDATE change SET action = 'person.updated' WHERE seq = 1"))
        edited = run("restored", **with_it)
        assert (edited.returncode, "was edited at position 1" in edited.stderr) == (1, True)
    finally:
        postgres.drop_database(name)


async def _refused_while_served(url: str) -> int:
    async with TestHouse.over(url):
        said = await asyncio.to_thread(run, "restored", DATABASE_URL=url)
        assert "Stop the service first" in said.stderr
        return said.returncode


def statements() -> list[str]:
    """The SQL that docs/audit.md offers."""
    text = (ROOT / "docs" / "audit.md").read_text()
    found = re.findall(r"^(?:GRANT|REVOKE) .*;$", text, re.MULTILINE)
    assert len(found) > 3
    return found


@pytest.mark.parametrize("engine", ["postgresql"], scope="module")
def test_a_server_without_rights_on_the_log(own_url: str, worker_id: str) -> None:
    """It serves and writes all the same, and can neither edit nor delete what is in the log."""
    role = f"qi_server_{worker_id}"

    async def as_role() -> dict[str, Any]:
        await raw(
            own_url,
            f"CREATE ROLE {role} LOGIN",
            *(s.replace("qi_server", role) for s in statements()),
        )
        url = re.sub(r"//[^@/]*@", f"//{role}@", own_url)
        try:
            lived = await live(url)
            for statement in (
                "UPDATE change SET action = 'x' WHERE seq = 1",
                "DELETE FROM change",
                "TRUNCATE change",
                "DELETE FROM feed_head",
            ):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await raw(url, statement)
            return lived
        finally:
            await raw(own_url, f"DROP OWNED BY {role}", f"DROP ROLE {role}")

    assert asyncio.run(as_role())["cursor"]
    assert run("audit", "verify", DATABASE_URL=own_url).returncode == 0

"""The Dockerfile, compose.yaml and the secrets, read as files: where the suite runs there is no container engine."""

import re
import shlex
import stat
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.settings import Settings

ROOT = Path(__file__).parent.parent
Compose = dict[str, Any]
Lines = list[tuple[str, str]]
BUILDS = re.compile(r"apt-get|gcc|build-essential|curl |wget ")
SECRET = re.compile(r"secret|password|token|key", re.IGNORECASE)
NEEDED = re.compile(r"\$\{(\w+):\?[^}]+\}")
SET = {name.upper() for name in Settings.model_fields}
UNTOLD = ("secret_key", "database_url", "database_password")  # each is a file, never a variable


def dockerfile(text: str) -> Lines:
    """Its instructions in order: the word in capitals, and what follows on one line."""
    joined = re.sub(r"\\\n\s*", "", re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE))
    found = [line.split(" ", 1) for line in joined.splitlines() if line.strip()]
    return [(word, rest.strip()) for word, rest in found]


def sent() -> set[str]:
    """What .dockerignore lets through to the engine; all else stays."""
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    assert "*" in lines
    return {line[1:] for line in lines if line.startswith("!")}


def copied(lines: Lines) -> Iterator[str]:
    """What comes from the checkout."""
    for word, rest in lines:
        if word == "COPY" and not rest.startswith("--from"):
            yield from rest.split()[:-1]


def faults_of_dockerfile(lines: Lines) -> Iterator[str]:
    """What is wrong with it."""
    for source in copied(lines):
        if not (ROOT / source).exists():
            yield f"there is no {source}"
        if not any(f"{source}/".startswith(f"{name}/") for name in sent()):
            yield f".dockerignore keeps {source} away"
    last = max(number for number, (word, _) in enumerate(lines) if word == "FROM")
    final = lines[last + 1 :]
    said = {word: [rest for other, rest in final if other == word] for word, _ in final}
    wanted = {"USER": ["10001:10001"], "CMD": ['["serve"]'], "ENTRYPOINT": ['["qi-networks"]']}
    yield from (f"{word} {said.get(word)}" for word in wanted if said.get(word) != wanted[word])
    yield from (f"builds: {rest}" for rest in said.get("RUN", []) if BUILDS.search(rest))
    if len(said.get("HEALTHCHECK", [])) != 1:
        yield "nobody asks whether it is well"
    told = [rest for word, rest in lines if word in ("ENV", "ARG")]
    yield from (f"a secret: {rest}" for rest in told if SECRET.search(rest))


KEPT_SMALL = {
    "read_only": True,
    "cap_drop": ["ALL"],
    "security_opt": ["no-new-privileges:true"],
}


def faults_of_service(name: str, service: Compose) -> Iterator[str]:
    """What one container may do that it should not."""
    kept = {what: service.get(what) for what in KEPT_SMALL}
    if kept != KEPT_SMALL:
        yield f"{name}: {kept}"
    yield from (
        f"{name}: {what}"
        for what in ("privileged", "cap_add", "network_mode", "pid", "userns_mode", "devices")
        if what in service
    )
    if not {"mem_limit", "pids_limit", "cpus"} <= set(service):
        yield f"{name}: no limits"
    if service["image"].rpartition(":")[2] in ("latest", service["image"]):
        yield f"{name}: any image"
    if "ports" in service and name != "nginx":
        yield f"{name}: reached from outside"
    for variable, value in service.get("environment", {}).items():
        secret = variable.removesuffix("_FILE").lower() in UNTOLD or "PASSWORD" in variable
        if secret and not (variable.endswith("_FILE") and value.startswith("/run/secrets/")):
            yield f"{name}: {variable} is told"
    mounted = [mount.partition(":")[0] for mount in service.get("volumes", [])]
    missing = [path for path in mounted if path.startswith(".") and not (ROOT / path).is_file()]
    yield from (f"{name}: there is no {path}" for path in missing)


def faults_of_compose(compose: Compose) -> Iterator[str]:
    """What is wrong with it."""
    for name, service in compose["services"].items():
        yield from faults_of_service(name, service)
    api, migrate = compose["services"]["api"], compose["services"]["migrate"]
    if not set(api["environment"]) <= SET:
        yield f"no settings: {set(api['environment']) - SET}"
    if not NEEDED.fullmatch(api["environment"]["PUBLIC_URL"]):
        yield "a default for the address that clients use"
    if (
        compose["services"]["database"]["networks"] != ["inside"]
        or not (compose["networks"]["inside"]["internal"])
    ):
        yield "the database reaches outside, or is reached from there"
    if (migrate["command"], migrate["restart"]) != (["migrate"], "no"):
        yield "migrating is not one step"
    if api["depends_on"]["migrate"] != {"condition": "service_completed_successfully"}:
        yield "it does not wait for the migration"
    if "healthcheck" in api:
        yield "another health check than the image's"


def read_dockerfile() -> Lines:
    """The one of the repository."""
    return dockerfile((ROOT / "Dockerfile").read_text())


def read_compose() -> Compose:
    """The one of the repository."""
    found: Compose = yaml.safe_load((ROOT / "compose.yaml").read_text())
    return found


def test_the_dockerfile() -> None:
    lines = read_dockerfile()
    assert list(faults_of_dockerfile(lines)) == []
    assert ("RUN", "deploy/build-image.sh /opt/qi-networks") in lines
    assert {"COMMIT_ID"} <= SET


def test_compose() -> None:
    assert list(faults_of_compose(read_compose())) == []


def test_nginx_is_given_what_its_template_asks_for() -> None:
    """And nothing else in it is taken for a variable of the environment."""
    nginx = read_compose()["services"]["nginx"]
    template = (ROOT / "deploy" / "nginx.conf").read_text()
    asked = set(re.findall(r"\$\{(\w+)\}", template))
    given = set(nginx["environment"]) - {"NGINX_ENVSUBST_FILTER"}
    assert asked == given
    assert nginx["environment"]["NGINX_ENVSUBST_FILTER"] == f"^{'|'.join(given)}$$"
    (port,) = re.findall(r"^\s*listen (\d+);", template, re.MULTILINE)
    assert [published.endswith(f":{port}") for published in nginx["ports"]] == [True]
    assert nginx["healthcheck"]["test"][-1] == f"http://127.0.0.1:{port}/livez"
    (listens,) = [rest for word, rest in read_dockerfile() if word == "EXPOSE"]
    assert nginx["environment"]["UPSTREAM"] == f"api:{listens}"


def test_every_file_of_compose_is_given_and_none_has_a_value() -> None:
    compose = read_compose()
    assert set(compose["secrets"]) == set(UNTOLD)
    for name, secret in compose["secrets"].items():
        assert secret == {"file": f"./secrets/{name}"}
    assert "secrets/" in (ROOT / ".gitignore").read_text().splitlines()
    assert not [name for name in sent() if name.startswith("secrets")]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("USER 10001:10001", "USER root"),
        ("COPY migrations migrations", "COPY migration migrations"),
        ("COPY docs docs", "COPY tests docs"),
        ("ENV PATH", "ENV SECRET_KEY=x PATH"),
        ("HEALTHCHECK", "LABEL"),
        ('CMD ["serve"]', 'CMD ["sh", "-c", "qi-networks migrate && qi-networks serve"]'),
        ("RUN python -m pip", "RUN apt-get install gcc && python -m pip"),
    ],
)
def test_a_worse_dockerfile_is_noticed(old: str, new: str) -> None:
    text = (ROOT / "Dockerfile").read_text()
    assert old in text
    assert list(faults_of_dockerfile(dockerfile(text.replace(old, new)))) != []


def _of(compose: Compose, name: str) -> Compose:
    found: Compose = compose["services"][name]
    return found


WORSE: dict[str, Callable[[Compose], object]] = {
    "written to": lambda c: _of(c, "api").update(read_only=False),
    "with rights": lambda c: _of(c, "nginx").update(cap_add=["NET_ADMIN"]),
    "gaining rights": lambda c: _of(c, "migrate").pop("security_opt"),
    "without limits": lambda c: _of(c, "database").pop("mem_limit"),
    "any image": lambda c: _of(c, "nginx").update(image="nginx:latest"),
    "open database": lambda c: _of(c, "database").update(ports=["5432:5432"]),
    "a password": lambda c: _of(c, "database")["environment"].update(POSTGRES_PASSWORD="qi"),
    "a secret": lambda c: _of(c, "api")["environment"].update(SECRET_KEY="x" * 32),
    "no such setting": lambda c: _of(c, "api")["environment"].update(SECRETS_FOLDER="/run/secrets"),
    "a default": lambda c: _of(c, "api")["environment"].update(PUBLIC_URL="http://localhost"),
    "no such file": lambda c: _of(c, "nginx").update(volumes=["./deploy/none.conf:/etc/x:ro"]),
    "migrating for ever": lambda c: _of(c, "migrate").update(restart="always"),
    "not waiting": lambda c: _of(c, "api")["depends_on"].update(migrate={"condition": "service_started"}),
}  # fmt: skip


@pytest.mark.parametrize("worse", WORSE.values(), ids=WORSE)
def test_a_worse_compose_is_noticed(worse: Callable[[Compose], object]) -> None:
    compose = yaml.safe_load(yaml.safe_dump(read_compose()))
    worse(compose)
    assert list(faults_of_compose(compose)) != []


def test_the_secrets_are_made_once(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    command = [str(ROOT / "deploy" / "make-secrets.sh"), str(folder)]
    subprocess.run(command, check=True)
    first = {path.name: path.read_text() for path in folder.iterdir()}
    assert set(first) == set(UNTOLD)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert len(first["secret_key"]) == len(first["database_password"]) == 64
    assert first["secret_key"] != first["database_password"]
    assert f"qi:{first['database_password']}@database:5432/qi" in first["database_url"]
    subprocess.run(command, check=True)
    assert {path.name: path.read_text() for path in folder.iterdir()} == first


def test_the_settings_are_read_from_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    subprocess.run([str(ROOT / "deploy" / "make-secrets.sh"), str(tmp_path)], check=True)
    for name in ("SECRET_KEY", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SECRETS_DIR", str(tmp_path))
    settings = Settings()
    assert settings.secret_key == (tmp_path / "secret_key").read_text()
    assert settings.database_url.startswith("postgresql://qi:")
    (tmp_path / "secret_key").chmod(0o600)
    (tmp_path / "secret_key").write_text("  of whoever wrote it by hand, and long enough\n")
    assert Settings().secret_key == "of whoever wrote it by hand, and long enough"
    monkeypatch.setenv("DATABASE_URL", "sqlite:///other.db")
    assert Settings().database_url == "sqlite:///other.db", "the environment wins"


def healthcheck() -> list[str]:
    """The command that the image is asked with."""
    (line,) = [rest for word, rest in read_dockerfile() if word == "HEALTHCHECK"]
    found: list[str] = yaml.safe_load(line.partition("CMD ")[2])
    assert shlex.join(found)
    return found

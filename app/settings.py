"""Settings: one class, read from the environment; every field has a unit, a default and a reason."""

from ipaddress import ip_network
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
)

from app.core.issuers import Issuer, read_issuers


class Settings(BaseSettings):
    """How this process runs. Names in the environment are the field names in capitals."""

    model_config = SettingsConfigDict(extra="ignore", env_ignore_empty=True)

    database_url: str = Field(
        default="sqlite:///qi-networks.db",
        pattern=r"^(sqlite:///.+|postgresql://.+)$",
        description="sqlite:///file (the embedded default) or postgresql://user@host:port/name.",
    )
    secret_key: str | None = Field(
        default=None,
        min_length=32,
        description="At least 32 characters; seals cursors. Required by `serve`; changing it ends all cursors.",
    )
    secrets_dir: str | None = Field(
        default=None,
        description="Folder of files that are settings, each named like its variable in small letters.",
    )
    host: str = Field(
        default="127.0.0.1", description="Address to listen on; the demo listens on loopback only."
    )
    port: int = Field(default=8000, ge=1, le=65535, description="Port to listen on.")
    public_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^\s/]+(/[^\s]*[^\s/])?$",
        description="Address that clients use, no slash at the end; links are made of it, never of the Host header.",
    )
    invitation_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^\s#]+$",
        description="Page of a frontend that invitation links open. The secret follows a #, which no browser sends.",
    )
    cors_origins: Annotated[str, Field(pattern=r"^(\*|https?://\S+( https?://\S+)*)$")] = Field(
        default="*",
        description="Browser origins that may call, separated by spaces; * is safe because there are no cookies.",
    )
    body_limit: int = Field(
        default=1_000_000, ge=1_000, le=50_000_000, description="Largest request body, in bytes."
    )
    small_number_threshold: int = Field(
        default=7,
        ge=0,
        le=100,
        description="Counts of 1 to this are left out for readers who are no authors of a result; 0 leaves out none.",
    )
    read_connections: int = Field(
        default=8, ge=1, le=100, description="PostgreSQL connections for reads, a worker."
    )
    write_connections: int = Field(
        default=3,
        ge=1,
        le=10,
        description="PostgreSQL connections for writes, a worker; more only wait on the feed.",
    )
    erasure_ledger: str | None = Field(
        default=None,
        description="File that says who was erased, for restored backups; without it, beside a SQLite file.",
    )
    log_kept_days: int | None = Field(
        default=None,
        ge=30,
        description="Days that the change log goes back, at least 30; without it the log is kept whole.",
    )
    access_log: bool = Field(
        default=True, description="One JSON line a request, without personal data."
    )
    log_client_address: bool = Field(
        default=False, description="Whether logs have the client's address, which is personal data."
    )
    trusted_proxies: str | None = Field(
        default=None,
        description="Proxies whose X-Forwarded-For is believed: addresses and networks, separated by spaces.",
    )
    allowed_hosts: str | None = Field(
        default=None,
        description=(
            "Host names that requests may be for, separated by spaces, * for any; without it those of PUBLIC_URL "
            "and HOST, and the loopback's."
        ),
    )
    rate_limit_token: int = Field(
        default=1200, ge=0, description="Requests a minute for each token, a worker; 0 is no limit."
    )
    rate_limit_address: int = Field(
        default=600,
        ge=0,
        description="Requests without a token a minute for each client address, a worker; 0 is no limit.",
    )
    rate_limit_failures: int = Field(
        default=30,
        ge=0,
        description="Failed sign-ins a minute for each client address, a worker; 0 is no limit.",
    )
    concurrency_limit: int = Field(
        default=200, ge=0, description="Requests served at once, a worker; 0 is no limit."
    )
    request_timeout: int = Field(
        default=20,
        ge=0,
        le=300,
        description="Seconds that a request may take; 0 is no limit. Less than the proxy waits.",
    )
    body_timeout: int = Field(
        default=10, ge=0, le=300, description="Seconds for a body to arrive; 0 is no limit."
    )
    drain_seconds: int = Field(
        default=5,
        ge=0,
        le=300,
        description="Seconds from SIGTERM until no more is accepted; more than the proxy keeps a connection idle.",
    )
    commit_id: str | None = Field(
        default=None, max_length=100, description="The commit that this was built from, for /_ping."
    )
    release_id: str | None = Field(
        default=None, max_length=100, description="What released it, for /_ping."
    )
    revision: str | None = Field(
        default=None, max_length=100, description="Which deployment of it this is, for /_ping."
    )
    oidc_issuers: Annotated[tuple[Issuer, ...] | None, NoDecode] = Field(
        default=None,
        description="A JSON list of the OpenID Connect issuers that people sign in with: docs/sign-in.md.",
    )

    @field_validator("trusted_proxies")
    @classmethod
    def _has_networks(cls, words: str | None) -> str | None:
        for word in (words or "").replace(",", " ").split():
            try:
                ip_network(word, strict=False)
            except ValueError:
                raise ValueError(f"{word} is no address and no network") from None
        return words

    @field_validator("small_number_threshold")
    @classmethod
    def _hides_something(cls, threshold: int) -> int:
        if threshold == 1:
            raise ValueError(
                "1 would tell what it hides: 0 hides nothing, 2 and more hide small numbers"
            )
        return threshold

    @field_validator("oidc_issuers", mode="before")
    @classmethod
    def _read_issuers(cls, given: object) -> object:
        return read_issuers(given) if isinstance(given, str) else given

    @field_validator("database_url")
    @classmethod
    def _has_a_real_port(cls, url: str) -> str:
        try:
            _ = urlsplit(url).port if url.startswith("postgresql:") else None
        except ValueError:
            raise ValueError("the port is no number from 0 to 65535") from None
        return url

    @field_validator("secrets_dir")
    @classmethod
    def _is_a_folder(cls, folder: str | None) -> str | None:
        if folder is not None and not Path(folder).is_dir():
            raise ValueError("there is no such folder")
        return folder

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - there is no such file
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - its folder is a setting
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is given in the program, then the environment, then files: how containers are handed their secrets."""
        folder = {**env_settings(), **init_settings()}.get("secrets_dir")
        there = folder if folder is not None and Path(folder).is_dir() else None
        return init_settings, env_settings, SecretsSettingsSource(settings_cls, secrets_dir=there)

    def invitation_link(self, secret: str) -> str:
        """What is sent to somebody who is invited; without a frontend it opens the start page."""
        return f"{self.invitation_url or f'{self.base_url}/'}#{secret}"

    @property
    def base_url(self) -> str:
        """The address that links begin with."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.public_url or f"http://{host}:{self.port}"

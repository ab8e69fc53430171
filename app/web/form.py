"""`application/x-www-form-urlencoded`, strictly, and the two headers that go with it at the token endpoint."""

import base64
import binascii
import re
from urllib.parse import unquote_to_bytes

from pydantic import BaseModel, ConfigDict

from app.core.errors import InvalidClient, OAuthRequestInvalid

MEDIA_TYPE = b"application/x-www-form-urlencoded"
LONGEST, MOST = 20_000, 50  # bytes of a form, and fields in it
_ESCAPED = re.compile(rb"(?:[^%\x00-\x20\x7f-\xff]|%[0-9A-Fa-f]{2})*")
_BASIC = re.compile(r"(?i:basic) +([A-Za-z0-9+/]{1,1000}={0,2})")


class Form(BaseModel):
    """A form of OAuth 2.0: fields that it does not name are ignored, for RFC 6749 (3.2) wants it so."""

    model_config = ConfigDict(extra="ignore")


def parse_form(body: bytes) -> dict[str, str]:
    """Name and value of each field; a field without a value counts as not sent (RFC 6749, 3.2).

    Errors: `OAuthRequestInvalid` for what is too long, badly escaped, not UTF-8 or given twice.
    """
    if len(body) > LONGEST:
        raise OAuthRequestInvalid(f"The form may have {LONGEST} bytes.")
    pairs = body.split(b"&") if body else []
    if len(pairs) > MOST:
        raise OAuthRequestInvalid(f"The form may have {MOST} fields.")
    found: dict[str, str] = {}
    for pair in pairs:
        name, _, value = pair.partition(b"=")
        key = unescape(name)
        if key in found:
            raise OAuthRequestInvalid("A field of the form is given twice.")
        found[key] = unescape(value)
    return {name: value for name, value in found.items() if value}


def unescape(text: bytes) -> str:
    """What percent escapes and plus signs stand for. Errors: `OAuthRequestInvalid`."""
    if not _ESCAPED.fullmatch(text):
        raise OAuthRequestInvalid("The form is not percent-encoded as a form is.")
    try:
        return unquote_to_bytes(text.replace(b"+", b" ")).decode()
    except UnicodeDecodeError:
        raise OAuthRequestInvalid("The form is not UTF-8.") from None


def basic_credentials(header: bytes) -> tuple[str, str]:
    """Id and secret of HTTP Basic, each form-encoded before they were joined (RFC 6749, 2.3.1).

    Errors: `InvalidClient`.
    """
    match = _BASIC.fullmatch(header.decode("latin-1"))
    try:
        if match is None or len(match[1]) % 4:
            raise InvalidClient
        plain = base64.b64decode(match[1], validate=True)
        user, colon, password = plain.partition(b":")
        if not colon:
            raise InvalidClient
        return unescape(user), unescape(password)
    except (binascii.Error, OAuthRequestInvalid):
        raise InvalidClient from None

"""Two hundred texts and more that try to become more than text: in a calendar, or in a header."""

ENDS = (
    "\r\n",
    "\n",
    "\r",
    "\n\r",
    "\r\n\r\n",
    "\x85",
    "\u2028",
    "\u2029",
    "\x0b",
    "\x0c",
    "\x1c",
    "\x1d",
    "\x1e",
)
PROPERTIES = (
    "ATTENDEE:mailto:sam.patel@example.org",
    "BEGIN:VEVENT",
    "END:VEVENT\r\nBEGIN:VEVENT\r\nUID:another@example.org",
    "END:VCALENDAR",
    "BEGIN:VALARM\r\nACTION:EMAIL\r\nEND:VALARM",
    "X-WR-CALNAME:Another",
    " SUMMARY:folded",
    "\tSUMMARY:folded",
    "Set-Cookie: session=1",
    "Content-Length: 0\r\n\r\n",
)  # fmt: skip
MARKS = (
    "\\", "\\\\", "\\n", "\\N", "\\,", "\\;", "\\\\n", "\\r\\n", ";", ",", ":", '"', "'", "^n", "^'", "=", "%0D%0A",
    "%0d%0a%20", "&#13;&#10;", "a;b,c\\d:e", ";VALUE=URI:x", '";x="', "filename*=UTF-8''x", '"; filename="x.exe',
    "\t", "a\tb", " a", "a ", "  ", "a\n", "\na", "\n\n\n", "a\r", "\ra",
)  # fmt: skip
CONTROLS = (
    "\x00",
    "\x01",
    "\x07",
    "\x08",
    "\x0e",
    "\x1b[31m",
    "\x1f",
    "\x7f",
    "\x80",
    "\x9f",
    "\x00\x00",
)
SCRIPTS = (
    "\U0001f600", "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f3f4\U000e0067\U000e0062\U000e007f",
    "e\u0301", "\u0301", "a" + "\u0300" * 30, "\u0e01\u0e33", "\u200f", "\u202eRTL\u202c", "\u2066x\u2069",
    "\u05e9\u05dc\u05d5\u05dd", "\u0645\u0631\u062d\u0628\u0627", "\u65e5\u672c\u8a9e", "\u00e9", "\ufeff", "a\ufeffb",
    "\u00a0", "\u3000", "\u200b", "\u00ad", "\ufffd", "\uffff", "\U0010ffff", "\ufdfa", "\u1100\u1161\u11a8",
    "\ud800", "\udfff", "a\udc80b",
)  # fmt: skip


def _borders() -> list[str]:
    """Characters of one to four octets, and escapes, at every place around the 75th octet of a line."""
    found = []
    for before in range(58, 67):
        found += [
            "x" * before + unit
            for unit in ("\u00e9\u00e9", "\u65e5\u672c", "\U0001f600" * 2, "\\;,\n")
        ]
    found += [
        "\\" * 75,
        ";" * 149,
        "\n" * 74,
        " " * 160,
        "\U0001f600" * 60,
        "e\u0301" * 50,
        "x" * 75,
        "x" * 1000,
    ]
    return found


def corpus() -> list[str]:
    """The texts, always the same, each once."""
    found = list(MARKS) + list(CONTROLS) + list(SCRIPTS)
    found += [f"Meeting{end}{injected}" for end in ENDS[:7] for injected in PROPERTIES]
    found += [f"Meeting{end}ATTENDEE:mailto:sam.patel@example.org" for end in ENDS[7:]]
    found += _borders()
    found += [
        "BEGIN:VEVENT", "END:VCALENDAR", "SUMMARY;LANGUAGE=en:x", "RRULE:FREQ=SECONDLY", "DTSTART:20260101T000000Z",
        "=CMD|' /C calc'!A0", "<script>alert(1)</script>", "javascript:alert(1)", "${jndi:ldap://x}",
        "../../etc/passwd",
        "QI: what? when; where, why", "A \\ B", "100% \\; done", "x" * 73 + "\r\n" + "ATTENDEE:x", "\r\n ATTENDEE:x",
        "\r\n\tATTENDEE:x", "\n ATTENDEE:x", "Ends in a backslash \\",
    ]  # fmt: skip
    return list(dict.fromkeys(found))

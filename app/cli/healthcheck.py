"""Whether the service on this machine answers: `python -m app.cli.healthcheck`, asked by what runs the container.

It loads nothing of the application, because it is started twice a minute.
"""

import http.client
import os
import sys

WITHIN = 4.0  # seconds


def main() -> int:
    """0 when /livez on PORT answers 200, else 1 and a sentence."""
    connection = http.client.HTTPConnection(
        "127.0.0.1", int(os.environ.get("PORT") or 8000), timeout=WITHIN
    )
    try:
        connection.request("GET", "/livez")
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        sys.stderr.write(f"The service does not answer: {error}.\n")
        return 1
    finally:
        connection.close()
    if status != http.client.OK:
        sys.stderr.write(f"The service answers {status}.\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

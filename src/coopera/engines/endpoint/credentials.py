"""Credentials: the host that is asked; a user and a password for it, or none, out.

They come from the environment, else from the netrc file of who asks. They are shown nowhere.
"""

import os
from netrc import NetrcParseError, netrc
from pathlib import Path

from coopera.errors import CooperaError, Place

USER, PASSWORD = "COOPERA_ENDPOINT_USER", "COOPERA_ENDPOINT_PASSWORD"
"""The environment variables of who asks (RFC 7617)."""
FILE = "NETRC"
"""The environment variable with the path of the netrc file, in place of `~/.netrc`."""


def credentials(host: str) -> tuple[str, str] | None:
    """Give the user and the password for a host.

    An entry `default` of a netrc file is passed over: it is for no host by name. Raises
    CooperaError for a file that others may read, or that is none.
    """
    user, password = os.environ.get(USER), os.environ.get(PASSWORD)
    if user and password:
        return user, password
    named = os.environ.get(FILE)
    path = Path(named) if named else Path.home() / ".netrc"
    if not path.is_file():
        return None
    try:
        if os.name == "posix" and path.stat().st_mode & 0o077:
            raise CooperaError(
                "others may read the passwords in this file.",
                place=Place(path),
                remedy=f"chmod 600 {path}",
            )
        login, _, word = netrc(str(path)).hosts.get(host, ("", "", ""))
    except NetrcParseError as error:
        # Its message may hold a password.
        raise CooperaError(
            "the file is no netrc file.", place=Place(path, error.lineno or None)
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise CooperaError("the file cannot be read.", place=Place(path)) from error
    return (login, word) if login and word else None

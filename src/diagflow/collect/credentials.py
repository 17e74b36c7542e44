"""How a request says who asks."""

from collections.abc import Callable, Generator
from pathlib import Path

import httpx2

from diagflow.collect.troubles import Trouble, WebError

UNAUTHORIZED = 401


class Bearer(httpx2.Auth):
    """A bearer token; where it can change (a file), it is read again when the server refuses the old one.

    Args:
        token: returns the token; raises `WebError` when there is none to be had.
    """

    def __init__(self, token: Callable[[], str]) -> None:
        self._read = token
        self._token = ""

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        """Add the token; ask a second time with a newer one when it was refused."""
        used = self._token = self._token or self._read()
        request.headers["Authorization"] = f"Bearer {used}"
        response = yield request
        if response.status_code == UNAUTHORIZED and (newer := self._read()) != used:
            self._token = newer
            request.headers["Authorization"] = f"Bearer {newer}"
            yield request


def fixed_token(token: str) -> httpx2.Auth:
    """Return the credentials that a token is."""
    return Bearer(lambda: token)


def token_file(path: Path) -> httpx2.Auth:
    """Return the credentials in a file, which may be replaced at any time, as service account tokens are."""

    def read() -> str:
        try:
            return path.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as e:
            why = e.strerror if isinstance(e, OSError) else "it is not text"
            raise WebError(Trouble.LOGIN, f"the token file {path} cannot be read: {why}") from None

    return Bearer(read)

"""Takes Alertmanager's webhook and keeps each body in a file of its own.

Run as a file, inside the lab. The files' names sort by arrival: `000001-firing-KubePodNotReady.json`.
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import count
from pathlib import Path


class _Handler(BaseHTTPRequestHandler):
    folder: Path
    numbers = count(1)

    def do_GET(self) -> None:
        """Answers that it is there."""
        self._answer(200)

    def do_POST(self) -> None:
        """Stores one body, exactly as it was sent."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            sent = json.loads(body)
            name = f"{sent['status']}-{sent['groupLabels'].get('alertname', 'group')}"
        except (ValueError, KeyError, TypeError):
            self._answer(400)
            return
        target = self.folder / f"{next(self.numbers):06d}-{name}.json"
        part = target.with_suffix(".part")
        part.write_bytes(body)
        part.rename(target)  # readers never see half a body
        self._answer(200)

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class calls it so
        """Keeps the log empty."""


def main() -> None:
    """Serves until it is stopped."""
    _Handler.folder = Path(sys.argv[1])
    _Handler.folder.mkdir(parents=True, exist_ok=True)
    HTTPServer(("127.0.0.1", int(sys.argv[2])), _Handler).serve_forever()


if __name__ == "__main__":
    main()

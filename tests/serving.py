"""A server for tests: what it is to serve in; its URL out, until the test is done."""

import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SECONDS = 60
"""In which a server must be there."""


class Served:
    """A running `coopera serve`: its URL, and what it has told."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.told: list[str] = []
        self.url = ""
        self._found = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        if not self._found.wait(SECONDS) or not self.url:
            process.kill()
            raise AssertionError(f"the server did not start: {''.join(self.told)}")

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.told.append(line)
            if (match := re.search(r"http://\S+(?=/ \()", line)) and not self.url:
                self.url = match[0]
                self._found.set()
        self._found.set()

    def stop(self) -> int:
        """Tell it to stop, as a terminal does; give its exit code."""
        self.process.terminate()
        code = self.process.wait(SECONDS)
        self._reader.join(SECONDS)
        return code


@contextmanager
def serving(
    *arguments: object, project: Path | None = None, **environment: Any
) -> Iterator[Served]:
    """Run `coopera serve` on a free port of loopback."""
    before = ["--project", str(project)] if project else []
    command = [sys.executable, "-m", "coopera", *before, "serve", "--port", "0"]
    process = subprocess.Popen(
        [*command, *map(str, arguments)], stderr=subprocess.PIPE, text=True, **environment
    )
    try:
        served = Served(process)
        yield served
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if process.stderr:
            process.stderr.close()

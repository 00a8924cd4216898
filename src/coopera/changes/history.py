"""History: a git ref in; the commit that it names, and what its files held, out."""

import hashlib
import os
import shutil
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from coopera.errors import DataError, Place
from coopera.findings import plain

# These tell git to look elsewhere than in the folder where it is started; a hook is given some.
_ELSEWHERE = ("GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_PREFIX")
LINK = "120000"
"""The mode of a symbolic link in a git tree."""


@dataclass(frozen=True)
class Repository:
    """The git work tree that holds a folder. Nothing is written to it, and nothing is fetched."""

    folder: Path
    git: str

    @cached_property
    def top(self) -> Path:
        """Give the folder of the work tree."""
        return Path(os.fsdecode(self._run("rev-parse", "--show-toplevel")).rstrip("\n"))

    def commit(self, ref: str) -> str:
        """Give the identifier of the commit that a ref names.

        Raises DataError for a ref that names none, with what to do in a shallow clone.
        """
        found = self._commit(ref)
        if found is not None:
            return found
        problem = f"git knows no commit named {plain(ref)!r} here."
        if self._run("rev-parse", "--is-shallow-repository").strip() == b"true":
            raise DataError(
                f"{problem} This clone is shallow: it lacks the older commits.",
                place=Place(self.folder),
                remedy="clone the whole history: fetch-depth: 0 for actions/checkout, "
                'GIT_DEPTH: "0" on GitLab, git fetch --unshallow elsewhere.',
            )
        remote = f"origin/{ref}"
        raise DataError(
            problem,
            place=Place(self.folder),
            remedy=f"give {remote}, which is there."
            if self._commit(remote)
            else "give a branch, a tag or a commit that `git log` shows, or fetch it first.",
        )

    def _commit(self, ref: str) -> str | None:
        # No name of a commit starts with a hyphen; older gits would take it for an option.
        if ref.startswith("-") or "\0" in ref:
            return None
        # After `:/text`, which finds a commit by its message, `^{commit}` would be more text.
        name = self._identifier(ref)
        return name and self._identifier(f"{name}^{{commit}}")

    def _identifier(self, name: str) -> str | None:
        done = self._start("rev-parse", "--verify", "--quiet", "--end-of-options", name)
        return done.stdout.decode("ascii").strip() if done.returncode == 0 else None

    def tree(self, commit: str) -> dict[str, tuple[str, str]]:
        """Give the mode and the identifier of each file of a commit, by its path from the top."""
        entries = {}
        for line in self._run("ls-tree", "-r", "-z", "--full-tree", commit).split(b"\0")[:-1]:
            described, _, path = line.partition(b"\t")
            mode, _, identifier = described.decode("ascii").split(" ")
            entries[os.fsdecode(path)] = (mode, identifier)
        return entries

    def contents(self, identifiers: list[str]) -> list[bytes]:
        """Give what files held, by their identifiers."""
        asked = "".join(f"{identifier}\n" for identifier in identifiers).encode()
        answer = self._run("cat-file", "--batch", asked=asked)
        found = []
        at = 0
        for _ in identifiers:
            end = answer.index(b"\n", at)
            head = answer[at:end].split(b" ")
            if head[-1] == b"missing":
                raise DataError(
                    "git lacks a file of that commit: this clone is partial.",
                    place=Place(self.folder),
                    remedy="clone it without --filter.",
                )
            start, size = end + 1, int(head[2])
            found.append(answer[start : start + size])
            at = start + size + 1
        return found

    def _run(self, *arguments: str, asked: bytes = b"") -> bytes:
        done = self._start(*arguments, asked=asked)
        if done.returncode:
            told = done.stderr.decode("utf-8", "replace").strip() or "git says nothing more"
            owner = "safe.directory" in told
            raise DataError(
                f"git cannot read this repository: {plain(told.splitlines()[0])}.",
                place=Place(self.folder),
                remedy="tell git that you trust it: git config --global --add safe.directory FOLDER"
                if owner
                else "run git status in it, and mend what it says.",
            )
        return done.stdout

    def _start(self, *arguments: str, asked: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
        environment = {k: v for k, v in os.environ.items() if k not in _ELSEWHERE}
        environment |= {"GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C"}
        return subprocess.run(  # noqa: S603 - no shell, and no argument can be an option
            [self.git, "-C", str(self.folder), *arguments],
            input=asked,
            capture_output=True,
            env=environment,
            check=False,
        )


def repository(folder: Path) -> Repository:
    """Find the work tree that holds a folder.

    Raises DataError where git is absent, or the folder is in no work tree of git.
    """
    git = shutil.which("git")
    if git is None:
        raise DataError(
            "git is not installed, so nothing tells what changed.",
            remedy="install git, or leave --changed-since out.",
        )
    found = Repository(folder, git)
    inside = found._start("rev-parse", "--is-inside-work-tree")
    # Other failures, such as a folder that git does not trust, are told by the next command.
    if inside.stdout == b"false\n" or b"not a git repository" in inside.stderr:
        raise DataError(
            "this folder is in no git work tree, so nothing tells what changed.",
            place=Place(folder),
            remedy="run it in a clone, or leave --changed-since out.",
        )
    return found


def identifier(content: bytes, like: str) -> str:
    """Give the identifier that git gives to such a file, in the manner (SHA-1, SHA-256) of another.

    It differs from git's own where git converts line ends or filters what it stores.
    """
    manner = hashlib.sha256 if len(like) == 64 else hashlib.sha1
    return manner(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()

"""Problems: what went wrong with a request in; a body that tells it, for programs or people, out.

RFC 9457, Problem Details for HTTP APIs.
"""

import json
from dataclasses import dataclass, field, replace
from http import HTTPStatus

from coopera.findings import plain
from coopera.server import negotiation
from coopera.server.french import TITLES, french

JSON, TEXT, HTML = "application/problem+json", "text/plain", "text/html"
FORMS = (JSON, "application/json", TEXT, HTML)
"""What a client may ask for."""
LONGEST = 1000
"""Characters of a detail that are told."""


@dataclass(eq=False)  # an exception that is frozen could not be raised
class Problem(Exception):  # noqa: N818 - the term of RFC 9457
    """A refusal: its status, what is wrong and what to do; raised where a request is answered."""

    status: int
    detail: str
    remedy: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    more: dict[str, object] = field(default_factory=dict)
    """Extension members (RFC 9457, 3.2): the limit's name, the line and the column."""
    language: str = "en"
    """That of its texts; its members have the same names in each."""

    @property
    def title(self) -> str:
        """Give the status in words."""
        english = HTTPStatus(self.status).phrase
        return TITLES.get(self.status, english) if self.language == "fr" else english

    def told_in(self, language: str) -> "Problem":
        """Give it in a language, if all its texts are known in it; else as it is."""
        if language != "fr" or self.language == "fr":
            return self
        detail, remedy = (french(text) if text else "" for text in (self.detail, self.remedy))
        if detail is None or remedy is None:
            return self
        return replace(self, detail=detail, remedy=remedy, language="fr")

    def document(self) -> dict[str, object]:
        """Give the members of the problem (RFC 9457, 3.1)."""
        told: dict[str, object] = {
            "type": "about:blank",
            "title": self.title,
            "status": self.status,
            "detail": plain(self.detail)[:LONGEST],
        }
        if self.remedy:
            told["remedy"] = plain(self.remedy)[:LONGEST]
        return told | self.more

    def body(self, accept: str | None) -> tuple[str, bytes]:
        """Give the media type and the text, JSON unless the client would rather read plain text."""
        if negotiation.best(accept, FORMS) in (TEXT, HTML):
            lines = [f"{self.status} {self.title}", plain(self.detail)[:LONGEST]]
            if self.remedy:
                head = "À faire\u00a0:" if self.language == "fr" else "Remedy:"
                lines.append(f"{head} {plain(self.remedy)[:LONGEST]}")
            return f"{TEXT}; charset=utf-8", ("\n".join(lines) + "\n").encode()
        return JSON, (json.dumps(self.document(), ensure_ascii=False) + "\n").encode()

"""Metrics: what the server did in; counts in the text format of Prometheus out."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

BUCKETS = (0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 30.0)
"""Upper bounds of the histogram of durations, in seconds."""
MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass
class Metrics:
    """Counts since the server started. They tell nothing of who asked."""

    requests: Counter[tuple[str, int]] = field(default_factory=Counter)
    """By room (sparql, api, page …) and status."""
    sent: Counter[str] = field(default_factory=Counter)
    """Bytes of bodies, by room."""
    durations: dict[str, list[float]] = field(default_factory=dict)
    """By room: one count a bucket, then the sum and the number."""
    reloads: Counter[str] = field(default_factory=Counter)
    """By outcome: done, failed."""

    def count(self, room: str, status: int, size: int, seconds: float) -> None:
        """Take one response into account."""
        self.requests[room, status] += 1
        self.sent[room] += size
        told = self.durations.setdefault(room, [0.0] * (len(BUCKETS) + 2))
        for at, bound in enumerate(BUCKETS):
            told[at] += seconds <= bound
        told[-2] += seconds
        told[-1] += 1

    def text(self, gauges: Mapping[str, float]) -> str:
        """Write all in the text format of Prometheus, with gauges of the moment."""
        lines = ["# TYPE coopera_requests_total counter"]
        lines += [
            f'coopera_requests_total{{room="{room}",status="{status}"}} {number}'
            for (room, status), number in sorted(self.requests.items())
        ]
        lines.append("# TYPE coopera_response_bytes_total counter")
        lines += [
            f'coopera_response_bytes_total{{room="{room}"}} {size}'
            for room, size in sorted(self.sent.items())
        ]
        lines.append("# TYPE coopera_request_seconds histogram")
        for room, told in sorted(self.durations.items()):
            for bound, number in zip(BUCKETS, told, strict=False):
                lines.append(
                    f'coopera_request_seconds_bucket{{room="{room}",le="{bound:g}"}} {number:g}'
                )
            lines += [
                f'coopera_request_seconds_bucket{{room="{room}",le="+Inf"}} {told[-1]:g}',
                f'coopera_request_seconds_sum{{room="{room}"}} {told[-2]:.6f}',
                f'coopera_request_seconds_count{{room="{room}"}} {told[-1]:g}',
            ]
        lines.append("# TYPE coopera_reloads_total counter")
        lines += [
            f'coopera_reloads_total{{outcome="{outcome}"}} {self.reloads[outcome]}'
            for outcome in ("done", "failed")
        ]
        for name, value in sorted(gauges.items()):
            lines += [f"# TYPE coopera_{name} gauge", f"coopera_{name} {value:g}"]
        return "\n".join(lines) + "\n"

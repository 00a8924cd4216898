"""The worker: a program of its own that loads data, and forks processes that answer questions.

In: what to load, and requests to fork; questions over a socket of each worker. Out: frames. It is
run as a script and imports nothing of ours, so that each process is small.

A request of the parent is one byte and a number. "F", with two descriptors (the worker's socket and
where its error messages go), is answered by the process id. "R" and a process id is answered by the
code with which that worker ended; it is killed if it has not. Frames are a kind, a length and a
content: "S" the settings; "H" what was loaded; "Q" a question; "K" the kind and media type of its
answer; "D" data; "E" the end; "X" an error.
"""

import ctypes
import errno
import gc
import json
import os
import signal
import socket
import struct
import sys
from contextlib import suppress
from typing import IO, Any, cast

FRAME = struct.Struct(">cI")
REQUEST = struct.Struct(">cq")
PIECE = 65_536
"""Bytes of a frame of data, about."""
WELL = b"+"
"""What the end frame of a worker holds that can go on."""

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP = 1, 38, 22
_MACHINES = {
    # By linux/audit.h and the tables of system calls: the machine's number; socket,
    # io_uring_setup, execve and execveat.
    "x86_64": (0xC000003E, (41, 425, 59, 322)),
    "aarch64": (0xC00000B7, (198, 425, 221, 281)),
}

TABLES = {
    "application/sparql-results+json": "JSON",
    "application/sparql-results+xml": "XML",
    "text/csv": "CSV",
    "text/tab-separated-values": "TSV",
}
"""Media types of tables and booleans, and pyoxigraph's names for them."""
GRAPHS = {
    "text/turtle": "TURTLE",
    "application/n-triples": "N_TRIPLES",
    "application/rdf+xml": "RDF_XML",
    "application/ld+json": "JSON_LD",
    "application/trig": "TRIG",
    "application/n-quads": "N_QUADS",
}
"""Media types of graphs, and pyoxigraph's names for them."""
TERSE = ("TURTLE", "TRIG", "RDF_XML", "JSON_LD")
"""Syntaxes that write prefixes."""


class Over(Exception):  # noqa: N818
    """An answer that passes a limit: its name and its number."""


# What the system grants


def isolate() -> str:
    """Cut this process and its children off the network. Give the reason where that fails."""
    if sys.platform != "linux":
        return f"{sys.platform} has no network namespaces"
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    reasons = []
    # With a namespace of users come no rights over anything outside it; root may do without.
    for flags in (CLONE_NEWUSER | CLONE_NEWNET, CLONE_NEWNET):
        if libc.unshare(flags) == 0:
            break
        reasons.append(f"unshare: {os.strerror(ctypes.get_errno())}")
    # Sockets are forbidden too: the names of hosts may be looked up over one that is a file.
    if reason := deny(libc):
        reasons.append(reason)
    return "" if _cut_off() else "; ".join(dict.fromkeys(reasons)) or "the network is still there"


def deny(libc: Any, calls: tuple[int, ...] = ()) -> str:
    """Forbid system calls: to open sockets and run programs, if none are named.

    Give the reason where that fails.
    """
    if os.uname().machine not in _MACHINES:
        return f"no filter of system calls is known for {os.uname().machine}"
    machine, usual = _MACHINES[os.uname().machine]
    calls = calls or usual
    # A program of seccomp(2), run at each call: load, compare and skip so many lines, return.
    load, equal, at_least, give = 0x20, 0x15, 0x35, 0x06
    forbid, allow = 0x00050000 | errno.EPERM, 0x7FFF0000
    lines = [(load, 0, 0, 4), (equal, 1, 0, machine), (give, 0, 0, forbid), (load, 0, 0, 0)]
    # Numbers from there on are x32's: the same calls by other numbers.
    lines += [(at_least, len(calls) + 1, 0, 0x40000000)]
    lines += [(equal, len(calls) - at, 0, call) for at, call in enumerate(calls)]
    lines += [(give, 0, 0, allow), (give, 0, 0, forbid)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in lines))
    program = struct.pack("HxxxxxxP", len(lines), ctypes.addressof(code))
    if libc.prctl(PR_SET_SECCOMP, 2, ctypes.create_string_buffer(program), 0, 0):
        return f"seccomp: {os.strerror(ctypes.get_errno())}"
    return ""


def _cut_off() -> bool:
    """Try to reach the machine's own address: what cannot even be refused is cut off."""
    try:
        with socket.socket() as probe:
            probe.settimeout(1)
            probe.connect(("127.0.0.1", 9))
    except PermissionError:
        return True
    except OSError as error:
        return error.errno in (errno.ENETUNREACH, errno.EADDRNOTAVAIL)
    return False


def die_with_parent(parent: int) -> None:
    """Ask to be killed when the parent dies."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(0)


def _size() -> int:
    """Give the bytes of this process's address space."""
    try:
        with open("/proc/self/statm") as file:  # noqa: PTH123
            return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


# Rows in a written answer


class Rows:
    """Counts the rows of a table as it is written, by what stands between them."""

    def __init__(self, name: str) -> None:
        """Take pyoxigraph's name of the format."""
        self.mark = {"JSON": b"},{", "XML": b"<result>", "CSV": b"\n", "TSV": b"\n"}[name]
        # JSON has one mark fewer than rows; CSV and TSV have one more.
        self.count = {"JSON": 1, "XML": 0}.get(name, -1)
        self.escapes, self.strings = name == "JSON", name in ("JSON", "CSV")
        self.rest, self.inside = b"", False

    def add(self, piece: bytes) -> int:
        """Count on, and give the number of rows up to here."""
        text = self.rest + piece
        # A mark or an escape that a piece cuts in two is looked at with the next one.
        tail = text.rstrip(b"},\\") if self.escapes else text
        if self.escapes:
            self.rest, text = text[len(tail) :], tail
        elif not self.strings:
            at = text.rfind(self.mark[:1], 1 - len(self.mark)) if len(self.mark) > 1 else -1
            self.rest, text = (text[at:], text[:at]) if at >= 0 else (b"", text)
        self.count += self._marks(text)
        return self.count

    def _marks(self, text: bytes) -> int:
        if not self.strings:
            return text.count(self.mark)
        if self.escapes and b"\\" in text:
            text = text.replace(b"\\\\", b"").replace(b'\\"', b"")
        kept = self.mark + b'"'
        quotes = text.translate(None, bytes(set(range(256)) - set(kept.replace(b",", b""))))
        if not self.inside and b'"' not in quotes.replace(b'""', b""):
            return text.count(self.mark)  # no string holds any of it
        pieces = text.split(b'"')
        outside = pieces[self.inside :: 2]
        self.inside ^= not len(pieces) % 2
        return b'"'.join(outside).count(self.mark)


class Output:
    """Takes what pyoxigraph writes, and sends it in frames."""

    def __init__(self, channel: socket.socket, most: int) -> None:
        """Take the socket, and the bytes of an answer at most."""
        self.channel, self.most, self.total = channel, most, 0
        self.rows: Rows | None = None
        self.most_rows = 0
        self.waiting = bytearray()
        self.frames = bytearray()

    def write(self, piece: bytes) -> int:
        """Take a piece. Raises Over where a limit is passed."""
        self.total += len(piece)
        if self.total > self.most:
            raise Over("answer_bytes", self.most)
        if self.rows and self.rows.add(piece) > self.most_rows:
            raise Over("rows", self.most_rows)
        self.waiting += piece
        if len(self.waiting) >= PIECE:
            self.data()
            self.flush()
        return len(piece)

    def data(self) -> None:
        """Put what waits into a frame."""
        if self.waiting:
            self.frame(b"D", bytes(self.waiting))
            self.waiting.clear()

    def frame(self, kind: bytes, content: bytes) -> None:
        """Add a frame."""
        self.frames += FRAME.pack(kind, len(content)) + content

    def say(self, frame: bytes, /, **content: object) -> None:
        """Add a frame of JSON."""
        self.frame(frame, json.dumps(content).encode())

    def flush(self) -> None:
        """Send the frames."""
        self.channel.sendall(self.frames)
        self.frames.clear()


# One worker


class Worker:
    """Answers questions from a store, one after another."""

    def __init__(self, store: Any, channel: socket.socket, settings: dict[str, Any]) -> None:
        """Take the opened store, the socket to the parent, and the settings."""
        import resource
        import time

        self.store, self.channel, self.settings = store, channel, settings
        self.resource, self.clock = resource, time.process_time
        self.start = self._peak()
        self.stream = channel.makefile("rb", buffering=PIECE)

    def _peak(self) -> int:
        return self.resource.getrusage(self.resource.RUSAGE_SELF).ru_maxrss

    def serve(self) -> None:
        """Answer until the parent has no more questions."""
        while head := self.stream.read(FRAME.size):
            _kind, length = FRAME.unpack(head)
            question = json.loads(self.stream.read(length))
            # The second line of defence, should the parent forget.
            soon = int(self.clock() + question["seconds"]) + 2
            _soft, hard = self.resource.getrlimit(self.resource.RLIMIT_CPU)
            self.resource.setrlimit(self.resource.RLIMIT_CPU, (soon, hard))
            output = Output(self.channel, question["bytes"])
            try:
                self.answer(question, output)
                output.data()
                # Memory that a query has taken is not given back, so such a worker is replaced.
                grown = (self._peak() - self.start) * 1024 > self.settings["memory"] // 4
                output.frame(b"E", b"" if grown else WELL)
            except Over as over:
                output.frames.clear()
                output.say(b"X", error="limit", message=over.args[0], most=over.args[1])
            except (SyntaxError, ValueError, RuntimeError, OSError, MemoryError) as error:
                output.frames.clear()
                output.say(b"X", error=type(error).__name__, message=str(error)[:2000])
            output.flush()

    def answer(self, question: dict[str, Any], output: Output) -> None:
        """Write one answer."""
        import pyoxigraph as ox

        dataset = {}
        if question["default_graphs"] is not None or question["named_graphs"] is not None:
            dataset = {
                "default_graph": [ox.NamedNode(g) for g in question["default_graphs"] or ()],
                "named_graphs": [ox.NamedNode(g) for g in question["named_graphs"] or ()],
            }
        found = self.store.query(question["sparql"], base_iri=question["base"], **dataset)
        is_graph = isinstance(found, ox.QueryTriples)
        known = GRAPHS if is_graph else TABLES
        media_type = next((t for t in question["formats"] if t in known), None)
        kind = "graph" if is_graph else "table"
        kind = "boolean" if isinstance(found, ox.QueryBoolean) else kind
        if media_type is None:
            output.say(b"X", error="format", message=kind)
            return
        output.frame(b"K", f"{kind} {media_type}".encode())
        name = known[media_type]
        if is_graph:
            prefixes = self.settings["prefixes"] if name in TERSE else None
            ox.serialize(
                _counted(found, question["rows"]),
                output=cast("IO[bytes]", output),
                format=getattr(ox.RdfFormat, name),
                prefixes=prefixes,
            )
        else:
            if kind == "table":
                output.rows, output.most_rows = Rows(name), question["rows"]
            found.serialize(output=output, format=getattr(ox.QueryResultsFormat, name))


def _counted(triples: Any, most: int) -> Any:
    for number, triple in enumerate(triples):
        if number >= most:
            raise Over("rows", most)
        yield triple


def work(channel: socket.socket, store: Any, settings: dict[str, Any]) -> None:
    """Be a worker: open the store if need be, bound the process, and answer."""
    import resource

    hello = Output(channel, 0)
    if store is None:
        import pyoxigraph as ox

        try:
            store = ox.Store.read_only(settings["folder"])
        except OSError as error:
            hello.say(b"X", error="source", message=str(error)[:2000])
            hello.flush()
            return
    size = _size()
    if size:
        most = size + settings["memory"]
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    worker = Worker(store, channel, settings)
    hello.say(b"H", graphs=named(store) if settings["folder"] else None)
    hello.flush()
    worker.serve()


def _work_and_exit(channel: socket.socket, store: Any, settings: dict[str, Any]) -> None:
    """Work, and leave with the socket open: when the parent sees it close, the code is known."""
    code = 1
    try:
        work(channel, store, settings)
        code = 0
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        os._exit(code)


MOST_GRAPHS = 10_000


def named(store: Any) -> list[str] | None:
    """List the names of the graphs, `None` where they are very many."""
    names: list[str] = []
    for graph in store.named_graphs():
        names.append(graph.value)
        if len(names) > MOST_GRAPHS:
            return None
    return names


# The process that forks


def load(settings: dict[str, Any]) -> Any:
    """Load N-Quads from standard input into memory. Blank nodes keep their names."""
    import pyoxigraph as ox

    store = ox.Store()
    with open(0, "rb", closefd=False) as file:
        store.bulk_extend(ox.parse(input=file, format=ox.RdfFormat.N_QUADS))
    return store


def main() -> None:
    """Load what is to be loaded, then fork workers for as long as the parent asks."""
    import resource

    control = socket.socket(fileno=int(sys.argv[1]))
    _kind, length = FRAME.unpack(control.recv(FRAME.size, socket.MSG_WAITALL))
    settings = json.loads(control.recv(length, socket.MSG_WAITALL))
    sys.path.append(settings["library"])
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:  # noqa: PTH123
        file.write("500")
    for limit in (resource.RLIMIT_CORE, resource.RLIMIT_FSIZE):
        resource.setrlimit(limit, (0, 0))
    reason = isolate()
    die_with_parent(settings["parent"])
    hello = Output(control, 0)
    store = None
    try:
        if settings["folder"] is None:
            store = load(settings)
            settings["graphs"] = named(store)
    except (SyntaxError, OSError, ValueError, MemoryError) as error:
        line = getattr(error, "lineno", None)
        hello.say(b"X", error="source", message=str(error)[:2000], line=line)
        hello.flush()
        return
    hello.say(b"H", reason=reason, graphs=settings["graphs"])
    hello.flush()
    os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    gc.collect()
    gc.freeze()
    children: set[int] = set()
    try:
        _fork_on_request(control, store, settings, children)
    finally:
        for child in children:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)


def _fork_on_request(
    control: socket.socket, store: Any, settings: dict[str, Any], children: set[int]
) -> None:
    here = os.getpid()
    while True:
        request, descriptors, _flags, _address = socket.recv_fds(control, REQUEST.size, 2)
        if not request:
            return
        order, number = REQUEST.unpack(request)
        if order == b"F":
            child = os.fork()
            if child == 0:
                children.clear()
                die_with_parent(here)
                control.close()
                os.dup2(descriptors[1], 2)
                os.close(descriptors[1])
                _work_and_exit(socket.socket(fileno=descriptors[0]), store, settings)
            children.add(child)
            for descriptor in descriptors:
                os.close(descriptor)
            control.sendall(REQUEST.pack(b"F", child))
        else:
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
            _pid, status = os.waitpid(number, 0)
            children.discard(number)
            control.sendall(REQUEST.pack(b"R", os.waitstatus_to_exitcode(status)))


if __name__ == "__main__":
    main()

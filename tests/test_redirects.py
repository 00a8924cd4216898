"""Redirects: a table of requests and answers, through real Apache and nginx, and Netlify's library.

apache2 and nginx are packages of Debian; COOPERA_NETLIFY is a folder with node_modules in which
netlify-redirector stands.
"""

import http.client
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import SMALL, Make
from hypothesis import given, settings
from hypothesis import strategies as st

from coopera import graphs, project, site
from coopera.errors import CooperaError
from coopera.publication import Publication
from coopera.publication.redirects import REDIRECTS
from coopera.publication.redirects.preferences import LESS, Choice, languages, types
from coopera.server import negotiation
from coopera.server.things import DATA, FORMS, nearest

BASE = "https://w3id.org/coopera/"
HOST = "https://data.example.org/"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
MORE = f"""@base <{BASE}> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
<concept/role> a skos:ConceptScheme ; skos:prefLabel "Roles"@en , "Rôles"@fr .
<concept/role/signatory> a skos:Concept ; skos:inScheme <concept/role> ; skos:prefLabel "signatory"@en .
<id/agreement/IMT> skos:prefLabel "Capitals"@en .
<id/agreement/v1.0> skos:prefLabel "A dot"@en .
"""
A = "id/agreement/a"
Answer = tuple[int, str | None]
"""A status, and the path to which it leads, from the folder of the site."""

TABLE: list[tuple[str, str | None, str | None, int, str | None]] = [
    # path, Accept, Accept-Language, status, target
    (A, BROWSER, "fr", 303, f"fr/{A}.html"),
    (A, BROWSER, "en-AU,en;q=0.9,fr;q=0.5", 303, f"en/{A}.html"),
    (A, BROWSER, "de, en;q=0.5", 303, f"en/{A}.html"),
    (A, BROWSER, "en;q=0.3,fr;q=0.8", 303, f"fr/{A}.html"),
    (A, BROWSER, "de", 303, f"fr/{A}.html"),
    (A, BROWSER, "en;q=0", 303, f"fr/{A}.html"),
    (A, BROWSER, None, 303, f"fr/{A}.html"),
    (A, None, None, 303, f"fr/{A}.html"),
    (A, "*/*", "en", 303, f"en/{A}.html"),
    (A, "text/turtle", "en", 303, f"{A}.ttl"),
    (A, "TEXT/TURTLE;charset=utf-8", None, 303, f"{A}.ttl"),
    (A, "application/ld+json", None, 303, f"{A}.jsonld"),
    (A, "application/n-triples", None, 303, f"{A}.nt"),
    (A, "application/rdf+xml", None, 303, f"{A}.rdf"),
    (A, "text/turtle, */*;q=0.1", None, 303, f"{A}.ttl"),
    (A, "application/rdf+xml;q=0.5, application/n-triples", None, 303, f"{A}.nt"),
    (A, "application/rdf+xml;q=0.9, text/turtle;q=0.7", None, 303, f"{A}.rdf"),
    (A, "text/turtle;q=0.5, text/html", "en", 303, f"en/{A}.html"),
    (A, "text/html;q=0.2, application/ld+json;q=0.6", "en", 303, f"{A}.jsonld"),
    (A, "text/turtle;q=0, application/rdf+xml;q=0.1", None, 303, f"{A}.rdf"),
    (A, "text/html;q=0, */*", None, 303, f"{A}.ttl"),
    (A, "application/*", None, 303, f"{A}.jsonld"),
    (A, "application/json", None, 303, f"{A}.jsonld"),
    (A, "application/json;q=0.9, text/turtle;q=0.2", None, 303, f"{A}.jsonld"),
    (A, "application/json, text/turtle", None, 303, f"{A}.ttl"),
    (A, "application/json;q=0", None, 406, None),
    (A, "application/rdf+xml, application/xml; q=0.7, */*; q=0.09", None, 303, f"{A}.rdf"),
    (A, "image/png", None, 406, None),
    (A, "text/turtle;q=0", None, 406, None),
    (f"{A}.ttl", "text/html", None, 200, None),
    (f"{A}.rdf", None, None, 200, None),
    (f"{A}.html", None, "en", 303, f"en/{A}.html"),
    (f"{A}.html", "text/turtle", "fr", 303, f"fr/{A}.html"),
    (f"en/{A}.html", "text/turtle", "fr", 200, None),
    ("id/agreement/none", BROWSER, "fr", 404, None),
    ("id/agreement/none.ttl", BROWSER, "fr", 404, None),
    ("concept/role", "text/turtle", None, 303, "concept/role.ttl"),
    ("concept/role", BROWSER, "en", 303, "en/concept/role.html"),
    ("concept/role/signatory", "application/ld+json", None, 303, "concept/role/signatory.jsonld"),
    ("id/agreement/v1.0", "text/turtle", None, 303, "id/agreement/v1.0.ttl"),
    ("id/agreement/IMT", "text/turtle", None, 303, "id/agreement/~49~4d~54"),
    ("id/agreement/~49~4d~54", "text/turtle", None, 303, "id/agreement/~49~4d~54.ttl"),
    ("id/agreement/~49~4d~54", BROWSER, "en", 303, "en/id/agreement/~49~4d~54.html"),
    ("ontology", BROWSER, "fr", 303, "fr/ontology.html"),
    ("ontology", "text/turtle", None, 303, "ontology.ttl"),
    ("ontology", "image/png", None, 406, None),
    ("ontology.html", BROWSER, "en", 303, "en/ontology.html"),
    ("ontology/0.1.0", "text/turtle", None, 303, "ontology"),
    ("shapes", "application/rdf+xml", None, 303, "shapes.rdf"),
    ("shapes", "application/json", None, 303, "shapes.jsonld"),
    ("ontology", "application/json", None, 303, "ontology.jsonld"),
    ("shapes", BROWSER, "fr", 303, "shapes.ttl"),
    ("profile", "application/ld+json", None, 303, "profile.jsonld"),
    ("catalog", "text/html", None, 303, "catalog.ttl"),
    ("data/one/agreements.ttl", None, None, 200, None),
    (".well-known/void", None, None, 200, None),
    (".well-known/sparql-examples", None, None, 200, None),
    ("dumps/coopera.nq", None, None, 200, None),
    ("fr/", BROWSER, "en", 200, None),
    ("fr", BROWSER, "en", 301, "fr/"),
    ("", BROWSER, "en", 200, None),
    ("id/../coopera.toml", None, None, 404, None),
]  # fmt: skip

KINDS = {
    f"{A}.ttl": "text/turtle; charset=utf-8",
    f"{A}.jsonld": "application/ld+json",
    f"{A}.nt": "application/n-triples",
    f"{A}.rdf": "application/rdf+xml",
    ".well-known/void": "text/turtle; charset=utf-8",
    ".well-known/sparql-examples": "text/turtle; charset=utf-8",
    "dumps/coopera.nq": "application/n-quads",
    "dumps/coopera.trig": "application/trig",
    "dumps/csv/agreements.csv": "text/csv; charset=utf-8",
}


def ask(
    port: int, path: str, accept: str | None = None, language: str | None = None
) -> tuple[int, dict[str, str]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.putrequest("GET", path, skip_accept_encoding=True)
    for name, value in (("Accept", accept), ("Accept-Language", language)):
        if value is not None:
            connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}


# --- The servers ---------------------------------------------------------------------------------


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Write a small site at the root of a host and below a path, for anyone to read."""
    room = Path(tempfile.mkdtemp(prefix="coopera-redirects-"))
    room.chmod(0o755)
    source = room / "project"
    for name, text in {**SMALL, "data/one/more.ttl": MORE}.items():
        path = source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f'url = "{HOST}"' if name == "coopera.toml" else text, "utf-8")
    found = project.find(source)
    site.write(found, graphs.read_all(found.graph_files), room / "www", redirects=REDIRECTS)
    shutil.copytree(room / "www", room / "www/deep/site")
    (room / "w3id/coopera").mkdir(parents=True)
    shutil.copy(room / "www/redirects/w3id/.htaccess", room / "w3id/coopera/.htaccess")
    (room / "run").mkdir()
    (room / "run").chmod(0o777)
    yield room
    shutil.rmtree(room)


@contextmanager
def running(command: list[str], port: int) -> Iterator[int]:
    """Run a web server without rights until the tests are done."""
    user = {"user": "nobody", "group": "nogroup"} if os.geteuid() == 0 else {}
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, extra_groups=[] if user else None,
        text=True, **user,
    )  # type: ignore[call-overload]  # fmt: skip
    try:
        for _ in range(100):
            if process.poll() is not None:
                logs = [p.read_text() for p in Path(command[-1]).parent.glob("run/*.log")]
                pytest.fail(f"{command[0]} ended: {process.stdout.read()} {logs}")
            with socket.socket() as tried:
                if tried.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.communicate(timeout=10)


APACHE = """ServerRoot "{run}"
ServerName localhost
PidFile "{run}/{port}.pid"
DefaultRuntimeDir "{run}"
Mutex file:{run} default
Listen 127.0.0.1:{port}
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule mime_module {modules}/mod_mime.so
LoadModule dir_module {modules}/mod_dir.so
LoadModule negotiation_module {modules}/mod_negotiation.so
LoadModule headers_module {modules}/mod_headers.so
LoadModule rewrite_module {modules}/mod_rewrite.so
ErrorLog "{run}/{port}.log"
TypesConfig /dev/null
AddType text/html .html
StartServers 1
ServerLimit 1
ThreadsPerChild 8
MaxRequestWorkers 8
DocumentRoot "{www}"
<Directory "{www}">
  Options FollowSymLinks MultiViews
  AllowOverride All
  Require all granted
</Directory>
"""
MODULES = Path("/usr/lib/apache2/modules")


def apache(folder: Path, www: Path) -> Iterator[int]:
    program = shutil.which("apache2") or "/usr/sbin/apache2"
    if not (Path(program).is_file() and MODULES.is_dir()):
        pytest.skip("apache2 is not installed")
    port = free_port()
    config = folder / f"apache-{www.name}.conf"
    config.write_text(APACHE.format(run=folder / "run", port=port, modules=MODULES, www=www))
    with running([program, "-X", "-f", str(config)], port) as found:
        yield found


NGINX = """pid {run}/nginx.pid;
error_log {run}/nginx.log;
daemon off;
worker_processes 1;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {run}/body; proxy_temp_path {run}/proxy; fastcgi_temp_path {run}/fastcgi;
    uwsgi_temp_path {run}/uwsgi; scgi_temp_path {run}/scgi;
    include /etc/nginx/mime.types;
    server {{ listen 127.0.0.1:{port}; root {www}; include {www}/redirects/nginx.conf; }}
}}
"""


@pytest.fixture(scope="module")
def apache_port(folder: Path) -> Iterator[int]:
    yield from apache(folder, folder / "www")


@pytest.fixture(scope="module")
def w3id_port(folder: Path) -> Iterator[int]:
    yield from apache(folder, folder / "w3id")


@pytest.fixture(scope="module")
def nginx_port(folder: Path) -> Iterator[int]:
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    if not Path(program).is_file():
        pytest.skip("nginx is not installed")
    port = free_port()
    config = folder / "nginx.conf"
    config.write_text(NGINX.format(run=folder / "run", port=port, www=folder / "www"))
    with running([program, "-e", "stderr", "-c", str(config)], port) as found:
        yield found


def answer(port: int, root: str, row: tuple[str, str | None, str | None]) -> Answer:
    status, headers = ask(port, f"{root}{row[0]}", *row[1:])
    target = headers.get("location")
    if target is None:
        return status, None
    prefix = f"http://127.0.0.1:{port}{root}"
    assert target.startswith(prefix), target
    # Two paths lead all clients to one place.
    if status in (303, 406) and row[0] not in ("id/agreement/IMT", "ontology/0.1.0"):
        assert {"accept", "accept-language"} <= {
            part.strip().lower() for part in headers["vary"].split(",")
        }
    return status, target[len(prefix) :]


def named(row: tuple[str, str | None, str | None, int, str | None]) -> str:
    return f"{row[0]} | {row[1]} | {row[2]}"


@pytest.mark.parametrize("row", TABLE, ids=named)
@pytest.mark.parametrize("root", ["/", "/deep/site/"])
def test_apache_answers_as_the_table_says(
    apache_port: int, root: str, row: tuple[str, str | None, str | None, int, str | None]
) -> None:
    assert answer(apache_port, root, row[:3]) == row[3:]


@pytest.mark.parametrize("row", TABLE, ids=named)
def test_nginx_answers_as_the_table_says(
    nginx_port: int, row: tuple[str, str | None, str | None, int, str | None]
) -> None:
    assert answer(nginx_port, "/", row[:3]) == row[3:]


@pytest.mark.parametrize("server", ["apache_port", "nginx_port"])
def test_each_file_is_served_as_what_it_is(server: str, request: pytest.FixtureRequest) -> None:
    port = request.getfixturevalue(server)

    for path, kind in KINDS.items():
        status, headers = ask(port, f"/{path}")
        assert status == 200
        assert headers["content-type"].lower() == kind, path
        assert headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("server", ["apache_port", "nginx_port"])
def test_every_target_of_the_table_is_there(server: str, request: pytest.FixtureRequest) -> None:
    port = request.getfixturevalue(server)

    for _, accept, language, status, target in TABLE:
        if status == 303 and target is not None and "." in target.rpartition("/")[2]:
            assert ask(port, f"/{target}", accept, language)[0] == 200, target


@pytest.mark.parametrize("server", ["apache_port", "nginx_port"])
@pytest.mark.parametrize("path", ["/id/agreement/none", "/fr/none.html", "/no/such/place"])
def test_nothing_is_told_by_a_page_of_the_site(
    server: str, path: str, request: pytest.FixtureRequest
) -> None:
    url = f"http://127.0.0.1:{request.getfixturevalue(server)}{path}"

    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(url, timeout=10)

    assert caught.value.code == 404
    assert caught.value.headers["content-type"].startswith("text/html")
    page = caught.value.read().decode()
    assert "Rien à cette adresse" in page
    assert "Nothing stands at this address" in page


@pytest.mark.parametrize("server", ["apache_port", "nginx_port"])
def test_a_folder_is_not_listed(server: str, request: pytest.FixtureRequest) -> None:
    assert ask(request.getfixturevalue(server), "/id/")[0] in (403, 404)


W3ID: list[tuple[str, str | None, str | None, int, str | None]] = [
    (A, BROWSER, "en", 303, f"en/{A}.html"),
    (A, None, None, 303, f"fr/{A}.html"),
    (A, "text/turtle", None, 303, f"{A}.ttl"),
    (A, "text/turtle;q=0.5, application/rdf+xml", None, 303, f"{A}.rdf"),
    (A, "text/turtle;q=0.9, text/html;q=0.4", "en", 303, f"{A}.ttl"),
    (A, "image/png", None, 406, None),
    (f"{A}.jsonld", BROWSER, None, 302, f"{A}.jsonld"),
    (f"{A}.html", None, "en", 303, f"en/{A}.html"),
    ("concept/role", "application/ld+json", None, 303, "concept/role.jsonld"),
    ("ontology", BROWSER, "fr", 303, "fr/ontology.html"),
    ("ontology", "text/turtle", None, 303, "ontology.ttl"),
    ("ontology/0.1.0", "text/turtle", None, 303, f"{BASE}ontology"),
    ("id/agreement/IMT", "text/turtle", None, 303, f"{BASE}id/agreement/~49~4d~54"),
    ("shapes", BROWSER, None, 303, "shapes.ttl"),
    ("shapes", "application/n-triples", None, 303, "shapes.nt"),
    ("dumps/coopera.nq", None, None, 302, "dumps/coopera.nq"),
    ("data/one/agreements.ttl", None, None, 302, "data/one/agreements.ttl"),
    (".well-known/void", None, None, 302, ".well-known/void"),
    ("context.jsonld", None, None, 302, "context.jsonld"),
    ("fr/ontology.html", None, None, 302, "fr/ontology.html"),
    ("", None, None, 302, ""),
]  # fmt: skip


@pytest.mark.parametrize("row", W3ID, ids=named)
def test_w3id_leads_to_the_site_as_the_table_says(
    w3id_port: int, row: tuple[str, str | None, str | None, int, str | None]
) -> None:
    path, accept, language, status, target = row
    found, headers = ask(w3id_port, f"/coopera/{path}", accept, language)

    to = target if target is None or target.startswith("https://") else f"{HOST}{target}"
    assert (found, headers.get("location")) == (status, to)


NETLIFY = os.environ.get("COOPERA_NETLIFY", "")
RULES: list[tuple[str, str, str | None]] = [
    (f"/{A}", "en", f"303 /en/{A}.html"),
    (f"/{A}", "fr", f"303 /fr/{A}.html"),
    (f"/{A}", "de", f"303 /fr/{A}.html"),
    ("/concept/role/signatory", "en", "303 /en/concept/role/signatory.html"),
    ("/id/agreement/IMT", "en", "303 /en/id/agreement/~49~4d~54.html"),
    ("/ontology", "en", "303 /en/ontology.html"),
    ("/ontology", "fr", "303 /fr/ontology.html"),
    ("/ontology.html", "en", "303 /en/ontology.html"),
    ("/shapes", "en", "303 /shapes.ttl"),
    ("/dumps/coopera.nq", "en", None),
    (f"/fr/{A}.html", "en", None),
]
_SCRIPT = """
const redirector = require(process.argv[1] + "/node_modules/netlify-redirector");
const [rules, asked] = JSON.parse(require("fs").readFileSync(0, "utf-8"));
redirector.parsePlain(rules, {}).then((matcher) => {
  const answers = asked.map(([path, language]) => {
    const headers = { "x-language": language };
    const found = matcher.match({
      scheme: "https", host: "example.org", path, query: "", headers, cookieValues: {},
      getHeader: (name) => headers[name.toLowerCase()] || "", getCookie: () => "",
    });
    return found && `${found.status} ${found.to}`;
  });
  console.log(JSON.stringify(answers));
});
"""


def test_netlify_reads_the_rules_as_the_table_says(folder: Path) -> None:
    node = shutil.which("node")
    if not (node and NETLIFY):
        pytest.skip("COOPERA_NETLIFY names no folder with netlify-redirector, or node is absent")
    rules = (folder / "www/_redirects").read_text("utf-8")
    asked = [[path, language] for path, language, _ in RULES]
    done = subprocess.run(
        [node, "-e", _SCRIPT, "--", NETLIFY], input=json.dumps([rules, asked]), text=True,
        capture_output=True, check=True, timeout=60,
    )  # fmt: skip

    assert json.loads(done.stdout) == [expected for _, _, expected in RULES]


def test_netlify_gives_each_kind_of_file_its_type(folder: Path) -> None:
    text = (folder / "www/_headers").read_text("utf-8")

    assert "/*.ttl\n  Content-Type: text/turtle; charset=utf-8\n" in text
    assert "/.well-known/void\n  Content-Type: text/turtle" in text


# --- The choice ----------------------------------------------------------------------------------


def live(accept: str) -> str | None:
    """Choose as the live server does (`server.things.see_other`)."""
    offers = ["text/html", *DATA] if "*/*" in accept else [*DATA, "text/html"]
    chosen = negotiation.best(accept, [*offers, *nearest(accept)])
    return chosen and {**FORMS, "text/html": ".html"}[chosen]


def first(choices: list[Choice], header: str) -> str | None:
    return next((choice.chosen for choice in choices if choice.fits(header)), None)


QUALITIES = st.sampled_from(
    ["", "", ";q=1", "; q=1.0", ";q=0.9", " ; q=0.8", ";q=0.55", ";q=0.1", ";Q=0.3", ";q=0.04", ";q=0", ";q=0.000"]
)  # fmt: skip
NAMES = ["text/html", "text/turtle", "application/ld+json", "application/n-triples", "application/rdf+xml",
         "text/*", "application/*", "*/*", "image/png", "application/json"]  # fmt: skip
ELEMENTS = st.lists(st.tuples(st.sampled_from(NAMES), QUALITIES), min_size=1, max_size=6,
                    unique_by=lambda element: element[0])  # fmt: skip
ALL, COARSE = list(types()), list(types(LESS))


def joined(elements: list[tuple[str, str]]) -> str:
    return ", ".join(name + quality for name, quality in elements)


@given(ELEMENTS)
@settings(max_examples=500, deadline=None)
def test_the_rules_choose_the_form_that_the_live_server_chooses(
    elements: list[tuple[str, str]],
) -> None:
    accept = joined(elements)

    assert first(ALL, accept) == live(accept)


@given(ELEMENTS)
@settings(max_examples=300, deadline=None)
def test_the_short_rules_do_so_where_qualities_are_full_or_one_other(
    elements: list[tuple[str, str]],
) -> None:
    kept = {"": "", ";q=0": ";q=0", ";q=0.000": ";q=0"}
    accept = joined([(name, kept.get(quality, ";q=0.5")) for name, quality in elements])

    assert first(COARSE, accept) == live(accept)


TAGS = st.sampled_from(["fr", "en", "de", "*", "fr-CA", "en-AU", "fry", "e"])


@given(st.lists(st.tuples(TAGS, QUALITIES), min_size=1, max_size=4, unique_by=lambda e: e[0][:2]))
@settings(max_examples=300, deadline=None)
def test_the_rules_choose_the_language_that_the_live_server_chooses(
    elements: list[tuple[str, str]],
) -> None:
    accept = joined([(tag, quality.replace("Q", "q")) for tag, quality in elements])
    chosen = first(list(languages(("fr", "en"))), accept) or "fr"

    assert chosen == negotiation.language(accept, ("fr", "en"))


@pytest.mark.parametrize(
    "header",
    [
        " " * 8000, "text/turtle;" + " " * 8000, "," * 8000, "text/turtle;a" * 600, "*/*;" * 2000,
        "text/html; q" * 600, "text/turtle;q=0.5" + ";a" * 4000, ("," + " " * 80) * 100,
    ],
    ids=lambda header: header[:12],
)  # fmt: skip
def test_no_header_takes_a_rule_long(header: str) -> None:
    started = time.process_time()
    first(ALL, header)

    assert time.process_time() - started < 2


# --- What cannot be written ----------------------------------------------------------------------


def written(make: Make, kinds: list[str], settings_: str) -> Publication:
    made = make({"coopera.toml": settings_})
    return Publication(made, graphs.read_all(made.graph_files), kinds=kinds)


def test_rules_for_w3id_ask_where_the_site_stands(make: Make) -> None:
    with pytest.raises(CooperaError, match="not known") as refused:
        list(written(make, ["w3id"], "").names())

    assert "--url" in refused.value.remedy


@pytest.mark.parametrize(
    "url", ["https://example.org/$1/", "https://example.org/%{ENV:X}/x/", "https://e.org/a;b/"]
)
def test_an_address_that_could_mean_more_in_a_rule_is_refused(make: Make, url: str) -> None:
    if "{" in url:
        url = url.replace("{", "").replace("}", "")
    with pytest.raises(CooperaError, match="cannot stand in rules"):
        list(written(make, ["apache"], f'url = "{url}"').names())


@pytest.mark.parametrize(
    "iri", ["id/agreement/$1", "id/agreement/a%2Fb", "id/agreement/A;B", "id/agreement/..A"]
)
def test_an_iri_that_could_mean_more_in_a_rule_gets_none(make: Make, iri: str) -> None:
    made = make({"data/one/more.ttl": f'<{BASE}{iri}> <http://example.org/p> "x" .'})
    published = Publication(
        made, graphs.read_all(made.graph_files), kinds=["apache", "nginx", "netlify"]
    )

    for name in (".htaccess", "redirects/nginx.conf", "_redirects"):
        assert iri not in published.content(name).decode()


def test_without_a_kind_no_rule_is_written(make: Make) -> None:
    names = set(written(make, [], "").names())

    assert not {name for name in names if "redirect" in name or name.startswith((".h", "_"))}


def test_nginx_knows_the_path_at_which_the_site_stands(make: Make) -> None:
    published = written(make, ["nginx"], 'url = "https://example.org/deep/site/"')
    text = published.content("redirects/nginx.conf").decode()

    assert "location = /deep/site/.well-known/void {" in text
    assert "return 303 /deep/site/$coopera_lang" in text

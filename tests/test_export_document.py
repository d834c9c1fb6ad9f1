"""The document of a unit: its pages put together, and printed by a real browser."""

from __future__ import annotations

import re
import signal
import stat
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from export_data import leave_report, outline_of, reports_of
from pypdf import PdfReader
from runner_data import POSIX

from keepbook.errors import KeepbookError
from keepbook.export import chromium as printing
from keepbook.export import find_chromium, write_document
from keepbook.export.document import document

TITLE = 'A "shop" </style><script>alert(1)</script> \\ 客户 \u202e 🙂'
SVG = """<svg role="img" aria-labelledby="t d" width="20" height="20"><title id="t">Title</title>
<desc id="d">x</desc><style>#p { fill: red } .a { clip-path: url(#c) }</style>
<defs><clipPath id="c"><path id="p" d="M0 0"/></clipPath></defs>
<use xlink:href="#p" clip-path="url(#c)"/><use href="#p"/><g style="mask:url('#c')"/></svg>"""


@pytest.fixture
def program(tmp_path: Path) -> Callable[[str], str]:
    """A program in the shell's language that stands in for the browser."""

    def make(script: str) -> str:
        path = tmp_path / "a browser"
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return str(path)

    return make


def soup_of(reports: Path) -> BeautifulSoup:
    """The page that is printed."""
    return BeautifulSoup(document(reports_of(reports))[0], "html.parser")


def printed(reports: Path, out: Path, chromium: str) -> tuple[PdfReader, int]:
    """The document, and how many pages it is said to have."""
    pages = write_document(reports_of(reports), out / "acme.pdf", chromium, lambda _what: None)
    return PdfReader(out / "acme.pdf"), pages


# ── the page to print ───────────────────────────────────────────────────────────────────────────────────


def test_names_of_elements_do_not_meet(tmp_path: Path) -> None:
    for page in ("1_one", "2_two"):
        leave_report(tmp_path, "acme", page, body=f'<h2 id="s">S</h2><a href="#s">to S</a>{SVG}')
    soup = soup_of(tmp_path)
    ids = [tag["id"] for tag in soup.find_all(id=True)]
    assert len(ids) == len(set(ids)) and len(ids) > 10
    for number, svg in enumerate(soup.find_all("svg"), 1):
        own = f"kb-report-{number}-"
        assert svg["aria-labelledby"] == f"{own}t {own}d"
        assert svg.find_all("use")[0]["xlink:href"] == svg.find_all("use")[1]["href"] == f"#{own}p"
        assert svg.use["clip-path"] == f"url(#{own}c)" and svg.g["style"] == f"mask:url('#{own}c')"
        assert svg.style.get_text() == f"#{own}p {{ fill: red }} .a {{ clip-path: url(#{own}c) }}"
    inner = [a["href"] for a in soup.find_all("a", string="to S")]
    assert inner == ["#kb-report-1-s", "#kb-report-2-s"]


def test_links_lead_within_the_document_or_are_plain_text(tmp_path: Path) -> None:
    links = (
        '<a href="../2_two/index.html#s">there</a> <a href="../2_two/index.html">page</a>'
        '<a href="../../index.html">all units</a> <a href="https://a.example/x">web</a> <a>nothing</a>'
        '<a href="tables/t.csv" download>CSV</a> <a href="javascript:x()">script</a> <a href="#gone">gone</a>'
    )
    leave_report(tmp_path, "acme", "1_one", body=f"<h1>One</h1><p>{links}</p>")
    leave_report(tmp_path, "acme", "2_two", body='<h2 id="s">S</h2>')
    main = soup_of(tmp_path).select("main")[0]
    assert {a.get_text(): a.get("href") for a in main.find_all("a")} == {
        "there": "#kb-report-2-s",
        "page": "#kb-report-2",
        "web": "https://a.example/x",
        "gone": "#kb-report-1",
    }
    assert "all units" in main.get_text() and "script" in main.get_text()
    assert "CSV" not in main.get_text(), "there is nothing to download from paper"


def test_only_what_is_for_paper_is_taken(tmp_path: Path) -> None:
    body = (
        '<h1>One\n  <b>two</b></h1><script>x()</script><script type="application/json">{}</script>'
        '<details class="kb-open-in-print"><summary>a</summary>b</details>'
        "<details><summary>c</summary>d</details>"
    )
    leave_report(tmp_path, "acme", "1_one", body=body)
    leave_report(tmp_path, "acme", "2_two")
    soup = soup_of(tmp_path)
    assert not soup.find_all(["script", "link"]) and "Bar" not in soup.get_text()
    assert [fold.has_attr("open") for fold in soup.find_all("details")] == [True, False]
    assert len(soup.find_all("style")) == 2, "what several pages have alike is there once, beside our own"
    assert soup.h1.get_text() == "One two" and soup.html["data-theme"] == "light"
    policy = soup.find("meta", attrs={"http-equiv": "Content-Security-Policy"})
    assert policy and policy["content"].startswith("default-src 'none'") and "script" not in policy["content"]


def test_a_hostile_title_stays_a_title(tmp_path: Path) -> None:
    leave_report(tmp_path, "acme", "1_one", title=TITLE)
    soup = soup_of(tmp_path)
    assert not soup.find_all("script") and "\u202e" not in str(soup)
    assert soup.title.get_text() == TITLE.replace("\u202e", "�")
    style = soup.find_all("style")[-1].get_text()
    foot = re.search(r'content: "([^"]*)"; width', style)
    assert foot, "no quote of the title ends it"
    assert not set(foot[1]) & set("<>\"'") and "</style" not in style


def test_the_last_good_report_says_so(tmp_path: Path) -> None:
    folder = leave_report(tmp_path, "acme", "1_one", simulated=True)
    assert "could not make this report anew" not in soup_of(tmp_path).get_text()
    (folder / "error.html").write_text("x", encoding="utf-8")
    soup = soup_of(tmp_path)
    assert "could not make this report anew" in soup.select_one(".kb-bound-page").get_text()
    cover = soup.header.get_text()
    assert "A shop · 2023-01-01 to 2024-12-31" in cover and "simulated data" in cover
    assert "made 2025-01-07 08:09 UTC by Keepbook 9.8.7" in cover


# ── printed ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.browser
def test_a_printed_document(tmp_path: Path, chromium: str) -> None:
    """Bookmarks lead to their pages, page numbers run through, every report begins a page."""
    words = "so that the heading goes over more than one line of the page and breaks between two of its words"
    long = "".join(f"<p>Paragraph {n} {'of words ' * 60}</p>" for n in range(20))
    first = f"<h1>One</h1>{long}<h2>Within one, {words}</h2><p>x</p><h3>Deeper</h3>{SVG}"
    leave_report(tmp_path, "acme", "1_one", body=first, title=TITLE)
    leave_report(
        tmp_path, "acme", "2_two", body=f'<h1 style="line-height: 1">Two</h1>{SVG}<h2>Within two</h2>'
    )
    leave_report(tmp_path, "acme", "3_three", body="<h1>Three</h1><details><h2>Folded</h2></details>")
    reader, said = printed(tmp_path, tmp_path / "out", chromium)
    texts = [page.extract_text() for page in reader.pages]
    assert said == len(texts) >= 4
    outline = outline_of(reader)
    assert [(level, text) for level, text, _page in outline] == [
        (1, "One"), (2, f"Within one, {words}"), (3, "Deeper"), (1, "Two"), (2, "Within two"), (1, "Three"),
    ]  # fmt: skip
    pages = {text: page for _level, text, page in outline}
    assert pages["One"] == 1 and pages["Two"] > pages["Deeper"] > 1 and pages["Three"] == pages["Two"] + 1
    for number, text in enumerate(texts, 1):
        assert f"{number} / {len(texts)}" in text and 'A "shop"' in text
    assert "2023-01-01 to 2024-12-31" in texts[0] and "Report 1_one" in texts[0] and "One" in texts[0]
    assert "Within two" in texts[pages["Two"] - 1]
    width, height = (float(size) / 72 * 25.4 for size in reader.pages[0].mediabox[2:])
    assert (round(width), round(height)) == (210, 297)
    assert reader.metadata and reader.metadata.title == TITLE.replace("\u202e", "�")


@pytest.mark.browser
def test_links_of_the_first_lines_lead_to_the_reports(tmp_path: Path, chromium: str) -> None:
    leave_report(tmp_path, "acme", "1_one")
    leave_report(tmp_path, "acme", "2_two")
    reader, _said = printed(tmp_path, tmp_path / "out", chromium)
    named = {
        name: reader.get_destination_page_number(place) for name, place in reader.named_destinations.items()
    }
    assert {name.lstrip("/"): page for name, page in named.items()} == {"kb-report-1": 0, "kb-report-2": 1}
    links = [link.get_object() for link in reader.pages[0].get("/Annots", [])]
    assert len([link for link in links if link["/Subtype"] == "/Link"]) >= 2


@pytest.mark.browser
def test_nothing_is_left_of_a_print(tmp_path: Path, chromium: str, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(printing.tempfile, "tempdir", str(scratch))
    leave_report(tmp_path, "acme", "1_one")
    printed(tmp_path, tmp_path / "out", chromium)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["acme.pdf"]
    assert list(scratch.iterdir()) == []
    assert not processes_with(str(scratch))


def processes_with(text: str) -> list[str]:
    """Command lines of living processes that hold it; none where the system does not tell."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        found += [line] if text in line else []
    return found


# ── browsers that fail ──────────────────────────────────────────────────────────────────────────────────


@POSIX
def test_a_browser_that_hangs_is_ended_with_what_it_started(
    tmp_path: Path, program: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing, "MAX_SECONDS", 1)
    leave_report(tmp_path, "acme", "1_one")
    pids = tmp_path / "pids"
    slow = program(f"sleep 600 & echo $! $$ > '{pids}'; wait")
    started = time.monotonic()
    with pytest.raises(KeepbookError) as caught:
        printed(tmp_path, tmp_path / "out", slow)
    assert time.monotonic() - started < 10
    assert caught.value.what == "There is no PDF: the browser was stopped after 1 s."
    assert str(tmp_path / "acme" / "1_one" / "index.html") in str(caught.value.do)
    assert list((tmp_path / "out").iterdir()) == []
    assert not [pid for pid in pids.read_text().split() if alive(int(pid))]


@POSIX
def test_an_interruption_while_it_starts_leaves_no_process(
    tmp_path: Path, program: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    started, popen = [], printing.subprocess.Popen

    def interrupted(*args: Any, **kwargs: Any) -> Any:
        started.append(popen(*args, **kwargs))
        signal.raise_signal(signal.SIGINT)
        return started[-1]

    monkeypatch.setattr(printing.subprocess, "Popen", interrupted)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job is given none
    leave_report(tmp_path, "acme", "1_one")
    with pytest.raises(KeyboardInterrupt):
        printed(tmp_path, tmp_path / "out", program("exec sleep 600"))
    assert started[0].poll() is not None
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def alive(pid: int) -> bool:
    """Whether it runs; one that is dead and not yet collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@POSIX
@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("echo some trouble >&2; exit 3", "some trouble"),
        ("exit 0", "–"),
        # as Chromium does where it cannot read the page: a PDF of its own words, and exit code 0
        ('for a; do case $a in --print-to-pdf=*) echo "%PDF-1.4 other" > "${a#*=}";; esac; done', "–"),
    ],
)
def test_a_browser_that_makes_no_whole_document(
    tmp_path: Path, program: Callable[[str], str], script: str, reason: str
) -> None:
    leave_report(tmp_path, "acme", "1_one")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "acme.pdf").write_text("as before", encoding="utf-8")
    with pytest.raises(KeepbookError) as caught:
        printed(tmp_path, tmp_path / "out", program(script))
    assert caught.value.what == "There is no PDF: the browser ended without one."
    assert str(caught.value.expected).endswith(f"says: {reason}")
    assert (tmp_path / "out" / "acme.pdf").read_text(encoding="utf-8") == "as before"
    assert len(list((tmp_path / "out").iterdir())) == 1


@POSIX
def test_where_its_sandbox_cannot_work_it_is_tried_without(
    tmp_path: Path, program: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing.os, "geteuid", lambda: 1000)  # as root it starts without one anyway
    calls = tmp_path / "calls"
    leave_report(tmp_path, "acme", "1_one")
    with pytest.raises(KeepbookError):
        printed(
            tmp_path,
            tmp_path / "out",
            program(f"echo $@ >> '{calls}'; echo 'No usable sandbox!' >&2; exit 1"),
        )
    assert ["--no-sandbox" in call for call in calls.read_text().splitlines()] == [False, True]


def test_a_browser_is_found_by_its_variable_or_on_the_path(
    tmp_path: Path, program: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("KEEPBOOK_CHROMIUM", raising=False)
    monkeypatch.setattr(printing, "_usual_places", lambda: [])
    with pytest.raises(KeepbookError, match="no browser to print it with"):
        find_chromium(tmp_path / "index.html")
    made = Path(program("exit 0"))
    monkeypatch.setenv("KEEPBOOK_CHROMIUM", str(made))
    assert find_chromium(tmp_path) == str(made)
    monkeypatch.setenv("KEEPBOOK_CHROMIUM", str(tmp_path / "none"))
    with pytest.raises(KeepbookError) as caught:
        find_chromium(tmp_path)
    assert caught.value.where == str(tmp_path / "none")
    monkeypatch.delenv("KEEPBOOK_CHROMIUM")
    if sys.platform != "win32":
        made.rename(tmp_path / "google-chrome")
        assert find_chromium(tmp_path) == str(tmp_path / "google-chrome")

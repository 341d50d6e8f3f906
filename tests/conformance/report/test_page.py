"""report.html as text: what stands in it, and that no byte of a server does anything there."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from attrs import define, evolve, field
from runloop_conformance.judging.judge import Terms
from runloop_conformance.servers.hosting import running

from tests.conformance.miniatures import reference
from tests.conformance.outside import TOKEN, quick
from tests.conformance.report.synthetic import CLAUSES, CONTROL, answered, broken, finding, mixed, page, result

HOSTILE = {
    "a script": "</script><script>alert(1)</script>",
    "an attribute": '"><img src=x onerror=alert(1)>',
    "a comment": "<!--<script>",
    "closing tags": "</textarea></title></style><svg onload=alert(1)>",
    "a template": "{{ 7*7 }}{% raw %}${7*7}",
    "bidi marks": "\u202eexe.gpj\u202c \u2066x\u2069",
    "controls": "\x00\x07\x1b[31m\x7f\x9b",
    "invisible": "\ufeff\u200b\u2028\u2029\ud800",
    "stacked marks": "a" + "\u0301" * 400,
}

UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


@define
class Read(HTMLParser):
    """The elements of a page, and what each attribute and text says."""

    tags: list[str] = field(factory=list)
    attributes: list[tuple[str, str, str]] = field(factory=list)
    texts: list[str] = field(factory=list)

    def __attrs_post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag, attrs) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_data(self, data) -> None:
        self.texts.append(data)


def read(text: str) -> Read:
    found = Read()
    found.feed(text)
    found.close()
    return found


def test_the_command_writes_it() -> None:
    with running(reference()) as url:
        done = quick(url, "--select", "run")
    text = (done.folder / "report.html").read_text("utf-8")
    assert f"<title>{done.report['verdict']}: {url}</title>" in text
    for clause in done.report["clauses"]:
        assert f'id="{clause["id"]}"' in text
    for run_id in done.report["run_ids"]:
        assert run_id in text
    assert TOKEN not in text


def test_it_names_nothing_that_a_browser_would_fetch() -> None:
    found = read(page(result(mixed(40))))
    assert {tag for tag in found.tags if tag in {"img", "iframe", "object", "embed", "audio", "video", "base"}} == set()
    fetched = [(tag, value) for tag, name, value in found.attributes if name in {"src", "srcset", "action", "data"}]
    assert fetched == []
    addresses = {value for _, name, value in found.attributes if name == "href"}
    assert {one for one in addresses if not one.startswith("#")} == {"data:,"}
    assert [name for _, name, _ in found.attributes if name == "style" or name.startswith("on")] == []


def saying(text: str) -> str:
    """A page on which a text stands in every place that a server, or whoever names a server, decides about."""
    sent = evolve(CONTROL, name=text, change=text, query="x=" + text.encode("utf-8", "replace").decode())
    headers = [("X-Header", text), (text, "value")]
    exchange = answered(sent, body=text.encode("utf-8", "surrogatepass"), headers=headers)
    seen = broken(exchange, expected=text, actual=text)
    server = f"https://mock.example/{text}"
    return page(result([finding(CLAUSES[0], "fail", seen)], reason=text, server=server, run_ids=(text,)))


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_what_a_server_sends_is_text_wherever_it_stands(hostile: str) -> None:
    text = saying(hostile)
    # An escape stands in a span; nothing else may be there that is not there otherwise.
    tags, expected = ([tag for tag in read(one).tags if tag != "span"] for one in (text, saying("harmless")))
    assert tags == expected
    assert not UNSEEN.search(text)
    assert "\u0301" * 5 not in text


def test_what_cannot_be_seen_is_written_as_an_escape() -> None:
    exchange = answered(CONTROL, body=b"a\xff\xfe\x00\xe2\x80\xaeb\r\n", headers=[("X-Bidi", "\u202e")])
    said = "".join(read(page(result([finding(CLAUSES[0], "fail", broken(exchange))]))).texts)
    assert "a\\xff\\xfe\\x00\\u202eb\\r\n" in said
    assert "X-Bidi: \\u202e" in said


def test_a_huge_answer_is_cut_with_a_note() -> None:
    body = b"x" * 10_000_000
    text = page(result([finding(one, "fail", broken(answered(CONTROL, body=body))) for one in CLAUSES[:20]]))
    assert len(text) < 1_000_000
    assert "10,000,000 bytes" in text
    assert "9,996,000 of them not shown here" in text


def test_many_and_long_headers_are_cut() -> None:
    headers = [(f"X-{n}", "y" * 10_000) for n in range(500)]
    text = page(result([finding(CLAUSES[0], "fail", broken(answered(CONTROL, headers=headers)))]))
    assert len(text) < 500_000
    assert "and 440 more headers" in text


def test_what_was_not_settled_says_why_without_being_opened() -> None:
    told = "".join(read(page(result([finding(CLAUSES[0], "not_tested"), finding(CLAUSES[1], "inconclusive")]))).texts)
    assert "no request was accepted: 1" in told
    assert "no response: timed out: 1" in told


def groups(text: str) -> dict[str, list[str]]:
    """The clauses of each heading of the list."""
    _, *parts = re.split(r'<section class="group (\w+)"', text.partition('<section id="contract"')[0])
    return {
        name: re.findall(r'<details class="clause" id="([^"]*)"', part)
        for name, part in zip(parts[::2], parts[1::2], strict=True)
    }


def test_what_is_known_to_be_broken_stands_apart_with_its_reason() -> None:
    first, second, third = (one for one in CLAUSES[:3])
    terms = Terms(known={first.id: "issue 12: on its way", third.id: "issue 13"})
    seen = [finding(first, "fail", broken()), finding(second, "fail", broken()), finding(third)]
    text = page(result(seen, terms=terms))
    assert groups(text) == {"fail": [second.id], "known": [first.id], "pass": [third.id]}
    assert "issue 12: on its way" in text
    told = " ".join("".join(read(text).texts).split())
    assert f"Stale: {third.id} passes, so it is no longer a known failure." in told


def test_what_should_be_is_no_mere_warning_where_it_counts() -> None:
    should = next(one for one in CLAUSES if one.level == "should")
    seen = [finding(should, "fail", broken())]
    assert groups(page(result(seen))) == {"warning": [should.id]}
    assert groups(page(result(seen, terms=Terms(fail_on="should")))) == {"fail": [should.id]}


def test_secrets_are_masked() -> None:
    exchange = answered(CONTROL, body=f"you sent {TOKEN}".encode(), headers=[("X-Token", TOKEN)])
    seen = broken(exchange, actual=f"it said {TOKEN}")
    text = page(result([finding(CLAUSES[0], "fail", seen)], run_ids=(TOKEN,), reason=TOKEN))
    assert TOKEN not in text
    assert "[redacted token]" in text

"""Every link in the site leads to a file that exists, and to an id that exists in it."""

from __future__ import annotations

import posixpath
import re
from urllib.parse import unquote, urlsplit

import pytest

from tests.docs.conftest import Site

pytestmark = pytest.mark.xdist_group("site")

OUTSIDE = re.compile(r"https://[a-z0-9-]+(\.[a-z0-9-]+)+(/[\w./#@~%-]*)?")


def test_ids_are_unique(site: Site) -> None:
    repeated = {(name, id_) for name, page in site.pages.items() for id_ in page.ids if page.ids.count(id_) > 1}
    assert repeated == set()


def test_every_link_leads_to_an_id_that_exists(site: Site) -> None:
    dead, checked = [], 0
    for name, page in site.pages.items():
        for link in page.links:
            address = urlsplit(link)
            if address.scheme:
                continue
            checked += 1
            target = (
                posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(address.path)))
                if address.path
                else name
            )
            exists = (site.folder / target).is_file()
            if not exists or (address.fragment and unquote(address.fragment) not in site.pages[target].ids):
                dead.append(f"{name}: {link}")
    assert dead == []
    assert checked > 500


def test_a_link_to_another_host_is_well_formed(site: Site) -> None:
    pages = [page for name, page in site.pages.items() if name != "docs/command.html"]  # help has made-up addresses
    outside = {link for page in pages for link in page.links if urlsplit(link).scheme}
    assert outside
    assert {link for link in outside if not OUTSIDE.fullmatch(link)} == set()


def test_every_file_that_a_page_loads_exists(site: Site) -> None:
    for name, page in site.pages.items():
        for file in page.files:
            path = urlsplit(file).path  # a script carries its checksum as a query
            assert (
                not path or (site.folder / posixpath.normpath(posixpath.join(posixpath.dirname(name), path))).is_file()
            ), file


def test_every_page_is_reached_from_the_first(site: Site) -> None:
    reached, ahead = set(), ["index.html"]
    while ahead:
        name = ahead.pop()
        if name in reached or name not in site.pages:
            continue
        reached.add(name)
        for link in site.pages[name].links:
            path = urlsplit(link).path
            if path and not urlsplit(link).scheme:
                ahead.append(posixpath.normpath(posixpath.join(posixpath.dirname(name), path)))
    assert reached | {"search.html"} == set(site.pages)  # a form leads to the search

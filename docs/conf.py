"""The documentation site. `make docs` runs Sphinx on the Markdown files of the repository, where they are.

The source folder is the top of the repository, so a relative link works on GitHub and in the site.
"""

from __future__ import annotations

import sys
from pathlib import Path

from runloop_benchmarks import __version__
from sphinx.application import Sphinx

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS / "_ext"))

project = "runloop-benchmarks"
author = "The runloop-benchmarks developers"
project_copyright = author
version = release = __version__
extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_click",
    "sphinx_copybutton",
    "clauses",
]

root_doc = "README"
include_patterns = [
    "*.md",
    "docs/*.md",
    "conformance/PROOF.md",
    "examples/servers/README.md",
    "benchmarks/*.md",
]
exclude_patterns = [".*", "**/.*", "build", "dist", "node_modules", "benchmarks/peers"]

# The README carries no table of contents, since GitHub would show its directives. An entry here gives a page its place
# in the menu; a page of docs/ without one is listed last.
MENU = """
```{toctree}
:hidden:
:caption: Call a server
docs/client
docs/in-your-tests
Moving from the SDK <docs/moving-from-runloop_api_client>
Python reference <docs/reference>
```
```{toctree}
:hidden:
:caption: Test a server
docs/testing-your-server
docs/reports
In pytest <docs/pytest>
examples/servers/README
Command reference <docs/command>
conformance/PROOF
```
```{toctree}
:hidden:
:caption: The contract
docs/contract
docs/clauses
docs/contract-changes
```
```{toctree}
:hidden:
:caption: Figures
docs/figures
The client and the official SDK <benchmarks/README>
The suite and st run <benchmarks/conformance>
Size of a report <benchmarks/report>
Size of a contract <benchmarks/growth>
```
```{toctree}
:hidden:
:caption: The project
CONTRIBUTING
CHANGELOG
UNLISTED
```
"""

default_role = "code"  # a word in single backticks is code in our docstrings
smartquotes = False  # "--option" and quoted output are shown as they are typed
myst_heading_anchors = 4  # the anchors that GitHub gives to headings
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
maximum_signature_line_length = 80
python_use_unqualified_type_names = True
add_module_names = False
napoleon_numpy_docstring = False

html_theme = "furo"
html_title = project
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_js_files = ["site.js"]
html_favicon = "_static/icon.svg"
html_additional_pages = {"index": "index.html"}
templates_path = ["_templates"]
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_show_search_summary = False  # it is fetched, which a page that was opened from disk may not do
html_use_index = False
html_domain_indices = False
copybutton_prompt_text = "$ "


def add_menu(_app: Sphinx, docname: str, source: list[str]) -> None:
    """Append the table of contents to the first page."""
    if docname == root_doc:
        pages = sorted(f"docs/{path.stem}" for path in DOCS.glob("*.md"))
        source[0] += MENU.replace("UNLISTED", "\n".join(page for page in pages if page not in MENU))


def setup(app: Sphinx) -> None:
    """Register what this file defines."""
    app.connect("source-read", add_menu)

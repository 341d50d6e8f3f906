"""Code in colour: the blocks of a page, and the files of the repository that pages link to."""

from __future__ import annotations

from functools import cache
from html import escape

from pygments import highlight as coloured
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name, get_lexer_for_filename
from pygments.util import ClassNotFound

from docs.site.pages import DocumentationError

LINE = "line"


def block(code: str, language: str, where: str) -> str:
    """A fenced block as HTML. A language that is not known is a mistake in the page."""
    if not language:
        return f'<pre tabindex="0"><code>{escape(code, quote=False)}</code></pre>\n'
    spans: str = coloured(code, _lexer(language, where), HtmlFormatter(nowrap=True))
    return f'<pre tabindex="0" class="code {escape(language)}"><code>{spans}</code></pre>\n'


@cache
def _lexer(language: str, where: str) -> Lexer:
    try:
        return get_lexer_by_name(language, stripnl=False)
    except ClassNotFound as error:
        raise DocumentationError(f"{where}: {language!r} is no language that can be highlighted") from error


def whole_file(name: str, text: str) -> str:
    """A file as HTML, each line with an id: `line-12`."""
    try:
        lexer = get_lexer_for_filename(name, stripnl=False)
    except ClassNotFound:
        lexer = get_lexer_by_name("text", stripnl=False)
    lines: list[str] = coloured(text, lexer, HtmlFormatter(nowrap=True)).splitlines()
    numbered = "".join(f'<span id="{LINE}-{number}">{line}\n</span>' for number, line in enumerate(lines, 1))
    return f'<pre tabindex="0" class="code file"><code>{numbered}</code></pre>\n'

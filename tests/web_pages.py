"""Pages as programs for websites build them, with what of each is its text and what is not.

Every organisation, person and event on them is invented.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from itertools import count

from tests.website_server import paragraphs

__all__ = ["PAGES", "WebPage"]


@dataclass(frozen=True)
class WebPage:
    """A page, and sentences that its text ought to hold and ought not to hold."""

    name: str
    html: str
    wanted: tuple[str, ...]
    unwanted: tuple[str, ...] = ()


_NUMBERS = count(1)
MENU = ("Home", "Who we are", "Programmes", "Get help", "Give")
FOOT = "Registered charity 00000 0000 in a valley that is on no map."
COOKIES = (
    "We and our partners place cookies on your device so that this website works and can be measured, and so that "
    "what you are shown elsewhere fits what you have looked at here.",
    "You can change your mind at any time by way of the small blue icon in the corner of each page.",
)
SIGN_UP = "Sign up for the monthly letter and hear first about walks, suppers and sales of jam."
REPLY = "Thank you so much for this, my cousin went through the same thing on the other side of the lake."
TEASERS = (
    "Bake sale by the old mill breaks last year's record again",
    "Council hears about short leases above the shops",
    "Night line gets a second telephone and a third volunteer",
)


def _text(count: int = 4) -> tuple[str, ...]:
    return paragraphs(50, f"web page {next(_NUMBERS)}", count)


def _p(texts: tuple[str, ...]) -> str:
    return "".join(f"<p>{escape(text)}</p>" for text in texts)


def _links(names: tuple[str, ...]) -> str:
    return "".join(
        f'<li><a href="/{number}">{escape(name)}</a></li>' for number, name in enumerate(names)
    )


NAV = f"<nav><ul>{_links(MENU)}</ul></nav>"
DIV_NAV = f'<div class="hdr"><ul>{_links(MENU)}</ul></div>'
FOOTER = f"<footer><p>{FOOT}</p><ul>{_links(('Terms', 'Privacy', 'Site map'))}</ul></footer>"


def _page(body: str, *, head: str = "", attributes: str = "") -> str:
    return (
        f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>Valley</title>{head}</head>"
        f"<body{attributes}>{body}</body></html>"
    )


def _several_articles() -> WebPage:
    texts = [_text(3) for _ in range(5)]
    articles = "".join(f"<article><h2>Programme</h2>{_p(text)}</article>" for text in texts)
    return WebPage(
        "five articles",
        _page(f"{NAV}<main>{articles}</main>{FOOTER}"),
        tuple(text for group in texts for text in group),
        (FOOT, "Who we are"),
    )


def _wordpress() -> WebPage:
    texts = [_text(3) for _ in range(3)]
    groups = "".join(
        f'<div class="wp-block-group"><h2 class="wp-block-heading">Part</h2>'
        f'<div class="wp-block-columns"><div class="wp-block-column">{_p(text)}</div></div></div>'
        for text in texts
    )
    body = (
        f'<header class="wp-block-template-part">{NAV}</header><main class="wp-block-group">'
        f'<div class="entry-content wp-block-post-content">{groups}</div></main>'
        f'<div class="comments-area" id="comments"><ol class="comment-list"><li class="comment"><p>{REPLY}</p></li></ol>'
        '<div id="respond"><form><label>Your name</label><input name="n"><textarea></textarea></form></div></div>'
        f"{FOOTER}"
    )
    return WebPage("blocks of WordPress", _page(body), sum(texts, ()), (REPLY, FOOT, "Your name"))


def _elementor() -> WebPage:
    texts = [_text(2) for _ in range(4)]
    sections = "".join(
        '<section class="elementor-section elementor-top-section"><div class="elementor-container">'
        '<div class="elementor-column"><div class="elementor-widget-wrap"><div class="elementor-element '
        f'elementor-widget elementor-widget-text-editor"><div class="elementor-widget-container">{_p(text)}'
        "</div></div></div></div></div></section>"
        for text in texts
    )
    return WebPage(
        "Elementor",
        _page(f'{DIV_NAV}<div class="elementor elementor-9">{sections}</div>{FOOTER}'),
        sum(texts, ()),
        (FOOT,),
    )


def _squarespace() -> WebPage:
    texts = [_text(2) for _ in range(3)]
    rows = "".join(
        f'<section class="page-section"><div class="sqs-layout"><div class="sqs-block html-block sqs-block-html">'
        f'<div class="sqs-block-content"><div class="sqs-html-content">{_p(text)}</div></div></div></div></section>'
        for text in texts
    )
    banner = f'<div class="sqs-cookie-banner-v2"><p>{COOKIES[0]}</p><button>Accept</button><button>Decline</button></div>'
    return WebPage(
        "Squarespace",
        _page(
            f'<header id="header" class="header">{NAV}</header><main id="page">{rows}</main>{FOOTER}{banner}'
        ),
        sum(texts, ()),
        (COOKIES[0], FOOT),
    )


def _wix() -> WebPage:
    texts = [_text(2) for _ in range(3)]
    rows = "".join(
        f'<div id="comp-x{n}" class="wixui-rich-text" data-testid="richTextElement">'
        + "".join(f'<p class="font_8"><span>{escape(text)}</span></p>' for text in group)
        + "</div>"
        for n, group in enumerate(texts)
    )
    banner = f'<div data-hook="consent-banner-root" role="region"><div>{COOKIES[0]}</div><button>Accept All</button></div>'
    return WebPage(
        "Wix",
        _page(
            f'<div id="SITE_CONTAINER">{DIV_NAV}<div id="PAGES_CONTAINER">{rows}</div></div>{banner}'
        ),
        sum(texts, ()),
        (COOKIES[0],),
    )


def _drupal() -> WebPage:
    texts = _text(5)
    body = (
        f'<div class="layout-container">{DIV_NAV}<main role="main"><div class="layout-content"><div class="region '
        f'region-content"><article class="node node--type-page"><div class="node__content"><div class="field '
        f'field--name-body">{_p(texts)}</div></div></article></div></div>'
        f'<aside class="layout-sidebar-second" role="complementary"><h2>Newsletter</h2><p>{SIGN_UP}</p></aside></main>'
        f'</div><div id="sliding-popup"><div class="eu-cookie-compliance-banner"><p>{COOKIES[0]}</p>'
        f"<button>OK, I agree</button></div></div>{FOOTER}"
    )
    return WebPage("Drupal", _page(body), texts, (COOKIES[0], SIGN_UP, FOOT))


def _divs() -> WebPage:
    texts = _text(6)
    body = "".join(
        f'<div class="row"><div class="c{n}">{escape(t)}</div></div>' for n, t in enumerate(texts)
    )
    return WebPage(
        "divs alone", _page(f'{DIV_NAV}<div id="wrap">{body}</div>'), texts, ("Who we are",)
    )


def _breaks() -> WebPage:
    texts = _text(6)
    body = "<br><br>".join(escape(text) for text in texts)
    return WebPage(
        "lines broken twice", _page(f'<div id="x"><font face="Arial">{body}</font></div>'), texts
    )


def _layout_table() -> WebPage:
    texts = _text(5)
    body = (
        '<table width="760"><tr><td colspan="2"><img src="a.gif"></td></tr><tr><td bgcolor="#ddd">'
        + "".join(f'<a href="/{n}.html">{name}</a><br>' for n, name in enumerate(MENU))
        + "</td><td>"
        + "<br><br>".join(escape(text) for text in texts)
        + f"</td></tr><tr><td colspan=2>{FOOT}</td></tr></table>"
    )
    return WebPage("a table for layout", _page(body), texts, (" | ",))


def _data_table() -> WebPage:
    texts = _text(2)
    table = (
        "<table><caption>Nights by year</caption><tr><th>Year</th><th>Beds</th><th>Nights</th></tr>"
        "<tr><td>2031</td><td>11</td><td>3,402</td></tr><tr><td>2032</td><td>14</td><td>4,110</td></tr></table>"
    )
    wanted = (*texts, "Nights by year", "3,402", "4,110")
    return WebPage(
        "a table of figures", _page(f"<main>{_p(texts)}{table}</main>"), wanted, (" | ",)
    )


def _details() -> WebPage:
    texts = _text(6)
    folds = "".join(
        f"<details><summary>Question number {n}?</summary><p>{escape(t)}</p></details>"
        for n, t in enumerate(texts)
    )
    asked = tuple(f"Question number {n}?" for n in range(len(texts)))
    return WebPage(
        "details", _page(f"{NAV}<main><h1>Questions</h1>{folds}</main>"), (*texts, *asked)
    )


def _collapse() -> WebPage:
    texts = _text(5)
    folds = "".join(
        f'<div class="accordion-item"><h3 class="accordion-header"><button class="accordion-button collapsed" '
        f'aria-expanded="false" aria-controls="c{n}">Who pays for room {n}?</button></h3><div id="c{n}" '
        f'class="accordion-collapse collapse" style="display: none"><div class="accordion-body">{escape(t)}</div></div>'
        "</div>"
        for n, t in enumerate(texts)
    )
    asked = tuple(f"Who pays for room {n}?" for n in range(len(texts)))
    return WebPage(
        "an accordion", _page(f'{DIV_NAV}<div class="accordion">{folds}</div>'), (*texts, *asked)
    )


def _controlled() -> WebPage:
    texts = _text(4)
    folds = "".join(
        f'<p><a href="#" data-target="#more{n}" aria-controls="more{n}">More about this {n}</a></p>'
        f'<div id="more{n}" hidden><p>{escape(t)}</p></div>'
        for n, t in enumerate(texts)
    )
    return WebPage("what a link unfolds", _page(f"<main><p>{texts[0]}</p>{folds}</main>"), texts)


def _tabs() -> WebPage:
    texts = [_text(2) for _ in range(4)]
    panes = "".join(
        f'<div role="tabpanel" aria-labelledby="t{n}" {"" if not n else "hidden"}>{_p(text)}</div>'
        for n, text in enumerate(texts)
    )
    names = "".join(f'<button role="tab" id="t{n}">Town {n}</button>' for n in range(4))
    return WebPage(
        "tabs", _page(f'{NAV}<main><div role="tablist">{names}</div>{panes}</main>'), sum(texts, ())
    )


def _panes() -> WebPage:
    texts = [_text(3) for _ in range(3)]
    panes = "".join(
        f'<div class="tab-pane fade{" active" if not n else ""}" {"style=display:none" if n else ""}>{_p(text)}</div>'
        for n, text in enumerate(texts)
    )
    return WebPage(
        "panes", _page(f'{DIV_NAV}<div class="tab-content">{panes}</div>'), sum(texts, ())
    )


def _hidden() -> WebPage:
    texts = _text(4)
    body = (
        f'<ul class="screen-reader-text">{_links(("Skip to the text", "Skip to the menu"))}</ul>'
        "<template><p>A card that a script fills in for each of the events of the month.</p></template>"
        f'<main>{_p(texts)}</main><div hidden id="err">Please fill in every field that has a star.</div>'
        '<script type="text/template"><p>Another card that a script fills in.</p></script>'
    )
    unwanted = ("A card that a script", "Another card", "has a star", "Skip to the text")
    return WebPage("templates and skips", _page(body), texts, unwanted)


def _with_notice(
    name: str, notice: str, texts: tuple[str, ...] = (), *, before: bool = True
) -> WebPage:
    texts = texts or _text(3)
    main = f"<main><h1>News</h1>{_p(texts)}</main>"
    body = f"{NAV}{notice}{main}" if before else f"{NAV}{main}{notice}"
    return WebPage(name, _page(body), texts, COOKIES)


def _notices() -> list[WebPage]:
    said = _p(COOKIES)
    short = ("The shelter has eleven beds.",)
    return [
        _with_notice(
            "a notice longer than the text",
            f'<div class="cookie-banner"><h2>Cookies</h2>{said}</div>',
            short,
        ),
        _with_notice(
            "OneTrust",
            f'<div id="onetrust-consent-sdk"><div id="onetrust-banner-sdk" role="dialog">{said}'
            '<button id="onetrust-accept-btn-handler">Accept all</button></div></div>',
            before=False,
        ),
        _with_notice(
            "Cookiebot",
            f'<div id="CybotCookiebotDialog" role="dialog"><div id="CybotCookiebotDialogBody">{said}</div></div>',
        ),
        _with_notice(
            "Didomi",
            f'<div id="didomi-host"><div class="didomi-popup-container">{said}</div></div>',
        ),
        _with_notice(
            "Complianz",
            f'<div id="cmplz-cookiebanner-container"><div class="cmplz-cookiebanner">{said}</div></div>',
            before=False,
        ),
        _with_notice(
            "a dialog without a name",
            f'<div role="dialog" aria-modal="true" aria-label="Your choices">{said}<button>Reject</button></div>',
        ),
        _with_notice(
            "a bar that stays",
            f'<div class="x9" style="position: fixed; bottom: 0">{said}<a class="b" href="#">Got it</a></div>',
        ),
        _with_notice("a dialog element", f"<dialog open>{said}<button>Allow all</button></dialog>"),
        _with_notice(
            "a notice of the state",
            f'<div class="govuk-cookie-banner" data-nosnippet role="region" aria-label="Cookies">{said}</div>',
        ),
    ]


def _beside() -> WebPage:
    texts = _text(5)
    body = (
        f'{NAV}<div class="content-with-sidebar"><div class="content"><h1>Beds</h1>{_p(texts)}</div>'
        f'<div class="sidebar"><h3>Newsletter</h3><p>{SIGN_UP}</p><ul class="recent-posts">{_links(TEASERS)}</ul></div>'
        f'</div><div class="related-posts"><h3>Read on</h3><ul>{_links(TEASERS)}</ul></div>{FOOTER}'
    )
    return WebPage("a side bar", _page(body), texts, (SIGN_UP, *TEASERS, FOOT))


def _body_named() -> WebPage:
    texts = _text(5)
    body = f'<div class="page has-sidebar cookie-consent-shown"><div class="sidebar-right"><div>{_p(texts)}</div></div></div>'
    return WebPage(
        "names of the layout on the text",
        _page(body, attributes=' class="menu-open sidebar cookies"'),
        texts,
    )


def _form() -> WebPage:
    texts = _text(4)
    body = (
        f'<form id="aspnetForm" method="post">{DIV_NAV}<div id="content"><h1>Help</h1>{_p(texts)}<ul><li>Housing</li><li>Counsel</li></ul></div>'
        '<label>Search the site</label><input type="text"></form>'
    )
    return WebPage("a form around the page", _page(body), (*texts, "Housing", "Counsel"))


def _partners() -> WebPage:
    names = (
        "Saint Odile's House for Women",
        "Union of Hotel Workers, Local 00",
        "Legal Clinic of the Upper Valley",
        "Nurses for the Night Shift",
    )
    text = _text(1)
    body = f"{NAV}<main><h1>Partners</h1>{_p(text)}<ul>{_links(names)}</ul></main>{FOOTER}"
    return WebPage("partners as links", _page(body), (*text, *names), (FOOT,))


def _index() -> WebPage:
    texts = _text(4)
    items = "".join(
        f'<article class="post"><h2><a href="/{n}">{TEASERS[n % 3]} {n}</a></h2><p>{escape(t)}</p>'
        '<a href="#">Read more</a></article>'
        for n, t in enumerate(texts)
    )
    return WebPage(
        "a list of news", _page(f'{NAV}<div class="posts">{items}</div>{FOOTER}'), texts, (FOOT,)
    )


def _faq_list() -> WebPage:
    texts = _text(5)
    body = "".join(f"<dt>What of matter {n}?</dt><dd>{escape(t)}</dd>" for n, t in enumerate(texts))
    asked = tuple(f"What of matter {n}?" for n in range(5))
    return WebPage("a list of questions", _page(f"{DIV_NAV}<dl>{body}</dl>"), (*texts, *asked))


def _unclosed() -> WebPage:
    texts = _text(4)
    body = f"<nav><ul>{_links(MENU)}</ul><h1>Beds</h1><main>{_p(texts)}</main>"
    return WebPage("a menu that is not closed", _page(body), texts)


def _hero() -> WebPage:
    texts = _text(3)
    motto = "Nobody in this valley has to sleep in a car, and nobody has to say why."
    body = f"<header>{NAV}<h1>{motto}</h1></header><section>{_p(texts)}</section>"
    return WebPage("a head with a sentence", _page(body), (*texts, motto), ("Who we are",))


def _quotation() -> WebPage:
    texts = _text(3)
    quoted = "I came with a bag and a bird, and they made room for both of us."
    body = f"<main><article>{_p(texts)}<aside><blockquote>{quoted}</blockquote></aside></article></main>"
    return WebPage("a quotation set apart", _page(body), (*texts, quoted))


def _popup() -> WebPage:
    texts = _text(3)
    body = (
        f"<main>{_p(texts)}</main>"
        f'<div class="modal" style="display:none"><form><p>{SIGN_UP}</p><input type="email"></form></div>'
    )
    return WebPage("a window for subscribers", _page(body), texts, (SIGN_UP,))


def _short() -> WebPage:
    body = f"{NAV}<main><h1>Reach us</h1><p>Above the bakery.</p><p>Tuesdays from four.</p></main>{FOOTER}"
    return WebPage(
        "a short page", _page(body), ("Above the bakery.", "Tuesdays from four."), (FOOT,)
    )


PAGES = [
    _several_articles(),
    _wordpress(),
    _elementor(),
    _squarespace(),
    _wix(),
    _drupal(),
    _divs(),
    _breaks(),
    _layout_table(),
    _data_table(),
    _details(),
    _collapse(),
    _controlled(),
    _tabs(),
    _panes(),
    _hidden(),
    *_notices(),
    _beside(),
    _body_named(),
    _form(),
    _partners(),
    _index(),
    _faq_list(),
    _unclosed(),
    _hero(),
    _quotation(),
    _popup(),
    _short(),
]

"""What the attributes of HTML elements show: notices, menus, footers, hidden text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "CONSENT_BUTTON",
    "CONSENT_WORDS",
    "PRIVACY_WORDS",
    "controlled",
    "is_bold",
    "is_consent",
    "is_dialog",
    "is_hidden",
    "is_notice",
    "is_panel",
    "is_switch",
    "region_of",
    "tokens_of",
]

_LONGEST = 2_000
"""Characters of an attribute that are looked at."""

# Names that programs for consent give their boxes (OneTrust, Cookiebot, Usercentrics, Didomi, Quantcast,
# TrustArc, Complianz, CookieYes, Moove, iubenda, Klaro, tarteaucitron, Axeptio, Osano, Termly, Borlabs,
# Real Cookie Banner, Sourcepoint, Google Funding Choices, cookiefirst, Cookie Control, consentmanager,
# Cookie Information, Drupal, HubSpot, Shopify, Wix, Evidon, CookieHub, CookiePro), and what people call
# their own.
_VENDORS = re.compile(
    r"^(?:onetrust-|ot-sdk-|optanon|cybotcookiebot|cookiebot(?!$)|usercentrics|uc-(?:banner|overlay|center)|didomi"
    r"|qc-cmp|truste|trustarc|cmplz-|cky-|moove_?gdpr|cookie-law-info|cli-|iubenda-cs|klaro$|cookie-modal$"
    r"|tarteaucitron|axeptio|osano-cm|termly|borlabs-?cookie|rcb-|sp_message_container|fc-consent|cookiefirst"
    r"|ccc(?:$|-)|cmpbox|coioverlay|coi-(?:banner|consent)|eu-cookie|eucookie|sliding-popup$|hs-eu-cookie"
    r"|shopify-pc__|consent-banner|_?evidon|ch2-|cookiehub|cookiepro|cc-(?:window|banner|revoke|floating)"
    r"|cookieconsent|cookie-script|cookiescript|snigel-cmp|sd-cmp|ppms_cm|gdpr-cookie|wpcc|pea_cook|catapult-cookie"
    r"|cookiealert|cookiebar|cookienotice|cookiebanner|cookiepopup|cookiemessage|govuk-cookie-banner"
    r"|cookiehinweis|bandeau-cookies?|banner-cookies|aviso-cookies|lgcookies)"
)
_COOKIE_BOX = re.compile(
    r"(?:^|[-_])(?:cookies?|gdpr|rgpd|dsgvo|ccpa|consent|cmp)[-_]{0,2}(?:law[-_])?"
    r"(?:banner|bar|notice|consent|popup|pop-up|modal|overlay|message|alert|wall|dialog|prompt|hint|warning|layer"
    r"|disclaimer|notification|manager|toast|bubble|window|hinweis|bandeau|aviso|container|wrapper|wrap|box|panel"
    r"|drawer|root|card|dock|bottom|top|footer|header|info|ui)(?:$|[-_])"
    r"|(?:^|[-_])(?:banner|bar|notice|popup|modal|overlay|bandeau|aviso)[-_]{0,2}(?:cookies?|consent|gdpr|rgpd)(?:$|[-_])"
)
CONSENT_WORDS = re.compile(
    r"\bcookies?\b|\b(?:gdpr|rgpd|dsgvo)\b|\btracking technolog|\bt[ée]moins? de (?:connexion|navigation)\b"
    r"|\btraceurs?\b|\bgalletas\b",
    re.IGNORECASE,
)
"""Words of a notice that asks for consent; by themselves they are no evidence."""
PRIVACY_WORDS = re.compile(
    r"\bprivacy\b|\byour consent\b|\bpersonal data\b|\bvie priv[ée]e\b|\bdonn[ée]es personnelles\b"
    r"|\bvotre consentement\b|\bdatenschutz|\beinwilligung|\bprivacidad\b"
    r"|\bdatos personales\b|\bconsentimiento\b",
    re.IGNORECASE,
)
"""Words of a notice that is named as one."""
CONSENT_BUTTON = re.compile(
    r"^\W*(?:accept|agree|i agree|i accept|allow|reject|decline|deny|refuse|manage|customi[sz]e|got it"
    r"|ok|okay|yes|cookie|save|only necessary|only essential|necessary|essential|preferences|settings|close"
    r"|dismiss|continue|i understand|understood|consent|tout|tous|accepter|j.accepte|refuser|continuer"
    r"|personnaliser|param[ée]trer|g[ée]rer|d.accord|akzeptieren|alle|ablehnen|zustimmen|einstellungen|einverstanden"
    r"|verstanden|nur|aceptar|acepto|rechazar|configurar|entendido|permitir|de acuerdo)\b",
    re.IGNORECASE,
)

_NOTICE = re.compile(
    r"(?:^|[-_])(?:banner|notice|popup|pop-up|modal|overlay|dialog|notification|toast|snackbar|alert|bar|drawer"
    r"|prompt|lightbox|sticky|fixed)(?:$|[-_])|^(?:cookies?|gdpr|rgpd|dsgvo|consent)$"
)
_FIXED = re.compile(r"position\s{0,9}:\s{0,9}(?:fixed|sticky)", re.IGNORECASE)
_BOLD = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.IGNORECASE)
_NOT_SHOWN = re.compile(
    r"display\s{0,9}:\s{0,9}none|visibility\s{0,9}:\s{0,9}(?:hidden|collapse)", re.IGNORECASE
)
_HIDING = frozenset(["d-none", "is-hidden", "hidden", "hide", "display-none"])
_ON_LARGER = re.compile(
    r"^(?:sm|md|lg|xl|2xl):(?:block|flex|grid|inline|table|contents)|^d-(?:sm|md|lg|xl|xxl)-(?!none)"
)
_FOR_READERS_ALOUD = re.compile(
    r"^(?:sr-only|sr-only-focusable|visually-?hidden(?:-focusable)?|screen-?reader-?text|screen-?readers?(?:-only)?"
    r"|show-for-sr|a11y-hidden|element-invisible|skip-?(?:link|nav|to-content|to-main)s?|govuk-skip-link"
    r"|usa-skipnav|wb-inv|wb-sl|slick-cloned|swiper-slide-duplicate|u-hiddenvisually|hidden-visually|assistive-text)$"
)
_PANEL = re.compile(
    r"accordi|collaps|(?:^|[-_])(?:tabs?|pane|tab-?pane|tab-?panel|tabpane|panel|panels|toggle|faq|faqs|expand(?:ed|er|able)?"
    r"|reveal|spoiler|disclosure|answer|slide|slides|carousel|swiper|read-?more|more|more-?text|show-?more"
    r"|full-?text|read-?more-?content|flip|drawer-content)(?:$|[-_])"
)
_SWITCH = re.compile(
    r"accordi|collaps|(?:^|[-_])(?:tab|tabs|toggle|faq|disclosure|expander|question)(?:$|[-_])"
)

_BY_TAG = {
    "nav": "nav",
    "footer": "footer",
    "header": "header",
    "aside": "aside",
    "form": "form",
    "main": "main",
    "article": "article",
    "noscript": "noscript",
    "noframes": "noscript",
}
_BY_ROLE = {
    "navigation": "nav",
    "menu": "nav",
    "menubar": "nav",
    "search": "search",
    "contentinfo": "footer",
    "banner": "header",
    "complementary": "aside",
    "main": "main",
    "article": "article",
    "form": "form",
    "tooltip": "nav",
}
_NAMED = (
    (
        "nav",
        r"nav|navbar|navigation|navi|menu|menus|mainmenu|submenu|mega-?menu|topnav|subnav|sitenav|nav-?menu"
        r"|bread-?crumbs?|pagination|pager|page-?numbers|toolbar|language-?switcher|lang-?switcher|sitemap",
    ),
    (
        "comments",
        r"comments?|comment-?list|comments-?area|comment-?respond|comment-?form|disqus_thread|reply-?title"
        r"|fb-comments|commentlist|kommentare|commentaires",
    ),
    (
        "related",
        r"related|related-?(?:posts?|articles?|content|stories|links|news|items)|jp-relatedposts"
        r"|recommended-?(?:posts?|articles?|content|stories|reads?|reading)|you-?may-?also-?like|more-?(?:stories|news|articles|posts)|recent-?posts?|latest-?posts?"
        r"|latest-?news|popular-?posts?|most-?popular|most-?read|trending|read-?next|next-?posts?|post-?navigation"
        r"|yarpp|wp-block-latest-posts|outbrain|taboola|similar-?posts",
    ),
    (
        "share",
        r"share|sharing|share-?(?:buttons?|links?|bar|this|icons?)|social|socials|social-?(?:links?|media|icons?|share"
        r"|sharing|buttons?|nav|menu)|sharedaddy|addtoany|addthis|a2a_kit|follow-?us|post-?tags|tag-?cloud|tagcloud",
    ),
    (
        "newsletter",
        r"newsletter|newsletter-?(?:signup|form|box|widget|subscribe)|subscribe|subscription-?form|mc_embed_signup"
        r"|mailchimp|signup-?form|sign-?up-?form|email-?signup",
    ),
    (
        "ads",
        r"ads?|advert|adverts|advertisement|advertising|ad-?(?:banner|slot|container|wrapper|unit|box)|adsbygoogle"
        r"|sponsored|sponsored-?content|dfp|promoted|anzeige|werbung|publicite",
    ),
    ("search", r"search|search-?(?:form|box|bar|widget)|searchform|searchbox"),
    (
        "footer",
        r"footer|site-?footer|page-?footer|main-?footer|global-?footer|footer-?(?:area|wrap|wrapper|widgets?|content"
        r"|inner|container|bottom|top|main|nav|menu)|colophon|copyright|legal-?links|bottom-?bar",
    ),
    (
        "aside",
        r"sidebar|side-?bar|sidebars|sidebar-?(?:left|right|primary|secondary|widget|content|area|inner|1|2)"
        r"|(?:left|right|primary|secondary)-?sidebar|widget-?area|widgetarea|rail|right-?rail|left-?rail",
    ),
    (
        "header",
        r"site-?header|page-?top|masthead|top-?bar|topbar|branding|site-?branding|global-?header|main-?header",
    ),
)
_NAMES = [(region, re.compile(f"^(?:{names})$")) for region, names in _NAMED]


def tokens_of(attributes: Mapping[str, str]) -> list[str]:
    """Return the names of an element, of its id and classes, in lower case."""
    names = f"{attributes.get('id', '')[:_LONGEST]} {attributes.get('class', '')[:_LONGEST]}"
    return names.lower().split()


def is_consent(tag: str, names: list[str], attributes: Mapping[str, str]) -> int:
    """Return whether an element is named as a notice that asks for consent.

    Returns
    -------
    int
        2 if its name is one that a program for consent gives; 1 if it is named as people name theirs; 0
        otherwise.
    """
    if tag in {"html", "body", "main", "article"}:
        return 0
    if any(map(_VENDORS.match, names)) or ("cookie" in tag and "-" in tag):
        return 2
    if any(map(_COOKIE_BOX.search, names)):
        return 1
    label = attributes.get("aria-label", "")[:_LONGEST]
    hook = attributes.get("data-hook", "") or attributes.get("data-testid", "")
    named = bool(
        (is_dialog(tag, attributes) or attributes.get("role") in {"region", "banner"})
        and re.search(r"\bcookies?\b|\bconsent\b", label, re.IGNORECASE)
    )
    return int(named or bool(_COOKIE_BOX.search(hook[:_LONGEST].lower())))


def is_dialog(tag: str, attributes: Mapping[str, str]) -> bool:
    """Return whether an element is a window over the page."""
    role = attributes.get("role", "").lower()
    return tag == "dialog" or role in {"dialog", "alertdialog"} or "aria-modal" in attributes


def is_notice(tag: str, names: list[str], attributes: Mapping[str, str]) -> bool:
    """Return whether an element stands before or beside the page, as a dialog, a bar or a pop-up does."""
    return (
        is_dialog(tag, attributes)
        or bool(_FIXED.search(attributes.get("style", "")[:_LONGEST]))
        or "data-nosnippet" in attributes
        or any(_NOTICE.search(name) for name in names)
    )


def is_bold(attributes: Mapping[str, str]) -> bool:
    """Return whether an element's own style makes its words bold."""
    return _BOLD.search(attributes.get("style", "")[:_LONGEST]) is not None


def is_hidden(names: list[str], attributes: Mapping[str, str]) -> bool:
    """Return whether an element is not shown as the page opens."""
    if "hidden" in attributes or _NOT_SHOWN.search(attributes.get("style", "")[:_LONGEST]):
        return True
    # "hidden md:block": hidden on small screens alone.
    return not _HIDING.isdisjoint(names) and not any(map(_ON_LARGER.search, names))


def is_panel(names: list[str], attributes: Mapping[str, str]) -> bool:
    """Return whether an element is the pane of an accordion, of tabs, or of a text that unfolds."""
    role = attributes.get("role", "").lower()
    return (
        role == "tabpanel"
        or "aria-labelledby" in attributes
        or "aria-expanded" in attributes
        or attributes.get("hidden", "").lower() == "until-found"
        or any(_PANEL.search(name) for name in names)
    )


def is_switch(names: list[str], attributes: Mapping[str, str]) -> bool:
    """Return whether an element is what a reader clicks on to unfold a text: its words are a heading."""
    role = attributes.get("role", "").lower()
    return (
        role == "tab"
        or "aria-expanded" in attributes
        or "aria-controls" in attributes
        or attributes.get("data-toggle", "").lower() in {"collapse", "tab", "pill"}
        or attributes.get("data-bs-toggle", "").lower() in {"collapse", "tab", "pill"}
        or any(_SWITCH.search(name) for name in names)
    )


def controlled(tag: str, attributes: Mapping[str, str]) -> list[str]:
    """Return the ids of what an element shows and hides."""
    references = [attributes.get("aria-controls", "")]
    references += [
        attributes.get(name, "") for name in ("data-target", "data-bs-target", "data-tab")
    ]
    link = attributes.get("href", "")
    if tag == "a" and link.startswith("#"):
        references.append(link)
    return [name.lstrip("#.") for names in references for name in names[:_LONGEST].split()]


def region_of(tag: str, names: list[str], attributes: Mapping[str, str]) -> tuple[str, bool]:
    """Return which part of a page an element is.

    Returns
    -------
    region : str
        "nav", "footer", "header", "aside", "form", "search", "comments", "related", "share", "newsletter",
        "ads", "main", "article", "noscript", "aloud" (for screen readers alone); empty for none of them.
    by_name : bool
        Whether its names alone say so, which may be wrong.
    """
    if any(_FOR_READERS_ALOUD.match(name) for name in names):
        return "aloud", False
    role = _BY_ROLE.get(attributes.get("role", "").lower(), "")
    if role or tag in _BY_TAG:
        region = role or _BY_TAG[tag]
        if region in {"nav", "main", "article", "noscript", "footer"}:
            return region, False
    else:
        region = ""
    if tag in {"html", "body", "main"}:
        return "", False
    for named_region, pattern in _NAMES:
        if any(pattern.match(name) for name in names):
            return named_region, True
    return region, False

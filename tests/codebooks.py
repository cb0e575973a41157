"""Codebooks of any depth with texts in many scripts, for properties that must hold for all of them."""

from hypothesis import strategies as st

from fourp_nlp.codebook import Code, Codebook, Exclusion, Theme, free_id

LETTERS = "aB éÅß'\"“”:#-–&<>|{}[]*%@!?,\\1.=+\t\n\r\u0301\u200d👩‍👧🏽ﬁعربي漢字\u200fИж\xa0"

TEXTS = st.one_of(
    st.text(st.sampled_from(LETTERS), max_size=40),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=120),
    st.sampled_from(["yes", "null", "~", "1.0", "- a", "a: b", "# c", "''", "%x", "| x", "=1+1"]),
)
FILLED = TEXTS.filter(lambda text: bool(text.split()))
IDS = st.from_regex(r"[a-z0-9]{1,4}([_-][a-z0-9]{1,3}){0,2}", fullmatch=True)
COLORS = st.one_of(st.just(""), st.from_regex(r"#[0-9a-fA-F]{6}", fullmatch=True))


def _distinct(draw, name, taken):
    name = " ".join(name.split())
    first, number = name, 1
    while name.casefold() in taken:
        number += 1
        name = f"{first} {number}"
    taken.add(name.casefold())
    return name


@st.composite
def codebooks(draw, *, deep=True, ids=IDS, whole=True):
    """Draw a codebook of one level, or of themes whose codes stand below each other.

    Parameters
    ----------
    deep : bool
        Whether codes of a codebook of one level may have a parent too.
    ids : strategy
        Of ids.
    whole : bool
        Whether version, language, citation and the word for a code are drawn, which a tree of nodes has no place for.
    """
    taken, names, known = set(), set(), []

    def code(above, name=""):
        id_ = free_id(draw(ids), taken)
        taken.add(id_)
        exclusions = draw(
            st.lists(
                st.builds(
                    Exclusion,
                    when=FILLED,
                    use=st.one_of(st.none(), st.sampled_from(known)) if known else st.none(),
                ),
                max_size=2,
            )
        )
        known.append(id_)
        return Code(
            id=id_,
            name=_distinct(draw, name or draw(FILLED), names),
            parent=draw(st.sampled_from(["", *above])) if above else "",
            color=draw(COLORS),
            short_definition=draw(TEXTS),
            full_definition=draw(TEXTS),
            when_to_use=draw(TEXTS),
            when_not_to_use=exclusions,
            examples=draw(st.lists(FILLED, max_size=2)),
        )

    def codes(*, deep):
        made = []
        for _ in range(draw(st.integers(1, 4))):
            made.append(code([each.id for each in made] if deep else []))
        return made

    more = {"version": TEXTS, "language": TEXTS, "citation": TEXTS, "code_noun": FILLED}
    more = more if whole else {}
    facts = {name: draw(text) for name, text in more.items()}
    title = draw(TEXTS)
    if draw(st.booleans()):
        return Codebook(id=draw(ids), title=title, codes=codes(deep=deep), **facts)
    themes = []
    for _ in range(draw(st.integers(1, 3))):
        inner = codes(deep=True)
        own = inner[0]
        if draw(st.booleans()) and not any(each.parent == own.id for each in inner):
            # A theme that only holds the place of its first code.
            theme = free_id(f"{own.id}_theme", taken)
            taken.add(theme)
            themes.append(Theme(id=theme, name=own.name, codes=inner))
            continue
        theme = free_id(draw(ids), taken)
        taken.add(theme)
        themes.append(Theme(id=theme, name=draw(FILLED), definition=draw(TEXTS), codes=inner))
    return Codebook(id=draw(ids), title=title, themes=themes, **facts)

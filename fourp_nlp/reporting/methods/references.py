"""The literature that a methods text may cite: in a sentence, as a reference, and as BibTeX."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["REFERENCES", "Reference", "bibtex", "in_brackets", "in_order"]

Kind = Literal["article", "book", "incollection", "inproceedings", "misc"]


class Name(NamedTuple):
    """An author: family name, and initials of the given names."""

    family: str
    initials: str


@dataclass(frozen=True)
class Reference:
    """One work.

    Attributes
    ----------
    key : str
        By which it is cited.
    kind : str
        What BibTeX calls it.
    authors : tuple of Name
        Who wrote it, in order.
    year : int
        When it appeared.
    title : str
        Its title in sentence case; braces keep capitals where a style would lower them.
    within : str
        The journal, proceedings or book that it stands in; empty for a book.
    volume, number, pages, edition, publisher, doi, url : str
        As far as it has them; pages with a hyphen between them.
    """

    key: str
    kind: Kind
    authors: tuple[Name, ...]
    year: int
    title: str
    within: str = ""
    volume: str = ""
    number: str = ""
    pages: str = ""
    edition: str = ""
    publisher: str = ""
    doi: str = ""
    url: str = ""

    @property
    def by(self) -> str:
        """The authors as they stand in a sentence, such as "Feinstein & Cicchetti"."""
        names = [name.family for name in self.authors]
        return f"{names[0]} et al." if len(names) > 2 else " & ".join(names)

    @property
    def parts(self) -> list[tuple[str, bool]]:
        """The reference as pieces of text, each with whether it is set in italics."""
        title = self.title.replace("{", "").replace("}", "")
        edition = f" ({self.edition} ed.)" if self.edition else ""
        made: list[tuple[str, bool]] = [(f"{_listed(self.authors)} ({self.year}). ", False)]
        if not self.within:
            made += [(title, True), (f"{edition}.", False)]
        else:
            made.append((f"{title}. ", False))
            if self.kind in {"incollection", "inproceedings"}:
                made.append(("In ", False))
            made.append((self.within, True))
            made += self._place()
        if self.publisher:
            made.append((f" {self.publisher}.", False))
        address = f"https://doi.org/{self.doi}" if self.doi else self.url
        return [*made, (f" {address}", False)] if address else made

    def _place(self) -> list[tuple[str, bool]]:
        """Return volume, number and pages."""
        pages = self.pages.replace("-", "–")
        made: list[tuple[str, bool]] = []
        if self.volume:
            made += [(", ", False), (self.volume, True)]
        if self.number:
            made.append((f"({self.number})", False))
        if pages:
            made.append((f", {pages}" if self.volume else f" (pp. {pages})", False))
        return [*made, (".", False)]


def _listed(authors: tuple[Name, ...]) -> str:
    names = [f"{name.family}, {name.initials}" for name in authors]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])}, & {names[-1]}"


def _by(*names: str) -> tuple[Name, ...]:
    """Return authors from "Family, I. I."."""
    return tuple(Name(*name.split(", ", maxsplit=1)) for name in names)


REFERENCES = {
    work.key: work
    for work in (
        Reference(
            "angelopoulos2025",
            "article",
            _by("Angelopoulos, A. N.", "Bates, S.", "Candès, E. J.", "Jordan, M. I.", "Lei, L."),
            2025,
            "Learn then test: Calibrating predictive algorithms to achieve risk control",
            "The Annals of Applied Statistics",
            "19",
            "2",
            "1641-1662",
            doi="10.1214/24-AOAS1998",
        ),
        Reference(
            "artstein2008",
            "article",
            _by("Artstein, R.", "Poesio, M."),
            2008,
            "Inter-coder agreement for computational linguistics",
            "Computational Linguistics",
            "34",
            "4",
            "555-596",
            doi="10.1162/coli.07-034-R2",
        ),
        Reference(
            "brier1950",
            "article",
            _by("Brier, G. W."),
            1950,
            "Verification of forecasts expressed in terms of probability",
            "Monthly Weather Review",
            "78",
            "1",
            "1-3",
            doi="10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2",
        ),
        Reference(
            "chernozhukov2018",
            "article",
            _by(
                "Chernozhukov, V.",
                "Chetverikov, D.",
                "Demirer, M.",
                "Duflo, E.",
                "Hansen, C.",
                "Newey, W.",
                "Robins, J.",
            ),
            2018,
            "Double/debiased machine learning for treatment and structural parameters",
            "The Econometrics Journal",
            "21",
            "1",
            "C1-C68",
            doi="10.1111/ectj.12097",
        ),
        Reference(
            "cohen1960",
            "article",
            _by("Cohen, J."),
            1960,
            "A coefficient of agreement for nominal scales",
            "Educational and Psychological Measurement",
            "20",
            "1",
            "37-46",
            doi="10.1177/001316446002000104",
        ),
        Reference(
            "cox1958",
            "article",
            _by("Cox, D. R."),
            1958,
            "Two further applications of a model for binary regression",
            "Biometrika",
            "45",
            "3/4",
            "562-565",
            doi="10.1093/biomet/45.3-4.562",
        ),
        Reference(
            "decrouez2012",
            "article",
            _by("Decrouez, G.", "Robinson, A. P."),
            2012,
            "Confidence intervals for the weighted sum of two independent binomial proportions",
            "Australian & New Zealand Journal of Statistics",
            "54",
            "3",
            "281-299",
        ),
        Reference(
            "efron1993",
            "book",
            _by("Efron, B.", "Tibshirani, R. J."),
            1993,
            "An introduction to the bootstrap",
            publisher="Chapman & Hall",
        ),
        Reference(
            "egami2023",
            "misc",
            _by("Egami, N.", "Hinck, M.", "Stewart, B. M.", "Wei, H."),
            2023,
            "Using imperfect surrogates for downstream inference: Design-based supervised learning for "
            "social science applications of large language models",
            "arXiv",
            doi="10.48550/arXiv.2306.04746",
        ),
        Reference(
            "feinstein1990",
            "article",
            _by("Feinstein, A. R.", "Cicchetti, D. V."),
            1990,
            "High agreement but low kappa: {I}. The problems of two paradoxes",
            "Journal of Clinical Epidemiology",
            "43",
            "6",
            "543-549",
            doi="10.1016/0895-4356(90)90158-L",
        ),
        Reference(
            "cicchetti1990",
            "article",
            _by("Cicchetti, D. V.", "Feinstein, A. R."),
            1990,
            "High agreement but low kappa: {II}. Resolving the paradoxes",
            "Journal of Clinical Epidemiology",
            "43",
            "6",
            "551-558",
            doi="10.1016/0895-4356(90)90159-M",
        ),
        Reference(
            "agresti1998",
            "article",
            _by("Agresti, A.", "Coull, B. A."),
            1998,
            'Approximate is better than "exact" for interval estimation of binomial proportions',
            "The American Statistician",
            "52",
            "2",
            "119-126",
        ),
        Reference(
            "korn1998",
            "article",
            _by("Korn, E. L.", "Graubard, B. I."),
            1998,
            "Confidence intervals for proportions with small expected number of positive counts estimated "
            "from survey data",
            "Survey Methodology",
            "24",
            "2",
            "193-201",
        ),
        Reference(
            "field2007",
            "article",
            _by("Field, C. A.", "Welsh, A. H."),
            2007,
            "Bootstrapping clustered data",
            "Journal of the Royal Statistical Society: Series B",
            "69",
            "3",
            "369-390",
            doi="10.1111/j.1467-9868.2007.00593.x",
        ),
        Reference(
            "gwet2008",
            "article",
            _by("Gwet, K. L."),
            2008,
            "Computing inter-rater reliability and its variance in the presence of high agreement",
            "British Journal of Mathematical and Statistical Psychology",
            "61",
            "1",
            "29-48",
            doi="10.1348/000711006X126600",
        ),
        Reference(
            "hesterberg2015",
            "article",
            _by("Hesterberg, T. C."),
            2015,
            "What teachers should know about the bootstrap: Resampling in the undergraduate statistics "
            "curriculum",
            "The American Statistician",
            "69",
            "4",
            "371-386",
        ),
        Reference(
            "holt1979",
            "article",
            _by("Holt, D.", "Smith, T. M. F."),
            1979,
            "Post stratification",
            "Journal of the Royal Statistical Society. Series A",
            "142",
            "1",
            "33-46",
        ),
        Reference(
            "honnibal2020",
            "misc",
            _by("Honnibal, M.", "Montani, I.", "Van Landeghem, S.", "Boyd, A."),
            2020,
            "{spaCy}: Industrial-strength natural language processing in {Python}",
            publisher="Zenodo",
            doi="10.5281/zenodo.1212303",
        ),
        Reference(
            "krippendorff2004",
            "article",
            _by("Krippendorff, K."),
            2004,
            "Reliability in content analysis: Some common misconceptions and recommendations",
            "Human Communication Research",
            "30",
            "3",
            "411-433",
            doi="10.1111/j.1468-2958.2004.tb00738.x",
        ),
        Reference(
            "krippendorff2019",
            "book",
            _by("Krippendorff, K."),
            2019,
            "Content analysis: An introduction to its methodology",
            edition="4th",
            publisher="SAGE",
            doi="10.4135/9781071878781",
        ),
        Reference(
            "naeini2015",
            "inproceedings",
            _by("Naeini, M. P.", "Cooper, G. F.", "Hauskrecht, M."),
            2015,
            "Obtaining well calibrated probabilities using {Bayesian} binning",
            "Proceedings of the AAAI Conference on Artificial Intelligence",
            "29",
            pages="2901-2907",
            doi="10.1609/aaai.v29i1.9602",
        ),
        Reference(
            "passonneau2006",
            "inproceedings",
            _by("Passonneau, R."),
            2006,
            "Measuring agreement on set-valued items ({MASI}) for semantic and pragmatic annotation",
            "Proceedings of the Fifth International Conference on Language Resources and Evaluation",
            pages="831-836",
        ),
        Reference(
            "pedregosa2011",
            "article",
            _by(
                "Pedregosa, F.",
                "Varoquaux, G.",
                "Gramfort, A.",
                "Michel, V.",
                "Thirion, B.",
                "Grisel, O.",
                "Blondel, M.",
                "Prettenhofer, P.",
                "Weiss, R.",
                "Dubourg, V.",
                "Vanderplas, J.",
                "Passos, A.",
                "Cournapeau, D.",
                "Brucher, M.",
                "Perrot, M.",
                "Duchesnay, É.",
            ),
            2011,
            "Scikit-learn: Machine learning in {Python}",
            "Journal of Machine Learning Research",
            "12",
            "85",
            "2825-2830",
            url="https://jmlr.org/papers/v12/pedregosa11a.html",
        ),
        Reference(
            "platt1999",
            "incollection",
            _by("Platt, J. C."),
            1999,
            "Probabilistic outputs for support vector machines and comparisons to regularized likelihood "
            "methods",
            "Advances in large margin classifiers",
            pages="61-74",
            publisher="MIT Press",
        ),
        Reference(
            "reimers2019",
            "inproceedings",
            _by("Reimers, N.", "Gurevych, I."),
            2019,
            "Sentence-{BERT}: Sentence embeddings using {Siamese} {BERT}-networks",
            "Proceedings of the 2019 Conference on Empirical Methods in Natural Language Processing and "
            "the 9th International Joint Conference on Natural Language Processing",
            pages="3982-3992",
            doi="10.18653/v1/D19-1410",
        ),
        Reference(
            "sarndal1992",
            "book",
            _by("Särndal, C.-E.", "Swensson, B.", "Wretman, J."),
            1992,
            "Model assisted survey sampling",
            publisher="Springer",
        ),
        Reference(
            "scholkopf2002",
            "book",
            _by("Schölkopf, B.", "Smola, A. J."),
            2002,
            "Learning with kernels: Support vector machines, regularization, optimization, and beyond",
            publisher="MIT Press",
        ),
        Reference(
            "song2020",
            "inproceedings",
            _by("Song, K.", "Tan, X.", "Qin, T.", "Lu, J.", "Liu, T.-Y."),
            2020,
            "{MPNet}: Masked and permuted pre-training for language understanding",
            "Advances in Neural Information Processing Systems",
            "33",
            pages="16857-16867",
        ),
        Reference(
            "wang2020",
            "inproceedings",
            _by("Wang, W.", "Wei, F.", "Dong, L.", "Bao, H.", "Yang, N.", "Zhou, M."),
            2020,
            "{MiniLM}: Deep self-attention distillation for task-agnostic compression of pre-trained "
            "transformers",
            "Advances in Neural Information Processing Systems",
            "33",
            pages="5776-5788",
        ),
        Reference(
            "wilson1927",
            "article",
            _by("Wilson, E. B."),
            1927,
            "Probable inference, the law of succession, and statistical inference",
            "Journal of the American Statistical Association",
            "22",
            "158",
            "209-212",
        ),
    )
}
"""Every work that may be cited, by its key."""

# Old BibTeX sorts and shortens names by bytes, so that letters beyond ASCII are written as accents.
_ACCENTS = {"è": r"{\`e}", "É": r"{\'E}", "ä": r"{\"a}", "ö": r"{\"o}"}
_HYPHEN = re.compile(r"(?<=\w)-(?=\w)")


def in_brackets(keys: Iterable[str]) -> str:
    """Return works as they stand in the brackets of a sentence.

    Parameters
    ----------
    keys : iterable of str
        Keys of `REFERENCES`.

    Returns
    -------
    str
        Such as "Cohen, 1960; Krippendorff, 2004, 2019".

    Raises
    ------
    KeyError
        If there is no such work.
    """
    years: dict[str, list[str]] = {}
    for work in (REFERENCES[key] for key in keys):
        years.setdefault(work.by, []).append(str(work.year))
    return "; ".join(", ".join([by, *each]) for by, each in years.items())


def in_order(keys: Iterable[str]) -> list[Reference]:
    """Return works by their keys, each once, as a list of references is sorted.

    Parameters
    ----------
    keys : iterable of str
        Keys of `REFERENCES`.

    Returns
    -------
    list of Reference
        By author and year.

    Raises
    ------
    KeyError
        If there is no such work.
    """
    works = [REFERENCES[key] for key in dict.fromkeys(keys)]
    return sorted(works, key=lambda work: ([name.family for name in work.authors], work.year))


def bibtex(keys: Iterable[str]) -> str:
    """Return works as a BibTeX file.

    Parameters
    ----------
    keys : iterable of str
        Keys of `REFERENCES`.

    Returns
    -------
    str
        One entry a work, by author and year, in plain ASCII; empty without keys.
    """
    return "\n".join(_entry(work) for work in in_order(keys))


def _entry(work: Reference) -> str:
    within = {"article": "journal"}.get(work.kind, "booktitle")
    edition = {"4th": "Fourth"}.get(work.edition, work.edition)
    fields = {
        "author": " and ".join(f"{name.family}, {name.initials}" for name in work.authors),
        "title": work.title,
        within: work.within,
        "year": str(work.year),
        "volume": work.volume,
        "number": work.number,
        "pages": _HYPHEN.sub("--", work.pages),
        "edition": edition,
        "publisher": work.publisher,
    }
    lines = [f"  {name} = {{{_plain(value)}}}," for name, value in fields.items() if value]
    # What stands in an address is read as it is.
    lines += [
        f"  {name} = {{{value}}},"
        for name, value in (("doi", work.doi), ("url", work.url))
        if value
    ]
    return f"@{work.kind}{{{work.key},\n" + "\n".join(lines) + "\n}\n"


def _plain(text: str) -> str:
    for letter, accent in _ACCENTS.items():
        text = text.replace(letter, accent)
    return text.replace("&", r"\&")

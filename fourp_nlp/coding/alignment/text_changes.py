"""Finding where passages of a text stand in a later version of it, and whether that is certain."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from difflib import SequenceMatcher
from typing import NamedTuple

from fourp_nlp.coding.alignment.small_edits import is_small_edit, is_word, similar_words
from fourp_nlp.coding.alignment.unchanged_text import matching_pieces, text_pieces

__all__ = ["Placement", "TextChange"]

# Scripts that put no spaces between words: each character is a token of its own.
_TOKEN = re.compile(
    r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]"
    r"|(?:(?![\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff])\w)+"
    r"(?:['’](?:(?![\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff])\w)+)*"
    r"|[^\w\s]"
)
_SENTENCE_END = frozenset(".!?…。！？")
_SHINGLES = (12, 6, 3, 1)
_COMPARED = 250_000  # pairs of tokens up to which a stretch is compared token by token
_SURE = 4  # words that tell a passage from any other
_SAME_SHARE = 0.6  # of the words of a passage, from which on it is the same passage
_LONG = 20  # words from which on a passage stays itself after any change of few words
_FEW = 0.1  # of the words of a long passage
_AT_ONCE = 3  # words of one change in a long passage
_LARGEST = 3.0  # times the length of a passage: no longer one is proposed for it
_SLIDES = 200


class Placement(NamedTuple):
    """Where a passage stands in the later text.

    Attributes
    ----------
    start, end : int
        The place, or what is proposed where it is uncertain; -1 where nothing can be proposed.
    certain : bool
        Whether it is surely the same passage.
    """

    start: int
    end: int
    certain: bool


_NOWHERE = Placement(-1, -1, certain=False)


class _Edit(NamedTuple):
    """Tokens i1 to i2 of the old text that became tokens j1 to j2 of the new one."""

    i1: int
    i2: int
    j1: int
    j2: int
    small: bool


class TextChange:
    """Two versions of a text, aligned word by word.

    Unchanged sentences are matched first, then unchanged words between them from long stretches down to
    short ones, then words with a typo.

    Parameters
    ----------
    old, new : str
        The two versions.
    """

    def __init__(self, old: str, new: str) -> None:
        self.old, self.new = old, new
        self._a, self._b = _Tokens(old), _Tokens(new)
        self._to = [-1] * len(self._a.words)
        self._align()
        self._is_soft = [False] * len(self._a.words)
        self._edits = self._find_edits()
        self._runs = self._find_runs()
        self._run_starts = [run[0] for run in self._runs]
        self._edit_starts = [edit.i1 for edit in self._edits]
        self._edit_ends = [edit.i2 for edit in self._edits]
        self._sure: dict[tuple[int, int], bool] = {}

    def place(self, start: int, end: int) -> Placement:
        """Return where a passage of the old text stands in the new one.

        Parameters
        ----------
        start, end : int
            The passage, in code points of the old text.

        Returns
        -------
        Placement
            Certain if all of its words are unchanged and it is told from other passages by them or by what
            stands around it; or if it was changed by small edits alone, between words that are unchanged.
        """
        quote = self.old[start:end]
        if not quote.strip():
            return _NOWHERE
        first, last = self._a.inside(start, end)
        unique = self._unique_place(quote, start, end)
        if unique is not None and self._n_words(first, last + 1) >= _SURE:
            return Placement(*unique, certain=True)
        left, right = self._left(first, start), self._right(last, end)
        if left is None or right is None or left > right or not self._is_the_same(first, last):
            return self._proposal(first, last, unique)
        now = (left, right)
        if not (self._is_told_apart(first, last, now) and self._is_in_context(first, last, now)):
            return self._proposal(first, last, unique)
        begin = self._b.starts[left] - (self._a.starts[first] - start)
        stop = self._b.ends[right] + (end - self._a.ends[last])
        if 0 <= begin < stop <= len(self.new) and self.new[begin:stop] == quote:
            return Placement(begin, stop, certain=True)
        # White space at the ends of a passage that changed is not kept; a cut inside a word is.
        begin = self._b.starts[left] + max(0, start - self._a.starts[first])
        stop = self._b.ends[right] - max(0, self._a.ends[last] - end)
        return Placement(begin, stop, certain=True) if begin < stop else _NOWHERE

    # How the two are aligned.

    def _align(self) -> None:
        a, b = self._a, self._b
        before, now = text_pieces(self.old), text_pieces(self.new)
        place = matching_pieces(before.hashes, now).tolist()
        pairs = [(at, number) for number, at in enumerate(place) if at >= 0]
        runs: list[list[tuple[int, int]]] = []
        for pair in pairs:
            if runs and (runs[-1][-1][0] + 1, runs[-1][-1][1] + 1) == pair:
                runs[-1].append(pair)
            else:
                runs.append([pair])
        for run in runs:
            (i1, j1), (i2, j2) = run[0], run[-1]
            first = bisect_left(a.starts, int(before.start[i1]))
            stop = bisect_left(a.starts, int(before.end[i2]))
            to = bisect_left(b.starts, int(now.start[j1]))
            stop_to = bisect_left(b.starts, int(now.end[j2]))
            # A short sentence alone may be another one of the same words.
            if (
                self._n_words(first, stop) >= 2 * _SURE
                and a.words[first:stop] == b.words[to:stop_to]
            ):
                for at in range(stop - first):
                    self._to[first + at] = to + at
        for i1, i2, j1, j2 in list(self._gaps()):
            self._match(i1, i2, j1, j2, 0)
        self._slide_all()

    def _gaps(self) -> list[tuple[int, int, int, int]]:
        """Return the stretches between matched tokens: of the old text, and of the new one."""
        gaps = []
        before, before_to = -1, -1
        matched = [(at, to) for at, to in enumerate(self._to) if to >= 0]
        for at, to in [*matched, (len(self._a.words), len(self._b.words))]:
            if at > before + 1 or to > before_to + 1:
                gaps.append((before + 1, at, before_to + 1, to))
            before, before_to = at, to
        return gaps

    def _match(self, i1: int, i2: int, j1: int, j2: int, level: int) -> None:
        """Match equal tokens of two stretches."""
        old, new = self._a.words, self._b.words
        while i1 < i2 and j1 < j2 and old[i1] == new[j1]:
            self._to[i1] = j1
            i1, j1 = i1 + 1, j1 + 1
        while i1 < i2 and j1 < j2 and old[i2 - 1] == new[j2 - 1]:
            i2, j2 = i2 - 1, j2 - 1
            self._to[i2] = j2
        if i1 == i2 or j1 == j2:
            return
        if level == len(_SHINGLES):
            if (i2 - i1) * (j2 - j1) <= _COMPARED:
                matcher = SequenceMatcher(None, old[i1:i2], new[j1:j2], autojunk=False)
                for at, to, size in matcher.get_matching_blocks():
                    for k in range(size):
                        self._to[i1 + at + k] = j1 + to + k
            return
        size = _SHINGLES[level]
        at, to = i1, j1
        for anchor, anchor_to in _anchors(old, new, (i1, i2, j1, j2), size):
            if anchor < at or anchor_to < to:
                continue  # it overlaps the one before
            self._match(at, anchor, to, anchor_to, level + 1)
            for k in range(size):
                self._to[anchor + k] = anchor_to + k
            at, to = anchor + size, anchor_to + size
            while at < i2 and to < j2 and old[at] == new[to]:
                self._to[at] = to
                at, to = at + 1, to + 1
        self._match(at, i2, to, j2, level + 1)

    def _slide_all(self) -> None:
        """Move insertions and deletions to the ends of sentences, where they can stand there as well."""
        for i1, i2, j1, j2 in self._gaps():
            if i1 == i2:
                self._slide(i1, j1, j2, inserted=True)
            elif j1 == j2:
                self._slide(j1, i1, i2, inserted=False)

    def _slide(self, fixed: int, first: int, stop: int, *, inserted: bool) -> None:
        longer = self._b if inserted else self._a
        length = stop - first
        best, best_score = first, longer.is_beginning(first)
        # To the left alone: unchanged words before a change are matched first.
        for by in range(1, min(_SLIDES, first, fixed) + 1):
            at = first - by
            if longer.words[at] != longer.words[at + length]:
                break
            if (self._to[fixed - by] != at) if inserted else (self._to[at] != fixed - by):
                break
            score = longer.is_beginning(at)
            if score > best_score:
                best, best_score = at, score
        for at in range(first - 1, best - 1, -1):
            by = first - at
            if inserted:
                self._to[fixed - by] = at + length
            else:
                self._to[at + length], self._to[at] = self._to[at], -1

    def _find_edits(self) -> list[_Edit]:
        """Return what changed, after words that only have another spelling are matched, too."""
        old, new = self._a.words, self._b.words
        for gap in self._gaps():
            self._match_spellings(*gap)
        names = self._a.names()
        return [
            _Edit(
                *gap,
                is_small_edit(
                    old[gap[0] : gap[1]],
                    new[gap[2] : gap[3]],
                    (
                        old[gap[0] - 1] if gap[0] else "",
                        old[gap[1]] if gap[1] < len(old) else "",
                    ),
                    names,
                ),
            )
            for gap in self._gaps()
        ]

    def _match_spellings(self, i1: int, i2: int, j1: int, j2: int) -> None:
        """Match words at both ends of a stretch that only have another spelling."""
        old, new = self._a.words, self._b.words
        while i1 < i2 and j1 < j2 and similar_words(old[i1], new[j1]):
            self._to[i1], self._is_soft[i1] = j1, True
            i1, j1 = i1 + 1, j1 + 1
        while i1 < i2 and j1 < j2 and similar_words(old[i2 - 1], new[j2 - 1]):
            i2, j2 = i2 - 1, j2 - 1
            self._to[i2], self._is_soft[i2] = j2, True

    def _find_runs(self) -> list[tuple[int, int]]:
        """Return the longest stretches of equal tokens: first and last of the old text."""
        runs: list[tuple[int, int]] = []
        for at, to in enumerate(self._to):
            if to < 0 or self._is_soft[at]:
                continue
            if runs and runs[-1][1] == at - 1 and self._to[at - 1] == to - 1:
                runs[-1] = (runs[-1][0], at)
            else:
                runs.append((at, at))
        return runs

    # Where one passage is.

    def _unique_place(self, quote: str, start: int, end: int) -> tuple[int, int] | None:
        """Return the one place of a passage that occurs once in both texts, as whole words."""
        if self.old.count(quote) != 1 or (at := self.new.find(quote)) < 0:
            return None
        if self.new.find(quote, at + 1) >= 0:
            return None
        stop = at + len(quote)
        whole = not self._a.cuts(start) and not self._a.cuts(end)
        if whole and (self._b.cuts(at) or self._b.cuts(stop)):
            return None
        return at, stop

    def _left(self, first: int, start: int) -> int | None:
        """Return the token of the new text with which a passage begins; None if it is uncertain."""
        inside = start > self._a.starts[first]
        if self._to[first] >= 0:
            return None if inside and self._is_soft[first] else self._to[first]
        edit = self._edit_at(first)
        if edit is None or edit.i1 != first or inside or not edit.small:
            return None
        return edit.j1

    def _right(self, last: int, end: int) -> int | None:
        """Return the token of the new text with which a passage ends; None if it is uncertain."""
        inside = end < self._a.ends[last]
        if self._to[last] >= 0:
            return None if inside and self._is_soft[last] else self._to[last]
        edit = self._edit_at(last)
        if edit is None or edit.i2 != last + 1 or inside or not edit.small:
            return None
        return edit.j2 - 1

    def _edit_at(self, token: int) -> _Edit | None:
        at = bisect_right(self._edit_starts, token) - 1
        if at >= 0 and self._edits[at].i1 <= token < self._edits[at].i2:
            return self._edits[at]
        return None

    def _edits_in(self, first: int, last: int) -> list[_Edit]:
        """Return the edits between two tokens; what was put in before or after them is not among them."""
        lower = bisect_left(self._edit_ends, first)
        edits = []
        for at in range(lower, len(self._edits)):
            edit = self._edits[at]
            if edit.i1 > last:
                break
            inserted = edit.i1 == edit.i2
            if (first < edit.i1 <= last) if inserted else (edit.i2 > first):
                edits.append(edit)
        return edits

    def _is_the_same(self, first: int, last: int) -> bool:
        """Whether edits inside a passage are small, and most of its words are there."""
        n_words = self._n_words(first, last + 1)
        kept = sum(1 for at in range(first, last + 1) if self._to[at] >= 0 and self._a.is_word[at])
        changed, most = 0, max(n_words - kept, 0)
        for edit in self._edits_in(first, last):
            size = max(self._n_words(edit.i1, edit.i2), sum(self._b.is_word[edit.j1 : edit.j2]))
            if edit.small:
                continue
            if size > _AT_ONCE or n_words < _LONG:
                return False
            changed += size
        if n_words == 0:
            return most == 0 and all(self._to[at] >= 0 for at in range(first, last + 1))
        return changed <= _FEW * n_words and kept >= _SAME_SHARE * n_words and kept > 0

    def _is_told_apart(self, first: int, last: int, now: tuple[int, int]) -> bool:
        """Whether unchanged words in or right beside a passage occur once in both texts."""
        begin = max(0, bisect_right(self._run_starts, first - 1) - 1)
        for at in range(begin, len(self._runs)):
            run = self._runs[at]
            if run[0] > last + 1:
                break
            if run[1] < first - 1:
                continue
            beside = (
                self._to[run[1]] == now[0] - 1
                if run[1] < first
                else run[0] <= last or self._to[run[0]] == now[1] + 1
            )
            if beside and self._is_sure(run):
                return True
        return False

    def _is_in_context(self, first: int, last: int, now: tuple[int, int]) -> bool:
        """Whether a passage of few words is in the same sentence as before."""
        if self._n_words(first, last + 1) >= _SURE:
            return True
        begins = self._a.is_beginning(first) > 0 and self._b.is_beginning(now[0]) > 0
        ends = self._a.is_end(last) and self._b.is_end(now[1])
        for at in range(bisect_left(self._edit_ends, first), len(self._edits)):
            edit = self._edits[at]
            if edit.i1 > last + 1:
                break
            before, after = edit.i2 <= first, edit.i1 > last
            if not edit.small and ((before and not begins) or (after and not ends)):
                return False
        return True

    def _is_sure(self, run: tuple[int, int]) -> bool:
        if run not in self._sure:
            first, last = run
            if last - first + 1 == len(self._a.words):
                self._sure[run] = True
            elif self._n_words(first, last + 1) < _SURE:
                self._sure[run] = False
            else:
                words = "\n".join(["", *self._a.words[first : last + 1], ""])
                self._sure[run] = self._a.has_once(words) and self._b.has_once(words)
        return self._sure[run]

    def _n_words(self, first: int, stop: int) -> int:
        return self._a.words_before[stop] - self._a.words_before[first]

    def _proposal(self, first: int, last: int, unique: tuple[int, int] | None) -> Placement:
        """Return what probably is the passage now."""
        if unique is not None:
            return Placement(*unique, certain=False)
        kept = [self._to[at] for at in range(first, last + 1) if self._to[at] >= 0]
        before = next((self._to[at] for at in range(first - 1, -1, -1) if self._to[at] >= 0), -1)
        after = next(
            (self._to[at] for at in range(last + 1, len(self._to)) if self._to[at] >= 0),
            len(self._b.words),
        )
        wide = (before + 1, after - 1)
        narrow = (min(kept), max(kept)) if kept else wide
        if self._to[first] >= 0:
            wide = (narrow[0], wide[1])
        if self._to[last] >= 0:
            wide = (wide[0], narrow[1])
        most = _LARGEST * (self._a.ends[last] - self._a.starts[first])
        for left, right in (wide, narrow):
            if left <= right and self._b.ends[right] - self._b.starts[left] <= most:
                return Placement(self._b.starts[left], self._b.ends[right], certain=False)
        return _NOWHERE


class _Tokens:
    """A text cut into words and punctuation."""

    def __init__(self, text: str) -> None:
        self.text = text
        spans = [match.span() for match in _TOKEN.finditer(text)]
        self.starts = [start for start, _ in spans]
        self.ends = [end for _, end in spans]
        self.words = [text[start:end] for start, end in spans]
        self.is_word = [is_word(word) for word in self.words]
        self.words_before = [0]
        for flag in self.is_word:
            self.words_before.append(self.words_before[-1] + flag)
        self._joined: str | None = None

    def inside(self, start: int, end: int) -> tuple[int, int]:
        """Return the first and last token that a span touches."""
        return bisect_right(self.ends, start), bisect_left(self.starts, end) - 1

    def cuts(self, at: int) -> bool:
        """Whether a place is inside a token."""
        token = bisect_right(self.starts, at) - 1
        return token >= 0 and self.starts[token] < at < self.ends[token]

    def is_beginning(self, token: int) -> int:
        """Return how much of a beginning a token is: 2 of a line, 1 of a sentence."""
        if token == 0:
            return 2
        if token >= len(self.words) or "\n" in self.text[self.ends[token - 1] : self.starts[token]]:
            return 2
        return int(self.words[token - 1] in _SENTENCE_END)

    def is_end(self, token: int) -> bool:
        """Return whether a sentence or a line ends with a token."""
        return self.words[token] in _SENTENCE_END or self.is_beginning(token + 1) > 1

    def names(self) -> set[str]:
        """Return the words that are written with a capital inside a sentence."""
        return {
            word
            for at, word in enumerate(self.words)
            if word[0].isupper() and not self.is_beginning(at) and len(word) > 1
        }

    def has_once(self, words: str) -> bool:
        """Whether tokens, a line each, stand here exactly once."""
        if self._joined is None:
            self._joined = "\n".join(["", *self.words, ""])
        at = self._joined.find(words)
        return at >= 0 and self._joined.find(words, at + 1) < 0


def _anchors(
    old: list[str], new: list[str], within: tuple[int, int, int, int], size: int
) -> list[tuple[int, int]]:
    """Return stretches of so many tokens that stand once in each of two texts, in the same order."""
    i1, i2, j1, j2 = within
    places = _once(old, i1, i2, size)
    places_now = _once(new, j1, j2, size)
    pairs = sorted((at, places_now[words]) for words, at in places.items() if words in places_now)
    # The longest sequence that rises in both.
    tails: list[int] = []
    tail_pairs: list[int] = []
    before: list[int] = []
    for number, (_, to) in enumerate(pairs):
        at = bisect_left(tails, to)
        before.append(tail_pairs[at - 1] if at else -1)
        if at == len(tails):
            tails.append(to)
            tail_pairs.append(number)
        else:
            tails[at], tail_pairs[at] = to, number
    chosen = []
    number = tail_pairs[-1] if tail_pairs else -1
    while number >= 0:
        chosen.append(pairs[number])
        number = before[number]
    return chosen[::-1]


def _once(words: list[str], first: int, stop: int, size: int) -> dict[tuple[str, ...], int]:
    """Return the stretches of so many tokens that occur once, with their places."""
    places: dict[tuple[str, ...], int] = {}
    for at in range(first, stop - size + 1):
        key = tuple(words[at : at + size])
        places[key] = -1 if key in places else at
    return {key: at for key, at in places.items() if at >= 0 and (size > 1 or is_word(key[0]))}

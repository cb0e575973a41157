"""Put small faults into the seams, one at a time, and count how many of them the tests catch.

    python scripts/mutate_seams.py --list                          # the seams and their tests
    python scripts/mutate_seams.py acceptance --sample 40 --seed 1
    python scripts/mutate_seams.py --sample 200 --most-seconds 30  # of all seams

A seam is a module that hands figures on: which table, which column, which order, which coder, which
text beside them. Its faults are seldom wrong arithmetic, so the faults put in here are: a comparison
turned, `and` for `or`, two arguments or two elements swapped, a constant changed, the branches of a choice
swapped, an order reversed, a statement dropped.

First the tests of the chosen seams run once, without a fault, and it is written down which test runs
which line. Then each fault is put into the function in memory, in a copy of this process (`fork`), and the
tests that run its line (or, if there are none, its function) run until one fails, the quickest first; with
--golden also the steps of the golden run. No file is changed. A fault is caught if a test fails or takes
too long. What no test catches is listed with its line, for a person to judge: a fault that changes nothing
that anybody could see (an equivalent one) belongs into `EQUIVALENT`, with a reason.

Why no library: mutmut and cosmic-ray start a process for each fault, and loading pandas, spaCy and torch
takes longer than the tests do.
"""

from __future__ import annotations

import argparse
import ast
import builtins
import contextlib
import copy
import importlib
import inspect
import io
import os
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
import types
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.golden_run import Snapshot

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests import golden_run

SEAMS = {
    "acceptance": (
        ["machine/acceptance.py", "study/machine/precision_guarantee.py"],
        ["test_accept", "test_seams", "test_golden_small"],
    ),
    "measuring": (
        ["study/measuring", "coding/reconciliation.py"],
        [
            "test_golden_small", "test_seams", "test_reconcile", "test_frequency", "test_together",
            "test_confusion", "test_agree_many_coders", "test_retest", "test_estimates", "test_card",
            "test_plan", "test_anchoring", "test_arms", "test_applies_to", "test_coded_in_part",
        ],
    ),
    "reporting": (
        ["reporting", "study/reporting"],
        [
            "test_golden_small", "test_seams", "test_report_page", "test_report_tables", "test_methods",
            "test_methods_agreement", "test_figures", "test_scored_report", "test_next", "test_disagreements",
            "test_assisted",
        ],
    ),
    "cli": (
        ["cli"],
        [
            "test_golden_small", "test_seams", "test_agree_command", "test_amount", "test_export_command",
            "test_score_command", "test_scored_sites", "test_printed", "test_options_named", "test_backups",
            "test_assisted", "test_shared_draws", "test_status", "test_read_whole", "test_reference_coder",
            "test_terminal_tables", "test_speakers", "test_cli", "test_code_changes", "test_code_split",
            "test_undo", "test_changed_texts", "test_codebook_formats", "test_codebook_tables",
        ],
    ),
}  # fmt: skip
"""Each seam's modules, and its tests: those that run in this process and take seconds."""

EQUIVALENT: dict[tuple[str, str, str], str] = {
    (
        "machine/acceptance.py",
        "accept",
        "1 → 2 in -1",
    ): "any negative number stands for no document",
    ("study/reporting/results.py", "_quotations", "True → False in drop=True"): (
        "contents of a report have the declared columns alone"
    ),
    (
        "reporting/charts/reliability.py",
        "_draw_histogram",
        "10 ** power <= most * 1.99 → 10 ** power < most * 1.99",
    ): "no whole number times 1.99 is a power of ten",
    (
        "study/measuring/_spans.py",
        "_code_by_code",
        "for (number, column) in enumerate(first) → "
        "for (number, column) in reversed(list(enumerate(first)))",
    ): "rows are sorted by code, and each code is in one table",
    (
        "cli/agreement/_alternative_annotator.py",
        "show_alt_test",
        "('wins', 'wins by document') → ('wins by document', 'wins')",
    ): "each column is written by itself",
    (
        "cli/agreement/_agreement_screen.py",
        "_pooled_table",
        "for place, each in enumerate(shown) → for place, each in reversed(list(enumerate(shown)))",
    ): "places are looked up by name",
    ("cli/frequencies/frequencies.py", "_by_of_scored", "'ScoredBy' → 'ScoredByx'"): (
        "a type, for the type checker alone"
    ),
    ("cli/agreement/codings.py", "codings_of", "most > 2 → most >= 2"): (
        "two coders have columns of their own, in the branch before"
    ),
    ("study/measuring/confusions.py", "confusions", "1 → 2 in :1"): (
        "two tables without rows are one without rows"
    ),
    ("study/reporting/methods.py", "_PACKAGES", "elements"): "versions are looked up by name",
    (
        "reporting/methods/references.py",
        "in_order",
        "for key in dict.fromkeys(keys) → for key in reversed(list(dict.fromkeys(keys)))",
    ): "works are sorted, and no two have the same authors and year",
    ("reporting/scored_page.py", "_places", "'estimates-' → 'estimates-x' in f'estimates-{at}'"): (
        "a key of a chart has only to be the only one on its page"
    ),
    (
        "reporting/scored_page.py",
        "_quoted",
        "for (key, of_code) in by_site[site].groupby('code', sort=False) → "
        "for (key, of_code) in reversed(list(by_site[site].groupby('code', sort=False)))",
    ): "codes are sorted, and anchors found by their code",
}
"""Faults that change nothing, and why: file, function, and the fault as it is listed (or also what it is in,
or only its kind)."""

_COMPARE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
}  # fmt: skip
CAUGHT, SURVIVED, UNTESTED = "caught", "survived", "no test runs it"
SAME, BROKEN = "equivalent", "not applicable"
TOO_LONG = "caught by time"


@dataclass(frozen=True)
class Fault:
    """One small fault.

    Attributes
    ----------
    file : str
        Path of the module from the package's folder.
    function : str
        Qualified name, or the name of a constant of the module.
    line : int
        Where.
    kind : str
        What was done.
    before, after : str
        The source before and after.
    around : str
        The source of what it hangs on.
    number : int
        Its place among the faults of the file.
    statement, place : tuple of int
        First and last line of its statement, and of its function.
    """

    file: str
    function: str
    line: int
    kind: str
    before: str
    after: str
    around: str
    number: int
    statement: tuple[int, int]
    place: tuple[int, int]

    def __str__(self) -> str:
        """Where, what, before and after."""
        before, after, around = (
            text if len(text) < 90 else text[:87] + "…"
            for text in (self.before, self.after, self.around)
        )
        inside = f"  in  {around}" if self.kind == "constant" else ""
        return f"{self.file}:{self.line} {self.function} [{self.kind}] {before}  →  {after}{inside}"

    @property
    def is_equivalent(self) -> bool:
        """Whether it changes nothing that anybody could see."""
        exchange = f"{self.before} → {self.after}"
        return any(
            (self.file, self.function) == (file, function)
            and change in {self.kind, exchange, f"{exchange} in {self.around}"}
            for file, function, change in EQUIVALENT
        )


# ---- putting faults in


def variants(node: ast.AST) -> list[tuple[str, ast.AST]]:
    """Return what one node could be by mistake: each kind of fault with the new node."""
    if isinstance(node, ast.Call):
        return _variants_of_call(node)
    if isinstance(node, ast.Constant):
        return [("constant", ast.Constant(value)) for value in _other_constant(node.value)]
    found: list[tuple[str, ast.AST]] = []
    if isinstance(node, ast.Compare) and type(node.ops[0]) in _COMPARE:
        turned = [_COMPARE[type(node.ops[0])](), *node.ops[1:]]
        found.append(("comparison", _other(node, ops=turned)))
    elif isinstance(node, ast.BoolOp):
        turned_to = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        found.append(("and/or", _other(node, op=turned_to)))
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        found.append(("not", node.operand))
    elif isinstance(node, ast.BinOp) and type(node.op) in _ARITHMETIC:
        found.append(("arithmetic", _other(node, op=_ARITHMETIC[type(node.op)]())))
    elif isinstance(node, ast.IfExp):
        found.append(("branches", _other(node, body=node.orelse, orelse=node.body)))
    elif isinstance(node, ast.Tuple | ast.List) and isinstance(node.ctx, ast.Load):
        if _are_different(node.elts):
            swapped = [node.elts[1], node.elts[0], *node.elts[2:]]
            found.append(("elements", _other(node, elts=swapped)))
    elif isinstance(node, ast.comprehension | ast.For):
        call = ast.Call(func=ast.Name("list", ast.Load()), args=[node.iter], keywords=[])
        backwards = ast.Call(func=ast.Name("reversed", ast.Load()), args=[call], keywords=[])
        found.append(("order", _other(node, iter=backwards)))
    elif isinstance(node, ast.AugAssign) or (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    ):
        found.append(("dropped", ast.Pass()))
    return found


def _variants_of_call(node: ast.Call) -> list[tuple[str, ast.AST]]:
    found: list[tuple[str, ast.AST]] = []
    is_extreme = ast.unparse(node.func) in {"max", "min"}  # of two numbers, in whatever order
    starred = any(isinstance(one, ast.Starred) for one in node.args)
    if not starred and not is_extreme and _are_different(node.args):
        swapped = [node.args[1], node.args[0], *node.args[2:]]
        found.append(("arguments", _other(node, args=swapped)))
    values = [one.value for one in node.keywords]
    if all(one.arg for one in node.keywords) and _are_different(values):
        one, two, *rest = node.keywords
        crossed = [ast.keyword(one.arg, two.value), ast.keyword(two.arg, one.value)]
        found.append(("keywords", _other(node, keywords=[*crossed, *rest])))
    if isinstance(node.func, ast.Name) and node.func.id == "sorted":
        others = [one for one in node.keywords if one.arg != "reverse"]
        if len(others) == len(node.keywords):
            backwards = ast.keyword("reverse", ast.Constant(value=True))
            found.append(("order", _other(node, keywords=[*others, backwards])))
    return found


def _are_different(nodes: Sequence[ast.AST]) -> bool:
    """Whether there are two or more, and the first two differ."""
    return len(nodes) >= 2 and ast.dump(nodes[0]) != ast.dump(nodes[1])


def _other(node: ast.AST, **fields: Any) -> ast.AST:
    """Return a copy of a node with other fields."""
    new = copy.copy(node)
    for name, value in fields.items():
        setattr(new, name, value)
    return new


def _other_constant(value: object) -> list[object]:
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int | float):
        return [value + 1]
    if isinstance(value, str) and value.strip():
        return [value + "x"]
    return []


def faults_of(path: Path) -> list[Fault]:
    """Return all faults that can be put into a module, in the order of its lines."""
    file = str(path.relative_to(ROOT / "fourp_nlp"))
    return [
        Fault(
            file,
            spot.name,
            spot.line,
            kind,
            _source(spot.node),
            _source(new),
            "" if hasattr(spot.parent, "body") else _source(spot.parent),
            number,
            *spot.spans,
        )
        for number, (spot, kind, new) in enumerate(_all_variants(_tree(path)))
    ]


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _all_variants(tree: ast.Module) -> Iterator[tuple[Spot, str, ast.AST]]:
    """Yield where a fault can be put in, its kind, and the new node."""
    for name, place in _places(tree):
        for spot in _spots(name, place):
            for kind, new in variants(spot.node):
                if spot.has_order or kind != "elements":
                    yield spot, kind, new


def tree_with(fault: Fault) -> ast.Module:
    """Return the whole module with a fault in it."""
    tree = _tree(ROOT / "fourp_nlp" / fault.file)
    spot, _, new = next(islice(_all_variants(tree), fault.number, None))
    spot.put(ast.copy_location(new, spot.node))
    return ast.fix_missing_locations(tree)


def _source(node: ast.AST) -> str:
    """Return the source of a node on one line; of a loop its heading."""
    if isinstance(node, ast.For):
        return f"for {_source(node.target)} in {_source(node.iter)}"
    return " ".join(ast.unparse(node).split())


def _places(tree: ast.Module) -> list[tuple[str, ast.AST]]:
    """Return the functions, methods and constants of a module."""
    found: list[tuple[str, ast.AST]] = []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            found.append((node.name, node))
        elif isinstance(node, ast.ClassDef):
            found += [
                (f"{node.name}.{one.name}", one)
                for one in node.body
                if isinstance(one, ast.FunctionDef)
            ]
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            # Options of commands are read when their module is loaded: a fault in them would change nothing.
            # Aliases of types are for the type checker, which does not run here.
            is_type = ast.unparse(node.value).startswith(("Annotated[", "Literal["))
            if isinstance(target, ast.Name) and target.id != "__all__" and not is_type:
                found.append((target.id, node))
    return found


@dataclass(frozen=True)
class Spot:
    """A node inside a function's body or a constant's value, and where it hangs.

    Attributes
    ----------
    name : str
        Qualified name of the function, or name of the constant.
    node, parent : ast.AST
        The node, and the one that it hangs on.
    field : str
        Of the parent.
    at : int or None
        The place, if the field is a list.
    spans : tuple of tuple of int
        First and last line of the statement, and of the function.
    has_order : bool
        Whether the order of what it holds can be seen.
    """

    name: str
    node: ast.AST
    parent: ast.AST
    field: str
    at: int | None
    spans: tuple[tuple[int, int], tuple[int, int]]
    has_order: bool

    @property
    def line(self) -> int:
        """Of the node."""
        return getattr(self.node, "lineno", getattr(self.parent, "lineno", 0))

    def put(self, node: ast.AST) -> None:
        """Put another node there."""
        if self.at is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.at] = node


_ORDERLESS = {"any", "all", "sum", "set", "frozenset", "max", "min", "math.fsum"}
"""What gives the same whatever the order of what it is handed."""
_CHOICES = {"startswith", "endswith", "isinstance", "isin"}
"""What asks whether any of some things fits: their order changes nothing."""


def _choices(node: ast.AST) -> Sequence[ast.AST]:
    """Return the lists and tuples of which a node asks only whether they hold something."""
    if isinstance(node, ast.Compare):
        return [
            list_
            for operator, list_ in zip(node.ops, node.comparators, strict=True)
            if isinstance(operator, ast.In | ast.NotIn)
        ]
    if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in _CHOICES:
        return node.args
    return [node.args[0]] if isinstance(node, ast.Call) and _is_set(node) else []


def _notes(node: ast.AST) -> list[ast.AST]:
    """Return the notes for readers of the code in a declaration: what a table or a column holds."""
    if not isinstance(node, ast.Call):
        return []
    if ast.unparse(node.func) == "ReportTable":
        return [*node.args[:1]]
    if ast.unparse(node.func) == "make_table":
        return [one.value.elts[1] for one in node.keywords if isinstance(one.value, ast.Tuple)]
    return []


def _is_set(node: ast.Call) -> bool:
    return ast.unparse(node.func) in {"set", "frozenset"} and len(node.args) == 1


def _spots(name: str, place: ast.AST) -> list[Spot]:
    """Return the nodes inside a function's body or a constant's value."""
    found: list[Spot] = []
    unordered: set[int] = set()
    notes: set[int] = set()
    whole = _span(place)

    def walk(parent: ast.AST, fields: tuple[str, ...], around: tuple[int, int] | None) -> None:
        for field in fields:
            value = getattr(parent, field, None)
            children = value if isinstance(value, list) else [value]
            for at, child in enumerate(children):
                if not isinstance(child, ast.AST) or isinstance(child, ast.Import | ast.ImportFrom):
                    continue
                if isinstance(child, ast.Raise | ast.Assert):
                    continue  # the words of an error are not a seam
                if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
                    continue  # a docstring
                notes.update(map(id, _notes(child)))
                if id(child) in notes:
                    continue
                if isinstance(child, ast.keyword) and child.arg == "strict":
                    continue  # of `zip`: a guard that changes nothing where lengths are equal
                if isinstance(child, ast.Call) and ast.unparse(child.func) in _ORDERLESS:
                    unordered.update(map(id, child.args))
                unordered.update(map(id, _choices(child)))
                holds = hasattr(child, "body") and not isinstance(child, ast.Lambda | ast.IfExp)
                span = around
                if isinstance(child, ast.stmt):
                    span = _span(child)
                elif around is None and hasattr(
                    child, "lineno"
                ):  # in the heading of a loop or a choice
                    span = (
                        min(getattr(parent, "lineno", child.lineno), child.lineno),
                        _span(child)[1],
                    )
                place_in_list = at if isinstance(value, list) else None
                has_order = not (isinstance(parent, ast.SetComp) or id(parent) in unordered)
                if has_order or not isinstance(child, ast.comprehension):
                    spans = (span or whole, whole)
                    ordered = id(child) not in unordered
                    found.append(Spot(name, child, parent, field, place_in_list, spans, ordered))
                walk(child, _fields(child), None if holds else span)

    if isinstance(place, ast.FunctionDef):
        walk(place, ("body",), None)
    else:
        walk(place, ("value",), whole)
    return found


def _span(node: ast.AST) -> tuple[int, int]:
    """Return the first and the last line of a node; of a loop those of its heading."""
    first = getattr(node, "lineno", 0)
    last = node.iter if isinstance(node, ast.For) else node
    return first, getattr(last, "end_lineno", None) or first


def _fields(node: ast.AST) -> tuple[str, ...]:
    left_out = {
        "annotation",
        "returns",
        "decorator_list",
        "args" if isinstance(node, ast.FunctionDef) else "",
    }
    if isinstance(node, ast.FormattedValue):
        left_out |= {"format_spec"}
    return tuple(field for field in node._fields if field not in left_out)


def _module(file: str) -> types.ModuleType:
    name = "fourp_nlp." + file.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
    return importlib.import_module(name)


def apply(fault: Fault) -> bool:
    """Put a fault into the running program; return whether that was possible."""
    module = _module(fault.file)
    tree = tree_with(fault)
    code = compile(tree, str(ROOT / "fourp_nlp" / fault.file), "exec", dont_inherit=True)
    if "." in fault.function or inspect.isroutine(_plain(getattr(module, fault.function, None))):
        is_applied = _exchange(module, fault.function, code)
    else:
        is_applied = _apply_constant(fault, module, tree)
    for held in list(vars(module).values()):
        if hasattr(held, "cache_clear"):
            held.cache_clear()  # it may hold what was right
    return is_applied


def _exchange(module: types.ModuleType, name: str, code: types.CodeType) -> bool:
    """Give a function the code that it has in another version of its module; return whether it could be."""
    holder: Any = module
    new: Any = code
    for part in name.split("."):
        holder = inspect.getattr_static(holder, part, None)
        inner = (one for one in new.co_consts if isinstance(one, types.CodeType))
        new = next((one for one in inner if one.co_name == part), None)
        if holder is None or new is None:
            return False
    function = _plain(holder)
    if not isinstance(function, types.FunctionType):
        return False
    if len(function.__code__.co_freevars) != len(new.co_freevars):
        return False
    function.__code__ = new
    return True


def _plain(thing: Any) -> Any:
    """Return the function that decorators hide."""
    if isinstance(thing, property):
        thing = thing.fget
    if isinstance(thing, staticmethod | classmethod):
        thing = thing.__func__
    while hasattr(thing, "__wrapped__"):
        thing = thing.__wrapped__
    return thing


def _apply_constant(fault: Fault, module: types.ModuleType, tree: ast.Module) -> bool:
    """Give a constant its new value, and then those that are made from it."""
    changed: set[str] = set()
    for name, place in _places(tree):
        if not isinstance(place, ast.Assign | ast.AnnAssign) or place.value is None:
            continue
        names = {node.id for node in ast.walk(place.value) if isinstance(node, ast.Name)}
        if name == fault.function or names & changed:
            expression = ast.Expression(place.value)
            value = eval(compile(expression, fault.file, "eval"), vars(module))  # noqa: S307 - our own source
            _give(name, getattr(module, name), value)
            changed.add(name)
    return True


def _give(name: str, old: Any, value: Any) -> None:
    """Let every module of the package that has a constant have its new value."""
    if isinstance(old, dict) and isinstance(value, dict):
        new = dict(value)
        old.clear()
        old.update(new)
        return
    for other in list(sys.modules.values()):
        if other is not None and getattr(other, "__name__", "").startswith("fourp_nlp"):
            for each, held in list(vars(other).items()):
                if held is old and each == name:
                    setattr(other, name, value)


# ---- running tests


class _Telling(ast.NodeTransformer):
    """Lets every statement of a function say that it runs."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._inside = 0

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self._inside += 1
        self.generic_visit(node)
        self._inside -= 1
        return node

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        for field in ("body", "orelse", "finalbody") if self._inside else ():
            statements = getattr(node, field, None)
            if isinstance(statements, list):
                setattr(node, field, [each for one in statements for each in (self._say(one), one)])
        return node

    def _say(self, statement: ast.stmt) -> ast.stmt:
        place = ast.Constant((self._file, statement.lineno))
        call = ast.Call(func=ast.Name(_SEEN, ast.Load()), args=[place], keywords=[])
        return ast.copy_location(ast.Expr(call), statement)


_SEEN = "_seams_seen"


class Watch:
    """A plugin of pytest: which test runs which lines of the seams, and how long it takes."""

    def __init__(self, files: set[str]) -> None:
        self._now: set[tuple[str, int]] = set()
        self.runs: dict[str, set[tuple[str, int]]] = {}
        self.seconds: dict[str, float] = defaultdict(float)
        self.fixtures: dict[str, float] = defaultdict(float)
        self.failed: list[str] = []
        self._shared: dict[str, set[tuple[str, int]]] = defaultdict(set)
        setattr(builtins, _SEEN, self._seen)
        for file in sorted(files):
            path = Path(file)
            module = _module(str(path.relative_to(ROOT / "fourp_nlp")))
            tree = ast.fix_missing_locations(_Telling(file).visit(_tree(path)))
            code = compile(tree, file, "exec", dont_inherit=True)
            for name, place in _places(tree):
                if isinstance(place, ast.FunctionDef):
                    _exchange(module, name, code)

    def _seen(self, place: tuple[str, int]) -> None:
        self._now.add(place)  # a new set for each test

    @contextlib.contextmanager
    def watching(self, name: str) -> Iterator[None]:
        """Write down what runs here under the name of a test."""
        self.pytest_runtest_logstart(name)
        yield
        self.pytest_runtest_logfinish(name)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Begin a test."""
        self._now = set()
        self.seconds[nodeid] = -time.process_time()

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Take note of what failed, and of what a fixture ran."""
        if report.when == "setup":
            # A fixture of a module runs for its first test; the others rest on it, too.
            file = report.nodeid.split("::")[0]
            self._shared[file] |= self._now
            self.fixtures[file] = max(self.fixtures[file], report.duration)
        if report.failed:
            self.failed.append(report.nodeid)

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """End a test."""
        self.seconds[nodeid] += time.process_time()
        self.runs[nodeid] = self._now | self._shared[nodeid.split("::", maxsplit=1)[0]]


def run_tests(names: list[str], *plugins: Any) -> int:
    """Run tests in this process, silently."""
    import pytest

    words = [*names, "-x", "-q", "-p", "no:cacheprovider", "-p", "no:randomly"]
    quiet = io.StringIO()
    with contextlib.redirect_stdout(quiet), contextlib.redirect_stderr(quiet):
        return int(pytest.main(words, plugins=list(plugins)))


def _run_any(tests: list[str], steps: GoldenSteps | None) -> int:
    """Run tests, then steps of the golden run, until one fails; return 0 if none does."""
    plain = [name for name in tests if not name.startswith(GoldenSteps.NAME)]
    status = run_tests(plain) if plain else 0
    for name in tests:
        if status == 0 and steps and name.startswith(GoldenSteps.NAME):
            status = int(steps.differs(name))
    return status


@dataclass(frozen=True)
class GoldenSteps:
    """The golden run, step by step: where each step's beginning is kept.

    Attributes
    ----------
    folder : pathlib.Path
        Of what is kept.
    golden : Snapshot
        The golden files.
    """

    folder: Path
    golden: Snapshot

    NAME: ClassVar[str] = "golden:"

    def watch(self, watch: Watch) -> list[str]:
        """Run all steps without a fault, keep where each began, and return what differs."""
        here = self.folder / "demonstration"

        @contextlib.contextmanager
        def before(step: str) -> Iterator[None]:
            shutil.copytree(here, self.folder / step)
            with watch.watching(self.NAME + step):
                yield

        return golden_run.differences(self.golden, golden_run.run_steps(here, before))

    def differs(self, name: str) -> bool:
        """Run one step from its beginning, and return whether it fails or gives anything else."""
        step = name.removeprefix(self.NAME)
        snapshot = golden_run.Snapshot()
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place).resolve() / "demonstration"
            shutil.copytree(self.folder / step, folder)
            try:
                golden_run.run_step(folder, step, snapshot)
            except Exception:  # noqa: BLE001 - whatever a fault does is caught
                return True
        return bool(golden_run.differences(self.golden.of_step(step), snapshot))


def start(
    fault: Fault, tests: list[str], most_seconds: float, steps: GoldenSteps | None = None
) -> int:
    """Put a fault into a copy of this process, run tests there, and return the copy's id."""
    child = os.fork()
    if child:
        return child
    status = 3
    with contextlib.suppress(BaseException):
        limit = int(most_seconds) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 2))
        signal.signal(signal.SIGXCPU, signal.SIG_DFL)
        os.setpgid(0, 0)
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, 1)
        os.dup2(nothing, 2)
        status = 9
        status = 8 if not apply(fault) else _run_any(tests, steps)
    os._exit(status)


def _outcome(ended: int) -> str:
    code = os.waitstatus_to_exitcode(ended)
    if code in {8, 9}:
        return BROKEN
    if code == -signal.SIGXCPU:
        return TOO_LONG
    return SURVIVED if code == 0 else CAUGHT


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
    parser.add_argument(
        "seams", nargs="*", choices=[*SEAMS, []], metavar="SEAM", help="default: all"
    )
    parser.add_argument("--list", action="store_true", help="list the seams and their tests")
    parser.add_argument(
        "--sample", type=int, default=60, help="how many faults (default: %(default)s)"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--only", default="", help="only modules or functions with this in their name"
    )
    parser.add_argument(
        "--golden",
        action="store_true",
        help="also the golden run, where no other test catches a fault",
    )
    parser.add_argument(
        "--tests", nargs="*", help="these test files (or tests: file::test) instead of the seam's"
    )
    parser.add_argument(
        "--most-tests", type=int, default=25, help="of one fault (default: %(default)s)"
    )
    parser.add_argument(
        "--most-seconds", type=float, default=60, help="processor time of one fault's tests"
    )
    parser.add_argument(
        "--jobs", type=int, default=1, help="faults that are tried at once (default: %(default)s)"
    )
    given = parser.parse_args()
    if given.list:
        for seam, (modules, tests) in SEAMS.items():
            print(f"{seam}: {', '.join(modules)}\n    tests: {', '.join(tests)}")
        return 0
    chosen = given.seams or list(SEAMS)
    faults = [
        fault
        for path in _modules(chosen)
        for fault in faults_of(path)
        if given.only in f"{fault.file}:{fault.function}"
    ]
    sample = random.Random(given.seed).sample(faults, min(given.sample, len(faults)))
    tests = given.tests or sorted({name for seam in chosen for name in SEAMS[seam][1]})
    paths = [str(ROOT / "tests" / _with_ending(name)) for name in tests]
    print(
        f"{len(faults)} faults can be put in; {len(sample)} drawn with seed {given.seed}",
        flush=True,
    )
    os.chdir(ROOT)
    # Sets how many threads libraries start, before they are loaded.
    importlib.import_module("tests")
    watch = Watch({str(ROOT / "fourp_nlp" / fault.file) for fault in sample})
    run_tests(paths, watch)
    with tempfile.TemporaryDirectory() as place:
        steps = None
        if given.golden:
            steps = GoldenSteps(Path(place), golden_run.read_golden())
            watch.failed += steps.watch(watch)
        if watch.failed:
            print("These fail without any fault:", *watch.failed, sep="\n    ")
            return 1
        print(f"{len(watch.runs)} tests in {sum(watch.seconds.values()):.0f} s", flush=True)
        chosen_tests = {
            fault: _tests_of(fault, watch, given.most_tests, given.most_seconds / 2)
            for fault in sample
        }
        begin = partial(start, most_seconds=given.most_seconds, steps=steps)
        _tell(_outcomes(chosen_tests, begin, given.jobs))
    return 0


def _with_ending(name: str) -> str:
    file, colons, test = name.partition("::")
    return f"{file}.py{colons}{test}"


def _modules(seams: list[str]) -> list[Path]:
    found: list[Path] = []
    for seam in seams:
        for name in SEAMS[seam][0]:
            place = ROOT / "fourp_nlp" / name
            found += sorted(place.rglob("*.py")) if place.is_dir() else [place]
    return list(dict.fromkeys(found))


def _outcomes(
    tests: dict[Fault, list[str]], begin: Callable[[Fault, list[str]], int], jobs: int
) -> Iterator[tuple[Fault, str]]:
    """Try every fault, several at once, and yield what came of it."""
    running: dict[int, Fault] = {}
    waiting = list(tests)
    while waiting or running:
        if waiting and len(running) < jobs:
            fault = waiting.pop(0)
            if fault.is_equivalent:
                yield fault, SAME
            elif tests[fault]:
                running[begin(fault, tests[fault])] = fault
            else:
                yield fault, UNTESTED
        else:
            process, ended = os.wait()
            if process in running:
                yield running.pop(process), _outcome(ended)


def _tell(outcomes: Iterator[tuple[Fault, str]]) -> None:
    """Print what came of each fault, and how many of each kind and seam are caught."""
    by_kind: dict[str, Counter[str]] = defaultdict(Counter)
    by_seam: dict[str, Counter[str]] = defaultdict(Counter)
    whole: Counter[str] = Counter()
    seam_of = {path: seam for seam in SEAMS for path in _modules([seam])}
    for fault, outcome in outcomes:
        print(f"{outcome:>16}  {fault}", flush=True)
        if outcome != BROKEN:
            by_kind[fault.kind][outcome] += 1
            by_seam[seam_of[ROOT / "fourp_nlp" / fault.file]][outcome] += 1
            whole[outcome] += 1
    for counts_of in (by_kind, by_seam):
        for name, counts in sorted(counts_of.items()):
            print(f"{name:>12}: {_in_words(counts)}")
    print(f"{'all':>12}: {_in_words(whole)}")


def _in_words(counts: Counter[str]) -> str:
    judged = counts.total() - counts[SAME]
    caught = counts[CAUGHT] + counts[TOO_LONG]
    return (
        f"{caught} of {judged} caught ({caught / max(judged, 1):.0%}; {counts[TOO_LONG]} of them by time); "
        f"survived {counts[SURVIVED]}, run by no test {counts[UNTESTED]}, equivalent {counts[SAME]}"
    )


def _tests_of(fault: Fault, watch: Watch, most: int, seconds: float) -> list[str]:
    """Return the quickest tests that run a fault's line, or else its function or module; then steps.

    No more tests than take so many seconds together, or the first. The quickest scenarios of the small
    golden run come along whatever the number of other tests: they compare whole screens and files.
    """
    file = str(ROOT / "fourp_nlp" / fault.file)
    is_constant = fault.function.lstrip("_").isupper()
    spans = [(0, sys.maxsize)] if is_constant else [fault.statement, fault.place]
    found: list[str] = []
    for first, last in spans:
        found = found or [
            test
            for test, ran in watch.runs.items()
            if any(one == file and first <= line <= last for one, line in ran)
        ]

    def cost(name: str) -> float:
        return watch.seconds[name] + watch.fixtures[name.split("::", maxsplit=1)[0]]

    quickest = sorted(found, key=cost)
    plain = [name for name in quickest if not name.startswith(GoldenSteps.NAME)]
    scenarios = [name for name in plain if _SMALL_GOLDEN in name][:_MOST_SCENARIOS]
    tests: list[str] = []
    files: set[str] = set()
    for name in [*scenarios, *(name for name in plain if _SMALL_GOLDEN not in name)]:
        test_file = name.split("::")[0]
        seconds -= watch.seconds[name] if test_file in files else cost(name)
        if len(tests) == most + len(scenarios) or (tests and seconds < 0):
            break
        files.add(test_file)
        tests.append(name)
    steps = [name for name in quickest if name.startswith(GoldenSteps.NAME)]
    return sorted(tests, key=cost) + steps


_SMALL_GOLDEN = "test_golden_small"
_MOST_SCENARIOS = 20


if __name__ == "__main__":
    sys.exit(main())

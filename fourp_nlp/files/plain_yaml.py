"""Reading YAML from any source as plain values; nothing is expanded or executed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fourp_nlp.errors import FourpError

__all__ = ["PlainYaml", "read_plain_yaml"]

_MOST = 1_000_000  # values, those that aliases repeat counted each time
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_LONE = re.compile("[\ud800-\udfff]")
_QUOTES = "Check indentation and quotes near that line; a text with ': ' needs quotes."


class PlainYaml(NamedTuple):
    """What a YAML text says.

    Attributes
    ----------
    node : yaml.Node or None
        The nodes, which know their lines.
    content : object
        The values: dicts, lists, texts, numbers and the like.
    """

    node: yaml.Node | None
    content: Any


class _Loader(yaml.SafeLoader):
    """Says of each value that it cannot make where it stands."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:  # noqa: FBT001, FBT002 - as it is called
        try:
            return super().construct_object(node, deep)  # type: ignore[no-untyped-call, unused-ignore]
        except (ValueError, TypeError, OverflowError, LookupError, AttributeError) as error:
            shown = f"'{node.value[:40]}' " if isinstance(node, yaml.ScalarNode) else "this "
            raise yaml.constructor.ConstructorError(
                None, None, f"{shown}is no valid {node.tag.rpartition(':')[2]}", node.start_mark
            ) from error


def read_plain_yaml(text: str, path: Path, kind: type[FourpError]) -> PlainYaml:
    """Read a YAML text.

    Parameters
    ----------
    text : str
        The text.
    path : pathlib.Path
        Where it is from, for messages.
    kind : type of FourpError
        What is raised.

    Returns
    -------
    PlainYaml
        What it says. Escapes of two halves of a character, as JSON writes them, are put together.

    Raises
    ------
    FourpError
        Of the kind wanted, with the line: if it is no valid YAML; if a key stands twice, of which YAML
        would keep the last; if it is nested too deeply, or unfolds by aliases to more than a million values;
        or if half of a character stands alone.
    """
    loader = None
    try:
        loader = _Loader(text)
        node = loader.get_single_node()  # type: ignore[no-untyped-call, unused-ignore]
        problem = None if node is None else next(_refused(node), None)
        if problem is not None:
            place, sentence, cure = problem
            raise kind(sentence, file=path, place=f"line {place.start_mark.line + 1}", cure=cure)
        content = None if node is None else loader.construct_document(node)  # type: ignore[no-untyped-call, unused-ignore]
    except RecursionError:
        raise kind(
            "It is nested too deeply.", file=path, cure="Take brackets or levels away."
        ) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise kind(
            f"This is not valid YAML: {getattr(error, 'problem', None) or error}.",
            file=path,
            place=None if mark is None else f"line {mark.line + 1}",
            cure=_QUOTES,
        ) from error
    except (ValueError, OverflowError) as error:
        # An escape that is beyond all characters.
        line = None if loader is None else f"line {loader.line + 1}"
        raise kind(
            "This is not valid YAML: an escape after '\\' does not encode a character.",
            file=path,
            place=line,
            cure="Write the character itself, or put the text in single quotes.",
        ) from error
    finally:
        if loader is not None:
            loader.dispose()  # type: ignore[no-untyped-call, unused-ignore]
    return PlainYaml(node, content)


def _refused(root: yaml.Node) -> Iterator[tuple[yaml.Node, str, str]]:
    """Yield what cannot be taken, and mend escapes of two halves of a character on the way."""
    if _unfolded(root, {}) > _MOST:
        yield (
            root,
            f"By aliases (*name) it unfolds to more than {_MOST:,} values, or into itself.",
            "Write the values out.",
        )
        return
    passed, waiting = set[int](), [root]
    while waiting:
        node = waiting.pop()
        if id(node) in passed:
            continue
        passed.add(id(node))
        if isinstance(node, yaml.ScalarNode):
            node.value = _PAIR.sub(_joined, node.value)
            if _LONE.search(node.value):
                yield (
                    node,
                    "This is half of a character (an escape such as '\\ud800').",
                    "Write the character itself.",
                )
        elif isinstance(node, yaml.SequenceNode):
            waiting.extend(reversed(node.value))
        elif isinstance(node, yaml.MappingNode):
            seen: dict[tuple[str, str], int] = {}
            for key, _ in node.value:
                if not isinstance(key, yaml.ScalarNode):
                    continue
                name = (key.tag, key.value)
                if name in seen:
                    yield (
                        key,
                        f"The key '{key.value}' is already at line {seen[name]}.",
                        "Take one of the two away, or indent it as part of another entry.",
                    )
                seen[name] = key.start_mark.line + 1
            waiting.extend(each for pair in reversed(node.value) for each in reversed(pair))


def _joined(pair: re.Match[str]) -> str:
    return pair.group().encode("utf-16-le", "surrogatepass").decode("utf-16-le")


def _unfolded(node: yaml.Node, known: dict[int, int]) -> int:
    """Return how many values a node unfolds to; too many if it holds itself."""
    if isinstance(node, yaml.ScalarNode):
        return 1
    if id(node) in known:
        return known[id(node)]
    known[id(node)] = _MOST + 1  # what comes back to here goes round
    parts = (
        node.value
        if isinstance(node, yaml.SequenceNode)
        else [each for pair in node.value for each in pair]
    )
    count = min(1 + sum(_unfolded(each, known) for each in parts), _MOST + 1)
    known[id(node)] = count
    return count

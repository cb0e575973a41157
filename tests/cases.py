"""Files that are shared beside the repository: inputs that failed once."""

from __future__ import annotations

from pathlib import Path

import pytest

__all__ = ["SHARED", "shared_case"]

SHARED = Path(__file__).resolve().parents[2] / "shared" / "cases"


def shared_case(*parts: str) -> Path:
    """Return a shared file or folder; the test is skipped with a word where it is not there."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"{'/'.join(parts)} is not beside the repository")
    return path

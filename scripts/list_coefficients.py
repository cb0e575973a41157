"""Print the table of coefficients in docs/agreement.md from their registry.

python scripts/list_coefficients.py
"""

from __future__ import annotations

from fourp_nlp.agreement import select_coefficients


def main() -> None:
    """Print a row for each coefficient of labels that treats coders alike."""
    print(
        "| coefficient | `--coefficient` | chance, Pe | coders | source | assumes | undefined where |"
    )
    print("|---|---|---|---|---|---|---|")
    for each in select_coefficients(of_second_coder=False):
        name = each.name[:1].upper() + each.name[1:]
        name += "" if each.higher_is_better else " (lower is better)"
        coders = "2" if each.pairs_only else "any"
        cells = (
            name, f"`{each.id}`", each.formula, coders, each.source, each.assumes, each.undefined_where
        )  # fmt: skip
        print(f"| {' | '.join(cells)} |")


if __name__ == "__main__":
    main()

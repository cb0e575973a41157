"""A codebook of one level has codes and no themes, and its table says so."""

from __future__ import annotations

import numpy as np

from fourp_nlp.agreement import agreement_table


def test_there_are_no_rows_for_themes_without_a_name():
    codes = np.eye(4, 2, dtype=bool)
    table = agreement_table(
        codes, codes, ["a", "b"], ["", ""], ["d"] * 4, coder_a="x", coder_b="y", resamples=0
    )
    assert set(table["level"]) == {"code", "overall"}
    overall = table[(table["level"] == "overall") & (table["coefficient"] == "cohen_kappa")]
    assert overall["value"].tolist() == [1.0]
    assert overall["n"].tolist() == [8]

"""Many texts are matched as each of them would be."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from cmdb.formats.matching import all_match, lines

PATTERNS = ("[a-c]{1,3}", "a|bc", "", "a*(?:b|c)")


@given(st.sampled_from(PATTERNS), st.lists(st.text(alphabet="abc\n\r", max_size=4), max_size=5))
def test_all_texts_fit_where_each_fits_alone(pattern: str, texts: list[str]) -> None:
    assert all_match(lines(pattern), texts) == all(re.fullmatch(pattern, text) for text in texts)

"""What a frame kept between pages remembers of the views taken of it: bounded, so no leak.

pandas notes every view of a column, and forgets those that have gone only now and then. That list
is all that grows in a server whose caches are full (docs/promises.md).
"""

from __future__ import annotations

import pandas as pd

MOST = 600


def test_a_frame_that_is_kept_remembers_only_so_many_of_the_views_taken_of_it() -> None:
    frame = pd.DataFrame({"unit_id": ["a", "b"], "score": [1.0, 2.0], "rank": [1, 2]})
    lists = []
    for _ in range(3 * MOST):
        assert len(frame["score"]) == 2
        lists.append(max(len(block.refs.referenced_blocks) for block in frame._mgr.blocks))
    assert 1 < max(lists) <= MOST
    assert lists[-1] < max(lists), "the list was never shortened"

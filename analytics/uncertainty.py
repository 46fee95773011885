"""How sure a place is, where the publisher printed standard errors; nowhere else.

Errors are normal and independent between units. No error is invented: an index whose publisher
prints none gets a reason, not an interval.
"""

from __future__ import annotations

import math
from enum import StrEnum
from statistics import NormalDist

import numpy as np
import pandas as pd

from analytics.field import (
    FIELD_COLUMNS,
    Array,
    Field,
    Ground,
    Mask,
    field,
    only_index,
    scores_parted,
)
from analytics.schema import require_columns

# 90 per cent two-sided, as the publisher's own intervals are (they are printed +- 1.645 errors).
COVERAGE = 0.90

# A published standard error of 0 is an artefact of the sample, not certainty: it is replaced by
# this quantile of the year's other errors.
ZERO_QUANTILE = 0.10

DRAWS = 10_000
SEED = 2022

# Draws are handled in blocks of about 16 MB of numbers, however many units there are.
BLOCK_CELLS = 2_000_000

# The own draw is integrated over +- 8.5 standard deviations: less than 1e-16 lies outside.
REACH = 8.5
MOST_NODES = 4001

# Probability words are chosen from these lower bounds. Source: docs/method/rank-uncertainty.md.
ALMOST_CERTAIN_FROM = 0.90
LIKELY_FROM = 0.66
UNCLEAR_FROM = 0.33


class ErrorBasis(StrEnum):
    """Where a standard error comes from."""

    PUBLISHED = "published"
    ZERO_REPLACED = "zero_replaced"
    OWN_MEAN = "own_mean"
    NONE = "none"


class ChangeTag(StrEnum):
    """What may be said of a change of score."""

    CLEAR = "clear"
    WITHIN_NOISE = "within_noise"
    NO_GROUND = "no_ground"


class Likelihood(StrEnum):
    """A probability as a word."""

    ALMOST_CERTAIN = "almost_certain"
    LIKELY = "likely"
    UNCLEAR = "unclear"
    UNLIKELY = "unlikely"


def likelihood(probability: float) -> Likelihood:
    """The word for a probability.

    Source: docs/method/rank-uncertainty.md.
    """
    if probability >= ALMOST_CERTAIN_FROM:
        return Likelihood.ALMOST_CERTAIN
    if probability >= LIKELY_FROM:
        return Likelihood.LIKELY
    return Likelihood.UNCLEAR if probability >= UNCLEAR_FROM else Likelihood.UNLIKELY


_STEP = 1 / 256
_GRID = np.arange(-9.0, 9.0 + _STEP, _STEP)
_CDF = np.array([0.5 * math.erfc(-z / math.sqrt(2.0)) for z in _GRID])
_DENSITY = np.exp(-(_GRID**2) / 2) / math.sqrt(2.0 * math.pi)


def normal_cdf(z: Array) -> Array:
    """Standard normal distribution function of an array, right to 1e-12; missing stays missing.

    numpy has no error function: the exact values of `math.erfc` on a fine grid are joined by
    cubics through values and slopes.

    Source: docs/method/rank-uncertainty.md.
    """
    inside = np.clip(np.nan_to_num(z), _GRID[0], _GRID[-2])
    at = ((inside - _GRID[0]) / _STEP).astype(np.intp)
    t = (inside - _GRID[at]) / _STEP
    rise = 3 * t**2 - 2 * t**3
    found: Array = (
        _CDF[at] * (1 - rise)
        + _CDF[at + 1] * rise
        + _STEP * (t * (1 - t) ** 2 * _DENSITY[at] - t**2 * (1 - t) * _DENSITY[at + 1])
    )
    return np.where(np.isnan(z), np.nan, np.clip(found, 0.0, 1.0))


def errors_used(
    figures: pd.DataFrame,
    standard_errors: pd.DataFrame,
    *,
    edition: int,
    component_id: str | None = None,
) -> pd.DataFrame:
    """The standard error used for each scored unit, and where it comes from.

    Published in the edition; a published 0 replaced by the edition's 10th percentile; where the
    edition has none for the unit, the mean of the unit's own non-zero errors of other editions;
    else none.

    Args:
        figures: one row per (unit_id, component_id, edition) of one index, with score [points].
        standard_errors: one row per (component_id, edition, unit_id) with standard_error
            [points], as published.
        edition: the edition asked about.
        component_id: the scored line; the index itself by default.

    Returns:
        One row per unit scored in the edition: unit_id, score, standard_error [points], basis
        [published | zero_replaced | own_mean | none].

    Raises:
        ColumnsMissing: a frame lacks a column named above.
        IndexesMixed: `figures` holds more than one index.

    Source: docs/method/rank-uncertainty.md.
    """
    require_columns(figures, FIELD_COLUMNS)
    require_columns(standard_errors, ("component_id", "edition", "unit_id", "standard_error"))
    line = component_id or only_index(figures)
    is_asked = figures["component_id"].eq(line) & figures["edition"].eq(edition)
    scored = figures[is_asked].dropna(subset=["score"]).sort_values("unit_id", ignore_index=True)
    printed = standard_errors[standard_errors["component_id"].eq(line)].dropna(
        subset=["standard_error"]
    )
    now = printed[printed["edition"].eq(edition)].set_index("unit_id")["standard_error"]
    other = printed[printed["edition"].ne(edition) & printed["standard_error"].gt(0)]
    own_mean = other.groupby("unit_id")["standard_error"].mean()
    published = scored["unit_id"].map(now).to_numpy(dtype=np.float64, na_value=np.nan)
    mean = scored["unit_id"].map(own_mean).to_numpy(dtype=np.float64, na_value=np.nan)
    positive = now[now > 0].to_numpy(dtype=np.float64)
    floor = float(np.quantile(positive, ZERO_QUANTILE)) if positive.size else np.nan
    choices = [published > 0, published == 0, np.isfinite(mean)]
    bases = [ErrorBasis.PUBLISHED, ErrorBasis.ZERO_REPLACED, ErrorBasis.OWN_MEAN]
    basis = np.select(choices, [b.value for b in bases], default=ErrorBasis.NONE.value)
    return pd.DataFrame(
        {
            "unit_id": scored["unit_id"],
            "score": scored["score"],
            "standard_error": np.select(choices, [published, floor, mean], default=np.nan),
            "basis": [str(code) for code in basis],
        }
    )


def distribution(scores: Array, errors: Array, unit: int) -> Array:
    """Probability of each place for one unit, first place first.

    Given the unit's own draw, the others lie above it independently: their number is
    Poisson-binomial, computed exactly. The own draw is then integrated out by the trapezoid
    rule, which is exact to 1e-9 for such smooth curves. Treating the pairs as independent
    without this step would be wrong, for all of them share the unit's own error.

    Source: docs/method/rank-uncertainty.md.
    """
    others = np.delete(np.arange(scores.size), unit)
    ratio = float((errors[others] / errors[unit]).min(initial=1.0))
    n_nodes = int(min(MOST_NODES, math.ceil(2 * REACH / min(0.05, ratio / 8)) + 1))
    node = np.linspace(-REACH, REACH, n_nodes)
    weight = np.exp(-(node**2) / 2)
    weight /= weight.sum()
    draw = scores[unit] + errors[unit] * node
    above = normal_cdf((scores[others] - draw[:, None]) / errors[others])
    count = np.zeros((n_nodes, scores.size))
    count[:, 0] = 1.0
    for at in range(others.size):
        p = above[:, at : at + 1]
        count[:, 1 : at + 2] = count[:, 1 : at + 2] * (1 - p) + count[:, : at + 1] * p
        count[:, :1] *= 1 - p
    found: Array = weight @ count
    return found


def rank_uncertainty(
    figures: pd.DataFrame,
    standard_errors: pd.DataFrame,
    *,
    edition: int,
    editions: pd.DataFrame,
    to_rank: int | None = None,
    unit_id: str | None = None,
    component_id: str | None = None,
    coverage: float = COVERAGE,
) -> pd.DataFrame:
    """The interval of each unit's place, and how likely it reached a place.

    Args:
        figures: one row per (unit_id, component_id, edition) of one index, with score [points].
        standard_errors: as in `errors_used`.
        edition: the table asked about.
        editions: one row per edition, with coverage [complete | partial].
        to_rank: the place asked about; no probability without it.
        unit_id: one unit; all scored units by default.
        component_id: the ranked line; the index itself by default.
        coverage: probability that the interval holds.

    Returns:
        One row per unit scored in the edition: rank, n_ranked, low, high [place; the 5th and 95th
        percentile for a coverage of 0.90], expected_rank [places], probability of being at
        `to_rank` or better, standard_error [points], basis, ground.

    Raises:
        ColumnsMissing, IndexesMixed, ComponentNotFound, FiguresRepeated: see analytics.field.
        EditionNotFound: the line has no row of `edition`.
        UnitNotFound: the line has no row of `unit_id`.

    Source: docs/method/rank-uncertainty.md.
    """
    line = field(figures, editions=editions, component_id=component_id)
    used = errors_used(figures, standard_errors, edition=edition, component_id=line.component_id)
    return rank_uncertainty_of(
        line, used, edition=edition, to_rank=to_rank, unit_id=unit_id, coverage=coverage
    )


def rank_uncertainty_of(
    line: Field,
    used: pd.DataFrame,
    *,
    edition: int,
    to_rank: int | None = None,
    unit_id: str | None = None,
    coverage: float = COVERAGE,
) -> pd.DataFrame:
    """`rank_uncertainty` of a line that is laid out already, with the result of `errors_used`.

    Source: docs/method/rank-uncertainty.md.
    """
    ground = _grounds(line, used, edition)
    if unit_id is not None:
        line.unit(unit_id)
    scores, errors = used["score"].to_numpy(), used["standard_error"].to_numpy()
    tail = (1 - coverage) / 2
    rows: list[tuple[object, ...]] = []
    for at, unit in enumerate(used["unit_id"]):
        if unit_id is not None and unit != unit_id:
            continue
        if ground[at] is not Ground.GIVEN:
            rows.append((unit, None, None, np.nan, np.nan))
            continue
        at_most = np.cumsum(distribution(scores, errors, at))
        rows.append(
            (
                unit,
                1 + int(np.searchsorted(at_most, tail)),
                1 + int(np.searchsorted(at_most, 1 - tail)),
                1 + float((1 - at_most[:-1]).sum()),
                np.nan if to_rank is None else float(at_most[min(to_rank, at_most.size) - 1]),
            )
        )
    found = pd.DataFrame(rows, columns=["unit_id", "low", "high", "expected_rank", "probability"])
    rank = pd.Series(line.shown_rank(edition), index=line.units)
    found = found.merge(used.assign(ground=[g.value for g in ground]), on="unit_id", validate="1:1")
    found.insert(1, "rank", found["unit_id"].map(rank))
    found.insert(2, "n_ranked", line.n_ranked(edition))
    found.insert(0, "component_id", line.component_id)
    places = dict.fromkeys(("rank", "n_ranked", "low", "high"), "Int64")
    return found.astype(places)


def rank_probabilities(
    figures: pd.DataFrame,
    standard_errors: pd.DataFrame,
    *,
    unit_id: str,
    edition: int,
    editions: pd.DataFrame,
    component_id: str | None = None,
) -> pd.DataFrame:
    """How likely each place was for one unit.

    Args:
        figures: one row per (unit_id, component_id, edition) of one index, with score [points].
        standard_errors: as in `errors_used`.
        unit_id: the unit asked about.
        edition: the table asked about.
        editions: one row per edition, with coverage [complete | partial].
        component_id: the ranked line; the index itself by default.

    Returns:
        One row per place: place, probability, at_most (of this place or a better one).

    Raises:
        ColumnsMissing, IndexesMixed, ComponentNotFound, FiguresRepeated: see analytics.field.
        EditionNotFound, UnitNotFound: the line has no row of it.
        NoGround: scores or standard errors are missing.

    Source: docs/method/rank-uncertainty.md.
    """
    line = field(figures, editions=editions, component_id=component_id)
    line.require(edition, unit_id)
    used, ground = _used(line, figures, standard_errors, edition)
    at = used["unit_id"].tolist().index(unit_id)
    if ground[at] is not Ground.GIVEN:
        raise line.refusal(ground[at], edition)
    places = distribution(used["score"].to_numpy(), used["standard_error"].to_numpy(), at)
    return pd.DataFrame(
        {
            "place": np.arange(1, places.size + 1),
            "probability": places,
            "at_most": np.cumsum(places),
        }
    )


def _used(
    line: Field, figures: pd.DataFrame, standard_errors: pd.DataFrame, edition: int
) -> tuple[pd.DataFrame, list[Ground]]:
    """Errors used, and for each scored unit whether a probability may be given."""
    used = errors_used(figures, standard_errors, edition=edition, component_id=line.component_id)
    return used, _grounds(line, used, edition)


def _grounds(line: Field, used: pd.DataFrame, edition: int) -> list[Ground]:
    at = line.at(edition)
    has_error = used["standard_error"].notna().to_numpy()
    if not line.is_complete[at]:
        return [Ground.SCORES_OF_OTHERS_MISSING] * len(used)
    if not has_error.any():
        return [Ground.STANDARD_ERRORS_MISSING] * len(used)
    if not has_error.all():
        of_others = Ground.ERRORS_OF_OTHERS_MISSING
        return [of_others if has else Ground.ERROR_MISSING for has in has_error]
    return [Ground.GIVEN] * len(used)


def change_test(
    figures: pd.DataFrame,
    standard_errors: pd.DataFrame,
    *,
    baseline: int,
    edition: int,
    component_id: str | None = None,
    breaks: pd.DataFrame | None = None,
    coverage: float = COVERAGE,
) -> pd.DataFrame:
    """Whether a change of score is clear, within noise, or not to be judged.

    z is the change over the root of the sum of both squared errors; the samples of two years are
    independent. Where no error was published, or the method changed so that the scores are not
    comparable, there is no ground to say.

    Args:
        figures: one row per (unit_id, component_id, edition) of one index, with score [points].
        standard_errors: as in `errors_used`.
        baseline: edition compared against.
        edition: edition reported.
        component_id: the scored line; the index itself by default.
        breaks: one row per (edition, component_id) with score_comparable [yes | flag | no].
        coverage: a change is clear when an interval of this coverage leaves out zero.

    Returns:
        One row per unit scored in both editions: unit_id, component_id, score_baseline, score,
        score_change [points], z, p_value (two-sided), tag [clear | within_noise | no_ground],
        basis_baseline, basis, ground.

    Raises:
        ColumnsMissing, IndexesMixed: as in `errors_used`.

    Source: docs/method/rank-uncertainty.md.
    """
    before, after = (
        errors_used(figures, standard_errors, edition=year, component_id=component_id)
        for year in (baseline, edition)
    )
    both = before.merge(after, on="unit_id", suffixes=("_baseline", ""), validate="1:1")
    line = component_id or only_index(figures)
    both.insert(1, "component_id", line)
    change = (both["score"] - both["score_baseline"]).to_numpy(dtype=np.float64)
    before_error, after_error = (
        both[name].to_numpy(dtype=np.float64)
        for name in ("standard_error_baseline", "standard_error")
    )
    z: Array = change / np.hypot(before_error, after_error)
    if breaks is not None and scores_parted(breaks, line, baseline, edition):
        z = np.full(z.size, np.nan)
        reason = Ground.METHOD_CHANGED
    else:
        reason = Ground.STANDARD_ERRORS_MISSING
    clear_from = NormalDist().inv_cdf((1 + coverage) / 2)
    tags = np.select(
        [np.isnan(z), np.abs(z) >= clear_from],
        [ChangeTag.NO_GROUND.value, ChangeTag.CLEAR.value],
        default=ChangeTag.WITHIN_NOISE.value,
    )
    return both.assign(
        score_change=change,
        z=z,
        p_value=2 * (1 - normal_cdf(np.abs(z))),
        tag=[str(tag) for tag in tags],
        ground=np.where(np.isnan(z), reason.value, Ground.GIVEN.value),
    ).drop(columns=["standard_error_baseline", "standard_error"])


def rank_confidence_sets(
    figures: pd.DataFrame,
    standard_errors: pd.DataFrame,
    *,
    edition: int,
    editions: pd.DataFrame,
    simultaneous: bool = False,
    component_id: str | None = None,
    coverage: float = COVERAGE,
    draws: int = DRAWS,
    seed: int = SEED,
) -> pd.DataFrame:
    """Places that the data do not rule out, with proper coverage of the true place.

    A place is ruled out by the rivals that are significantly better or worse, all comparisons
    taken together (parametric bootstrap of the largest difference, stepping down). Marginal sets
    hold for one unit named beforehand; simultaneous sets hold for all units at once and are
    wider. Both are wider than the interval of `rank_uncertainty`, which tells where a repeated
    survey would put the unit and is no statement about its true place.

    Args:
        figures: one row per (unit_id, component_id, edition) of one index, with score [points].
        standard_errors: as in `errors_used`.
        edition: the table asked about.
        editions: one row per edition, with coverage [complete | partial].
        simultaneous: whether the sets shall hold for all units at once.
        component_id: the ranked line; the index itself by default.
        coverage: probability that the sets hold.
        draws: bootstrap draws.
        seed: seed of the draws.

    Returns:
        One row per unit scored in the edition: unit_id, rank, best, worst [place], n_above,
        n_below (rivals significantly better, worse), ground.

    Raises:
        ColumnsMissing, IndexesMixed, ComponentNotFound, FiguresRepeated: see analytics.field.
        EditionNotFound: the line has no row of `edition`.

    Source: docs/method/rank-uncertainty.md.
    """
    line = field(figures, editions=editions, component_id=component_id)
    used, ground = _used(line, figures, standard_errors, edition)
    n = len(used)
    above, below = np.full(n, np.nan), np.full(n, np.nan)
    if ground and ground[0] is Ground.GIVEN:
        above, below = significant_rivals(
            used["score"].to_numpy(),
            used["standard_error"].to_numpy(),
            simultaneous=simultaneous,
            coverage=coverage,
            draws=draws,
            seed=seed,
        )
    rank = pd.Series(line.shown_rank(edition), index=line.units)
    frame = pd.DataFrame(
        {
            "component_id": line.component_id,
            "unit_id": used["unit_id"],
            "rank": used["unit_id"].map(rank),
            "best": 1 + above,
            "worst": n - below,
            "n_above": above,
            "n_below": below,
            "ground": [g.value for g in ground],
        }
    )
    return frame.astype(dict.fromkeys(("rank", "best", "worst", "n_above", "n_below"), "Int64"))


def significant_rivals(
    scores: Array,
    errors: Array,
    *,
    simultaneous: bool,
    coverage: float = COVERAGE,
    draws: int = DRAWS,
    seed: int = SEED,
) -> tuple[Array, Array]:
    """How many rivals are significantly better, and worse, than each unit.

    Every "k is no better than i" is tested; the critical value is the quantile, over bootstrap
    draws, of the largest standardised difference among the comparisons not yet decided, and
    decided ones are taken out until nothing changes (Romano and Wolf). One unit's comparisons
    form a family, or, simultaneously, those of all units. Meant for some hundreds of units: all
    pairs are compared in every draw.

    Source: docs/method/rank-uncertainty.md.
    """
    noise = np.random.default_rng(seed).standard_normal((draws, scores.size)) * errors
    spread = np.hypot(errors[:, None], errors[None, :])
    np.fill_diagonal(spread, np.inf)
    # is_better[k, i]: k is significantly better than i. Compared over all pairs, or unit by unit.
    families = [np.arange(scores.size)] if simultaneous else np.arange(scores.size)[:, None]
    above, below = np.zeros(scores.size), np.zeros(scores.size)
    for family in families:
        is_worse, is_better = _decided(scores, noise, spread, family, coverage)
        above[family] = is_better.sum(axis=1)
        below[family] = is_worse.sum(axis=1)
    return above, below


def _decided(
    scores: Array, noise: Array, spread: Array, family: np.ndarray, coverage: float
) -> tuple[Mask, Mask]:
    """For each unit of the family: which rivals are surely worse, and which surely better."""
    lead = (scores[family][:, None] - scores[None, :]) / spread[family]
    is_worse, is_better = np.zeros(lead.shape, np.bool_), np.zeros(lead.shape, np.bool_)
    while True:
        largest = _largest(noise, spread, family, ~is_worse, ~is_better)
        critical = np.quantile(largest, coverage, method="higher")
        newly_worse, newly_better = lead > critical, -lead > critical
        if not ((newly_worse & ~is_worse).any() or (newly_better & ~is_better).any()):
            return is_worse, is_better
        is_worse |= newly_worse
        is_better |= newly_better


def _largest(
    noise: Array, spread: Array, family: np.ndarray, open_worse: Mask, open_better: Mask
) -> Array:
    """In every draw, the largest standardised difference among the undecided comparisons."""
    block = max(1, BLOCK_CELLS // spread[family].size)
    largest = []
    for start in range(0, noise.shape[0], block):
        drawn = noise[start : start + block]
        lead = (drawn[:, family][:, :, None] - drawn[:, None, :]) / spread[family]
        up = np.where(open_worse, lead, -np.inf).max(axis=(1, 2))
        down = np.where(open_better, -lead, -np.inf).max(axis=(1, 2))
        largest.append(np.maximum(up, down))
    return np.concatenate(largest)


def simulated_ranks(
    table: pd.DataFrame,
    *,
    draws: int = DRAWS,
    seed: int = SEED,
    to_rank: int | None = None,
    coverage: float = COVERAGE,
) -> pd.DataFrame:
    """Places in so many imagined repetitions of the survey, for any number of units.

    The check on `rank_uncertainty`, and what replaces it for thousands of units. Scores are drawn
    in blocks; what is kept is one small integer per draw and unit (66 MB for 3,321 units).

    Args:
        table: one row per unit_id, with score and standard_error [points], none missing.
        draws: how many repetitions.
        seed: seed of the draws; the same seed gives the same answer.
        to_rank: the place asked about; no probability without it.
        coverage: probability that the interval holds.

    Returns:
        One row per unit, in the order of `table`: unit_id, low, high [place], expected_rank
        [places], probability of being at `to_rank` or better.

    Raises:
        ColumnsMissing: `table` lacks a column named above.
        ValueError: a score or an error is missing.

    Source: docs/method/rank-uncertainty.md.
    """
    require_columns(table, ("unit_id", "score", "standard_error"))
    scores = table["score"].to_numpy(dtype=np.float64, na_value=np.nan)
    errors = table["standard_error"].to_numpy(dtype=np.float64, na_value=np.nan)
    if not (np.isfinite(scores).all() and np.isfinite(errors).all()):
        raise ValueError("every unit needs a score and a standard error")
    generator = np.random.default_rng(seed)
    n = scores.size
    placed = np.empty((draws, n), dtype=np.uint16 if n < np.iinfo(np.uint16).max else np.uint32)
    block = max(1, BLOCK_CELLS // max(n, 1))
    places = np.arange(1, n + 1, dtype=placed.dtype)
    for start in range(0, draws, block):
        rows = placed[start : start + block]
        drawn = generator.standard_normal(rows.shape) * errors + scores
        np.put_along_axis(rows, np.argsort(-drawn, axis=1), places[None, :], axis=1)
    tail = (1 - coverage) / 2
    low, high = (max(0, math.ceil(draws * q) - 1) for q in (tail, 1 - tail))
    at_most = np.full(n, np.nan) if to_rank is None else (placed <= to_rank).mean(axis=0)
    expected = placed.mean(axis=0)
    placed.partition((low, high), axis=0)
    return pd.DataFrame(
        {
            "unit_id": table["unit_id"].to_numpy(),
            "low": placed[low].astype(np.int64),
            "high": placed[high].astype(np.int64),
            "expected_rank": expected,
            "probability": at_most,
        }
    )

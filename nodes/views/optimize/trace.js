/**
 * What an optimisation tells of itself (`node.data` of RewardOptimize), and what follows from it. Pure.
 *
 * @typedef {Readonly<{name: string, weight: number, held_out: boolean}>} Term
 * @typedef {Readonly<{[name: string]: number}>} Scores
 * @typedef {Readonly<{norm: number, kurtosis: number, autocorrelation: number}>} Noise
 * @typedef {Noise & Readonly<{picture: number, total: number, rewards: Scores, held_out: Scores}>} Row
 * @typedef {Readonly<{pictures: number, bytes?: number, seconds?: number}>} Forecast  of one machine and moment
 * @typedef {Readonly<{method: string, terms: readonly Term[], white: Noise, best: number | null, rows: readonly Row[], forecast?: Forecast}>} Trace
 * @typedef {ReadonlyMap<string, number>} Weights  other weights than those that it was optimised by, by term
 */

/** @param {Row} row @param {Term} term */
export function scoreOf(row, term) {
  return (term.held_out ? row.held_out : row.rewards)[term.name];
}

/**
 * What a picture's stored scores come to with other weights; what was held out counts in none.
 *
 * @param {Trace} trace @param {Row} row @param {Weights} weights
 */
export function totalBy(trace, row, weights) {
  if (weights.size === 0) return row.total;
  const counted = trace.terms.filter((term) => !term.held_out);
  return counted.reduce((sum, term) => sum + (weights.get(term.name) ?? term.weight) * scoreOf(row, term), 0);
}

/**
 * The pictures' numbers, the best first; of equals, the first.
 *
 * @param {Trace} trace @param {Weights} weights
 * @returns {number[]}
 */
export function ranked(trace, weights) {
  const totals = trace.rows.map((row) => totalBy(trace, row, weights));
  return totals.map((_, picture) => picture).sort((a, b) => totals[b] - totals[a] || a - b);
}

/**
 * The best picture by these weights; null where there is none yet.
 *
 * @param {Trace} trace @param {Weights} weights
 * @returns {number | null}
 */
export function bestBy(trace, weights) {
  return weights.size === 0 ? trace.best : (ranked(trace, weights)[0] ?? null);
}

/**
 * What was held out and is lower in a picture than in the first.
 *
 * @param {Trace} trace @param {number | null} picture
 */
export function fallen({ terms, rows }, picture) {
  if (picture === null || rows[picture] === undefined) return [];
  return terms
    .filter((term) => term.held_out)
    .map((term) => ({ name: term.name, before: scoreOf(rows[0], term), after: scoreOf(rows[picture], term) }))
    .filter(({ before, after }) => after < before);
}

/**
 * The numbers of the pictures that the node keeps as frames: each `every`-th, from the one that this run began with.
 *
 * @param {number} first @param {number} rows @param {number} every
 * @returns {number[]}
 */
export function keptPictures(first, rows, every) {
  if (!(every > 0)) return [];
  const kept = [];
  for (let picture = Math.ceil(first / every) * every; picture < rows; picture += every) kept.push(picture);
  return kept;
}

/** What is known of its cost before the first picture. @param {Pick<Trace, "forecast">} trace */
export function foreseen({ forecast }) {
  if (forecast === undefined) return "No picture yet.";
  const { pictures, bytes, seconds } = forecast;
  const costs = [bytes === undefined ? [] : [`${Math.ceil(bytes / 1e6)} MB for gradients`], seconds === undefined ? [] : [`about ${Math.ceil(seconds)} s`]].flat();
  return `No picture of ${pictures} yet${costs.length === 0 ? "" : `; ${costs.join(", ")}`}.`;
}

/** A number as it is shown: four digits that count. @param {number} value */
export function shown(value) {
  return Number.isFinite(value) ? String(Number(value.toPrecision(4))).replace("-", "−") : "–";
}

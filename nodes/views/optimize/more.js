/**
 * Asking for further pictures: the budget is raised and the node runs again. Pure.
 *
 * A longer run makes what a shorter one made and goes on, so nothing that was seen is lost; from a state (`resume`) it makes
 * only what is new to that state.
 */

const MOST = 10_000;

/**
 * What is to be written for `by` pictures more, or why that cannot be.
 *
 * @param {{inputs: Readonly<{[name: string]: any}>, linked: readonly string[]}} facts
 * @param {number} by
 * @returns {{writes: [input: string, value: number][], why: string}}
 */
export function more({ inputs, linked }, by) {
  const refused = (/** @type {string} */ why) => ({ writes: /** @type {[string, number][]} */ ([]), why });
  for (const input of ["iterations", "pictures", "mode", "neighbours"]) {
    if (linked.includes(input)) return refused(`Its ${input} come from a link: raise the number of pictures there`);
  }
  const rounds = inputs.mode === "zero_order" ? Math.ceil(by / inputs.neighbours) : by;
  const iterations = inputs.iterations + rounds;
  if (iterations > MOST) return refused(`It has ${inputs.iterations} iterations, and may have ${MOST} at most`);
  /** @type {[string, number][]} */
  const writes = [["iterations", iterations]];
  if (typeof inputs.pictures === "number") writes.push(["pictures", inputs.pictures + by]);
  const how = linked.includes("resume") ? "Goes on from its state" : "Runs again, to the same pictures and beyond";
  return { writes, why: `${how}: ${iterations} iterations` };
}

/**
 * Whether noise is still noise, in words. It leaves what white noise has before a picture breaks.
 *
 * Of d numbers of white Gaussian noise, length, kurtosis and the correlation of neighbours vary by themselves, with standard
 * deviations of about 1/√2 (chi distribution), √(24/d) (Fisher 1930) and 1/√(2d) (two neighbours a cell). How far a value
 * is off is told in these.
 *
 * @typedef {import("./trace.js").Noise} Noise
 * @typedef {"calm" | "drifts" | "gone"} Level
 * @typedef {Readonly<{name: string, value: number, white: number, off: number, level: Level, words: string}>} Gauge
 */

export const DRIFTS = 4;
export const GONE = 10;

/** @type {readonly {key: keyof Noise, name: string, deviation: (d: number) => number, above: string, below: string}[]} */
const MEASURES = [
  {
    key: "norm",
    name: "Norm",
    deviation: () => Math.SQRT1_2,
    above: "longer than noise is: contrast and colours may burn out",
    below: "shorter than noise is: the picture may turn flat",
  },
  {
    key: "kurtosis",
    name: "Kurtosis",
    deviation: (d) => Math.sqrt(24 / d),
    above: "a few cells stand far out: spots may appear there",
    below: "no cell stands out as some do in noise",
  },
  {
    key: "autocorrelation",
    name: "Autocorrelation",
    deviation: (d) => Math.sqrt(1 / (2 * d)),
    above: "neighbours are alike: soft blots may appear",
    below: "neighbours are opposed: a fine pattern may appear",
  },
];

/** @param {Noise} noise @param {Noise} white @returns {Gauge[]} */
export function gaugesOf(noise, white) {
  const d = Math.max(1, white.norm ** 2);
  return MEASURES.map(({ key, name, deviation, above, below }) => {
    const off = (noise[key] - white[key]) / deviation(d);
    const level = Math.abs(off) >= GONE ? "gone" : Math.abs(off) >= DRIFTS ? "drifts" : "calm";
    const words = level === "calm" ? "as in white noise" : off > 0 ? above : below;
    return { name, value: noise[key], white: white[key], off, level, words };
  });
}

/**
 * One sentence for all of it; null where nothing is to be said.
 *
 * @param {readonly Gauge[]} gauges
 * @returns {string | null}
 */
export function warning(gauges) {
  const gone = gauges.filter(({ level }) => level === "gone");
  const drifting = gauges.filter(({ level }) => level === "drifts");
  if (gone.length > 0)
    return `${listed(gone)} left what noise has: the reward may be hacked. Look at the pictures; mode “safe” keeps noise white.`;
  if (drifting.length > 0) return `${listed(drifting)} drifts from what noise has: look at the pictures as well as at the curves.`;
  return null;
}

/** @param {readonly Gauge[]} gauges */
function listed(gauges) {
  const names = gauges.map(({ name }, place) => (place === 0 ? name : name.toLowerCase()));
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/**
 * Edits, times and sizes in few words.
 *
 * @typedef {Pick<import("../session/history.js").Change, "node" | "message">} Change
 * @typedef {{asset: string, changes?: readonly Change[] | null, item?: number | null, of?: number | null}} Named
 */

/**
 * A change without the node's address, which stands beside it: `steps: 20 → 30`, `Inpaint added`.
 *
 * @param {Change} change
 */
export function changeWords({ node, message }) {
  const own = node !== null && message.startsWith(`${node}.`) ? message.slice(node.length + 1) : message;
  const whole = WHOLE.exec(own);
  if (whole !== null) return `${whole[1]} ${whole[2]}`;
  const texts = TEXTS.exec(own);
  return texts === null ? own : `${texts[1]}: ${apart(texts[2] ?? "", texts[3] ?? "")}`;
}

const WHOLE = /^node '[^']+' \((.+)\) (added|removed)$/;
const TEXTS = /^(\w+): "(.*)" → "(.*)"$/;

/** Of two texts what differs, to whole words. @param {string} before @param {string} after */
function apart(before, after) {
  const [a, b] = [before.split(" "), after.split(" ")];
  let start = 0;
  while (start < Math.min(a.length, b.length) && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  const middle = (/** @type {string[]} */ words) => words.slice(start, words.length - end).join(" ") || "(nothing)";
  return `${middle(a)} → ${middle(b)}`;
}

/**
 * What made a picture differ from the one before, as one line.
 *
 * @param {readonly Change[] | null} changes
 */
export function editWords(changes) {
  if (changes === null) return "First version";
  const [first, ...more] = changes;
  if (first === undefined) return "Nothing changed";
  return more.length === 0 ? changeWords(first) : `${changeWords(first)}, and ${more.length} more`;
}

/**
 * What a picture is called among others: by the edit that made it, where that is known, and by its place where one run made several.
 *
 * @param {Named} picture
 */
export function nameOf({ asset, changes, item, of }) {
  if (changes === undefined || of === null) return asset;
  const place = of !== undefined && of > 1 ? `${(item ?? 0) + 1} of ${of} · ` : "";
  return place + editWords(changes);
}

/**
 * Two pictures' names; where one edit made both, with their files' names.
 *
 * @param {Named} a @param {Named} b @returns {[string, string]}
 */
export function namesOf(a, b) {
  const names = /** @type {[string, string]} */ ([nameOf(a), nameOf(b)]);
  return names[0] !== names[1] ? names : [`${names[0]} (${a.asset})`, `${names[1]} (${b.asset})`];
}

/**
 * A moment as people say it today: a time today, else a day.
 *
 * @param {number} seconds  since 1970
 * @param {Date} [now]
 */
export function moment(seconds, now = new Date()) {
  const then = new Date(seconds * 1000);
  if (then.toDateString() === now.toDateString()) return TIME.format(then);
  return (then.getFullYear() === now.getFullYear() ? DAY : FULL_DAY).format(then);
}

/* Made once: each takes longer than all else that is done for a tile. */
const TIME = new Intl.DateTimeFormat([], { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat([], { day: "numeric", month: "short" });
const FULL_DAY = new Intl.DateTimeFormat([], { day: "numeric", month: "short", year: "numeric" });

/**
 * The curve of a wire: a cubic Bézier that leaves its output to the right and comes to its input from the left.
 *
 * Its handles are half as long as the way across, at least 24 units and, where the wire runs backwards, longer, so that
 * it swings around the nodes instead of through them.
 */

/** @param {number} x1 @param {number} x2 @param {number} y1 @param {number} y2 */
export function handle(x1, y1, x2, y2) {
  const across = x2 - x1;
  if (across >= 0) return Math.max(24, across / 2);
  return Math.min(220, 24 + Math.hypot(across, y2 - y1) / 3);
}

/**
 * Squared distance of a point from the curve, in world units; the curve is taken as 24 straight pieces.
 * @param {number} px @param {number} py @param {number} x1 @param {number} y1 @param {number} x2 @param {number} y2
 */
export function distanceSquared(px, py, x1, y1, x2, y2) {
  const reach = handle(x1, y1, x2, y2);
  let best = Infinity;
  let ax = x1;
  let ay = y1;
  for (let i = 1; i <= 24; i++) {
    const t = i / 24;
    const bx = bezier(t, x1, x1 + reach, x2 - reach, x2);
    const by = bezier(t, y1, y1, y2, y2);
    best = Math.min(best, fromPiece(px, py, ax, ay, bx, by));
    ax = bx;
    ay = by;
  }
  return best;
}

/** @param {number} t @param {number} a @param {number} b @param {number} c @param {number} d */
export function bezier(t, a, b, c, d) {
  const s = 1 - t;
  return s * s * s * a + 3 * s * s * t * b + 3 * s * t * t * c + t * t * t * d;
}

/**
 * @param {number} px
 * @param {number} py
 * @param {number} ax
 * @param {number} ay
 * @param {number} bx
 * @param {number} by
 */
function fromPiece(px, py, ax, ay, bx, by) {
  const dx = bx - ax;
  const dy = by - ay;
  const long = dx * dx + dy * dy;
  const t = long === 0 ? 0 : Math.max(0, Math.min(1, ((px - ax) * dx + (py - ay) * dy) / long));
  const x = ax + t * dx - px;
  const y = ay + t * dy - py;
  return x * x + y * y;
}

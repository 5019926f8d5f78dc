/**
 * What is known of a node's part in a run, and how a message changes it. Pure.
 *
 * @typedef {import("./api.js").Fault} Fault
 * @typedef {import("./socket.js").Message} Message
 * @typedef {{readonly state: "idle" | "queued" | "running" | "cached" | "ran" | "failed" | "skipped",
 *   readonly step?: number, readonly of?: number, readonly secondsLeft?: number, readonly seconds?: number,
 *   readonly preview?: string, readonly previewStep?: number, readonly data?: unknown, readonly why?: string, readonly partial?: boolean,
 *   readonly outputs?: {readonly [name: string]: readonly any[]}, readonly fault?: Fault,
 *   readonly notices?: readonly {message: string, input: string | null}[]}} NodeRun
 *   `outputs`: pictures and values that came out, kept until others come
 */

/** @type {NodeRun} */
export const IDLE = Object.freeze({ state: "idle" });

/**
 * The node's part after a message about it.
 *
 * @param {NodeRun} now
 * @param {Message} message
 * @returns {NodeRun}
 */
export function afterMessage(now, message) {
  const kept = keep(now);
  switch (message.type) {
    case "node.started":
      return { ...kept, state: "running" };
    case "node.progress":
      return { ...now, state: "running", step: message.step, of: message.of, secondsLeft: message.seconds_left };
    case "node.preview":
      return { ...now, preview: message.url, previewStep: message.step };
    case "node.data":
      return { ...now, data: message.data };
    case "node.succeeded":
      return ended(now, message);
    case "node.failed":
      return { ...kept, state: "failed", fault: message.fault };
    case "node.skipped":
      return { ...kept, state: "skipped", why: message.why };
    case "node.notice":
      return { ...now, notices: [...(now.notices ?? []), { message: message.message, input: message.input ?? null }] };
    default:
      return now;
  }
}

/**
 * @param {NodeRun} now
 * @param {Message} message
 * @returns {NodeRun}
 */
function ended(now, message) {
  const { notices, preview, previewStep } = now;
  return {
    ...keep(now),
    state: message.cached === true ? "cached" : "ran",
    seconds: message.seconds,
    ...(notices === undefined ? {} : { notices }),
    ...(preview === undefined ? {} : { preview, previewStep }),
    ...(message.partial === true ? { partial: true } : {}),
  };
}

/**
 * What stays to be seen while a node runs again.
 *
 * @param {NodeRun} now
 */
export function keep({ outputs, data }) {
  return { ...(outputs === undefined ? {} : { outputs }), ...(data === undefined ? {} : { data }) };
}

/**
 * What a use shows of a node inside it: what runs now and what failed; a use is done when the run says so.
 *
 * @param {NodeRun} use
 * @param {NodeRun} inner
 * @param {Message} message
 * @returns {NodeRun}
 */
export function afterInner(use, inner, message) {
  if (message.type === "node.failed") return { ...keep(use), state: "failed", fault: message.fault };
  if (use.state === "failed" || message.type === "node.notice" || message.type === "node.data") return use;
  if (message.type === "node.succeeded" && message.cached === true) return use;
  const seconds = (use.seconds ?? 0) + (message.type === "node.succeeded" ? (message.seconds ?? 0) : 0);
  const { step, of, secondsLeft, preview } = inner;
  return { ...keep(use), state: "running", seconds, step, of, secondsLeft, preview: preview ?? use.preview };
}

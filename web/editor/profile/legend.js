/** The legend of a profile: what nodes are tinted by, what each tint means, and what the run took as a whole. */

import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import { effect } from "../vendor/signals-core/signals-core.mjs";
import { CLOSE } from "../palette/cross.js";
import { tintStyle } from "../view/tints.js";
import { amountWords, bytesWords, largestOf, limitsOf, wholeOf } from "./measure.js";

/** @typedef {import("./measure.js").By} By */
/** @typedef {import("../view/tints.js").Tint} Tint */

const WAYS = Object.freeze(/** @type {const} */ ([["seconds", "Seconds"], ["memory", "Memory"], ["cache", "Cache"]]));
const NOTHING = Object.freeze({
  none: "Nothing was run yet.",
  running: "The profile comes when the run ends.",
  waits: "Loading…",
});

/**
 * @param {import("./profile.js").Profiler} profiler
 * @param {import("../view/stage.js").Stage} stage
 * @returns {HTMLElement}
 */
export function mountLegend(profiler, stage) {
  const element = document.createElement("section");
  element.className = "profile";
  element.setAttribute("aria-label", "Profile of the last run");
  stage.root.after(element);
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    profiler.close();
  });
  effect(() => {
    const by = profiler.by.value;
    element.hidden = by === null;
    if (by !== null) render(body(profiler, by, profiler.known.value), element);
  });
  return element;
}

/** @param {import("./profile.js").Profiler} profiler @param {By} by @param {import("./profile.js").Known} known */
function body(profiler, by, known) {
  return html`<header class="profile-head">
      <div role="group" aria-label="Tint nodes by">
        ${WAYS.map(([way, title]) => html`<button type="button" aria-pressed=${way === by} @click=${() => profiler.show(way)}>${title}</button>`)}
      </div>
      <button type="button" class="profile-close" aria-label="Close the profile" title="Close the profile" @click=${() => profiler.close()}>${CLOSE}</button>
    </header>
    ${typeof known === "string" ? html`<p>${NOTHING[known]}</p>` : scale(by, known)}`;
}

/** @param {By} by @param {import("./measure.js").Profile} profile */
function scale(by, profile) {
  const steps = by === "cache" ? CACHE : amounts(by, largestOf(profile, by));
  return html`${steps.length
      ? html`<ul aria-label="What the tints mean">${steps.map(
          ([tint, words]) => html`<li><span class="profile-tint" .style=${`--tint: ${tintStyle(tint)}`}></span>${words}</li>`,
        )}</ul>`
      : html`<p>${by === "memory" ? "No node held memory that this device counts." : "No node took any time."}</p>`}
    <p class="profile-sum">${sum(profile)}</p>`;
}

/** @type {readonly (readonly [Tint, string])[]} */
const CACHE = Object.freeze([["ran", "ran"], ["part", "some of it cached"], ["cached", "cached"]]);

/** @param {By} by @param {number} largest @returns {readonly (readonly [Tint, string])[]} */
function amounts(by, largest) {
  if (largest === 0) return [];
  const limits = limitsOf(largest).map((limit) => amountWords(limit, by));
  return /** @type {[Tint, string][]} */ ([["1", `under ${limits[0]}`], ...limits.map((words, i) => [`${i + 2}`, `from ${words}`])]);
}

/** @param {import("./measure.js").Profile} profile */
function sum(profile) {
  const { seconds, bytes, ran, cached, failed } = wholeOf(profile);
  const counts = [
    ran + failed ? `${ran + failed} ran in ${amountWords(seconds, "seconds")}` : "",
    cached ? `${cached} cached` : "",
    failed ? `${failed} failed` : "",
    bytes === null ? "" : `${bytesWords(bytes)} at most`,
  ];
  return counts.filter(Boolean).join(", ") || nothing;
}

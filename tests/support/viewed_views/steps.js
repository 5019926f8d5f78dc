/** A bar a step, a button that asks for one more, and one that stops. */

import { sentence } from "./inner/words.js";

/** What was left and not mounted anew, for tests. */
globalThis.unmounted = 0;

export default {
  width: 320,
  height: ({ data }) => (data === null ? 60 : 120),
  mount(root, host) {
    const { html, render } = host.lit;
    host.style(".bar { display: inline-block; width: 8px; height: 20px; background: var(--canvas-accent) }");
    host.memory.set("mounts", (host.memory.get("mounts") ?? 0) + 1);
    return {
      update(facts) {
        render(
          html`<p>${sentence(facts)}, seen ${host.memory.get("mounts")}</p>
            ${(facts.data?.done ?? []).map(() => html`<i class="bar"></i>`)}
            <label>note<input /></label>
            <button @click=${() => host.set("count", facts.inputs.count + 1)}>One more</button>
            <button @click=${host.stop}>Enough</button>`,
          root,
        );
      },
      unmount: () => (globalThis.unmounted += 1),
    };
  },
};

/** Light or dark: as the user chose, else as the system is. */

import { effect } from "../vendor/signals-core/signals-core.mjs";

/** @param {import("../session/app.js").App} app */
export function followTheme(app) {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const { theme } = app.settings.chosen.value;
    document.documentElement.dataset.theme = theme === "system" ? (system.matches ? "dark" : "light") : theme;
    app.view?.refresh();
  };
  system.addEventListener("change", apply);
  effect(apply);
}

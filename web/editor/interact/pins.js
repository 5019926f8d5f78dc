/**
 * The pin of a widget: a button in the row that the pointer or the keyboard is at. One serves for all, so that two thousand
 * nodes cost nothing.
 *
 * @typedef {import("../session/app.js").App} App
 */

import { effect } from "../vendor/signals-core/signals-core.mjs";
import { styled } from "../palette/styles.js";

/** @param {App} app */
export function installPins(app) {
  const stage = app.view?.stage;
  if (stage === undefined) return;
  void styled("pins.css");
  const pin = document.createElement("button");
  pin.type = "button";
  pin.className = "pin";
  pin.tabIndex = -1; // the keyboard has it in the row's menu
  /** @type {{node: string, input: string} | null} */
  let at = null;
  const show = () => {
    if (at === null) return;
    const pinned = app.commands.get("form.pin")?.on?.(app, at) === true;
    pin.setAttribute("aria-pressed", String(pinned));
    pin.ariaLabel = pin.title = pinned ? "Take off the form" : "Pin to the form";
  };
  pin.addEventListener("click", () => {
    if (at !== null) void app.commands.run("form.pin", at);
    show();
  });
  /** @param {Event} event */
  const come = (event) => {
    const field = event.target instanceof Element ? event.target.closest(".field:not(.linked)") : null;
    const node = field?.closest("article")?.dataset.id;
    if (!(field instanceof HTMLElement) || node === undefined || field.dataset.input === undefined) return pin.remove();
    at = { node, input: field.dataset.input };
    if (pin.parentElement !== field) field.append(pin);
    show();
  };
  stage.layer.addEventListener("pointerover", come);
  stage.layer.addEventListener("focusin", come);
  stage.root.addEventListener("pointerleave", () => pin.remove());
  effect(() => {
    void app.active.value.document.value;
    show();
  });
}

/** A picture at its full size over the page; a click or Escape goes back. */

import { html, render } from "../vendor/lit-html/lit-html.js";

/** @param {{url: string, name: string, width: number, height: number}} picture */
export function openLightbox({ url, name, width, height }) {
  const dialog = document.createElement("dialog");
  dialog.className = "lightbox";
  dialog.setAttribute("aria-label", name);
  document.body.append(dialog);
  const small = width <= 512 && height <= 512;
  render(
    html`<img class=${small ? "crisp" : ""} src=${url} alt=${name} />
    <p><span>${name}</span><span>${width} × ${height}</span><a href=${url} download=${name}>Download</a>
      <button type="button" autofocus @click=${() => dialog.close()}>Close</button></p>`,
    dialog,
  );
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("keydown", (event) => event.stopPropagation());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.showModal();
}

/** The view's style. Colours are those of the page, and six for curves. */
export const STYLE = `
:host { container-type: inline-size; color: var(--canvas-text); }
* { box-sizing: border-box; }
.view { display: flex; flex-direction: column; gap: 6px; font: 12px/1.4 var(--canvas-font); }
p { margin: 0; }
.muted { color: var(--canvas-muted); }
.warn { padding: 4px 8px; border-left: 3px solid var(--state-stale); background: color-mix(in srgb, var(--state-stale) 12%, transparent); border-radius: 0 5px 5px 0; }
.warn.gone { border-color: var(--state-failed); background: color-mix(in srgb, var(--state-failed) 12%, transparent); }
.chart { display: block; width: 100%; height: 112px; background: var(--field); border: 1px solid var(--field-line); border-radius: 6px; }
.curve { fill: none; stroke: var(--c); stroke-width: 1.75; stroke-linejoin: round; vector-effect: non-scaling-stroke; }
.dot { fill: var(--c); }
.held { stroke-dasharray: 5 4; }
.total { --c: var(--canvas-text); }
.c0 { --c: light-dark(#3457d5, #84a5ff); } .c1 { --c: light-dark(#b3541e, #f0a36b); } .c2 { --c: light-dark(#2c8a50, #6fbf8b); }
.c3 { --c: light-dark(#8a3fb0, #cf9bef); } .c4 { --c: light-dark(#0f7f8c, #5cc7d4); } .c5 { --c: light-dark(#a3334f, #f08ca4); }
.mark { stroke: var(--canvas-text); stroke-width: 1; }
.best-mark { stroke: var(--state-done); stroke-width: 2; }
input[type="range"] { width: 100%; margin: 0; accent-color: var(--canvas-accent); }
label.along { display: flex; gap: 8px; align-items: center; white-space: nowrap; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 1px 4px; text-align: right; font-weight: 400; height: 24px; }
thead th { color: var(--canvas-muted); height: 18px; }
th:first-child { text-align: left; max-width: 130px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.swatch { width: 22px; height: 6px; margin-right: 6px; vertical-align: middle; }
input[type="number"] { width: 62px; height: 22px; padding: 0 4px; font: inherit; text-align: right; color: inherit; background: var(--field); border: 1px solid var(--field-line); border-radius: 5px; }
.beside { display: grid; grid-template-columns: 168px 1fr; gap: 12px; }
.compare { position: relative; height: 168px; border-radius: 6px; overflow: hidden; background: var(--field); border: 1px solid var(--field-line); touch-action: none; }
.compare img { position: absolute; inset: 0; width: 100%; height: 100%; object-fit: contain; }
.compare input { position: absolute; inset: 0; height: 100%; opacity: 0; cursor: ew-resize; }
.compare:focus-within { outline: 2px solid var(--canvas-accent); }
.cut { position: absolute; top: 0; bottom: 0; width: 2px; margin-left: -1px; background: #fff; box-shadow: 0 0 3px #000; pointer-events: none; }
.tag { position: absolute; bottom: 4px; padding: 0 6px; border-radius: 8px; background: #000b; color: #fff; font-size: 11px; pointer-events: none; }
.tag.left { left: 4px; } .tag.right { right: 4px; }
.empty { display: grid; place-items: center; padding: 10px; text-align: center; color: var(--canvas-muted); }
.gauges { display: grid; align-content: space-between; gap: 4px; }
.gauge .line { display: flex; justify-content: space-between; }
.gauge svg { display: block; width: 100%; height: 8px; }
.gauge .words { font-size: 11px; line-height: 1.25; min-height: 27px; color: var(--canvas-muted); }
.gauge.drifts .words, .gauge.gone .words { color: var(--canvas-text); }
.track { fill: var(--field-line); } .well { fill: color-mix(in srgb, var(--state-done) 55%, var(--field)); }
.needle { fill: var(--canvas-text); } .drifts .needle { fill: var(--state-stale); } .gone .needle { fill: var(--state-failed); }
.strip { display: flex; gap: 5px; margin: 0; padding: 2px; height: 84px; overflow-x: auto; list-style: none; touch-action: pan-x; scrollbar-width: thin; }
.frame { display: grid; width: 60px; padding: 2px; border: 2px solid transparent; border-radius: 6px; background: none; color: inherit; font: 11px/1.2 var(--canvas-font); cursor: pointer; }
.frame img { display: block; width: 52px; height: 52px; object-fit: cover; border-radius: 4px; background: var(--field); }
.frame[aria-pressed="true"] { border-color: var(--canvas-accent); }
.frame.is-best span { font-weight: 700; }
.row { display: flex; flex-wrap: wrap; gap: 6px; align-items: center; }
.row .muted { flex: 1 1 100%; }
button.plain { padding: 4px 10px; font: inherit; color: inherit; background: var(--field); border: 1px solid var(--field-line); border-radius: 6px; cursor: pointer; }
button.plain:disabled { color: var(--canvas-muted); cursor: default; }
button:focus-visible, input:focus-visible { outline: 2px solid var(--canvas-accent); outline-offset: 1px; }
@container (max-width: 340px) {
  .beside { grid-template-columns: 1fr; }
  th:first-child { max-width: 84px; }
}
@media (pointer: coarse) {
  button.plain { min-height: 44px; }
  label { display: flex; gap: 8px; align-items: center; min-height: 44px; }
  .along input { height: 44px; }
  input[type="checkbox"] { width: 24px; height: 24px; margin: 0; }
  input[type="number"] { width: 72px; height: 44px; font-size: 16px; }
}
`;

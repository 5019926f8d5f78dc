export function sentence({ state, step, of, data }) {
  const last = data === null ? "nothing" : data.done.at(-1);
  return `${state} ${step}/${of}: ${last}`;
}

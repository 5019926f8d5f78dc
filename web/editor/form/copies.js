/**
 * The form's values as a command line, a request of curl and a program: what works here works there. Pure.
 *
 * @typedef {import("../model/json.js").Json} Json
 * @typedef {object} Copied
 * @property {string} server  its address, with a slash at the end
 * @property {boolean} guarded  whether the server asks programs for its token, which they then find in LOOM_TOKEN
 * @property {string | null} saved  the name in the library that holds this workflow, but for the values
 * @property {{[key: string]: Json}} workflow  the whole of it, for who has it in no library
 * @property {readonly {readonly name: string, readonly value: Json}[]} values  by the names that `--set` knows
 */

import { isObject } from "../model/json.js";

const END = "END_OF_WORKFLOW";
const TOKEN = ' -H "Authorization: Bearer $LOOM_TOKEN"';

/**
 * `loom run`, which takes the workflow from the server, or from what stands below it.
 *
 * @param {Copied} copied
 * @returns {string}
 */
export function asCommand({ server, guarded, saved, workflow, values }) {
  const set = values.flatMap(({ name, value }) => {
    const text = settable(value);
    return text === null ? [] : [`--set ${shell(`${name}=${text}`)}`];
  });
  const run = ["loom run -", ...set].join(" \\\n  ");
  if (saved !== null) return `curl -fsS${guarded ? TOKEN : ""} ${shell(addressOf(server, saved))} | ${run}\n`;
  return `${run} <<'${END}'\n${JSON.stringify(workflow)}\n${END}\n`;
}

/**
 * A run, asked of the server with curl; its answer has the run's id.
 *
 * @param {Copied} copied
 * @returns {string}
 */
export function asCurl({ server, guarded, workflow, values }) {
  const body = JSON.stringify({ workflow, inputs: tableOf(values) });
  const head = `curl -fsS${guarded ? TOKEN : ""} ${shell(`${server}api/runs`)} -H 'Content-Type: application/json' --data-binary @-`;
  return `${head} <<'${END}'\n${body}\n${END}\n`;
}

/**
 * A program that runs it and writes the pictures beside itself.
 *
 * @param {Copied} copied
 * @returns {string}
 */
export function asPython({ server, guarded, saved, workflow, values }) {
  const taken =
    saved === null
      ? `json.loads(${python(JSON.stringify(workflow))})`
      : `await loom.call("GET", ${python(addressOf("/", saved))})`;
  const inputs = values.map(({ name, value }) => `    ${python(name)}: ${python(value)},\n`).join("");
  return `import asyncio
${saved === null ? "import json\n" : ""}${guarded ? "import os\n" : ""}from pathlib import Path

from web.client import Client

inputs = {
${inputs}}


async def main() -> None:
    async with Client(${python(server)}${guarded ? ', os.environ["LOOM_TOKEN"]' : ""}) as loom:
        workflow = ${taken}
        run = await loom.run(workflow, inputs=inputs)
        print(run["status"], *(fault["message"] for fault in run["faults"]))
        for name, data in await loom.pictures(run):
            Path(name).write_bytes(data)
            print(name)


asyncio.run(main())
`;
}

/**
 * A value as `--set` reads it; null for one that has no such form.
 *
 * @param {Json} value
 * @returns {string | null}
 */
export function settable(value) {
  if (typeof value === "string") return value.startsWith("@") ? `@${value}` : value;
  if (isObject(value) && typeof value.asset === "string") return null; // a file, which the workflow names itself
  if (isObject(value) && typeof value.folder === "string") return value.folder;
  return JSON.stringify(value);
}

/** @param {string} server @param {string} name */
function addressOf(server, name) {
  return `${server}api/workflows/${encodeURIComponent(name)}`;
}

/** @param {Copied["values"]} values */
function tableOf(values) {
  return Object.fromEntries(values.map(({ name, value }) => [name, value]));
}

/**
 * A word of a POSIX shell, whatever is in it.
 *
 * @param {string} text
 * @returns {string}
 */
export function shell(text) {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/**
 * A value as Python writes it.
 *
 * @param {Json} value
 * @returns {string}
 */
export function python(value) {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return `[${value.map(python).join(", ")}]`;
  if (isObject(value)) {
    const entries = Object.entries(value).map(([key, part]) => `${python(key)}: ${python(part)}`);
    return `{${entries.join(", ")}}`;
  }
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

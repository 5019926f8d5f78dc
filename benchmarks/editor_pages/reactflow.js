/** The graph in React Flow, which is told to render only what is in view. Its package for scripts wants the JSX runtime as a global. */

const { createElement, Fragment, memo } = React;
const jsx = (type, { children, ...props }, key) =>
  createElement(type, key === undefined ? props : { ...props, key }, ...(Array.isArray(children) ? children : [children]));
globalThis.jsxRuntime = { jsx, jsxs: jsx, Fragment };
await new Promise((loaded) => {
  const script = document.createElement("script");
  script.src = "node_modules/@xyflow/react/dist/umd/index.js";
  script.onload = loaded;
  document.head.append(script);
});
const { ReactFlow, Handle, MiniMap, useEdgesState, useNodesState, useReactFlow } = globalThis.ReactFlow;
const { nodes, links } = await (await fetch("graph.json")).json();

const Box = memo(({ data }) =>
  createElement(
    "div",
    { className: "box" },
    ...data.inputs.map((name, i) => createElement(Handle, { key: name, id: String(i), type: "target", position: "left", style: { top: 20 + 24 * i } })),
    createElement("b", null, data.title),
    ...data.numbers.map((name) => createElement("label", { key: name }, name, " ", createElement("input", { className: "nodrag", defaultValue: 256 }))),
    data.picture ? createElement("img", { src: data.picture }) : null,
    createElement(Handle, { type: "source", position: "right" }),
  ),
);
const types = { box: Box };

function Flow() {
  const [boxes, , onNodesChange] = useNodesState(
    nodes.map((node, i) => ({ id: String(i), type: "box", position: { x: node.x, y: node.y }, data: node })),
  );
  const [edges, , onEdgesChange] = useEdgesState(
    links.map(({ from, to, input }, i) => ({ id: `e${i}`, source: String(from), target: String(to), targetHandle: String(input) })),
  );
  return createElement(
    ReactFlow,
    { nodes: boxes, edges, onNodesChange, onEdgesChange, nodeTypes: types, minZoom: 0.01, fitView: true, onlyRenderVisibleElements: true },
    createElement(MiniMap),
    createElement(Hands),
  );
}

function Hands() {
  const flow = useReactFlow();
  globalThis.bench = {
    fit: () => flow.fitView(),
    near: (i) => flow.setCenter(nodes[i].x + 120, nodes[i].y + 60, { zoom: 1 }),
    header: (i) => flow.flowToScreenPosition({ x: nodes[i].x + 120, y: nodes[i].y + 16 }),
  };
  return null;
}

ReactDOM.createRoot(document.getElementById("root")).render(createElement(Flow));
const look = () =>
  document.querySelector(".react-flow__node .box") ? (document.body.dataset.ready = "") : requestAnimationFrame(look);
requestAnimationFrame(look);

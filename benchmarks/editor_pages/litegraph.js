/** The graph in litegraph.js, with its own nodes, widgets and settings. */

const { nodes, links } = await (await fetch("graph.json")).json();
const canvas = document.querySelector("canvas");
canvas.width = innerWidth;
canvas.height = innerHeight;
LiteGraph.MAX_NUMBER_OF_NODES = Infinity; // it takes 1,000 unless told otherwise
const graph = new LGraph();
const view = new LGraphCanvas(canvas, graph, { autoresize: false });
const made = nodes.map((node) => {
  const box = new LGraphNode(node.title);
  for (const name of node.inputs) box.addInput(name, "image");
  box.addOutput("image", "image");
  for (const name of node.numbers) box.addWidget("number", name, 256, () => {});
  box.pos = [node.x, node.y];
  box.size = [240, box.computeSize()[1] + (node.picture ? 170 : 0)];
  if (node.picture) {
    const picture = new Image();
    picture.src = node.picture;
    box.onDrawBackground = (context) => context.drawImage(picture, 38, box.size[1] - 168, 164, 164);
  }
  graph.add(box);
  return box;
});
for (const { from, to, input } of links) made[from].connect(0, made[to], input);

globalThis.bench = {
  fit() {
    const right = Math.max(...nodes.map(({ x }) => x)) + 240;
    const bottom = Math.max(...nodes.map(({ y }) => y)) + 300;
    const scale = Math.min(innerWidth / right, innerHeight / bottom) * 0.94;
    view.ds.scale = scale;
    view.ds.offset = [(innerWidth / scale - right) / 2, (innerHeight / scale - bottom) / 2];
    view.setDirty(true, true);
  },
  near(i) {
    view.ds.scale = 1;
    view.ds.offset = [innerWidth / 2 - 120 - nodes[i].x, innerHeight / 2 - nodes[i].y];
    view.setDirty(true, true);
  },
  header: (i) => ({ x: (made[i].pos[0] + view.ds.offset[0] + 120) * view.ds.scale, y: (made[i].pos[1] + view.ds.offset[1] - 15) * view.ds.scale }),
};
bench.fit();
graph.start();
requestAnimationFrame(() => (document.body.dataset.ready = ""));

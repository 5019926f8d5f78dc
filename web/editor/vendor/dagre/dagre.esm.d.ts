// What the editor uses of dagre. The package's own types reach into a second package that is not vendored.
export class Graph {
  constructor(options?: { directed?: boolean; multigraph?: boolean; compound?: boolean });
  setGraph(label: { rankdir?: string; nodesep?: number; ranksep?: number; edgesep?: number; ranker?: string }): this;
  setDefaultEdgeLabel(label: () => object): this;
  setNode(name: string, label: { width: number; height: number }): this;
  setEdge(from: string, to: string, label?: object, name?: string): this;
  node(name: string): { x: number; y: number; width: number; height: number };
}
export function layout(graph: Graph): void;

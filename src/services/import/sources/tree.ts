/** Where something stands in a tree. */
export interface TreeNode {
  readonly id: string;
  /** Null for the first of a tree; one that does not exist counts as none. */
  readonly parentId: string | null;
}

/** The nodes of what should be trees, in an order in which one can go through them. */
export interface OrderedTree<Node extends TreeNode> {
  /** Each after its parent. */
  readonly nodes: readonly Node[];
  /** The parent of each; null where it has none, or had one that is not there or leads back to itself. */
  readonly parents: ReadonlyMap<string, string | null>;
  /** How many stood in a ring, or below a parent that is not there, and now begin a branch of their own. */
  readonly cutCount: number;
}

/** Puts nodes in order, whatever they say of one another: without recursion, and in a time that grows with their number alone. */
export function orderTree<Node extends TreeNode>(given: readonly Node[]): OrderedTree<Node> {
  const known = new Map(given.map((node) => [node.id, node]));
  const children = Map.groupBy(known.values(), ({ parentId }) => parentId);
  const parents = new Map<string, string | null>();
  const nodes: Node[] = [];
  let cutCount = 0;

  const walk = (root: Node): void => {
    parents.set(root.id, null);
    const waiting = [root];
    for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
      nodes.push(node);
      for (const child of (children.get(node.id) ?? []).toReversed()) {
        if (parents.has(child.id)) continue;
        parents.set(child.id, node.id);
        waiting.push(child);
      }
    }
  };

  for (const node of known.values()) {
    if (node.parentId !== null && known.has(node.parentId)) continue;
    if (node.parentId !== null) cutCount += 1;
    walk(node);
  }
  // What is left stands in rings: each is cut where it comes first.
  for (const node of known.values()) {
    if (parents.has(node.id)) continue;
    cutCount += 1;
    walk(node);
  }
  return { nodes, parents, cutCount };
}

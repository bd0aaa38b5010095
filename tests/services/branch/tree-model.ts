/** A message of the model. */
export interface ModelMessage {
  readonly key: number;
  readonly parent: number | null;
  readonly role: 'USER' | 'ASSISTANT';
}

/** The tree of a conversation as one would write it down with nothing but lists: what the product must agree with. */
export interface TreeModel {
  readonly messages: ReadonlyMap<number, ModelMessage>;
  /** The keys of the branch that is seen, from the first message down. */
  path(): readonly number[];
  childrenOf(key: number | null): readonly number[];
  add(parent: number | null, role: ModelMessage['role']): number;
  /** The branch ends with this message, or with nothing. */
  showDownTo(key: number | null): void;
  /** The branch goes through this message, and on by the newest. */
  show(key: number): void;
  /** Deletes a message with all below it, and returns how many. */
  remove(key: number): number;
  /** The keys from the first message down to this one. */
  lineOf(key: number): readonly number[];
}

/** An empty conversation. */
export function createTreeModel(): TreeModel {
  const messages = new Map<number, ModelMessage>();
  let path: readonly number[] = [];
  let lastKey = 0;
  const childrenOf = (key: number | null): readonly number[] => [...messages.values()].filter(({ parent }) => parent === key).map((message) => message.key);
  const lineOf = (key: number): readonly number[] => {
    const parent = messages.get(key)?.parent ?? null;
    return parent === null ? [key] : [...lineOf(parent), key];
  };
  const onwards = (key: number): readonly number[] => {
    const newest = childrenOf(key).at(-1);
    return newest === undefined ? [key] : [key, ...onwards(newest)];
  };
  const below = (key: number): readonly number[] => [key, ...childrenOf(key).flatMap(below)];
  const show = (key: number): void => {
    if (path.includes(key)) return;
    path = [...lineOf(key).slice(0, -1), ...onwards(key)];
  };
  return {
    messages,
    path: () => path,
    childrenOf,
    lineOf,
    add: (parent, role) => {
      lastKey += 1;
      messages.set(lastKey, { key: lastKey, parent, role });
      path = lineOf(lastKey);
      return lastKey;
    },
    showDownTo: (key) => void (path = key === null ? [] : lineOf(key)),
    show,
    remove: (key) => {
      const parent = messages.get(key)?.parent ?? null;
      const siblings = childrenOf(parent);
      const place = siblings.indexOf(key);
      const beside = siblings[place - 1] ?? siblings[place + 1];
      const gone = below(key);
      const wasSeen = path.includes(key);
      for (const each of gone) messages.delete(each);
      if (wasSeen) {
        path = parent === null ? [] : lineOf(parent);
        if (beside !== undefined) show(beside);
      }
      return gone.length;
    },
  };
}

import { parentPort } from 'node:worker_threads';
import { scan, type Near, type Segment } from './scan.ts';

/** What the thread is told. A cache is what is held of a base by one model. */
export type ScanMessage =
  | { readonly kind: 'put'; readonly cache: string; readonly documentId: string; readonly segment: Segment }
  | { readonly kind: 'remove'; readonly cache: string; readonly documentIds: readonly string[] }
  | { readonly kind: 'drop'; readonly cache: string }
  | {
      readonly kind: 'scan';
      readonly id: number;
      readonly caches: readonly string[];
      readonly vector: Float32Array;
      readonly limit: number;
      readonly documentIds: readonly string[] | null;
    };

/** What it answers. */
export interface ScanAnswer {
  readonly id: number;
  readonly found: readonly Near[];
}

// This file is the entry of a thread, and never imported for anything but its types.
const caches = new Map<string, Map<string, Segment>>();

function* segmentsOf(names: readonly string[], documentIds: readonly string[] | null): Generator<Segment> {
  for (const name of names) {
    const segments = caches.get(name);
    if (segments === undefined) continue;
    if (documentIds === null) yield* segments.values();
    else for (const id of documentIds) yield* segments.has(id) ? [segments.get(id) ?? { ids: [], values: new Float32Array() }] : [];
  }
}

parentPort?.on('message', (message: ScanMessage) => {
  switch (message.kind) {
    case 'put': {
      const segments = caches.get(message.cache) ?? new Map<string, Segment>();
      segments.set(message.documentId, message.segment);
      caches.set(message.cache, segments);
      return;
    }
    case 'remove':
      for (const id of message.documentIds) caches.get(message.cache)?.delete(id);
      return;
    case 'drop':
      caches.delete(message.cache);
      return;
    case 'scan': {
      const answer: ScanAnswer = { id: message.id, found: scan(segmentsOf(message.caches, message.documentIds), message.vector, message.limit) };
      // oxlint-disable-next-line unicorn/require-post-message-target-origin
      parentPort?.postMessage(answer);
      return;
    }
    default:
      message satisfies never;
  }
});

import type { ParentMessage } from '../protocol.ts';

/** What the parent gave on the command line. */
export interface ChildArguments {
  /** The private folder of this process. */
  readonly folder: string;
  readonly memoryBytes: number;
  readonly threads: number;
  /** Above this much memory in use the process ends itself. */
  readonly residentBytes: number;
  /** How long a job may run before the process gives its priority up. */
  readonly longAfterMs: number;
  /** How much more than at its start the process may hold when it is given the next job. */
  readonly leftoverBytes: number;
}

/** Reads the command line. */
export function parseArguments(values: readonly string[]): ChildArguments {
  const [folder, ...numbers] = values;
  if (folder === undefined) throw new Error('The first argument must be the private folder.');
  const [memoryBytes = NaN, threads = NaN, residentBytes = NaN, longAfterMs = NaN, leftoverBytes = NaN] = numbers.map(Number);
  return { folder, memoryBytes, threads, residentBytes, longAfterMs, leftoverBytes };
}

/** Takes a message as the parent's: the channel has no other end, and the parent is our own code. */
export function parseParentMessage(value: unknown): ParentMessage {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a parser would copy every job for nothing
  return value as ParentMessage;
}

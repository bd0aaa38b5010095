// Many streams at once, each of them checked to the last token.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Streamer } from './streamers.ts';
import { createTokenCheck, tokenClock, type TokenReport } from './token-check.ts';

/** How many streams there are, and how they come in. */
export interface FlowOptions {
  readonly streams: number;
  /** How many tokens each has. */
  readonly tokens: number;
  readonly tokensPerSecond: number;
  /** Over which time they are started, evenly. */
  readonly rampMs: number;
}

/** What all streams delivered, which is everything. */
export interface Delivered {
  /** How long after the engine made it each token came. */
  readonly lagMs: readonly number[];
  /** The same of the first token of each stream. */
  readonly firstMs: readonly number[];
  /** From the wish to have a stream to its first token, less what the engine waits before it. */
  readonly firstFromSendMs: readonly number[];
}

/** Streams that are on their way. */
export interface Flow {
  /** How many tokens have come so far. */
  readonly delivered: number;
  /** How many of them were late. */
  readonly late: number;
  /** When all are over. It fails when one of them is not whole. */
  readonly over: Promise<Delivered>;
}

/** A token that comes so long after the engine made it is late: a reader sees it stutter. */
export const lateMs = 250;
// A stream that is a minute late does not come any more.
const patienceMs = 60_000;

/** The value under which a share of the values lies, NaN of none. @param share from 0 to 1 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}

function assertWhole(reports: readonly TokenReport[], tokens: number): void {
  const broken = reports.filter((report) => report.isBroken || report.tokens !== tokens);
  const [first] = broken;
  if (first === undefined) return;
  const fault = first.isBroken ? 'has a gap, a repetition or a wrong order' : 'is short';
  throw new Error(
    `${broken.length} of ${reports.length} streams are not whole. One ${fault}: ${first.lagMs.length} tokens of ${tokens}, the last of them number ${first.tokens}; what came besides tokens: ${first.otherText}`,
  );
}

/** Starts streams and follows them. */
export function startFlow(streamer: Streamer, { streams, tokens, tokensPerSecond, rampMs }: FlowOptions): Flow {
  let delivered = 0;
  let late = 0;
  let ended = 0;
  const firstFromSendMs: number[] = [];
  const follow = async (index: number): Promise<TokenReport> => {
    await sleep((index * rampMs) / streams);
    const sentAt = tokenClock();
    const check = createTokenCheck((token, lag) => {
      delivered += 1;
      if (lag > lateMs) late += 1;
      if (token === 1) firstFromSendMs.push(tokenClock() - sentAt - 1_000 / tokensPerSecond);
    });
    await streamer.follow({ tokens, tokensPerSecond }, (text) => check.take(text));
    ended += 1;
    return check.report();
  };
  const followAll = async (): Promise<Delivered> => {
    const reports = await Promise.all(Array.from({ length: streams }, (_, index) => follow(index)));
    assertWhole(reports, tokens);
    return { lagMs: reports.flatMap((report) => report.lagMs), firstMs: reports.map((report) => report.lagMs[0] ?? NaN), firstFromSendMs };
  };
  const deadline = new AbortController();
  const giveUp = async (): Promise<never> => {
    await sleep(rampMs + (tokens * 1_000) / tokensPerSecond + patienceMs, undefined, deadline);
    throw new Error(`${streams - ended} of ${streams} streams have no end; ${delivered} of ${streams * tokens} tokens came.`);
  };
  const over = Promise.race([followAll(), giveUp()]).finally(() => deadline.abort());
  // Whoever started it asks later; a failure until then waits for that.
  over.catch(() => {});
  return {
    get delivered() {
      return delivered;
    },
    get late() {
      return late;
    },
    over,
  };
}

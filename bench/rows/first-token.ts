import type { Measured, Row } from '../harness.ts';
import { quantile, startFlow } from '../streaming/flow.ts';
import { streamContestants, type Streamer } from '../streaming/streamers.ts';

// Answers of ten seconds of which a hundred are open come in at ten a second; here they come twice as fast.
const flowOptions = { streams: 100, tokens: 500, tokensPerSecond: 50, rampMs: 5_000 };

async function measure(streamer: Streamer): Promise<Measured> {
  const { firstMs, firstFromSendMs, lagMs } = await startFlow(streamer, flowOptions).over;
  return {
    'first token p50 ms': quantile(firstMs, 0.5),
    'first token p99 ms': quantile(firstMs, 0.99),
    'from the send p50 ms': quantile(firstFromSendMs, 0.5),
    'from the send p99 ms': quantile(firstFromSendMs, 0.99),
    'any token p50 ms': quantile(lagMs, 0.5),
    'any token p99 ms': quantile(lagMs, 0.99),
  };
}

/** When the first token of an answer comes, while others start and flow. What the engine takes is not in it. */
export const firstTokenRow: Row = {
  id: 'first-token',
  title: "First token over the engine's own time, 100 streams that start within 5 s",
  goal: 'p50 under 10 ms, p99 under 40 ms',
  metrics: [
    { name: 'first token p50 ms', digits: 1 },
    { name: 'first token p99 ms', digits: 1 },
    { name: 'from the send p50 ms', digits: 1 },
    { name: 'from the send p99 ms', digits: 1 },
    { name: 'any token p50 ms', digits: 1 },
    { name: 'any token p99 ms', digits: 1 },
  ],
  contestants: streamContestants(measure),
  rounds: 3,
};

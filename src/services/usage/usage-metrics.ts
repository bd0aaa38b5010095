import type { Metrics } from '../../telemetry/metrics.ts';
import type { QuotaFacts } from '../../base/errors.ts';
import type { BegunCall } from './entry-statements.ts';
import type { CallCount } from './metered-engine.ts';

/** Tells an operator's monitoring what models are used for. Labels name no person, and nothing that is a person's own. */
export interface UsageMetrics {
  /** A call has ended. */
  called(begun: BegunCall, count: CallCount, costMicros: bigint | null): void;
  /** A quota has refused something. */
  refused(facts: QuotaFacts): void;
}

const ofCall = ['provider', 'model', 'purpose'];

/** Creates it. */
export function createUsageMetrics(metrics: Metrics): UsageMetrics {
  const calls = metrics.counter('colloquy_model_calls_total', 'Calls of models that have ended, also those that failed.', [...ofCall, 'estimated']);
  const tokens = metrics.counter(
    'colloquy_model_tokens_total',
    'Tokens that models read (kind input, of those cached) and wrote (output, of those reasoning).',
    [...ofCall, 'kind'],
  );
  const cost = metrics.counter('colloquy_model_cost_micros_total', 'What calls of models cost whose price is known, in millionths of a US dollar.', ofCall);
  const refusals = metrics.counter('colloquy_quota_refusals_total', 'What quotas have refused.', ['scope', 'period', 'metric']);
  return {
    called: ({ provider, model, isOwnKey, call: { purpose } }, { usage, isEstimated }, costMicros) => {
      // What somebody calls their own provider and its models is theirs.
      const labels = isOwnKey ? { provider: 'own', model: 'own', purpose } : { provider, model, purpose };
      calls.add({ ...labels, estimated: String(isEstimated) });
      tokens.add({ ...labels, kind: 'input' }, usage.inputTokens);
      tokens.add({ ...labels, kind: 'cached' }, usage.cachedInputTokens);
      tokens.add({ ...labels, kind: 'output' }, usage.outputTokens);
      tokens.add({ ...labels, kind: 'reasoning' }, usage.reasoningTokens);
      if (costMicros !== null) cost.add(labels, Number(costMicros));
    },
    refused: ({ scope, period, metric }) => refusals.add({ scope, period, metric }),
  };
}

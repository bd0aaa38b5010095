import type { Foundation } from './compose.ts';
import type { Audit } from './services/audit.ts';
import type { ModelCalls } from './services/model-calls.ts';
import { createCallQuotas } from './services/quota/call-quotas.ts';
import { createQuotaGate } from './services/quota/gate.ts';
import { createHoldingLimits } from './services/quota/limits.ts';
import { createQuotas } from './services/quota/quotas.ts';
import { createWorkspaceFacts } from './services/quota/workspace-facts.ts';
import { createWorkspaceGate } from './services/quota/workspace-gate.ts';
import { createRunQuotas } from './services/quota/run-quotas.ts';
import { createWorkspaceQuotas } from './services/workspace/quotas.ts';
import { createUsageMetrics } from './services/usage/usage-metrics.ts';
import { createMetering, type EndedCall } from './services/usage/metering.ts';

/** Wires what counts the calls of models, and what limits them. */
export function composeQuotas({ config, database: { pool, prisma }, clock, newId, logger, metrics }: Foundation, called: ((call: EndedCall) => void) | null) {
  const usageMetrics = createUsageMetrics(metrics);
  const holding = createHoldingLimits({ pool, config: config.quotas });
  const gate = createQuotaGate({ pool, clock, holding, refused: usageMetrics.refused });
  const workspaceFacts = createWorkspaceFacts({ pool, clock });
  const workspaceGate = createWorkspaceGate({ pool, clock, facts: workspaceFacts, refused: usageMetrics.refused });
  const callQuotas = createCallQuotas({ pool, gate, workspaceGate });
  return {
    metering: createMetering({ pool, clock, newId, logger, quotas: callQuotas, metrics: usageMetrics, called }),
    runQuotas: (modelCalls: ModelCalls) => createRunQuotas({ pool, gate, workspaceGate, modelCalls, defaultMaxTokens: config.engines.defaultMaxTokens }),
    /** What people see of it. */
    quotas: (audit: Audit) => createQuotas({ prisma, pool, clock, newId, audit, holding, config: config.quotas }),
    workspaceQuotas: (audit: Audit) => createWorkspaceQuotas({ prisma, pool, clock, audit, facts: workspaceFacts }),
  };
}

import type { Foundation } from './compose.ts';
import { createAttachments, createImageReader, type Attachments } from './services/attachment/attachments.ts';
import { createContexts, type Contexts } from './services/context/contexts.ts';
import { createSummaries } from './services/context/summaries.ts';
import { createContextUsages, type ContextUsages } from './services/context/usage.ts';
import { createModelFacts } from './services/context/window.ts';
import type { ModelCalls } from './services/model-calls.ts';
import type { Statements } from './stores/statements.ts';

/** Wires what shows conversations to engines. */
export function composeContexts({ config, database: { pool }, clock, newId, logger, fileStore }: Foundation, modelCalls: ModelCalls): Contexts {
  const settings = config.context;
  const factsOf = createModelFacts(settings.modelListTimeoutMs);
  const summaries = createSummaries({ pool, modelCalls, factsOf, clock, newId, logger, settings });
  return createContexts({ pool, summaries, factsOf, settings, readImage: createImageReader({ fileStore, logger }) });
}

/** Wires what people add to messages. */
export function composeAttachments({ config, database: { prisma }, clock, logger, fileStore }: Foundation, statements: Statements): Attachments {
  return createAttachments({ prisma, statements, fileStore, clock, logger, limits: config.attachments });
}

/** Wires what tells how full contexts are. */
export function composeContextUsages({ config }: Foundation, statements: Statements, modelCalls: ModelCalls, { factsOf }: Contexts): ContextUsages {
  return createContextUsages({ statements, modelCalls, factsOf, settings: config.context, maxTokens: config.engines.defaultMaxTokens });
}

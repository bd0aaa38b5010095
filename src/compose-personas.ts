import type { Foundation } from './compose.ts';
import type { ConversationLog } from './events/conversation-log.ts';
import type { ModelCalls } from './services/model-calls.ts';
import { createConversationPersonas } from './services/persona/conversation-personas.ts';
import { createPersonas } from './services/persona/personas.ts';
import { createPromptTemplates } from './services/prompt-template/prompt-templates.ts';
import type { Statements } from './stores/statements.ts';

/** Wires personas and what they do in conversations. */
export function composePersonas(
  { config, clock, newId, database: { prisma, pool } }: Foundation,
  { statements, conversationLog, modelCalls }: { readonly statements: Statements; readonly conversationLog: ConversationLog; readonly modelCalls: ModelCalls },
) {
  const limits = { ...config.personas, maxServersPerPersona: config.mcp.maxServersPerPersona };
  return {
    promptTemplates: createPromptTemplates({ prisma, pool, statements, clock, newId, limits }),
    personas: createPersonas({ prisma, pool, statements, clock, newId, modelCalls, conversationLog, limits }),
    conversationPersonas: createConversationPersonas({ prisma, statements, clock, conversationLog, modelCalls, limits }),
  };
}

import { wholeNumber } from './config-values.ts';

/** What people may do with personas. */
export interface PersonaConfig {
  readonly maxPerUser: number;
  readonly maxPerConversation: number;
  /** How many turns one message of a person may lead to, whatever a conversation asks for. */
  readonly maxTurns: number;
  readonly maxTemplatesPerUser: number;
  /** How many versions of one template are kept. */
  readonly maxTemplateVersions: number;
  /** How long a run waits for a person before it is given up. */
  readonly inputTimeoutMs: number;
  /** How long the model that picks the next speaker may take. */
  readonly moderationTimeoutMs: number;
}

/** The variables of personas. */
export const personaVariables = {
  MAX_PERSONAS_PER_USER: wholeNumber(200, 1, 10_000),
  MAX_PERSONAS_PER_CONVERSATION: wholeNumber(10, 1, 50),
  MAX_TURNS_PER_MESSAGE: wholeNumber(10, 1, 100),
  MAX_PROMPT_TEMPLATES_PER_USER: wholeNumber(500, 1, 10_000),
  MAX_PROMPT_TEMPLATE_VERSIONS: wholeNumber(100, 1, 10_000),
  RUN_INPUT_TIMEOUT_MINUTES: wholeNumber(1_440, 1, 43_200),
  MODERATION_TIMEOUT_MS: wholeNumber(15_000, 100, 300_000),
};

/** The part of the configuration. */
export function shapePersonas(values: { readonly [Name in keyof typeof personaVariables]: number }): PersonaConfig {
  return {
    maxPerUser: values.MAX_PERSONAS_PER_USER,
    maxPerConversation: values.MAX_PERSONAS_PER_CONVERSATION,
    maxTurns: values.MAX_TURNS_PER_MESSAGE,
    maxTemplatesPerUser: values.MAX_PROMPT_TEMPLATES_PER_USER,
    maxTemplateVersions: values.MAX_PROMPT_TEMPLATE_VERSIONS,
    inputTimeoutMs: values.RUN_INPUT_TIMEOUT_MINUTES * 60_000,
    moderationTimeoutMs: values.MODERATION_TIMEOUT_MS,
  };
}

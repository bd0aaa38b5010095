import { megabyte, wholeNumber } from './config-values.ts';

/** How much of a conversation an engine is shown. */
export interface ContextConfig {
  /** How many tokens question and answer may have together where nobody knows the model's own limit. */
  readonly defaultWindow: number;
  /** How many messages are read at most, however short they are. */
  readonly maxMessages: number;
  /** How many bytes of them are read at most, however much the model could take. */
  readonly maxBytes: number;
  /** How long a run, or a look at the context, waits for the provider's list of models. */
  readonly modelListTimeoutMs: number;
  /** How long the making of a summary may take; nobody waits for it. */
  readonly summaryTimeoutMs: number;
}

/** The variables of contexts. */
export const contextVariables = {
  CONTEXT_DEFAULT_WINDOW: wholeNumber(32_768, 1_024, 100_000_000),
  CONTEXT_MAX_MESSAGES: wholeNumber(1_000, 1, 100_000),
  CONTEXT_MAX_BYTES: wholeNumber(4 * megabyte, 1_024, 256 * megabyte),
  CONTEXT_MODEL_LIST_TIMEOUT_MS: wholeNumber(500, 1, 60_000),
  CONTEXT_SUMMARY_TIMEOUT_MS: wholeNumber(60_000, 100, 600_000),
};

/** The part of the configuration. */
export function shapeContext(values: { readonly [Name in keyof typeof contextVariables]: number }): ContextConfig {
  return {
    defaultWindow: values.CONTEXT_DEFAULT_WINDOW,
    maxMessages: values.CONTEXT_MAX_MESSAGES,
    maxBytes: values.CONTEXT_MAX_BYTES,
    modelListTimeoutMs: values.CONTEXT_MODEL_LIST_TIMEOUT_MS,
    summaryTimeoutMs: values.CONTEXT_SUMMARY_TIMEOUT_MS,
  };
}

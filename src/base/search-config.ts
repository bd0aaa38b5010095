import { wholeNumber } from './config-values.ts';

/** What a search may take. */
export interface SearchConfig {
  readonly timeoutMs: number;
  /** How many matches are ranked, the newest ones. */
  readonly maxRanked: number;
}

/** The variables of the search. */
export const searchVariables = {
  SEARCH_TIMEOUT_MS: wholeNumber(2_000, 50, 60_000),
  SEARCH_MAX_RANKED: wholeNumber(1_000, 10, 100_000),
};

/** The part of the configuration. */
export function shapeSearch(values: { readonly [Name in keyof typeof searchVariables]: number }): SearchConfig {
  return { timeoutMs: values.SEARCH_TIMEOUT_MS, maxRanked: values.SEARCH_MAX_RANKED };
}

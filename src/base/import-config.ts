import { megabyte, wholeNumber } from './config-values.ts';

/** How much people may take over from elsewhere. */
export interface ImportConfig {
  /** Of the file that is sent. */
  readonly maxBytes: number;
  /** Of all that is in an archive, unpacked. */
  readonly maxUnpackedBytes: number;
  /** Of one conversation, or one message of a document of ours: what is held in memory at once. */
  readonly maxElementBytes: number;
  /** Of one conversation. */
  readonly maxMessages: number;
  /** How many imports of a person may wait or be under way. */
  readonly maxOpenPerUser: number;
  /** How many imports a node works at. */
  readonly maxRunning: number;
  /** How long one may take. */
  readonly timeoutMs: number;
  /** How long the report of one that is over is kept. */
  readonly keptMs: number;
}

/** The variables of imports. */
export const importVariables = {
  MAX_IMPORT_BYTES: wholeNumber(1024 * megabyte, 1, Number.MAX_SAFE_INTEGER),
  MAX_IMPORT_UNPACKED_BYTES: wholeNumber(8 * 1024 * megabyte, 1, Number.MAX_SAFE_INTEGER),
  MAX_IMPORT_ELEMENT_BYTES: wholeNumber(64 * megabyte, 1_024, 256 * megabyte),
  MAX_IMPORT_MESSAGES: wholeNumber(100_000, 1, 1_000_000),
  MAX_OPEN_IMPORTS_PER_USER: wholeNumber(3, 1, 100),
  MAX_RUNNING_IMPORTS: wholeNumber(1, 1, 16),
  IMPORT_TIMEOUT_MINUTES: wholeNumber(120, 1, 10_080),
  IMPORT_REPORT_DAYS: wholeNumber(30, 1, 3_650),
};

/** The part of the configuration. */
export function shapeImports(values: { readonly [Name in keyof typeof importVariables]: number }): ImportConfig {
  return {
    maxBytes: values.MAX_IMPORT_BYTES,
    maxUnpackedBytes: values.MAX_IMPORT_UNPACKED_BYTES,
    maxElementBytes: values.MAX_IMPORT_ELEMENT_BYTES,
    maxMessages: values.MAX_IMPORT_MESSAGES,
    maxOpenPerUser: values.MAX_OPEN_IMPORTS_PER_USER,
    maxRunning: values.MAX_RUNNING_IMPORTS,
    timeoutMs: values.IMPORT_TIMEOUT_MINUTES * 60_000,
    keptMs: values.IMPORT_REPORT_DAYS * 86_400_000,
  };
}

import { z } from 'zod';

/** The stored `data` of a part of kind QUERY_RESULT. */
export const queryResultData = z.object({
  title: z.string(),
  sql: z.string(),
  columns: z.array(z.object({ name: z.string(), type: z.string() })),
  rows: z.array(z.array(z.json())),
  rowCount: z.int32(),
  truncated: z.boolean(),
  elapsedMs: z.number(),
});

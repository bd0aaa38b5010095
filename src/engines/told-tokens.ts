import { z } from 'zod';

/** A number of tokens as providers tell it; null for what is none. */
export const toldTokens: z.ZodType<number | null> = z
  .int()
  .min(0)
  .max(2_147_483_647)
  .nullish()
  .catch(null)
  .transform((count) => count ?? null);

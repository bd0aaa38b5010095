import { z } from 'zod';

/** The most that is believed of a count. Clients and the database get counts as integers of 32 bits. */
export const longestTokenCount = 2 ** 31 - 1;

/** A number of tokens as a provider tells it; a fraction, a negative or an unbelievable one is none. */
export const tokenCount = z.number().int().min(0).max(longestTokenCount);

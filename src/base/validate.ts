import type { z } from 'zod';
import { AppError } from './errors.ts';

/**
 * The input in the shape of a zod schema.
 *
 * @param schema what the input should be
 * @param input the input as it came
 * @param path where the input stands in the arguments; `["input"]` by default
 * @throws AppError BAD_USER_INPUT with an issue for each problem
 */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown, path: readonly (string | number)[] = ['input']): z.output<Schema> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => ({
    path: [...path, ...issue.path.filter((step) => typeof step !== 'symbol')],
    message: issue.message,
  }));
  const message = issues.map((issue) => `${issue.path.slice(path.length).join('.') || path.join('.')}: ${issue.message}`).join('; ');
  throw new AppError('BAD_USER_INPUT', message, { issues });
}

import { z } from 'zod';

/** An address of the web. */
export const webUrl = z.url({ protocol: /^https?$/, error: 'must be a URL (^https?$)' });

const reserved: readonly string[] = ['openai', 'anthropic', 'gemini', 'ollama', 'builtin'];

/** The part before the colon of `provider:model` of a server that an operator adds. */
export const serverId = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/, 'an "id" is of up to 40 lower-case letters, digits and hyphens, and begins with a letter')
  .refine((id) => !reserved.includes(id), `an "id" must not be one of ${reserved.join(', ')}`);

/**
 * A variable that holds a JSON list of servers, each with an `id` of its own; empty where it is not set.
 *
 * @param example for who writes something else
 */
export function serverList<Server extends z.ZodType<{ readonly id: string }>>(server: Server, example: string) {
  const error = `must be a JSON list such as ${example}`;
  return z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue({ code: 'custom', message: error });
        return z.NEVER;
      }
    })
    .pipe(z.array(server, { error }).refine((list) => new Set(list.map(({ id }) => id)).size === list.length, 'names one "id" twice'))
    .default([]);
}

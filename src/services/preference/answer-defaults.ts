import type { Pool } from 'pg';
import type { z } from 'zod';
import { parseInput } from '../../base/validate.ts';
import { modelText, runOptions } from '../run/options.ts';

const defaultsShape = runOptions.extend({ model: modelText.nullish() });

/** How answers should be that do not say; what is absent was not chosen. Stored as it is. */
export type AnswerDefaults = { readonly [Name in keyof z.output<typeof defaultsShape>]?: NonNullable<z.output<typeof defaultsShape>[Name]> };

/** A change of defaults: what is absent stays, null removes. */
export type AnswerDefaultsInput = z.input<typeof defaultsShape>;

/** Finds what a person and a conversation chose, the conversation first. */
export type DefaultsFor = (userId: string, conversationId: string | null) => Promise<AnswerDefaults>;

/** Defaults from how they are stored. What is not understood any more was not chosen. */
export function readDefaults(stored: unknown): AnswerDefaults {
  const read = defaultsShape.safeParse(stored).data ?? {};
  return Object.fromEntries(Object.entries(read).filter(([, value]) => value != null));
}

/** A change, checked: what is set, and the names of what is removed. */
export function readChange(input: AnswerDefaultsInput): { readonly set: AnswerDefaults; readonly removed: readonly string[] } {
  const values = parseInput(defaultsShape, input);
  const removed = Object.entries(values).flatMap(([name, value]) => (value === null ? [name] : []));
  return { set: readDefaults(values), removed };
}

const statement = `
  SELECT (SELECT p.defaults FROM preferences p WHERE p.user_id = $1) AS person,
    (SELECT c.defaults FROM conversations c JOIN participations a ON a.conversation_id = c.id AND a.user_id = $1 WHERE c.id = $2) AS conversation`;

/** Finds defaults by one statement. */
export function createDefaultsFor(pool: Pool): DefaultsFor {
  return async (userId, conversationId) => {
    const { rows } = await pool.query<{ readonly person: unknown; readonly conversation: unknown }>({
      name: 'answer-defaults',
      text: statement,
      values: [userId, conversationId],
    });
    return { ...readDefaults(rows[0]?.person ?? {}), ...readDefaults(rows[0]?.conversation ?? {}) };
  };
}

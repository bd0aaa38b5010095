import type { Pool } from 'pg';
import { z } from 'zod';
import { notFound } from '../../base/errors.ts';
import type { InputPath } from '../planner/input.ts';
import { isUsable } from '../workspace/sharing.ts';
import { renderTemplate } from './render.ts';
import { variablesOfRow, type TemplateVersionRow } from './template-row.ts';

/** A template that is to be filled in. */
export const filledTemplate = z.object({
  id: z.uuid(),
  /** By the names of the variables. */
  variables: z
    .unknown()
    .pipe(z.record(z.string(), z.json(), 'must be an object: {"name": "value"}').nullish())
    .optional(),
  /** The newest when absent. */
  version: z.int().min(1).max(2_147_483_647).nullish(),
});

/** A template that is to be filled in, as it came. */
export type FilledTemplateInput = z.input<typeof filledTemplate>;

/** See `filledTemplate`. */
export type FilledTemplate = z.output<typeof filledTemplate>;

/**
 * The text of a template that somebody may use, with values for its variables.
 *
 * @param path where the values stand in the arguments
 * @throws AppError NOT_FOUND for one that they may not use, or a version that is not there; BAD_USER_INPUT that names each variable
 */
export async function loadFilled(pool: Pool, userId: string, { id, variables, version }: FilledTemplate, path: InputPath): Promise<string> {
  const { rows } = await pool.query<TemplateVersionRow>({
    name: 'template-to-fill',
    text: `SELECT v.text, v.variables FROM prompt_templates t JOIN prompt_template_versions v ON v.template_id = t.id AND v.version = COALESCE($3::int, t.version)
      WHERE t.id = $1 AND ${isUsable('t', '$2::uuid')}`,
    values: [id, userId, version ?? null],
  });
  const [found] = rows;
  if (found === undefined) throw notFound('PromptTemplate');
  return renderTemplate(found.text, variablesOfRow(found), variables ?? {}, path);
}

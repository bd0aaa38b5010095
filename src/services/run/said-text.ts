import type { Pool } from 'pg';
import { badInput } from '../../base/errors.ts';
import { loadFilled, type FilledTemplate } from '../prompt-template/filled-template.ts';

/**
 * What a person says: a text, or a template of theirs with values for its variables.
 *
 * @throws AppError BAD_USER_INPUT when it is neither or both, and for each variable; NOT_FOUND for a template that is not theirs
 */
export async function saidText(
  pool: Pool,
  userId: string,
  { text, template }: { readonly text?: string | null | undefined; readonly template?: FilledTemplate | null | undefined },
): Promise<string> {
  if (text != null && template != null) throw badInput(['input', 'template'], 'Give "text" or "template", and not both.');
  if (text != null) return text;
  if (template == null) throw badInput(['input', 'text'], 'Say something: give "text", or a "template" with its variables.');
  return loadFilled(pool, userId, template, ['input', 'template', 'variables']);
}

import type { Pool } from 'pg';
import { badInput, notFound } from '../../base/errors.ts';
import type { Contexts } from '../context/contexts.ts';
import type { ModelCalls } from '../model-calls.ts';
import { isVisibleTo } from './visible.ts';

/** What the check stands on. */
export interface SendableDependencies {
  readonly pool: Pool;
  readonly modelCalls: ModelCalls;
  readonly contexts: Pick<Contexts, 'factsOf'>;
}

/** Those of some attachments that somebody may send. @throws AppError NOT_FOUND when one is not theirs */
async function findSendable(pool: Pool, userId: string, ids: readonly string[]): Promise<readonly { readonly name: string; readonly mediaType: string }[]> {
  const { rows } = await pool.query<{ name: string; mediaType: string }>({
    name: 'attachments-to-send',
    text: `SELECT t.name, t.media_type AS "mediaType" FROM attachments t WHERE t.id = ANY($1::uuid[]) AND t.owner_id = $2 AND ${isVisibleTo('$2')}`,
    values: [ids, userId],
  });
  if (rows.length < new Set(ids).size) throw notFound('Attachment');
  return rows;
}

/**
 * Makes sure that somebody may give attachments to a model of pictures to go by.
 *
 * @throws AppError NOT_FOUND when one is not theirs; BAD_USER_INPUT for one that is no picture
 */
export async function checkReferences(pool: Pool, userId: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const other = (await findSendable(pool, userId, ids)).find((row) => !row.mediaType.startsWith('image/'));
  if (other !== undefined) throw badInput(['input', 'attachmentIds'], `"${other.name}" is ${other.mediaType} and no picture; only pictures can be gone by.`);
}

/**
 * Makes sure that somebody may send attachments to a model.
 *
 * @param model `provider:model`
 * @throws AppError NOT_FOUND when one is not theirs; BAD_USER_INPUT for a picture to a model that is known to read none
 */
export async function checkSendable(
  { pool, modelCalls, contexts }: SendableDependencies,
  userId: string,
  ids: readonly string[],
  model: string,
): Promise<void> {
  if (ids.length === 0) return;
  const rows = await findSendable(pool, userId, ids);
  const picture = rows.find((row) => row.mediaType.startsWith('image/'));
  if (picture === undefined) return;
  const facts = await contexts.factsOf(userId, await modelCalls.engineFor(model, { purpose: 'ANSWER', userId, runId: null, conversationId: null }));
  if (facts.hasVision !== false) return;
  throw badInput(
    ['input', 'attachmentIds'],
    `"${picture.name}" is a picture, and ${model} reads none. Leave it out, or choose a model whose "hasVision" is true; see "models".`,
  );
}

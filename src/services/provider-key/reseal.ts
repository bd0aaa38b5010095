import type { OwnEngineDependencies } from './own-engines.ts';
import { resealKey } from './own-engines.ts';
import { placeOf, providerKeyColumns, type ProviderKeyRow } from './provider-key-row.ts';

const batch = 500;
const first = '00000000-0000-0000-0000-000000000000';

/**
 * Seals every key anew that was sealed by a secret of before, so that this secret can be thrown away. To be called now and then.
 *
 * @returns how many were sealed anew, and how many cannot be read: their secret is not among those that are configured
 */
export async function resealKeys(
  dependencies: Pick<OwnEngineDependencies, 'pool' | 'sealed' | 'logger'>,
): Promise<{ readonly resealed: number; readonly unreadable: number }> {
  const { pool, sealed, logger } = dependencies;
  let [resealed, unreadable] = [0, 0];
  for (let after = first; ;) {
    const { rows } = await pool.query<ProviderKeyRow>(`SELECT ${providerKeyColumns} FROM provider_keys k WHERE k.id > $1 ORDER BY k.id LIMIT ${batch}`, [
      after,
    ]);
    for (const row of rows) {
      const opened = await sealed.open(row.sealedKey, placeOf(row));
      if (opened === null) unreadable += 1;
      else if (!opened.isCurrent && (await resealKey(dependencies, row, opened.text))) resealed += 1;
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < batch) break;
    after = last.id;
  }
  if (resealed > 0) logger.info({ resealed }, 'keys of people were sealed by the secret of now');
  if (unreadable > 0) logger.warn({ unreadable }, 'keys of people cannot be read: the secret that sealed them is not among PREVIOUS_SECRETS');
  return { resealed, unreadable };
}

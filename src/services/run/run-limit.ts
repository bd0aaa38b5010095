import { AppError } from '../../base/errors.ts';
import type { RunDependencies } from './deps.ts';

/**
 * Makes sure that somebody may have one more run under way. The turns of a round are one; what waits for a person is none.
 *
 * @throws AppError RATE_LIMITED
 */
export async function checkRunLimit({ pool, settings }: Pick<RunDependencies, 'pool' | 'settings'>, userId: string): Promise<void> {
  const { rows } = await pool.query<{ count: number }>({
    name: 'open-runs-of-user',
    text: `SELECT count(DISTINCT COALESCE(round_id, id))::int AS count FROM runs WHERE user_id = $1 AND status IN ('RUNNING', 'QUEUED')`,
    values: [userId],
  });
  const running = rows[0]?.count ?? 0;
  if (running >= settings.maxRunningRunsPerUser) {
    throw new AppError(
      'RATE_LIMITED',
      `You have ${running} runs under way; at most ${settings.maxRunningRunsPerUser} are allowed. Wait for one to end, or stop one.`,
      { retryAfterMs: 1_000 },
    );
  }
}

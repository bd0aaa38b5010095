import type { Prisma } from '../../../prisma/generated/client.ts';
import { dateSql } from '../planner/calendar.ts';
import type { Planner } from '../planner/planner-row.ts';

/** The versions of records by `versionKeyOf`; 0 for what there is not. */
export type Versions = Readonly<Record<string, number>>;

interface Found {
  readonly key: string;
  readonly version: number;
}

// A plan of version 1 was made by something that was put into it and says nothing itself, as if there were none.
const text = `
  SELECT 'goal ' || g.id AS key, g.version FROM goals g WHERE g.owner_id = $1::uuid AND g.id = ANY($2::uuid[])
  UNION ALL SELECT 'item ' || i.id, i.version FROM plan_items i WHERE i.owner_id = $1::uuid AND i.id = ANY($3::uuid[])
  UNION ALL SELECT 'week ' || ${dateSql('w.week_start')}, CASE w.version WHEN 1 THEN 0 ELSE w.version END
    FROM weekly_plans w WHERE w.owner_id = $1::uuid AND w.week_start = ANY($4::date[])
  UNION ALL SELECT 'day ' || ${dateSql('d.date')}, CASE d.version WHEN 1 THEN 0 ELSE d.version END
    FROM daily_plans d WHERE d.owner_id = $1::uuid AND d.date = ANY($5::date[])`;

/** The versions that records of a person have now. */
export async function readVersions(transaction: Prisma.TransactionClient, planner: Planner, keys: readonly string[]): Promise<Versions> {
  const named = (kind: string): string[] => keys.flatMap((key) => (key.startsWith(`${kind} `) ? [key.slice(kind.length + 1)] : []));
  const rows = await transaction.$queryRawUnsafe<Found[]>(text, planner.userId, named('goal'), named('item'), named('week'), named('day'));
  const found = new Map(rows.map(({ key, version }) => [key, version]));
  return Object.fromEntries(keys.map((key) => [key, found.get(key) ?? 0]));
}

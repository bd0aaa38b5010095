import { z } from 'zod';
import type { Prisma } from '../../../prisma/generated/client.ts';

/** A table that the SELECT of a derived table reads. */
export interface TableParent {
  readonly id: string;
  /** Its name at that time. */
  readonly name: string;
  readonly kind: 'FILE' | 'DERIVED';
  /** The reading of the file, or the version of the table. */
  readonly revision: number;
}

/** A version of a derived table, without the large things that are known of it. */
export interface DerivedTableRow {
  readonly id: string;
  readonly sessionId: string;
  /** Its name in SQL. */
  readonly tableName: string;
  readonly version: number;
  readonly isCurrent: boolean;
  readonly sql: string;
  readonly parents: readonly TableParent[];
  readonly runId: string | null;
  readonly rowCount: bigint;
  readonly columnCount: number;
  readonly byteSize: bigint;
  readonly createdAt: Date;
}

/** What is read of a derived table when nobody asks for its profile or preview. */
export const derivedTableSelection = {
  id: true,
  sessionId: true,
  name: true,
  version: true,
  isCurrent: true,
  sql: true,
  parents: true,
  runId: true,
  rowCount: true,
  columnCount: true,
  byteSize: true,
  createdAt: true,
} as const satisfies Prisma.DerivedTableSelect;

const parentsShape = z.array(z.object({ id: z.string(), name: z.string(), kind: z.enum(['FILE', 'DERIVED']), revision: z.number().int() }));

/** A row as it came from the database. */
export function parseDerivedTable({ name, parents, ...row }: Prisma.DerivedTableGetPayload<{ select: typeof derivedTableSelection }>): DerivedTableRow {
  return { ...row, tableName: name, parents: parentsShape.parse(parents) };
}

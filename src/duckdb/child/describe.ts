import type { TableColumn } from '../../base/table.ts';
import type { Workbench } from './workbench.ts';

/** The columns of a SELECT, without running it. */
export async function describe(bench: Workbench, select: string): Promise<readonly TableColumn[]> {
  const rows = await bench.all(`DESCRIBE ${select}`);
  return rows.map((row) => ({ name: String(row['column_name'] ?? ''), type: String(row['column_type'] ?? '') }));
}

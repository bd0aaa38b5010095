import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import type { Statements } from '../../stores/statements.ts';

/** A version of a plot, without its data. */
export interface PlotVersionFacts {
  readonly partId: string;
  readonly version: number;
  /** The newest number of the plot. */
  readonly current: number;
  readonly instruction: string | null;
  readonly createdAt: Date;
}

/** Reading the versions of plots, as far as the viewer may see them. */
export interface PlotVersions {
  /** The versions of each plot, oldest first; a plot that was never changed has one. */
  listMany(viewer: Viewer | null, partIds: readonly string[]): Promise<ReadonlyMap<string, readonly PlotVersionFacts[]>>;
  /** The stored data of versions, by `partId version`. */
  dataOf(viewer: Viewer | null, keys: readonly string[]): Promise<ReadonlyMap<string, unknown>>;
}

const isVisible = `EXISTS (SELECT 1 FROM participations a WHERE a.conversation_id = m.conversation_id AND a.user_id = $2::uuid)`;

/** Creates the service over the shared pool. */
export function createPlotVersions({ statements }: { readonly statements: Statements }): PlotVersions {
  return {
    async listMany(viewer, partIds) {
      const { userId } = requireViewer(viewer);
      const { rows } = await statements.query<PlotVersionFacts>(
        `SELECT p.id AS "partId", coalesce(v.version, 1) AS version, coalesce((p.data->>'version')::int, 1) AS current, v.instruction,
           coalesce(v.created_at, m.created_at) AS "createdAt"
         FROM parts p JOIN messages m ON m.id = p.message_id LEFT JOIN plot_versions v ON v.part_id = p.id
         WHERE p.id = ANY($1::uuid[]) AND p.kind = 'PLOT' AND ${isVisible} ORDER BY p.id, version`,
        [partIds, userId],
      );
      return Map.groupBy(rows, (row) => row.partId);
    },

    async dataOf(viewer, keys) {
      const { userId } = requireViewer(viewer);
      const { rows } = await statements.query<{ key: string; data: unknown }>(
        `SELECT p.id || ' ' || coalesce(v.version, 1) AS key, coalesce(v.data, p.data) AS data
         FROM parts p JOIN messages m ON m.id = p.message_id LEFT JOIN plot_versions v ON v.part_id = p.id
         WHERE p.id = ANY($1::uuid[]) AND p.kind = 'PLOT' AND ${isVisible} AND p.id || ' ' || coalesce(v.version, 1) = ANY($3::text[])`,
        [keys.map((key) => key.split(' ')[0]), userId, keys],
      );
      return new Map(rows.map(({ key, data }) => [key, data]));
    },
  };
}

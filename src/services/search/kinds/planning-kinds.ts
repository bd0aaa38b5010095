import type { SearchKind, SearchText } from './search-kind.ts';

/** A text, where there is one. */
const text = (field: SearchText['field'], said: string | null): readonly SearchText[] => (said === null ? [] : [{ field, text: said }]);

/** Things of one person's alone, that have a title and say more. */
const titled = (table: 'goals' | 'plan_items', body: 'description' | 'notes'): SearchKind => ({
  isVisible: `EXISTS (SELECT 1 FROM ${table} o WHERE o.id = e.subject_id AND o.owner_id = e.user_id)`,
  textsOf: async (statements, userId, ids) => {
    const { rows } = await statements.query<{ id: string; title: string; body: string | null }>(
      `SELECT o.id, o.title, o.${body} AS body FROM ${table} o WHERE o.id = ANY($1::uuid[]) AND o.owner_id = $2::uuid`,
      [ids, userId],
    );
    return new Map(rows.map((row) => [row.id, [...text('TITLE', row.title), ...text('TEXT', row.body)]]));
  },
});

/** Goals, by their title and description. */
export const goalKind = titled('goals', 'description');

/** Items, by their title and notes. */
export const planItemKind = titled('plan_items', 'notes');

/** Plans of weeks, by their focus areas and summary. */
export const weeklyPlanKind: SearchKind = {
  isVisible: 'EXISTS (SELECT 1 FROM weekly_plans o WHERE o.id = e.subject_id AND o.owner_id = e.user_id)',
  textsOf: async (statements, userId, ids) => {
    const { rows } = await statements.query<{ id: string; areas: readonly string[]; summary: string | null }>(
      'SELECT o.id, o.focus_areas AS areas, o.summary FROM weekly_plans o WHERE o.id = ANY($1::uuid[]) AND o.owner_id = $2::uuid',
      [ids, userId],
    );
    return new Map(rows.map((row) => [row.id, [...row.areas.flatMap((area) => text('FOCUS_AREA', area)), ...text('TEXT', row.summary)]]));
  },
};

/** Plans of days, by their summary. */
export const dailyPlanKind: SearchKind = {
  isVisible: 'EXISTS (SELECT 1 FROM daily_plans o WHERE o.id = e.subject_id AND o.owner_id = e.user_id)',
  textsOf: async (statements, userId, ids) => {
    const { rows } = await statements.query<{ id: string; summary: string | null }>(
      'SELECT o.id, o.summary FROM daily_plans o WHERE o.id = ANY($1::uuid[]) AND o.owner_id = $2::uuid',
      [ids, userId],
    );
    return new Map(rows.map((row) => [row.id, text('TEXT', row.summary)]));
  },
};

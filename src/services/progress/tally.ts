import type { ItemStatus } from '../plan-item/item-row.ts';

/** What has become of some items. An unfinished item of which a copy was carried on does not count: its copy does. */
export interface ItemTally {
  readonly todo: number;
  readonly inProgress: number;
  readonly done: number;
  readonly skipped: number;
  /** The estimates of all of them, the skipped ones aside. */
  readonly estimatedMinutes: number;
  readonly actualMinutes: number;
  /** The estimates of those that are neither done nor skipped. */
  readonly remainingMinutes: number;
}

/** No items. */
export const noItems: ItemTally = { todo: 0, inProgress: 0, done: 0, skipped: 0, estimatedMinutes: 0, actualMinutes: 0, remainingMinutes: 0 };

const withStatus = (status: ItemStatus): string => `count(*) FILTER (WHERE i.status = '${status}')::int`;
const minutes = (column: string, condition: string): string => `coalesce(sum(i.${column})${condition}, 0)::int`;

const columns: Readonly<Record<keyof ItemTally, string>> = {
  todo: withStatus('TODO'),
  inProgress: withStatus('IN_PROGRESS'),
  done: withStatus('DONE'),
  skipped: withStatus('SKIPPED'),
  estimatedMinutes: minutes('estimate_minutes', ` FILTER (WHERE i.status <> 'SKIPPED')`),
  actualMinutes: minutes('actual_minutes', ''),
  remainingMinutes: minutes('estimate_minutes', ` FILTER (WHERE i.status IN ('TODO', 'IN_PROGRESS'))`),
};

/** The columns of an `ItemTally` over `plan_items i`. */
export const tallyColumns = Object.entries(columns)
  .map(([name, sql]) => `${sql} AS "${name}"`)
  .join(', ');

/**
 * An `ItemTally` as JSON, the sum of several.
 *
 * @param alias of what has `tallyColumns`
 * @param condition a FILTER
 */
export const tallySumSql = (alias: string, condition = ''): string =>
  `json_build_object(${Object.keys(columns)
    .map((name) => `'${name}', coalesce(sum(${alias}."${name}")${condition}, 0)::int`)
    .join(', ')})`;

/** Whether an item of `plan_items i` is unfinished and a copy of it was carried on, in SQL. */
export const isHandedOnSql = `(i.status IN ('TODO', 'IN_PROGRESS') AND EXISTS (SELECT 1 FROM item_carries h WHERE h.item_id = i.id AND h.copy_id IS NOT NULL))`;

/** Adds up items as `tallyColumns` does. */
export function tallyOf(
  items: readonly { readonly status: ItemStatus; readonly estimateMinutes: number | null; readonly actualMinutes: number | null }[],
): ItemTally {
  const count = (status: ItemStatus): number => items.filter((item) => item.status === status).length;
  const sum = (of: (item: (typeof items)[number]) => number | null): number => items.reduce((total, item) => total + (of(item) ?? 0), 0);
  const isOpen = (status: ItemStatus): boolean => status === 'TODO' || status === 'IN_PROGRESS';
  return {
    todo: count('TODO'),
    inProgress: count('IN_PROGRESS'),
    done: count('DONE'),
    skipped: count('SKIPPED'),
    estimatedMinutes: sum(({ status, estimateMinutes }) => (status === 'SKIPPED' ? null : estimateMinutes)),
    actualMinutes: sum(({ actualMinutes }) => actualMinutes),
    remainingMinutes: sum(({ status, estimateMinutes }) => (isOpen(status) ? estimateMinutes : null)),
  };
}

/** How many items there are. */
export const totalOf = ({ todo, inProgress, done, skipped }: ItemTally): number => todo + inProgress + done + skipped;

/** How much of some items is done, from 0 to 1. Those that were skipped do not count; null where no other is left. */
export function ratioOf({ todo, inProgress, done }: ItemTally): number | null {
  const counted = todo + inProgress + done;
  return counted === 0 ? null : done / counted;
}

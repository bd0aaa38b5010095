import DataLoader from 'dataloader';
import { notFound } from '../base/errors.ts';
import type { Page } from '../base/page.ts';

/** One page of a list that many objects of an operation have. */
export interface PageKey {
  readonly id: string;
  readonly page: Page;
}

/** A batch that loads values by id; ids without a value give null. */
export function loaderOf<Value>(load: (ids: readonly string[]) => Promise<ReadonlyMap<string, Value>>): DataLoader<string, Value | null> {
  return new DataLoader(
    async (ids) => {
      const found = await load([...new Set(ids)]);
      return ids.map((id) => found.get(id) ?? null);
    },
    { cache: false },
  );
}

/** A batch of lists: one load for all the objects that ask for the same page of theirs. */
export function pageLoaderOf<Row>(
  load: (ids: readonly string[], page: Page) => Promise<ReadonlyMap<string, readonly Row[]>>,
): DataLoader<PageKey, readonly Row[]> {
  return new DataLoader<PageKey, readonly Row[]>(
    async (keys) => {
      const groups = Map.groupBy(keys, (key) => JSON.stringify(key.page));
      const loaded = new Map(
        await Promise.all(
          [...groups].map(
            async ([page, [first, ...others]]) =>
              [page, first === undefined ? new Map() : await load([...new Set([first, ...others].map((key) => key.id))], first.page)] as const,
          ),
        ),
      );
      return keys.map((key) => loaded.get(JSON.stringify(key.page))?.get(key.id) ?? []);
    },
    { cache: false },
  );
}

/**
 * What a loader has for an id that must exist, unless it was deleted a moment ago.
 *
 * @throws AppError NOT_FOUND
 */
export async function loadExisting<Value>(loader: DataLoader<string, Value | null>, id: string, kind: string): Promise<Value> {
  const value = await loader.load(id);
  if (value === null) throw notFound(kind);
  return value;
}

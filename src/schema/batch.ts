import DataLoader from 'dataloader';
import { notFound } from '../base/errors.ts';
import type { Page, Position } from '../base/page.ts';

/** One page of a list that many objects of an operation have. */
export interface PageKey<Place = Position> {
  readonly id: string;
  readonly page: Page<Place>;
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
export function pageLoaderOf<Row, Place = Position>(
  load: (ids: readonly string[], page: Page<Place>) => Promise<ReadonlyMap<string, readonly Row[]>>,
): DataLoader<PageKey<Place>, readonly Row[]> {
  return new DataLoader<PageKey<Place>, readonly Row[]>(
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
 * Does work one piece after another. One operation may ask for many queries, of which a person may have few waiting at once.
 */
export function createTurns(): <Value>(work: () => Promise<Value>) => Promise<Value> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  };
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

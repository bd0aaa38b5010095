import { AppError } from '../base/errors.ts';
import type { Json } from '../base/json.ts';
import { isObject } from './spec-tree.ts';

/** The most levels and values of a specification; those of people have some ten levels and some hundred values. */
const [deepest, mostValues] = [40, 20_000];

/** The most that these may be: more would be drawn nowhere, or fill the memory. */
const largest: Readonly<Record<string, number>> = {
  width: 4_000,
  height: 4_000,
  tickCount: 1_000,
  maxbins: 1_000,
  steps: 5_000,
  minsteps: 5_000,
  maxsteps: 5_000,
  columns: 1_000,
};

/**
 * Refuses a specification that is too large to be walked through, level by level so that its depth costs no stack: recursion ends at some
 * thousand levels, and so does writing it as JSON.
 *
 * @throws AppError PLOT_INVALID
 */
export function refuseHuge(spec: Json): void {
  let level: readonly Json[] = [spec];
  let count = 0;
  for (let depth = 0; level.length > 0; depth += 1) {
    count += level.length;
    if (depth > deepest) refuse('', `it is more than ${deepest} levels deep; draw fewer layers`);
    if (count > mostValues) refuse('', `it has more than ${mostValues} values; leave the rows out, they come from the SQL`);
    level = level.flatMap((node) => {
      if (Array.isArray(node)) return node.filter((child: Json) => typeof child === 'object');
      if (!isObject(node)) return [];
      return Object.entries(node).flatMap(([key, child]) => {
        const limit = Object.hasOwn(largest, key) ? largest[key] : undefined;
        if (limit !== undefined && typeof child === 'number' && !(Math.abs(child) <= limit)) refuse(key, `${child} is too much; at most ${limit} is allowed`);
        return typeof child === 'object' ? [child] : [];
      });
    });
  }
}

function refuse(key: string, reason: string): never {
  throw new AppError('PLOT_INVALID', `The plot was refused${key === '' ? '' : ` at ${key}`}: ${reason}.`);
}

import type { Viewer } from '../auth/viewer.ts';
import type { Services } from '../services/services.ts';

/**
 * The batches of one operation: what many objects of a list ask for is loaded once. Made anew for every operation, so nothing is
 * shared between people.
 */
export type Loaders = ReturnType<typeof createLoaders>;

/** New, empty loaders. */
export function createLoaders(_services: Services, _viewer: Viewer | null) {
  return {};
}

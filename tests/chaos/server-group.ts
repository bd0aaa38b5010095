import { createTemporaryFolder } from '../kit/leftovers.ts';
import { startServerProcess, type ServerProcess } from '../kit/server-process.ts';

/** Several servers on one database, as behind a load balancer. */
export interface ServerGroup {
  readonly servers: readonly ServerProcess[];
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts them all at once.
 *
 * @param environment their configuration, but for the data folder, which each has for itself
 */
export async function startServerGroup(count: number, environment: Readonly<Record<string, string>>): Promise<ServerGroup> {
  await using opened = new AsyncDisposableStack();
  const starting = Array.from({ length: count }, async () => {
    const folder = opened.use(await createTemporaryFolder());
    return opened.use(await startServerProcess({ ...environment, DATA_FOLDER: folder.path, SECRET: 'one secret for the whole group, 0123456789' }));
  });
  await Promise.allSettled(starting);
  const servers = await Promise.all(starting);
  const everything = opened.move();
  return { servers, [Symbol.asyncDispose]: () => everything.disposeAsync() };
}

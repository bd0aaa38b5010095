import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite/vector';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import { findFreePort } from './free-port.ts';

/** A PostgreSQL that has pgvector, built as WebAssembly: the extension is the real one, and needs no package of the system. */
export interface VectorDatabase extends AsyncDisposable {
  readonly connectionString: string;
}

/** Starts one. It has one connection at a time. */
export async function startVectorDatabase(): Promise<VectorDatabase> {
  const database = await PGlite.create({ extensions: { vector } });
  const port = await findFreePort();
  const server = new PGLiteSocketServer({ db: database, port, host: '127.0.0.1' });
  await server.start();
  return {
    connectionString: `postgresql://postgres:postgres@127.0.0.1:${port}/postgres`,
    [Symbol.asyncDispose]: async () => {
      await server.stop();
      await database.close();
    },
  };
}

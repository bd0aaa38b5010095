import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'pg';
import { startApp } from '../src/app.ts';
import { parseConfig } from '../src/base/config.ts';
import { createLogger } from '../src/base/logger.ts';
import { createGraphqlClient } from '../tests/kit/graphql-client.ts';
import { wideLimits } from '../tests/kit/wide-limits.ts';
import { databaseOf } from './seed.ts';

/** A server with one knowledge base. */
export interface KnowledgeServer extends AsyncDisposable {
  readonly pool: Pool;
  readonly baseId: string;
  /** Sends a document. */
  send(name: string, bytes: Uint8Array): Promise<void>;
  /** Waits until so many documents are over. */
  settled(count: number): Promise<{ readonly ready: number; readonly failed: number; readonly passages: number }>;
  search(query: string, mode: string, first: number): Promise<readonly { readonly documentName: string }[]>;
}

const search = 'query ($input: SearchKnowledgeInput!) { searchKnowledge(input: $input) { hits { documentName text } } }';

/** Starts it on a database of its own. */
export async function openKnowledge({ embeddingModel }: { readonly embeddingModel: string | null }): Promise<KnowledgeServer> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'colloquy-bench-'));
  const app = await startApp(
    parseConfig({ ...wideLimits, PORT: '0', ACCESS_TOKEN_LIFETIME_SECONDS: '86400', DATA_FOLDER: dataFolder, LOG_LEVEL: 'warn' }),
    createLogger({ level: 'warn' }),
  );
  const register = 'mutation { register(input: { email: "one@example.org", password: "correct horse battery" }) { accessToken } }';
  const { accessToken: token } = (await createGraphqlClient(app.url).request(register)).register;
  const client = createGraphqlClient(app.url, { token });
  const create = 'mutation ($input: CreateKnowledgeBaseInput!) { createKnowledgeBase(input: $input) { knowledgeBase { id } } }';
  const baseId = (await client.request(create, { input: { name: 'Manual', language: 'ENGLISH', embeddingModel } })).createKnowledgeBase.knowledgeBase.id;
  const pool = new Pool({ connectionString: await databaseOf(dataFolder) });
  return {
    pool,
    baseId,
    async send(name, bytes) {
      const address = `${app.url}/documents?knowledgeBase=${encodeURIComponent(baseId)}&name=${encodeURIComponent(name)}`;
      const response = await fetch(address, { method: 'POST', headers: { authorization: `Bearer ${token}` }, body: Uint8Array.from(bytes) });
      if (!response.ok) throw new Error(await response.text());
      await response.arrayBuffer();
    },
    async settled(count) {
      for (;;) {
        const { rows } = await pool.query(
          `SELECT count(*) FILTER (WHERE status = 'READY')::int AS ready, count(*) FILTER (WHERE status = 'FAILED')::int AS failed, sum(chunk_count)::int AS passages FROM documents`,
        );
        if (rows[0].ready + rows[0].failed >= count) return rows[0];
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    },
    search: async (query, mode, first) => (await client.request(search, { input: { query, knowledgeBaseIds: [baseId], mode, first } })).searchKnowledge.hits,
    [Symbol.asyncDispose]: async () => {
      await pool.end();
      await app.stop();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}

import { Upload } from 'tus-js-client';
import { describe, expect, it } from 'vitest';
import { createTestDatabase } from '../kit/database.ts';
import { followToEnd } from '../kit/upload-follower.ts';
import { createTemporaryFolder } from '../kit/leftovers.ts';
import { registerAt } from '../kit/registration.ts';
import { startServerProcess } from '../kit/server-process.ts';

describe('U03 a server that is killed in the middle of a resumable upload', () => {
  it('goes on after its restart where it was, and reads the file whole', { timeout: 60_000 }, async () => {
    await using database = await createTestDatabase();
    await using folder = await createTemporaryFolder();
    const environment = { DATABASE_URL: database.connectionString, DATA_FOLDER: folder.path };
    const first = await startServerProcess(environment);
    const { token, client } = await registerAt(first.url);
    const rows = 400_000;
    const content = Buffer.from(`n,text\n${'123456,some text of a row\n'.repeat(rows)}`);
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const killed = Promise.withResolvers<void>();
    const offsets: number[] = [];
    const upload: Upload = new Upload(content, {
      endpoint: `${first.url}/uploads/tus`,
      headers: { authorization: `Bearer ${token}` },
      metadata: { filename: 'rows.csv' },
      chunkSize: 1_000_000,
      retryDelays: Array.from({ length: 100 }, () => 100),
      onChunkComplete: (_size, accepted) => {
        offsets.push(accepted);
        if (offsets.length === 3) void first.kill().then(killed.resolve);
      },
      onShouldRetry: () => true,
      onSuccess: () => resolve(upload.url ?? ''),
      onError: reject,
    });
    upload.start();
    await killed.promise;
    await using second = await startServerProcess({ ...environment, PORT: new URL(first.url).port });
    const url = await promise;
    expect(new Set(offsets).size).toBe(offsets.length);
    expect(offsets.at(-1)).toBe(content.length);
    expect((await followToEnd(second.url, token, url.split('/').at(-1) ?? '')).at(-1)).toMatchObject({ status: 'READY', files: [{ rowCount: rows }] });
    expect((await client.request('{ uploads { edges { node { status } } } }')).uploads.edges).toHaveLength(1);
  });
});

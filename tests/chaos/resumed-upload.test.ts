import { Upload } from 'tus-js-client';
import { describe, expect, it } from 'vitest';
import { createTestDatabase } from '../kit/database.ts';
import { createGraphqlClient } from '../kit/graphql-client.ts';
import { createTemporaryFolder } from '../kit/leftovers.ts';
import { registerAt } from '../kit/registration.ts';
import { startServerProcess } from '../kit/server-process.ts';
import { followToEnd } from '../kit/upload-follower.ts';

describe('U03 a server that is killed in the middle of a resumable upload', () => {
  it('goes on after its restart where it was, and reads the file whole', async () => {
    await using database = await createTestDatabase();
    await using folder = await createTemporaryFolder();
    const environment = { DATABASE_URL: database.connectionString, DATA_FOLDER: folder.path };
    const first = await startServerProcess(environment);
    const { token } = await registerAt(first.url);
    const rows = 400_000;
    const content = Buffer.from(`n,text\n${'123456,some text of a row\n'.repeat(rows)}`);
    const offsets: number[] = [];
    const upload = new Upload(content, {
      endpoint: `${first.url}/uploads/tus`,
      headers: { authorization: `Bearer ${token}` },
      metadata: { filename: 'rows.csv' },
      chunkSize: 1_000_000,
      // The test says when to go on, so it does not matter how long the restart takes.
      retryDelays: null,
      onChunkComplete: (_size, accepted) => {
        offsets.push(accepted);
        if (offsets.length === 3) void first.kill();
      },
    });
    const send = async (): Promise<void> =>
      new Promise((resolve, reject) => {
        Object.assign(upload.options, { onSuccess: () => resolve(), onError: reject });
        upload.start();
      });
    await expect(send()).rejects.toThrow(/^tus: failed to upload chunk/);
    await first.kill();
    await using second = await startServerProcess(environment);
    // On a port of its own: another process may have the one before by now.
    upload.url = upload.url?.replace(first.url, second.url) ?? null;
    await send();
    expect(new Set(offsets).size).toBe(offsets.length);
    expect(offsets.at(-1)).toBe(content.length);
    expect((await followToEnd(second.url, token, upload.url?.split('/').at(-1) ?? '')).at(-1)).toMatchObject({ status: 'READY', files: [{ rowCount: rows }] });
    const client = createGraphqlClient(second.url, { token });
    expect((await client.request('{ uploads { edges { node { status } } } }')).uploads.edges).toHaveLength(1);
  });
});

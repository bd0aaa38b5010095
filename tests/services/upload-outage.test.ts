import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { uuidv7 } from '../../src/base/id.ts';
import { createRowChanges } from '../../src/events/row-changes.ts';
import { createUploadServices } from '../../src/services/upload/upload-services.ts';
import { createPartialFiles } from '../../src/stores/partial-files.ts';
import { outage } from '../../src/stores/outage.ts';
import { createWorkspace, simpleIngester } from './session-workspace.ts';

const never = new AbortController().signal;

async function* bytes(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

describe('U03 R07 an upload whose rows were stored while the answer of the database was lost', () => {
  it('keeps its files, because nobody knows that the rows are missing; the sweep removes them where they are', async () => {
    await using workspace = await createWorkspace();
    const { prisma, fileStore, logger, files } = workspace;
    const viewer = await workspace.person();
    let isStored = true;
    const forgetful = new Proxy(prisma, {
      get: (target, property) =>
        property !== '$transaction'
          ? Reflect.get(target, property)
          : async (...given: readonly unknown[]) => {
              if (isStored) await Reflect.apply(Reflect.get(target, property), target, given);
              throw outage(new Error('Connection terminated unexpectedly'));
            },
    });
    const limits = { maxUploadBytes: 1_000, maxUploadsPerUser: 2, uploadResumeMs: 60_000 };
    const { uploads } = createUploadServices({
      prisma: forgetful,
      fileStore,
      logger,
      limits,
      partialFiles: createPartialFiles({ folder: workspace.folder }),
      duckdb: simpleIngester,
      clock: systemClock,
      newId: uuidv7,
      changes: createRowChanges({ channel: 'upload_changes', pollIntervalMs: 1_000 }),
    });
    const upload = async (): Promise<void> => {
      await using one = uploads.begin(viewer);
      await one.add('x.csv', bytes('a\n1\n'), never);
      await one.commit(never);
    };
    await expect(upload()).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE', retryAfterMs: 1_000 });
    const [row] = await prisma.file.findMany({ select: { id: true } });
    expect(row).toBeDefined();
    expect(existsSync(fileStore.pathsOf(row?.id ?? '').original)).toBe(true);

    isStored = false;
    await expect(upload()).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect(await files.sweep({ olderThanMs: -60_000, unattachedOlderThanMs: 600_000 })).toEqual({ temporaryCount: 0, orphanCount: 1, unattachedCount: 0 });
    expect(existsSync(fileStore.pathsOf(row?.id ?? '').original)).toBe(true);
  });
});

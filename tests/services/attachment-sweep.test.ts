import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { conversationWith } from './context/context-kit.ts';
import { openServices } from '../kit/services.ts';

describe('the house-keeping of attachments', () => {
  it('removes those that were never sent within a day, and files whose rows are gone', async () => {
    await using opened = await openServices();
    const { services, prisma, fileStore } = opened;
    const viewer = await opened.person();
    const { conversationId } = await conversationWith(opened, viewer, []);
    const receive = async (name: string): Promise<string> => {
      await using transfer = services.attachments.receive(viewer);
      const bytes = async function* () {
        yield Buffer.from(name);
      };
      await transfer.add(name, bytes(), new AbortController().signal);
      const [row] = await transfer.commit();
      return row?.id ?? '';
    };
    const [unused, sent, fresh, orphan] = [await receive('unused'), await receive('sent'), await receive('fresh'), await receive('orphan')];
    const isOnDisk = (): readonly boolean[] => [unused, sent, fresh, orphan].map((id) => existsSync(fileStore.pathsOf(id).original));
    await prisma.attachment.updateMany({ where: { id: { in: [unused, sent] } }, data: { createdAt: new Date(Date.now() - 25 * 3_600_000) } });
    await prisma.attachment.update({ where: { id: sent }, data: { conversationId } });
    expect(await services.attachments.sweep()).toBe(1);
    expect(isOnDisk()).toEqual([false, true, true, true]);
    // As a deleted conversation leaves it.
    await prisma.attachment.delete({ where: { id: orphan } });
    expect(await services.files.sweep({ olderThanMs: -1_000, unattachedOlderThanMs: 0 })).toMatchObject({ orphanCount: 1 });
    expect(isOnDisk()).toEqual([false, true, true, false]);
  });
});

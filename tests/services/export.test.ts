import { expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { uuidv7 } from '../../src/base/id.ts';
import { openServices } from '../kit/services.ts';

it('forgets the exports whose time is over, and no others', async () => {
  await using test = await openServices();
  const viewer = await test.person();
  const { id: sessionId } = await test.services.sessions.create(viewer, { fileIds: [] });
  const ids = await Promise.all(
    [-1_000, 60_000].map(async (offset) => {
      const id = uuidv7();
      const expiresAt = new Date(systemClock.now().getTime() + offset);
      const common = { sql: 'SELECT 1', format: 'CSV', name: 'one.csv', createdAt: systemClock.now() } as const;
      await test.prisma.export.create({ data: { id, ownerId: viewer.userId, sessionId, expiresAt, ...common } });
      return id;
    }),
  );
  expect([...(await test.services.exports.byIds(viewer, ids)).keys()]).toEqual([ids[1]]);
  expect([...(await test.services.exports.byIds(await test.person(), ids)).keys()]).toEqual([]);
  expect(await test.services.exports.removeExpired()).toBe(1);
  expect(await test.prisma.export.count()).toBe(1);
});

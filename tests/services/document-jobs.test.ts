import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Viewer } from '../../src/auth/viewer.ts';
import { createDeferred } from '../../src/base/async.ts';
import { later, systemClock } from '../../src/base/clock.ts';
import { AppError } from '../../src/base/errors.ts';
import { uuidv7 } from '../../src/base/id.ts';
import { createLogger } from '../../src/base/logger.ts';
import { createRowChanges } from '../../src/events/row-changes.ts';
import { createDocumentJobs, type DocumentJobDependencies } from '../../src/services/knowledge/document-jobs.ts';
import { createKnowledgeRecords } from '../../src/services/knowledge/knowledge-records.ts';
import { openServices } from '../kit/services.ts';

const quietMs = 60_000;
let kit: Awaited<ReturnType<typeof openServices>>;
let viewer: Viewer;
beforeAll(async () => {
  kit = await openServices();
  viewer = await kit.person();
});
afterAll(() => kit[Symbol.asyncDispose]());

/** A document as a process left it so many milliseconds ago. */
async function leave(status: 'QUEUED' | 'PROCESSING' | 'READY', msAgo: number): Promise<string> {
  const [id, knowledgeBaseId] = [uuidv7(), uuidv7()];
  const { userId: ownerId } = viewer;
  const at = later(systemClock.now(), -msAgo);
  await kit.prisma.knowledgeBase.create({ data: { id: knowledgeBaseId, ownerId, name: 'A base', language: 'english', createdAt: at, updatedAt: at } });
  await kit.prisma.document.create({ data: { id, ownerId, knowledgeBaseId, name: 'a.txt', source: 'UPLOAD', status, createdAt: at, updatedAt: at } });
  return id;
}

/** A node that works at documents as `index` says. */
function node(index: DocumentJobDependencies['index']) {
  const { prisma } = kit;
  const changes = createRowChanges({ channel: 'knowledge_changes', pollIntervalMs: 60_000 });
  const records = createKnowledgeRecords({ prisma, clock: systemClock, changes });
  return createDocumentJobs({ prisma, clock: systemClock, logger: createLogger({ level: 'silent' }), records, index, maxRunning: 4, timeoutMs: 30_000 });
}

const stateOf = async (id: string) => kit.prisma.document.findUniqueOrThrow({ where: { id }, select: { status: true, errorCode: true } });
const finish: DocumentJobDependencies['index'] = async ({ id }) => {
  await kit.prisma.document.update({ where: { id }, data: { status: 'READY' } });
};

describe('documents of processes that died', () => {
  it('are taken up once their signs of life have stopped, by one node of several', async () => {
    const [dead, waiting, alive, done] = [
      await leave('PROCESSING', 2 * quietMs),
      await leave('QUEUED', 2 * quietMs),
      await leave('PROCESSING', 1_000),
      await leave('READY', 2 * quietMs),
    ];
    const worked: string[] = [];
    const nodes = Array.from({ length: 4 }, () =>
      node(async (document, ...rest) => {
        worked.push(document.id);
        await finish(document, ...rest);
      }),
    );
    await Promise.all(nodes.map((each) => each.recover(quietMs)));
    await expect.poll(async () => (await Promise.all([dead, waiting].map(stateOf))).map(({ status }) => status)).toEqual(['READY', 'READY']);
    expect(worked.toSorted()).toEqual([dead, waiting].toSorted());
    expect(await Promise.all([alive, done].map(stateOf))).toMatchObject([{ status: 'PROCESSING' }, { status: 'READY' }]);
    await Promise.all(nodes.map((each) => each.close()));
  });

  it('are left as they are by a server that stops or whose database is away, and done after the next start', async () => {
    const [stopped, outage] = [await leave('QUEUED', 0), await leave('QUEUED', 0)];
    const begun = createDeferred();
    const first = node(async ({ id }, signal) => {
      if (id === outage) throw new AppError('SERVICE_UNAVAILABLE', 'The database is away.');
      begun.resolve();
      await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    });
    first.start(outage);
    first.start(stopped);
    await begun.promise;
    await first.close();
    expect(await Promise.all([stopped, outage].map(stateOf))).toMatchObject([{ status: 'PROCESSING' }, { status: 'PROCESSING' }]);
    const second = node(finish);
    // A server with a database of its own knows that nobody else is at work.
    await second.recover(0);
    await expect.poll(async () => (await Promise.all([stopped, outage].map(stateOf))).map(({ status }) => status)).toEqual(['READY', 'READY']);
    await second.close();
  });

  it('say why they failed, without what is not meant for people', async () => {
    const [known, unknown] = [await leave('QUEUED', 0), await leave('QUEUED', 0)];
    const jobs = node(({ id }) => Promise.reject(id === known ? new AppError('UNSUPPORTED_FILE', 'It is a picture.') : new Error('secret')));
    jobs.start(known);
    jobs.start(unknown);
    await expect
      .poll(async () => Promise.all([known, unknown].map(stateOf)))
      .toEqual([
        { status: 'FAILED', errorCode: 'UNSUPPORTED_FILE' },
        { status: 'FAILED', errorCode: 'INTERNAL_SERVER_ERROR' },
      ]);
    await jobs.close();
  });
});

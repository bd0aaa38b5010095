import { readFileSync, globSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSchema } from '../../src/schema/schema.ts';
import { startTestApp, type TestApp, type TestPerson } from '../kit/app.ts';
import { openSocket } from '../kit/websocket-client.ts';

/** Every root field that is for administrators. One that is missing here fails the suite. */
const operations: readonly { readonly field: string; readonly document: (userId: string) => string }[] = [
  { field: 'Query.users', document: () => '{ users { edges { node { id } } } }' },
  { field: 'Query.auditEvents', document: () => '{ auditEvents { edges { node { kind } } } }' },
  { field: 'Query.feedbackSummary', document: () => '{ feedbackSummary { model upCount } }' },
  { field: 'Query.usageOfAll', document: () => '{ usageOfAll(groupBy: USER) { total { calls } } }' },
  { field: 'Query.quotas', document: () => '{ quotas { edges { node { scope } } } }' },
  { field: 'Query.quotaOf', document: (id) => `{ quotaOf(userId: "${id}") { day { period } } }` },
  { field: 'Query.quotaOfAll', document: () => '{ quotaOfAll { month { tokens { used } } } }' },
  {
    field: 'Mutation.setQuota',
    document: (id) => `mutation { setQuota(input: { scope: USER, userId: "${id}", period: DAY, maxMessages: 9 }) { quota { maxMessages user { id } } } }`,
  },
  {
    field: 'Mutation.removeQuota',
    document: (id) => `mutation { removeQuota(input: { scope: USER, userId: "${id}", period: DAY }) { removedQuota { scope } } }`,
  },
  { field: 'Mutation.setUserRole', document: (id) => `mutation { setUserRole(input: { id: "${id}", role: MEMBER }) { user { role } } }` },
  { field: 'Mutation.disableUser', document: (id) => `mutation { disableUser(input: { id: "${id}", reason: "A test" }) { user { disabledReason } } }` },
  { field: 'Mutation.enableUser', document: (id) => `mutation { enableUser(input: { id: "${id}" }) { user { disabledAt } } }` },
  { field: 'Mutation.deleteUser', document: (id) => `mutation { deleteUser(input: { id: "${id}" }) { deletedUserId } }` },
];

let app: TestApp;
let admin: TestPerson;
let member: TestPerson;
let subject: TestPerson;

beforeAll(async () => {
  app = await startTestApp();
  admin = await app.person({ setupToken: app.setupToken ?? '' });
  member = await app.person();
  subject = await app.person();
});
afterAll(() => app[Symbol.asyncDispose]());

async function answerOverSocket(document: string, token: string | undefined): Promise<any> {
  const socket = await openSocket(app.url, token === undefined ? {} : { token });
  try {
    const event = await socket.subscribe(document).nextEvent();
    return event.kind === 'next' ? event.result : event;
  } finally {
    socket.close();
  }
}

describe('A19 what is for administrators', () => {
  it('is listed here: every root field that says so, and every service method that asks for the role', () => {
    const schema = createSchema();
    const fields = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap((root) =>
      Object.values(root?.getFields() ?? {})
        .filter((field) => field.description?.startsWith('Administrators alone'))
        .map((field) => `${root?.name}.${field.name}`),
    );
    expect(fields.toSorted()).toEqual(operations.map(({ field }) => field).toSorted());
    const source = globSync('src/services/**/*.ts').map((file) => readFileSync(file, 'utf8'));
    const direct = source.flatMap((text) => text.match(/= requireAdmin\(|^ +requireAdmin\(/gm) ?? []);
    const administration = readFileSync('src/services/people/administration.ts', 'utf8');
    const through = administration.match(/change\(viewer, /g) ?? [];
    // `change` asks for the role for all four; `disable` and `delete` ask before it too, to know who they are.
    expect({ direct: direct.length, through: through.length }).toEqual({ direct: 12, through: 4 });
  });

  it.each(operations)('refuses a member and nobody over HTTP and WebSocket, whatever the id, without a trace: $field', async ({ document }) => {
    for (const id of [subject.userId, Buffer.from('User:01890000-0000-7000-8000-000000000000').toString('base64')]) {
      const text = document(id);
      const [error] = await member.client.expectErrors(text);
      expect(error?.extensions.code).toBe('FORBIDDEN');
      expect((await answerOverSocket(text, member.token)).errors[0].extensions.code).toBe('FORBIDDEN');
      expect((await app.nobody.expectErrors(text))[0]?.extensions.code).toBe('UNAUTHENTICATED');
      expect((await answerOverSocket(text, undefined)).errors[0].extensions.code).toBe('UNAUTHENTICATED');
    }
    await expect(subject.client.request('{ viewer { id } }')).resolves.toEqual({ viewer: { id: subject.userId } });
  });

  it.each(operations)('is done for an administrator: $field', async ({ document }) => {
    await expect(admin.client.request(document(subject.userId))).resolves.toBeDefined();
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSession } from '../access/world.ts';
import { startTestApp, type TestApp, type TestPerson } from '../kit/app.ts';
import { say, startConversation } from '../kit/conversations.ts';
import { runSql } from '../kit/database.ts';
import { createScriptedEngine, type EngineCall, type ScriptedEngine } from '../kit/scripted-engine.ts';
import { openServices } from '../kit/services.ts';
import { subscribeSse } from '../kit/sse-client.ts';

const shared = `query ($token: String!, $first: Int, $after: String) {
  sharedConversation(token: $token) {
    title messageCount sharedAt expiresAt
    messages(first: $first, after: $after) {
      edges { cursor node { role model createdAt parts {
        __typename ... on SharedText { text } ... on SharedTable { tableTitle: title columns { name type } rows truncated } ... on SharedPlot { title spec svg(width: 400) }
      } } }
      pageInfo { hasNextPage hasPreviousPage endCursor }
    }
  }
}`;
const share = 'mutation ($input: ShareConversationInput!) { shareConversation(input: $input) { token shareLink { id title messageCount } } }';
const gone = 'Nothing is shared under this token: there never was anything, it was revoked, or its time is over.';

describe('a share link', () => {
  let app: TestApp;
  let ada: TestPerson;
  let engine: ScriptedEngine;
  let conversationId: string;
  beforeAll(async () => {
    engine = createScriptedEngine();
    app = await startTestApp({ overrides: { engines: [engine] } });
    ada = await app.person();
    const session = await createSession(app, ada, 'secret-name.csv', 'name,age\nada,36\ngrace,45\n');
    conversationId = session.conversation.id;
    await ask('How old are they?', (call, step) => {
      if (step === 1) return call.text('**45** at most.');
      call.reasoning('hidden thoughts');
      call.toolCall('call-1', 'run_sql', { sql: 'SELECT name, age FROM secret_name', title: 'Ages' });
      call.toolCall('call-2', 'create_plot', {
        title: 'Ages',
        sql: 'SELECT name, age FROM secret_name',
        spec: { mark: 'bar', encoding: { y: { field: 'name' }, x: { field: 'age', type: 'quantitative' } } },
      });
    });
  });
  afterAll(() => app[Symbol.asyncDispose]());

  /** Asks something that takes an answer of as many steps as `answer` calls tools in, and waits for its end. */
  async function ask(text: string, answer: (call: EngineCall, step: number) => void): Promise<void> {
    const sent = await ada.client.request('mutation ($input: SendMessageInput!) { sendMessage(input: $input) { run { id } } }', {
      input: { conversationId, text },
    });
    const steps = text.startsWith('How') ? 2 : 1;
    for (let step = 2 - steps; step < 2; step += 1) {
      const call = await engine.nextCall();
      answer(call, step);
      call.finish(step === 1 ? 'STOP' : 'TOOL_CALLS');
    }
    const query = 'subscription ($id: ID!) { runEvents(runId: $id) { seq } }';
    const events = await subscribeSse(app.url, { query, variables: { id: sent.sendMessage.run.id }, token: ada.token });
    while ((await events.nextEvent()).kind === 'next');
  }
  const makeLink = async (more: Readonly<Record<string, unknown>> = {}): Promise<any> =>
    (await ada.client.request(share, { input: { conversationId, ...more } })).shareConversation;
  const failure = async (token: string): Promise<unknown> => {
    const [error] = await app.nobody.expectErrors(shared, { token });
    return [error?.extensions.code, error?.message];
  };

  it('shows a conversation as it was to somebody without an account, and nothing of what stands behind it', async () => {
    const { token, shareLink } = await makeLink();
    expect(token).toMatch(/^clq_s_[\w-]{43}$/);
    expect(shareLink).toMatchObject({ title: 'A scripted title', messageCount: 2 });
    await ask('And later?', (call) => call.text('Something that is not shared.'));
    const { sharedConversation } = await app.nobody.request(shared, { token });
    const [question, answer] = sharedConversation.messages.edges.map((edge: any) => edge.node);
    expect(sharedConversation).toMatchObject({ title: 'A scripted title', messageCount: 2, expiresAt: null });
    expect(question).toMatchObject({ role: 'USER', model: null, parts: [{ __typename: 'SharedText', text: 'How old are they?' }] });
    expect(answer).toMatchObject({ role: 'ASSISTANT', model: 'one' });
    expect(answer.parts.map((part: any) => part.__typename)).toEqual(['SharedTable', 'SharedPlot', 'SharedText']);
    expect(answer.parts[0]).toMatchObject({
      tableTitle: 'Ages',
      columns: [{ name: 'name' }, { name: 'age' }],
      rows: [
        ['ada', 36],
        ['grace', 45],
      ],
    });
    expect(answer.parts[1]).toMatchObject({ title: 'Ages', spec: { data: { values: expect.any(Array) } }, svg: expect.stringMatching(/^<svg/) });
    const userId = Buffer.from(ada.userId, 'base64').toString().slice('User:'.length);
    const [{ snapshot = null } = {}] = await runSql(app.connectionString, 'SELECT snapshot::text FROM share_links LIMIT 1');
    for (const text of [JSON.stringify(sharedConversation), String(snapshot)]) {
      expect(text).not.toMatch(/hidden thoughts|secret_name|secret-name|SELECT|call-1|not shared/);
      expect(text).not.toContain(userId);
      expect(text, 'no id of ours').not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-/);
    }
    expect(JSON.stringify(await runSql(app.connectionString, 'SELECT token_hash, snapshot FROM share_links')), 'only a hash is kept').not.toContain(token);
  });

  it('comes in pages', async () => {
    const { token } = await makeLink();
    const page = async (variables: Readonly<Record<string, unknown>>): Promise<any> =>
      (await app.nobody.request(shared, { token, ...variables })).sharedConversation.messages;
    const first = await page({ first: 3 });
    expect([first.edges.length, first.pageInfo.hasNextPage, first.pageInfo.hasPreviousPage]).toEqual([3, true, false]);
    const rest = await page({ first: 3, after: first.pageInfo.endCursor });
    expect([rest.edges.length, rest.pageInfo.hasNextPage, rest.pageInfo.hasPreviousPage]).toEqual([1, false, true]);
    const [error] = await app.nobody.expectErrors(shared, { token, after: 'nonsense' });
    expect(error?.message).toContain('"nonsense" is not a cursor of this list');
  });

  it('O02 answers alike when it was revoked, when its time is over, when it never was, and when it is no token', async () => {
    const [revoked, expired, held] = [await makeLink(), await makeLink({ expiresAt: new Date(Date.now() + 60_000) }), await makeLink()];
    const revoke = 'mutation ($id: ID!) { revokeShareLink(input: { id: $id }) { revokedShareLinkId } }';
    expect((await ada.client.request(revoke, { id: revoked.shareLink.id })).revokeShareLink.revokedShareLinkId).toBe(revoked.shareLink.id);
    expect((await ada.client.expectErrors(revoke, { id: revoked.shareLink.id }))[0]?.extensions.code).toBe('NOT_FOUND');
    await runSql(app.connectionString, `UPDATE share_links SET expires_at = now() - interval '1 second' WHERE expires_at IS NOT NULL`);
    for (const token of [revoked.token, expired.token, `clq_s_${'A'.repeat(43)}`, '', "' OR true --", held.token.slice(0, -1), ada.token]) {
      expect(await failure(token)).toEqual(['NOT_FOUND', gone]);
    }
    const listed = (
      await ada.client.request('query ($id: ID!) { shareLinks(conversationId: $id) { edges { node { id conversation { id } } } } }', { id: conversationId })
    ).shareLinks.edges;
    expect(listed[0].node).toEqual({ id: held.shareLink.id, conversation: { id: conversationId } });
    expect(JSON.stringify(listed)).not.toContain(expired.shareLink.id);
    expect((await (await app.person()).client.request('{ shareLinks { edges { node { id } } } }')).shareLinks.edges).toEqual([]);
  });

  it.each([
    ['a moment that is past', { expiresAt: '2020-01-01T00:00:00.000Z' }, '2020-01-01T00:00:00.000Z is past; give a moment to come, or none'],
    ['an empty conversation', { conversationId: 'EMPTY' }, 'Nothing was said in this conversation yet, so there is nothing to share.'],
  ])('is not made for %s', async (_what, input, message) => {
    const empty = (await ada.client.request('mutation { createConversation(input: {}) { conversation { id } } }')).createConversation.conversation.id;
    const where = 'conversationId' in input ? { conversationId: empty } : { conversationId, ...input };
    expect((await ada.client.expectErrors(share, { input: where }))[0]?.message).toBe(message);
  });

  it('shows nothing while its owner’s account is not in use, and goes with the conversation and the account', async () => {
    const bob = await app.person();
    const { createConversation } = await bob.client.request('mutation { createConversation(input: { title: "Mine" }) { conversation { id } } }');
    const { id } = createConversation.conversation;
    const row = Buffer.from(id, 'base64').toString().slice('Conversation:'.length);
    await runSql(
      app.connectionString,
      `WITH m AS (INSERT INTO messages (id, conversation_id, role, created_at) VALUES (gen_random_uuid(), '${row}', 'USER', now()) RETURNING id)
       INSERT INTO parts (id, message_id, position, kind, text) SELECT gen_random_uuid(), id, 0, 'TEXT', 'Hello' FROM m`,
    );
    const { token } = (await bob.client.request(share, { input: { conversationId: id } })).shareConversation;
    const title = async (): Promise<unknown> => (await app.nobody.request(shared, { token })).sharedConversation.title;
    expect(await title()).toBe('Mine');
    await runSql(app.connectionString, `UPDATE users SET disabled_at = now() WHERE email = '${bob.email}'`);
    expect(await failure(token)).toEqual(['NOT_FOUND', gone]);
    await runSql(app.connectionString, `UPDATE users SET disabled_at = NULL WHERE email = '${bob.email}'`);
    expect(await title()).toBe('Mine');
    await bob.client.request('mutation ($id: ID!) { deleteConversation(input: { id: $id }) { deletedConversationId } }', { id });
    expect(await failure(token)).toEqual(['NOT_FOUND', gone]);
    expect(await runSql(app.connectionString, `SELECT 1 FROM share_links WHERE conversation_id = '${row}'`)).toEqual([]);
  });

  it('O02 is asked for so often from an address and no more', async () => {
    await using limited = await startTestApp({ environment: { RATE_LIMIT_SHARED_PER_ADDRESS: '3' } });
    const codes: unknown[] = [];
    for (let attempt = 0; attempt < 5; attempt += 1) codes.push((await limited.nobody.expectErrors(shared, { token: `guess ${attempt}` }))[0]?.extensions.code);
    expect(codes).toEqual(['NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND', 'RATE_LIMITED', 'RATE_LIMITED']);
  });

  it('takes one statement to be read, and two to be listed with its conversation, however many there are', async () => {
    await using opened = await openServices();
    const viewer = await opened.person();
    const tokens: string[] = [];
    for (let index = 0; index < 4; index += 1) {
      const id = await startConversation(opened, viewer, `${index}`);
      await say(opened, id, 'USER', 'Hello', viewer.userId);
      tokens.push((await opened.services.shareLinks.create(viewer, { conversationId: id })).token);
    }
    const list = 'query ($first: Int) { shareLinks(first: $first) { edges { node { messageCount conversation { title } } } } }';
    const [few, many] = [await opened.execute(viewer, list, { first: 1 }), await opened.execute(viewer, list, { first: 4 })];
    expect(many.result.shareLinks.edges.map((edge: any) => edge.node.conversation.title)).toEqual(['3', '2', '1', '0']);
    expect([few.statements.length, many.statements.length]).toEqual([2, 2]);
    expect((await opened.execute(null, shared, { token: tokens[0] })).statements).toHaveLength(1);
    expect((await opened.execute(viewer, '{ conversationTags { name } }')).statements).toHaveLength(1);
  });
});

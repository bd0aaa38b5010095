import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTwoServers, type TestApp, type TestPerson, type TwoServers } from '../kit/app.ts';
import { runSql } from '../kit/database.ts';
import { letIn, openRoom, sendTo } from '../kit/rooms.ts';
import { createScriptedEngine } from '../kit/scripted-engine.ts';
import { subscribeSse } from '../kit/sse-client.ts';
import { overSocket, overSse } from '../kit/streams.ts';
import { mutationOf, openWorkspace } from '../kit/workspace.ts';
import { globalId, rowId } from '../kit/ids.ts';

const engine = createScriptedEngine();
const follow = `subscription ($after: String) { changes(after: $after) { cursor isReset changes { id node {
  __typename id
  ... on Goal { title }
  ... on PlanItem { title status }
  ... on Conversation { topic: title unreadCount }
  ... on Persona { name isMine }
  ... on Workspace { name viewerRole }
  ... on Invitation { role }
} } } }`;

let app: TestApp;
/** Another server on the same database. */
let other: TestApp;

let servers: TwoServers;
beforeAll(async () => {
  servers = await startTwoServers({ engines: [engine] });
  ({ app, other } = servers);
});
afterAll(() => servers[Symbol.asyncDispose]());

const make = async (person: TestPerson, field: string, selection: string, input: object): Promise<any> =>
  (await person.client.request(mutationOf(field, selection), { input }))[field];

/** Follows, and has the first set behind it. */
async function open(server: TestApp, person: TestPerson, over: typeof overSse | typeof overSocket = overSse) {
  const stream = await over(server, person, follow, {});
  const next = async (): Promise<any> => {
    const event: any = await stream.nextEvent();
    if (event.kind !== 'next' || event.result.errors !== undefined) throw new Error(JSON.stringify(event));
    return event.result.data.changes;
  };
  const first = await next();
  expect(first).toMatchObject({ isReset: false, changes: [] });
  return {
    first,
    /** Reads until something is told of, and gives it as it was told. */
    until: async (id: string, isSo: (node: any) => boolean = () => true): Promise<any> => {
      for (;;) {
        const { changes } = await next();
        const found = changes.find((change: any) => change.id === id);
        if (found !== undefined && isSo(found.node)) return found.node;
      }
    },
    next,
  };
}

/** Something of a person's own comes, and nothing came before it. */
async function expectNothingBefore(person: TestPerson, stream: Awaited<ReturnType<typeof open>>): Promise<void> {
  const id = await openRoom(person);
  expect((await stream.next()).changes.map((change: any) => change.id)).toEqual([id]);
}

const isNull = (node: unknown): boolean => node === null;

describe('changes', () => {
  it('bring what is planned on one device to all others, on any server, over SSE and WebSocket', async () => {
    const person = await app.person();
    const devices = [await open(app, person, overSse), await open(other, person, overSocket)];
    const { goal } = await make(person, 'createGoal', 'goal { id }', { title: 'Run a marathon' });
    const { planItem: item } = await make(person, 'createPlanItem', 'planItem { id }', { title: 'Buy shoes' });
    for (const device of devices) {
      expect(await device.until(goal.id)).toEqual({ __typename: 'Goal', id: goal.id, title: 'Run a marathon' });
      expect(await device.until(item.id)).toMatchObject({ title: 'Buy shoes', status: 'TODO' });
    }
    // Each time as it is by then, and not as it was read at first.
    await make(person, 'updatePlanItem', 'planItem { id }', { id: item.id, status: 'DONE' });
    for (const device of devices) expect(await device.until(item.id)).toMatchObject({ status: 'DONE' });
    await make(person, 'deleteGoal', 'deletedGoalId', { id: goal.id });
    for (const device of devices) expect(await device.until(goal.id)).toBeNull();
  });

  it('tell each person in a conversation how much is unread, and nobody else of it', async () => {
    const [ada, bob, stranger] = [await app.person(), await app.person(), await app.person()];
    const [streamOfBob, streamOfStranger] = [await open(other, bob), await open(app, stranger)];
    const id = await openRoom(ada, 'Lunch');
    await letIn(ada, id, 'EDITOR', bob);
    expect(await streamOfBob.until(id)).toMatchObject({ topic: 'Lunch', unreadCount: 0 });
    const run = await sendTo(ada, id, 'Soup?');
    const call = await engine.nextCall();
    call.text('Soup.');
    call.finish();
    expect(await streamOfBob.until(id, ({ unreadCount }) => unreadCount === 2)).toMatchObject({ unreadCount: 2 });
    await expect.poll(async () => (await ada.client.request('query ($id: ID!) { run(id: $id) { status } }', { id: run.id })).run.status).toBe('COMPLETED');
    await make(bob, 'markRead', 'conversation { id }', { conversationId: id });
    await streamOfBob.until(id, ({ unreadCount }) => unreadCount === 0);
    await make(ada, 'updateConversation', 'conversation { id }', { id, title: 'Dinner' });
    expect(await streamOfBob.until(id, ({ topic }) => topic === 'Dinner')).toMatchObject({ unreadCount: 0 });
    await make(ada, 'removeParticipant', 'conversation { id }', { conversationId: id, userId: bob.userId });
    await streamOfBob.until(id, isNull);
    await expectNothingBefore(stranger, streamOfStranger);
  });

  it('tell the members of a workspace what is shared in it, and who is in it', async () => {
    const [owner, reader, stranger] = [await app.person(), await app.person(), await app.person()];
    const [streamOfReader, streamOfStranger] = [await open(other, reader, overSocket), await open(app, stranger)];
    const { workspaceId, remove } = await openWorkspace(app, [
      [owner, 'OWNER'],
      [reader, 'READER'],
    ]);
    expect(await streamOfReader.until(workspaceId)).toMatchObject({ name: 'Acme', viewerRole: 'READER' });
    const { persona } = await make(owner, 'createPersona', 'persona { id }', { name: 'Critic', handle: 'critic', systemPrompt: 'Criticise.', workspaceId });
    expect(await streamOfReader.until(persona.id)).toEqual({ __typename: 'Persona', id: persona.id, name: 'Critic', isMine: false });
    await make(owner, 'setWorkspaceQuota', 'workspaceQuota { maxTokens }', { workspaceId, scope: 'WORKSPACE', period: 'DAY', maxTokens: '1000' });
    await streamOfReader.until(workspaceId);
    // Taken back: gone for all others.
    await make(owner, 'updatePersona', 'persona { id }', { id: persona.id, workspaceId: null });
    expect(await streamOfReader.until(persona.id)).toBeNull();
    await remove(reader);
    await streamOfReader.until(workspaceId, isNull);
    await expectNothingBefore(stranger, streamOfStranger);
  });

  it('bring an invitation to whom it is for', async () => {
    const [owner, invited] = [await app.person(), await app.person()];
    const stream = await open(app, invited);
    const conversationId = await openRoom(owner);
    const { invitation } = await make(owner, 'inviteToConversation', 'invitation { id }', { conversationId, email: invited.email, role: 'EDITOR' });
    expect(await stream.until(invitation.id)).toMatchObject({ __typename: 'Invitation', role: 'EDITOR' });
    await make(owner, 'revokeInvitation', 'revokedInvitationId', { id: invitation.id });
    expect(await stream.until(invitation.id)).toBeNull();
  });

  it('go on after a cut with all that was missed', async () => {
    const person = await app.person();
    const { first } = await open(app, person);
    const { goal } = await make(person, 'createGoal', 'goal { id }', { title: 'While away' });
    const back: any = await (await overSse(other, person, follow, { after: first.cursor })).nextEvent();
    expect(back.result.data.changes).toMatchObject({
      isReset: false,
      changes: expect.arrayContaining([{ id: goal.id, node: { __typename: 'Goal', id: goal.id, title: 'While away' } }]),
    });
  });

  it('ask for a cursor of theirs, and for somebody who is signed in', async () => {
    const person = await app.person();
    const refusal = async (after: string, token?: string): Promise<any> => {
      const event: any = await (await subscribeSse(app.url, { query: follow, variables: { after }, ...(token === undefined ? {} : { token }) })).nextEvent();
      return event.result.errors[0];
    };
    const wrong = await refusal('yesterday', person.token);
    expect(wrong.extensions.code).toBe('BAD_USER_INPUT');
    expect(wrong.message).toContain('"yesterday" is not a cursor of changes');
    expect((await refusal('1.1')).extensions.code).toBe('UNAUTHENTICATED');
  });

  it('C01 tell somebody of another person’s thing nothing but its id, should it be named to them', async () => {
    const [owner, stranger] = [await app.person(), await app.person()];
    const { goal } = await make(owner, 'createGoal', 'goal { id }', { title: 'Private' });
    const stream = await open(app, stranger);
    await runSql(app.connectionString, `SELECT changes_tell(ARRAY['${rowId(stranger.userId)}'::uuid], 'Goal', '${rowId(goal.id)}')`);
    expect(await stream.next()).toMatchObject({ changes: [{ id: globalId('Goal', rowId(goal.id)), node: null }] });
  });
});

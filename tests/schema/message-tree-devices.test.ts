import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestApp, type TestApp, type TestPerson } from '../kit/app.ts';
import type { Parsed } from '../kit/graphql-client.ts';
import { createScriptedEngine } from '../kit/scripted-engine.ts';
import { openSocket, type SocketSubscription } from '../kit/websocket-client.ts';

const engine = createScriptedEngine();

let app: TestApp;
let ada: TestPerson;
/** Of a second device of hers. */
let otherToken: string;

beforeAll(async () => {
  app = await startTestApp({ overrides: { engines: [engine] } });
  ada = await app.person();
  const signIn = 'mutation ($login: String!) { login(input: { login: $login, password: "correct horse battery" }) { accessToken } }';
  otherToken = (await app.nobody.request(signIn, { login: ada.email })).login.accessToken;
});
afterAll(() => app[Symbol.asyncDispose]());

const follow = `subscription ($id: ID!, $after: Int) { conversationEvents(conversationId: $id, after: $after) {
  __typename seq
  ... on MessageAdded { message { id role isActive parent { id } } }
  ... on RunChanged { status run { id } }
  ... on BranchSwitched { messageId conversation { activePath(first: 10) { edges { node { id } } } } }
  ... on MessagesDeleted { deletedMessageId count }
} }`;

const run = 'run { id question { id } message { id } }';
const pathQuery = 'query ($id: ID!) { conversation(id: $id) { lastEventSeq activePath(first: 10) { edges { node { id text siblingIndex siblingCount } } } } }';

/** Writes with the first device, and lets the engine answer to the end. */
async function say(document: string, variables: object, events: SocketSubscription): Promise<{ readonly run: Parsed; readonly events: readonly Parsed[] }> {
  const data = await ada.client.request(document, { input: variables });
  const call = await engine.nextCall();
  call.text('An answer');
  call.finish();
  const seen: Parsed[] = [];
  while (seen.at(-1)?.status !== 'COMPLETED') seen.push(await next(events));
  return { run: Object.values<Parsed>(data)[0].run, events: seen };
}

async function next(events: SocketSubscription): Promise<Parsed> {
  const event = await events.nextEvent();
  if (event.kind !== 'next' || event.result.errors !== undefined) expect.fail(`an event with errors: ${JSON.stringify(event)}`);
  return event.result.data.conversationEvents;
}

const pathOf = async (id: string): Promise<Parsed> => (await ada.client.request(pathQuery, { id })).conversation;
const idsOf = (connection: Parsed): readonly string[] => connection.edges.map(({ node }: Parsed) => node.id);

it('a device that follows sees what the other edits, switches and deletes, and one that comes later too', async () => {
  const { createConversation } = await ada.client.request('mutation { createConversation(input: { title: "A tree" }) { conversation { id } } }');
  const { id } = createConversation.conversation;
  await using sockets = new AsyncDisposableStack();
  const open = async (after: number): Promise<SocketSubscription> => {
    const socket = await openSocket(app.url, { token: otherToken });
    sockets.defer(() => socket.cut());
    return socket.subscribe(follow, { id, after });
  };
  const live = await open(0);

  const said = await say(`mutation ($input: SendMessageInput!) { sendMessage(input: $input) { ${run} } }`, { conversationId: id, text: 'More' }, live);
  const { question, message: answer } = said.run;
  expect(said.events.map(({ __typename, seq }) => `${seq} ${__typename}`)).toEqual(['1 MessageAdded', '2 MessageAdded', '3 RunChanged', '4 RunChanged']);

  const edited = await say(`mutation ($input: EditMessageInput!) { editMessage(input: $input) { ${run} } }`, { messageId: question.id, text: 'Less' }, live);
  // The new question stands beside the old one, at the top, and takes its place on the branch.
  expect(edited.events[0].message).toEqual({ id: edited.run.question.id, role: 'USER', isActive: true, parent: null });
  expect(edited.events[1].message).toMatchObject({ id: edited.run.message.id, parent: { id: edited.run.question.id } });
  expect((await pathOf(id)).activePath.edges.map(({ node }: Parsed) => [node.text, node.siblingIndex, node.siblingCount])).toEqual([
    ['Less', 1, 2],
    ['An answer', 0, 1],
  ]);

  await ada.client.request('mutation ($id: ID!) { switchBranch(input: { messageId: $id }) { conversation { id } } }', { id: answer.id });
  const switched = await next(live);
  expect(switched).toMatchObject({ __typename: 'BranchSwitched', messageId: answer.id });
  expect(idsOf(switched.conversation.activePath)).toEqual([question.id, answer.id]);

  const remove =
    'mutation ($id: ID!) { deleteMessage(input: { messageId: $id }) { deletedCount deletedMessageIds conversation { activePath { edges { node { id } } } } } }';
  const { deleteMessage } = await ada.client.request(remove, { id: question.id });
  expect(deleteMessage).toMatchObject({ deletedCount: 2, deletedMessageIds: [question.id, answer.id] });
  expect(idsOf(deleteMessage.conversation.activePath)).toEqual([edited.run.question.id, edited.run.message.id]);
  const deleted = await next(live);
  expect(deleted).toMatchObject({ __typename: 'MessagesDeleted', deletedMessageId: question.id, count: 2 });
  expect((await pathOf(id)).lastEventSeq).toBe(deleted.seq);

  // What is gone by now is told of all the same, so that the numbers have no gap.
  const late = await open(0);
  const all: Parsed[] = [];
  while (all.at(-1)?.__typename !== 'MessagesDeleted') all.push(await next(late));
  expect(all.map(({ seq }) => seq)).toEqual(Array.from({ length: deleted.seq }, (_, place) => place + 1));
  expect(all.slice(0, 4)).toMatchObject([{ message: null }, { message: null }, { run: null, status: 'RUNNING' }, { run: null, status: 'COMPLETED' }]);
  expect(all[4].message).toMatchObject({ id: edited.run.question.id });
  const resumed = await open(deleted.seq - 1);
  expect(await next(resumed)).toEqual(deleted);
});

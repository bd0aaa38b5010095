import { describe, expect, it } from 'vitest';
import { eventually } from '../kit/eventually.ts';
import { followToTheEnd } from '../kit/follower.ts';
import { createGraphqlClient, type GraphqlClient } from '../kit/graphql-client.ts';
import { createTemporaryFolder } from '../kit/leftovers.ts';
import { registerAt } from '../kit/registration.ts';
import { startServerProcess } from '../kit/server-process.ts';

const send = 'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { run { id } } }';
const path = 'query ($id: ID!) { conversation(id: $id) { activePath { edges { node { authorName text } } } } }';

/** A conversation with two personas that may ask. */
async function room(client: GraphqlClient): Promise<string> {
  const made = await client.request(`mutation {
    createConversation(input: { title: "A room" }) { conversation { id } }
    ada: createPersona(input: { name: "Ada", handle: "ada", mayAsk: true }) { persona { id } }
    bob: createPersona(input: { name: "Bob", handle: "bob", mayAsk: true }) { persona { id } }
  }`);
  const conversationId = made.createConversation.conversation.id;
  for (const { persona } of [made.ada, made.bob]) {
    await client.request('mutation ($input: AddPersonaInput!) { addPersona(input: $input) { conversation { id } } }', {
      input: { conversationId, personaId: persona.id },
    });
  }
  return conversationId;
}

const saidIn = async (client: GraphqlClient, id: string): Promise<readonly any[]> =>
  (await client.request(path, { id })).conversation.activePath.edges.map(({ node }: any) => node);

describe('R01 kill -9 of the server', () => {
  it('in a pause and in a round loses neither: the pause is answered after the restart, and the next persona speaks', async () => {
    await using folder = await createTemporaryFolder();
    const environment = { DATA_FOLDER: folder.path, RUN_LEASE_MS: '1500' };
    const first = await startServerProcess(environment);
    const { token } = await registerAt(first.url);
    const before = createGraphqlClient(first.url, { token });
    const paused = await room(before);
    const asking = JSON.stringify({ question: 'Shall I go on?', tokens: 3, tokensPerSecond: 1_000 });
    const { run: waiting } = (await before.request(send, { input: { conversationId: paused, text: `${asking} @ada` } })).sendMessage;
    await eventually(async () => {
      const { run } = await before.request('query ($id: ID!) { run(id: $id) { status } }', { id: waiting.id });
      expect(run.status).toBe('AWAITING_INPUT');
    });
    const talking = (await before.request('mutation { createConversation(input: { title: "Another" }) { conversation { id } } }')).createConversation
      .conversation.id;
    const { personas } = await before.request('{ personas { edges { node { id } } } }');
    for (const { node } of personas.edges) {
      await before.request('mutation ($input: AddPersonaInput!) { addPersona(input: $input) { conversation { id } } }', {
        input: { conversationId: talking, personaId: node.id },
      });
    }
    // Long enough to be still under way when the server is killed.
    const slow = JSON.stringify({ tokens: 200, tokensPerSecond: 20 });
    const { run: speaking } = (await before.request(send, { input: { conversationId: talking, text: `${slow} @ada @bob` } })).sendMessage;
    await eventually(async () => expect((await saidIn(before, talking)).length).toBe(2));
    await first.kill();

    await using second = await startServerProcess(environment);
    const after = createGraphqlClient(second.url, { token });
    await after.request('mutation ($input: RespondToRunInput!) { respondToRun(input: $input) { run { id } } }', {
      input: { runId: waiting.id, answer: 'Yes' },
    });
    const follow = { token, url: () => Promise.resolve(second.url) };
    const histories = await Promise.all((['sse', 'websocket'] as const).map(async (transport) => followToTheEnd(waiting.id, { ...follow, transport })));
    for (const { events } of histories) {
      expect(events.map(({ seq }) => seq)).toEqual(events.map((_event, place) => place + 1));
      expect(events.map(({ __typename }) => __typename)).toEqual(expect.arrayContaining(['InputRequested', 'InputGiven', 'RunFinished']));
    }
    expect((await followToTheEnd(speaking.id, { ...follow, transport: 'sse' })).events.at(-1)).toMatchObject({ code: 'INTERRUPTED' });
    await eventually(async () => {
      const said = await saidIn(after, talking);
      expect(said.map(({ authorName }) => authorName)).toEqual([null, 'Ada', 'Bob']);
      expect(said[2].text).toContain('200@');
    });
    expect(await second.stop()).toBe(0);
  });
});

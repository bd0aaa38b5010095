import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp, type TestPerson } from '../kit/app.ts';
import { runSql } from '../kit/database.ts';
import { createBase } from '../kit/knowledge.ts';
import { letIn, openRoom } from '../kit/rooms.ts';
import { rowId } from '../kit/ids.ts';

let app: TestApp;
beforeAll(async () => void (app = await startTestApp()));
afterAll(() => app[Symbol.asyncDispose]());

const remove = 'mutation ($id: ID!, $userId: ID!) { removeParticipant(input: { conversationId: $id, userId: $userId }) { removedUserId } }';
const leave = 'mutation ($id: ID!) { leaveConversation(input: { conversationId: $id }) { leftConversationId } }';
const goForGood = 'mutation { deleteAccount(input: { password: "correct horse battery" }) { deletedUserId } }';

/** Brings a persona and a knowledge base of somebody's into a conversation. */
async function bring(person: TestPerson, id: string, handle: string): Promise<void> {
  const { createPersona } = await person.client.request(
    'mutation ($handle: String!) { createPersona(input: { name: "P", handle: $handle }) { persona { id } } }',
    {
      handle,
    },
  );
  await person.client.request(
    `mutation ($id: ID!, $personaId: ID!, $baseId: ID!) {
      addPersona(input: { conversationId: $id, personaId: $personaId }) { conversation { id } }
      attachKnowledge(input: { conversationId: $id, knowledgeBaseIds: [$baseId] }) { conversation { id } }
    }`,
    { id, personaId: createPersona.persona.id, baseId: await createBase(person, { name: `Base of ${handle}` }) },
  );
}

/** What takes part in a conversation, whoever may see it. */
const broughtTo = (id: string) =>
  runSql(
    app.connectionString,
    `SELECT p.handle AS name FROM conversation_personas t JOIN personas p ON p.id = t.persona_id WHERE t.conversation_id = '${rowId(id)}'
     UNION ALL SELECT k.name FROM conversation_knowledge t JOIN knowledge_bases k ON k.id = t.knowledge_base_id WHERE t.conversation_id = '${rowId(id)}' ORDER BY 1`,
  );

describe('K10 whoever goes', () => {
  it.each([
    ['leaves', (_ada: TestPerson, bob: TestPerson, id: string) => bob.client.request(leave, { id })],
    ['is removed', (ada: TestPerson, bob: TestPerson, id: string) => ada.client.request(remove, { id, userId: bob.userId })],
    ['deletes their account', (_ada: TestPerson, bob: TestPerson) => bob.client.request(goForGood)],
  ])('takes personas and knowledge along who %s, and leaves those of others', async (_how, go) => {
    const [ada, bob] = [await app.person(), await app.person()];
    const id = await openRoom(ada);
    await letIn(ada, id, 'EDITOR', bob);
    await bring(ada, id, 'owl');
    await bring(bob, id, 'fox');
    expect(await broughtTo(id)).toEqual([{ name: 'Base of fox' }, { name: 'Base of owl' }, { name: 'fox' }, { name: 'owl' }]);
    await go(ada, bob, id);
    expect(await broughtTo(id)).toEqual([{ name: 'Base of owl' }, { name: 'owl' }]);
  });
});

import type { TestApp, TestPerson } from '../kit/app.ts';
import { openWorkspace } from '../kit/workspace.ts';
import type { Belongings } from './world.ts';

/** Makes a prompt template. */
export async function createTemplate(person: TestPerson): Promise<string> {
  const made = await person.client.request('mutation { createPromptTemplate(input: { name: "Greeting", text: "Hello {{name}}" }) { promptTemplate { id } } }');
  return made.createPromptTemplate.promptTemplate.id;
}

/** Makes a persona and brings it into a conversation. */
export async function addPersona(person: TestPerson, conversationId: string): Promise<string> {
  const made = await person.client.request('mutation { createPersona(input: { name: "Ada", handle: "ada" }) { persona { id } } }');
  const personaId = made.createPersona.persona.id;
  await person.client.request('mutation ($input: AddPersonaInput!) { addPersona(input: $input) { conversation { id } } }', {
    input: { conversationId, personaId },
  });
  return personaId;
}

/** Lets a conversation draw on a knowledge base. */
export async function attachBase(person: TestPerson, conversationId: string, baseId: string): Promise<void> {
  const document = 'mutation ($input: AttachKnowledgeInput!) { attachKnowledge(input: $input) { conversation { id } } }';
  await person.client.request(document, { input: { conversationId, knowledgeBaseIds: [baseId] } });
}

/** Makes a workspace of an owner, as a row, and shares with it what there is. */
export async function shareAll(app: TestApp, owner: TestPerson, ids: Pick<Belongings, 'Persona' | 'PromptTemplate' | 'KnowledgeBase'>): Promise<string> {
  const { workspaceId } = await openWorkspace(app, [[owner, 'OWNER']]);
  await owner.client.request(
    `mutation ($persona: UpdatePersonaInput!, $template: UpdatePromptTemplateInput!, $base: UpdateKnowledgeBaseInput!) {
      updatePersona(input: $persona) { persona { id } }
      updatePromptTemplate(input: $template) { promptTemplate { id } }
      updateKnowledgeBase(input: $base) { knowledgeBase { id } }
    }`,
    { persona: { id: ids.Persona, workspaceId }, template: { id: ids.PromptTemplate, workspaceId }, base: { id: ids.KnowledgeBase, workspaceId } },
  );
  return workspaceId;
}

/** Saves a key for a workspace. */
export async function saveWorkspaceKey(owner: TestPerson, workspaceId: string): Promise<string> {
  const document = 'mutation ($input: SaveWorkspaceProviderKeyInput!) { saveWorkspaceProviderKey(input: $input) { providerKey { id } } }';
  const input = { workspaceId, kind: 'ANTHROPIC', apiKey: 'keyOfTheTests0123456789' };
  return (await owner.client.request(document, { input })).saveWorkspaceProviderKey.providerKey.id;
}

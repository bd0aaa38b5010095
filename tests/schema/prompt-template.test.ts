import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Viewer } from '../../src/auth/viewer.ts';
import { createScriptedEngine, type ScriptedEngine } from '../kit/scripted-engine.ts';
import { startConversation } from '../kit/conversations.ts';
import { openServices } from '../kit/services.ts';
import { globalId } from '../kit/ids.ts';

let opened: Awaited<ReturnType<typeof openServices>>;
let engine: ScriptedEngine;
beforeAll(async () => {
  engine = createScriptedEngine();
  opened = await openServices([engine]);
});
afterAll(() => opened[Symbol.asyncDispose]());

const fields = 'id name description version text variables { name type description isRequired defaultValue choices }';
const create = `mutation ($input: CreatePromptTemplateInput!) { createPromptTemplate(input: $input) { promptTemplate { ${fields} } } }`;
const update = `mutation ($input: UpdatePromptTemplateInput!) { updatePromptTemplate(input: $input) { promptTemplate { ${fields} } } }`;
const restore = `mutation ($input: RestorePromptTemplateInput!) { restorePromptTemplate(input: $input) { promptTemplate { ${fields} } } }`;
const render = 'query ($id: ID!, $variables: JSON, $version: Int) { renderPromptTemplate(id: $id, variables: $variables, version: $version) }';

const input = {
  name: 'Lines',
  description: 'Some lines',
  text: '{{count}} {{tone}} lines about {{topic}}',
  variables: [
    { name: 'tone', type: 'CHOICE', choices: ['kind', 'strict'], defaultValue: 'kind' },
    { name: 'count', type: 'NUMBER', description: 'How many' },
  ],
};

const make = async (viewer: Viewer, more: object = {}) =>
  (await opened.execute(viewer, create, { input: { ...input, ...more } })).result.createPromptTemplate.promptTemplate;
const change = async (viewer: Viewer, id: string, more: object) =>
  (await opened.execute(viewer, update, { input: { id, ...more } })).result.updatePromptTemplate.promptTemplate;

describe('a prompt template', () => {
  it('has the variables that are declared, and those that merely stand in its text', async () => {
    const template = await make(await opened.person());
    expect(template).toMatchObject({ name: 'Lines', version: 1, text: input.text });
    expect(template.variables).toEqual([
      { name: 'count', type: 'NUMBER', description: 'How many', isRequired: true, defaultValue: null, choices: [] },
      { name: 'tone', type: 'CHOICE', description: null, isRequired: false, defaultValue: 'kind', choices: ['kind', 'strict'] },
      { name: 'topic', type: 'TEXT', description: null, isRequired: true, defaultValue: null, choices: [] },
    ]);
  });

  it.each([
    [{ text: 'Hello {{' }, 'not closed'],
    [{ text: ' ' }, 'must not be empty'],
    [{ name: '' }, 'must not be empty'],
    [{ variables: [{ name: 'nothing' }] }, 'does not stand in the text'],
    [{ variables: [{ name: 'tone' }, { name: 'tone' }] }, 'twice'],
    [{ variables: [{ name: 'tone', type: 'CHOICE' }] }, 'needs "choices"'],
    [{ variables: [{ name: 'tone', choices: ['a'] }] }, 'are for a CHOICE'],
    [{ variables: [{ name: 'tone', type: 'CHOICE', choices: ['a'], defaultValue: 'b' }] }, 'the default must be one of "a"'],
    [{ variables: [{ name: 'count', type: 'NUMBER', defaultValue: 'many' }] }, 'the default must be a number'],
  ])('is refused with %j', async (more, message) => {
    await expect(make(await opened.person(), more)).rejects.toThrow(message);
  });

  it.each([
    ['name', 'Other', 1],
    ['description', 'Other', 1],
    ['text', 'About {{topic}}', 2],
  ] as const)('keeps its %s where an update has none, and changes it; null clears only the description', async (field, value, version) => {
    const viewer = await opened.person();
    const { id } = await make(viewer);
    expect((await change(viewer, id, {}))[field]).toBe(input[field]);
    expect(await change(viewer, id, { [field]: value })).toMatchObject({ [field]: value, version });
    if (field === 'description') expect((await change(viewer, id, { description: null })).description).toBeNull();
    else await expect(change(viewer, id, { [field]: null })).rejects.toThrow('cannot be empty');
  });

  it('has a version for every change of its text or variables, and goes back to any of them', async () => {
    const viewer = await opened.person();
    const { id } = await make(viewer);
    const second = await change(viewer, id, { text: '{{count}} words on {{subject}}' });
    expect(second.variables.map(({ name, type }: any) => [name, type])).toEqual([
      ['count', 'NUMBER'],
      ['subject', 'TEXT'],
    ]);
    expect(await change(viewer, id, { text: '{{count}} words on {{subject}}' })).toMatchObject({ version: 2 });
    expect(await change(viewer, id, { variables: [] })).toMatchObject({ version: 3, variables: [{ type: 'TEXT' }, { type: 'TEXT' }] });
    const restored = (await opened.execute(viewer, restore, { input: { id, version: 1 } })).result.restorePromptTemplate.promptTemplate;
    expect(restored).toMatchObject({ version: 4, text: input.text, variables: [{ type: 'NUMBER' }, { type: 'CHOICE' }, { type: 'TEXT' }] });
    await expect(opened.execute(viewer, restore, { input: { id, version: 9 } })).rejects.toThrow('no version 9');
    const list = 'query ($id: ID!) { promptTemplate(id: $id) { versions(first: 3) { edges { node { version text } } pageInfo { hasNextPage } } } }';
    const { versions } = (await opened.execute(viewer, list, { id })).result.promptTemplate;
    expect(versions.edges.map(({ node }: any) => node.version)).toEqual([4, 3, 2]);
    expect(versions.pageInfo.hasNextPage).toBe(true);
    const variables = { subject: 'ships', count: 2 };
    expect((await opened.execute(viewer, render, { id, version: 2, variables })).result.renderPromptTemplate).toBe('2 words on ships');
    await expect(opened.execute(viewer, render, { id, variables })).rejects.toThrow('"topic" must be given');
    await expect(opened.execute(viewer, render, { id, variables: ['ships'] })).rejects.toThrow('must be an object');
  });

  it('is found in a list, with its versions in one statement more', async () => {
    const viewer = await opened.person();
    for (const name of ['One', 'two', 'Three']) await make(viewer, { name });
    const list = `query ($filter: PromptTemplateFilter, $orderBy: PromptTemplateOrder) { promptTemplates(filter: $filter, orderBy: $orderBy) {
      edges { node { name variables { name } versions { edges { node { version } } } } } } }`;
    const all = await opened.execute(viewer, list, { orderBy: { field: 'NAME' } });
    expect(all.result.promptTemplates.edges.map(({ node }: any) => node.name)).toEqual(['One', 'Three', 'two']);
    expect(all.statements).toHaveLength(2);
    expect((await opened.execute(viewer, list, { filter: { text: 'TW' } })).result.promptTemplates.edges).toHaveLength(1);
    expect((await opened.execute(await opened.person(), list)).result.promptTemplates.edges).toEqual([]);
  });
});

describe('a prompt template that is used', () => {
  const send = 'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { run { conversation { id } question { text } } } }';

  const next = async () => {
    const call = await engine.nextCall();
    call.finish();
    return call.request;
  };

  it('is what a message says', async () => {
    const viewer = await opened.person();
    const { id } = await make(viewer);
    const template = { id, variables: { topic: 'ships', count: 2 } };
    const { result } = await opened.execute(viewer, send, { input: { template } });
    expect(result.sendMessage.run.question.text).toBe('2 kind lines about ships');
    expect((await next()).messages).toEqual([{ role: 'user', text: '2 kind lines about ships' }]);
    for (const [wrong, message] of [
      [{ template: { id } }, '"topic" must be given'],
      [{ template, text: 'And this' }, 'not both'],
      [{}, 'Say something'],
      [{ template: { id: globalId('PromptTemplate', viewer.userId) } }, 'No PromptTemplate'],
    ] as const) {
      await expect(opened.execute(viewer, send, { input: wrong })).rejects.toThrow(message);
    }
    await expect(opened.execute(await opened.person(), send, { input: { template } })).rejects.toThrow('No PromptTemplate');
  });

  it('is tried out in a conversation that vanishes: as the message, or as the prompt above one', async () => {
    const viewer = await opened.person();
    const { id } = await make(viewer);
    const attempt = 'mutation ($input: TryPromptTemplateInput!) { tryPromptTemplate(input: $input) { run { conversation { expiresAt } question { text } } } }';
    const template = { id, variables: { topic: 'ships', count: 2 } };
    const { run } = (await opened.execute(viewer, attempt, { input: { template } })).result.tryPromptTemplate;
    expect(run).toEqual({ conversation: { expiresAt: expect.any(String) }, question: { text: '2 kind lines about ships' } });
    await next();
    await opened.execute(viewer, attempt, { input: { template, question: 'Which one?', temperature: 0 } });
    expect(await next()).toMatchObject({ system: '2 kind lines about ships', messages: [{ text: 'Which one?' }], temperature: 0 });
  });

  it('is the prompt of a persona, in its newest text, and says what is wrong when it cannot be filled in any more', async () => {
    const viewer = await opened.person();
    const { id } = await make(viewer);
    const createPersona =
      'mutation ($input: CreatePersonaInput!) { createPersona(input: $input) { persona { id template { id } templateVariables systemPrompt } } }';
    const persona = { name: 'Ada', handle: 'ada', templateId: id };
    await expect(opened.execute(viewer, createPersona, { input: persona })).rejects.toThrow('"topic" must be given');
    const templateVariables = { topic: 'ships', count: 2 };
    await expect(opened.execute(viewer, createPersona, { input: { ...persona, templateVariables, systemPrompt: 'Be brief.' } })).rejects.toThrow(
      'or a template',
    );
    const made = (await opened.execute(viewer, createPersona, { input: { ...persona, templateVariables } })).result.createPersona.persona;
    expect(made).toMatchObject({ template: { id }, templateVariables, systemPrompt: null });
    const conversationId = globalId('Conversation', await startConversation(opened, viewer));
    const add = 'mutation ($input: AddPersonaInput!) { addPersona(input: $input) { conversation { id } } }';
    await opened.execute(viewer, add, { input: { conversationId, personaId: made.id } });
    await change(viewer, id, { text: '{{count}} {{topic}}' });
    await opened.execute(viewer, send, { input: { conversationId, text: 'Hello' } });
    expect((await next()).system).toMatch(/^2 ships\n\nYou are Ada/);
    await change(viewer, id, { text: '{{count}} {{topic}} {{more}}' });
    const busy = { conversationId, text: 'Hello', ifBusy: 'ENQUEUE' };
    await expect(opened.execute(viewer, send, { input: busy })).rejects.toThrow('persona "Ada" cannot answer. The template');
    await opened.execute(viewer, 'mutation ($id: ID!) { deletePromptTemplate(input: { id: $id }) { deletedPromptTemplateId } }', { id });
    await opened.execute(viewer, send, { input: busy });
  });
});

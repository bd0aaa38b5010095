import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Viewer } from '../../src/auth/viewer.ts';
import { uuidv7 } from '../../src/base/id.ts';
import { openServices } from '../kit/services.ts';
import { asking, mutationOf, openTeam } from '../kit/workspace.ts';
import { writeWorkspace } from '../kit/workspace-rows.ts';
import { globalId } from '../kit/ids.ts';

let opened: Awaited<ReturnType<typeof openServices>>;
let said: ReturnType<typeof asking>['said'];
let refusal: ReturnType<typeof asking>['refusal'];
beforeAll(async () => {
  opened = await openServices();
  ({ said, refusal } = asking(opened));
});
afterAll(() => opened[Symbol.asyncDispose]());

let ada: Viewer;
let owner: Viewer;
let editor: Viewer;
let reader: Viewer;
let stranger: Viewer;
let workspaceId: string;
beforeEach(async () => void ({ ada, owner, editor, reader, stranger, workspaceId } = await openTeam(opened)));

const kinds = [
  ['Persona', 'persona', 'personas', { handle: 'owl', systemPrompt: 'A secret.' }],
  ['PromptTemplate', 'promptTemplate', 'promptTemplates', { text: 'Hello {{name}}' }],
  ['KnowledgeBase', 'knowledgeBase', 'knowledgeBases', { embeddingModel: null }],
] as const;

describe.each(kinds)('a %s that is shared with a workspace', (kind, one, many, more) => {
  const create = mutationOf(`create${kind}`, `${one} { id visibility isMine }`);
  const update = mutationOf(`update${kind}`, `${one} { id name visibility }`);
  const remove = mutationOf(`delete${kind}`, `deleted${kind}Id`);
  const read = `query ($id: ID!) { ${one}(id: $id) { name visibility isMine } }`;
  const share = async (): Promise<string> => (await said(ada, create, { input: { name: 'Shared', ...more, workspaceId } }))[`create${kind}`][one].id;
  const names = async (viewer: Viewer, filter: object): Promise<readonly string[]> =>
    (await said(viewer, `query ($filter: ${kind}Filter) { ${many}(filter: $filter) { edges { node { name } } } }`, { filter }))[many].edges.map(
      ({ node }: any) => node.name,
    );

  it('W01 is seen by its members alone, and changed by no READER (W02)', async () => {
    const id = await share();
    expect((await said(ada, read, { id }))[one]).toEqual({ name: 'Shared', visibility: 'WORKSPACE', isMine: true });
    expect((await said(reader, read, { id }))[one]).toEqual({ name: 'Shared', visibility: 'WORKSPACE', isMine: false });
    expect(await refusal(stranger, read, { id })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await refusal(stranger, update, { input: { id, name: 'Mine' } })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await refusal(reader, update, { input: { id, name: 'Mine' } })).toMatchObject({
      code: 'FORBIDDEN',
      message: expect.stringContaining('takes the role EDITOR in this workspace; yours is READER'),
    });
    expect((await said(editor, update, { input: { id, name: 'Better' } }))[`update${kind}`][one].name).toBe('Better');
    expect(await refusal(editor, remove, { input: { id } })).toMatchObject({ code: 'FORBIDDEN', message: expect.stringContaining('OWNER') });
    expect(await refusal(stranger, remove, { input: { id } })).toMatchObject({ code: 'NOT_FOUND' });
    expect((await said(owner, remove, { input: { id } }))[`delete${kind}`]).toEqual({ [`deleted${kind}Id`]: id });
  });

  it('stands in the lists of its members, beside their own', async () => {
    await share();
    await said(reader, create, { input: { name: 'Own', ...more } });
    expect(await names(reader, {})).toEqual(['Own', 'Shared']);
    expect(await names(reader, { isMine: true })).toEqual(['Own']);
    expect(await names(reader, { isMine: false })).toEqual(['Shared']);
    expect(await names(reader, { workspaceId })).toEqual(['Shared']);
    expect(await names(ada, {})).toEqual(['Shared']);
    expect(await names(stranger, { workspaceId })).toEqual([]);
    await expect(names(reader, { workspaceId: globalId('Conversation', uuidv7()) })).rejects.toThrow('is not of type: Workspace');
  });

  it('W05 is shared by its owner alone, and where they may', async () => {
    const foreign = globalId('Workspace', (await writeWorkspace(opened.prisma, { members: [{ userId: stranger.userId, role: 'OWNER' }] })).id);
    const wanted = { name: 'Shared', ...more };
    expect(await refusal(reader, create, { input: { ...wanted, workspaceId } })).toMatchObject({ code: 'FORBIDDEN' });
    expect(await refusal(stranger, create, { input: { ...wanted, workspaceId } })).toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringContaining('Workspace'),
    });
    const id = await share();
    expect(await refusal(ada, update, { input: { id, workspaceId: foreign } })).toMatchObject({ code: 'NOT_FOUND' });
    // Where there is one and where there is none, nobody else is told.
    for (const other of [foreign, globalId('Workspace', uuidv7())]) {
      expect(await refusal(owner, update, { input: { id, workspaceId: other } })).toMatchObject({
        code: 'FORBIDDEN',
        message: expect.stringContaining('Only its owner'),
      });
    }
    expect(await refusal(editor, update, { input: { id, workspaceId: null } })).toMatchObject({ code: 'FORBIDDEN', message: expect.stringContaining('OWNER') });
    expect((await said(owner, update, { input: { id, workspaceId: null } }))[`update${kind}`][one]).toMatchObject({ id, visibility: 'PRIVATE' });
    expect(await refusal(owner, read, { id })).toMatchObject({ code: 'NOT_FOUND' });
    expect((await said(ada, update, { input: { id, workspaceId } }))[`update${kind}`][one]).toMatchObject({ visibility: 'WORKSPACE' });
    expect((await said(editor, read, { id }))[one]).toMatchObject({ isMine: false });
  });

  it('W03 is nothing any more to whoever is removed', async () => {
    const id = await share();
    await opened.prisma.workspaceMember.deleteMany({ where: { userId: editor.userId } });
    expect(await refusal(editor, read, { id })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await refusal(editor, update, { input: { id, name: 'Mine' } })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await names(editor, {})).toEqual([]);
  });

  it('is read in one statement for a whole list, shared or not', async () => {
    for (let place = 0; place < 3; place += 1)
      await said(ada, create, { input: { name: `Shared ${place}`, ...more, ...('handle' in more ? { handle: `h${place}` } : {}), workspaceId } });
    const { result, statements } = await opened.execute(reader, `{ ${many} { edges { node { id name visibility isMine } } } }`);
    expect(result[many].edges).toHaveLength(3);
    expect(statements).toHaveLength(1);
  });
});

describe('a knowledge base that is shared with a workspace', () => {
  it('W02 has its model from its owner alone, whose key asks it', async () => {
    const made = await said(ada, mutationOf('createKnowledgeBase', 'knowledgeBase { id }'), { input: { name: 'Rules', embeddingModel: null, workspaceId } });
    const { id } = made.createKnowledgeBase.knowledgeBase;
    const update = mutationOf('updateKnowledgeBase', 'knowledgeBase { embeddingModel }');
    expect(await refusal(editor, update, { input: { id, embeddingModel: 'embedded:english' } })).toMatchObject({
      code: 'FORBIDDEN',
      message: expect.stringContaining('their keys'),
    });
    expect((await said(ada, update, { input: { id, embeddingModel: null } })).updateKnowledgeBase.knowledgeBase).toEqual({ embeddingModel: null });
  });
});

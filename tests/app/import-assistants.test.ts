import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp, type TestPerson } from '../kit/app.ts';
import { runSql } from '../kit/database.ts';
import { importFile, zipOf } from '../kit/imports.ts';
import { createBase, followDocument } from '../kit/knowledge.ts';
import { rowId } from '../kit/ids.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({
    environment: {
      MAX_PERSONAS_PER_USER: '3',
      MAX_PROMPT_TEMPLATES_PER_USER: '3',
      MAX_PROMPT_TEMPLATE_VERSIONS: '2',
      MAX_MCP_SERVERS_PER_USER: '3',
      MAX_MCP_SERVERS_PER_PERSONA: '1',
      MAX_PERSONAS_PER_CONVERSATION: '2',
      MAX_KNOWLEDGE_BASES_PER_USER: '2',
      MAX_DOCUMENTS_PER_KNOWLEDGE_BASE: '5',
      MAX_DOCUMENT_BYTES: '1000',
      MAX_DOCUMENT_BYTES_PER_USER: '2500',
      MCP_STDIO_SERVERS: JSON.stringify([{ name: 'clock', command: '/nothing/clock' }]),
    },
  });
});
afterAll(() => app[Symbol.asyncDispose]());

const at = { createdAt: '2026-02-01T00:00:00.000Z', updatedAt: '2026-02-01T00:00:00.000Z' };
const idOf = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const template = (id: number, more: object = {}) => ({
  id: idOf(id),
  name: `Template ${id}`,
  description: null,
  version: 1,
  versions: [{ id: idOf(9_000 + id), version: 1, text: 'Say {{what}}.', variables: [], createdAt: at.createdAt }],
  ...at,
  ...more,
});
const server = (id: number, more: object = {}) => ({
  id: idOf(id),
  name: `server-${id}`,
  transport: 'STREAMABLE_HTTP',
  url: 'https://mcp.example.org/mcp',
  headerNames: [],
  command: null,
  approval: 'ALWAYS',
  ...at,
  ...more,
});
const persona = (id: number, more: object = {}) => ({
  id: idOf(id),
  name: `Persona ${id}`,
  handle: `persona${id}`,
  description: null,
  emoji: null,
  color: null,
  systemPrompt: null,
  model: null,
  fallbacks: [],
  temperature: null,
  tools: null,
  approvals: [],
  mayAsk: false,
  templateId: null,
  templateVariables: null,
  visibility: 'PRIVATE',
  mcpServerIds: [],
  ...at,
  ...more,
});
const document = (id: number, more: object = {}) => ({
  id: idOf(id),
  name: `document-${id}.md`,
  mediaType: 'text/markdown',
  source: 'UPLOAD',
  url: null,
  status: 'READY',
  progress: 1,
  byteSize: 1,
  hash: 'x',
  pageCount: null,
  chunkCount: 1,
  revision: 1,
  errorCode: null,
  errorMessage: null,
  indexedAt: at.createdAt,
  ...at,
  ...more,
});
const base = (id: number, documents: readonly unknown[], more: object = {}) => ({
  format: 'colloquy-knowledge/1',
  knowledgeBase: {
    id: idOf(id),
    name: `Base ${id}`,
    description: null,
    language: 'english',
    embeddingModel: null,
    vectorModel: null,
    embeddingProgress: 1,
    embeddingErrorCode: null,
    embeddingErrorMessage: null,
    ...at,
    ...more,
  },
  documents,
});
const message = (id: number, parentId: number | null, more: object = {}) => ({
  id: idOf(id),
  parentId: parentId === null ? null : idOf(parentId),
  role: 'ASSISTANT',
  isMine: false,
  personaName: 'Somebody',
  model: null,
  mode: null,
  confidence: null,
  isActive: true,
  createdAt: at.createdAt,
  parts: [{ id: idOf(id + 1), kind: 'TEXT', text: 'Yes.', data: null, versions: [] }],
  sentiment: null,
  feedback: null,
  run: null,
  ...more,
});
const conversation = (id: number, messages: readonly unknown[], more: object = {}) => ({
  format: 'colloquy-conversation/1',
  conversation: {
    id: idOf(id),
    title: `Conversation ${id}`,
    titleSource: 'PERSON',
    sessionId: null,
    defaults: {},
    expiresAt: null,
    forkedFromId: null,
    importedFrom: null,
    joinedAt: at.createdAt,
    pinnedAt: null,
    archivedAt: null,
    readAt: null,
    tags: [],
    ...at,
    ...more,
  },
  messages,
});

/** Imports an archive with these entries. */
async function bring(person: TestPerson, entries: Readonly<Record<string, unknown>>): Promise<any> {
  const manifest = { format: 'colloquy-account/1', createdAt: at.createdAt, counts: {}, missing: [], entries: [] };
  const written = Object.entries({ 'manifest.json': manifest, ...entries }).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  return importFile(app, person, await zipOf(Object.fromEntries(written)), 'assistants.zip');
}

const rowsOf = (person: TestPerson, table: string, columns: string): Promise<readonly any[]> =>
  runSql(app.connectionString, `SELECT ${columns} FROM ${table} t WHERE owner_id = '${rowId(person.userId)}' ORDER BY 1`);
const reasonsOf = (done: any): readonly string[] => done.problems.map(({ subject, reason }: any) => `${subject}: ${reason}`);

describe('I05 assistants and knowledge that no product wrote', () => {
  it('lead to nothing of anybody else’s by its ids', async () => {
    const [ada, grace] = [await app.person(), await app.person()];
    const { createPersona, createPromptTemplate } = await ada.client.request(`mutation {
      createPersona(input: { name: "Ada’s", handle: "adas" }) { persona { id } }
      createPromptTemplate(input: { name: "Ada’s", text: "Hers" }) { promptTemplate { id } }
    }`);
    const [personaId, templateId] = [rowId(createPersona.persona.id), rowId(createPromptTemplate.promptTemplate.id)];
    const baseId = rowId(await createBase(ada));
    const [added] = await rowsOf(ada, 'knowledge_bases', 'id');
    expect(added.id).toBe(baseId);
    const members = { personas: [{ id: personaId, addedAt: at.createdAt }], knowledge: [{ id: baseId, addedAt: at.createdAt }] };
    const done = await bring(grace, {
      'personas.json': [persona(1, { templateId, mcpServerIds: [templateId] })],
      [`conversations/${idOf(2)}.json`]: conversation(2, [message(10, null, { personaId })], { ...members, turnPolicy: 'ROUND_ROBIN', maxTurns: 1_000 }),
    });
    expect(done).toMatchObject({ status: 'COMPLETED', counts: { personas: 1, conversations: 1, messages: 1 } });
    expect(await rowsOf(grace, 'personas', 'template_id, (SELECT count(*)::int FROM persona_mcp_servers s WHERE s.persona_id = t.id) AS servers')).toEqual([
      { template_id: null, servers: 0 },
    ]);
    const columns = `turn_policy::text AS policy, max_turns, (SELECT count(*)::int FROM conversation_personas p WHERE p.conversation_id = t.id) AS personas,
      (SELECT count(*)::int FROM conversation_knowledge k WHERE k.conversation_id = t.id) AS bases,
      (SELECT count(m.persona_id)::int FROM messages m WHERE m.conversation_id = t.id) AS spoken`;
    expect(await rowsOf(grace, 'conversations', columns)).toEqual([{ policy: 'ROUND_ROBIN', max_turns: null, personas: 0, bases: 0, spoken: 0 }]);
    expect(reasonsOf(done)).toEqual([
      expect.stringContaining('Persona 1: The prompt template that it is made of is not here'),
      expect.stringContaining('Persona 1: A server of its tools is not here'),
      expect.stringContaining('Conversation 2: A message leads to 1 to'),
      expect.stringContaining('Conversation 2: A persona of it is not here'),
      expect.stringContaining('Conversation 2: A knowledge base of it is not here'),
    ]);
  });

  it('are left out one by one where they cannot be, and the others come', async () => {
    const person = await app.person();
    const version = (number: number, text: string) => ({ id: idOf(9_000 + number), version: number, text, variables: [], createdAt: at.createdAt });
    const done = await bring(person, {
      'prompt-templates.json': [
        template(1, { version: 9, versions: [version(1, 'One {{'), version(2, 'Two'), version(3, 'Three'), version(4, 'Four'), version(5, '')] }),
        template(2, { versions: [] }),
        { name: 'nothing' },
      ],
      'mcp-servers.json': [
        server(11, { url: 'https://169.254.169.254/latest' }),
        server(12, { url: 'file:///etc/passwd' }),
        server(13, { transport: 'STDIO', command: 'sh' }),
        server(14, { headerNames: ['Host'] }),
        server(15, { name: 'A server' }),
        server(16, { headerNames: ['X-Key'], createdAt: '2190-01-01T00:00:00.000Z' }),
        server(17, { transport: 'STDIO', url: null, command: 'clock' }),
      ],
      'personas.json': [
        persona(21, { handle: 'two words' }),
        persona(22, { systemPrompt: 'x'.repeat(50_001) }),
        persona(23, { name: 'nul\0' }),
        persona(24, { temperature: 1e9 }),
        persona(25, { templateId: idOf(1), systemPrompt: 'Both', templateVariables: { what: 'x'.repeat(1_100_000) }, mcpServerIds: [idOf(16), idOf(17)] }),
        'a persona',
      ],
    });
    expect(done).toMatchObject({ status: 'COMPLETED', counts: { promptTemplates: 1, mcpServers: 2, personas: 1 } });
    const versions = `version, (SELECT string_agg(v.text, ' ' ORDER BY v.version) FROM prompt_template_versions v WHERE v.template_id = t.id) AS texts`;
    expect(await rowsOf(person, 'prompt_templates', versions)).toEqual([{ version: 4, texts: 'Three Four' }]);
    expect(await rowsOf(person, 'mcp_servers', 'name, sealed_headers, created_at <= now() AS "isPast"')).toEqual([
      { name: 'server-16', sealed_headers: null, isPast: true },
      { name: 'server-17', sealed_headers: null, isPast: true },
    ]);
    const made = `system_prompt, template_id IS NOT NULL AS "hasTemplate", template_variables, (SELECT count(*)::int FROM persona_mcp_servers s WHERE s.persona_id = t.id) AS servers`;
    expect(await rowsOf(person, 'personas', made)).toEqual([{ system_prompt: null, hasTemplate: true, template_variables: null, servers: 1 }]);
    expect(done.problemCount, 'all of it is told').toBe(3 + 2 + 5 + 2 + 5 + 3);
  });

  it('take no name that is taken, and tools are called by the new ones', async () => {
    const person = await app.person();
    const own = {
      'mcp-servers.json': [server(1, { name: 'tools' })],
      'personas.json': [persona(2, { handle: 'ada', approvals: ['mcp_tools_erase', 'run_sql'], mcpServerIds: [idOf(1)] })],
    };
    await bring(person, own);
    const others = JSON.parse(JSON.stringify(own).replaceAll('"00000000-0000-4000', '"00000000-0000-4001'));
    const done = await bring(person, others);
    expect(done.counts).toMatchObject({ mcpServers: 1, personas: 1 });
    expect(await rowsOf(person, 'mcp_servers', 'name')).toEqual([{ name: 'tools' }, { name: 'tools-2' }]);
    expect(await rowsOf(person, 'personas', 'handle, approvals')).toEqual([
      { handle: 'ada', approvals: ['mcp_tools_erase', 'run_sql'] },
      { handle: 'ada-2', approvals: ['mcp_tools-2_erase', 'run_sql'] },
    ]);
    expect((await bring(person, others)).counts, 'nor a second time').toMatchObject({ mcpServers: 0, personas: 0 });
  });

  it('are never more than there may be', async () => {
    const person = await app.person();
    const many = Array.from({ length: 5 }, (_, index) => index + 1);
    const members = many.map((id) => ({ id: idOf(200 + id), addedAt: at.createdAt }));
    const entries = {
      'prompt-templates.json': many.map((id) => template(id)),
      'mcp-servers.json': many.map((id) => server(100 + id)),
      'personas.json': many.map((id) => persona(200 + id)),
      ...Object.fromEntries(many.map((id) => [`knowledge/${idOf(300 + id)}.json`, base(300 + id, [])])),
      [`conversations/${idOf(1)}.json`]: conversation(1, [], { personas: members }),
    };
    const done = await bring(person, entries);
    expect(done).toMatchObject({ status: 'COMPLETED', counts: { promptTemplates: 3, mcpServers: 3, personas: 3, knowledgeBases: 2 } });
    expect(done.problemCount).toBe(2 + 2 + 2 + 3 + 2 + 1);
    expect((await bring(person, entries)).counts).toMatchObject({ promptTemplates: 0, mcpServers: 0, personas: 0, knowledgeBases: 0 });
    const members2 = 'SELECT count(*)::int AS count FROM conversation_personas p JOIN conversations c ON c.id = p.conversation_id';
    expect(await runSql(app.connectionString, `${members2} WHERE c.owner_id = '${rowId(person.userId)}'`)).toEqual([{ count: 2 }]);
  });

  it('have documents that are read like those that are sent, from no address, and within the room that there is', async () => {
    const person = await app.person();
    const page = { source: 'URL', url: 'https://example.org/page', name: 'https://example.org/page' };
    const documents = [
      document(1),
      document(2),
      document(3),
      document(4, { hash: 'y' }),
      document(5),
      document(6, { ...page, status: 'QUEUED', hash: null }),
      document(7, { ...page, url: 'file:///etc/passwd' }),
      { id: 'nothing' },
      document(8),
    ];
    const text = (sign: string): string => `${sign.repeat(100)} `.repeat(8);
    const done = await bring(person, {
      [`knowledge/${idOf(1)}.json`]: base(1, documents.slice(3), { language: 'klingon', embeddingModel: 'nowhere:model', name: 'First' }),
      [`knowledge/${idOf(2)}.json`]: base(2, documents.slice(0, 3), { name: 'Second' }),
      [`documents/${idOf(1)}`]: text('a'),
      [`documents/${idOf(2)}`]: text('a'),
      [`documents/${idOf(3)}`]: text('a').replace('a', 'b').repeat(2),
      [`documents/${idOf(4)}`]: '\u0000\u0001 no text',
    });
    expect(done).toMatchObject({ status: 'COMPLETED', counts: { knowledgeBases: 2, documents: 3 } });
    const rows = await rowsOf(
      person,
      'documents',
      'name, id, status::text AS status, length(hash) AS "hashLength", byte_size::int AS "byteSize", error_code AS code',
    );
    expect(rows.map(({ name }) => name)).toEqual(['document-1.md', 'document-4.md', 'https://example.org/page']);
    expect(rows[2]).toMatchObject({ status: 'FAILED', code: 'INTERRUPTED', byteSize: 0 });
    const ends = await Promise.all(rows.map(({ id }) => followDocument(app, person, Buffer.from(`Document:${id}`).toString('base64'))));
    expect(ends.map((told) => told.at(-1).status)).toEqual(['READY', 'FAILED', 'FAILED']);
    expect(await rowsOf(person, 'knowledge_bases', 'name, language, embedding_model')).toEqual([
      { name: 'First', language: 'simple', embedding_model: null },
      { name: 'Second', language: 'english', embedding_model: null },
    ]);
    expect(reasonsOf(done).toSorted()).toEqual([
      expect.stringContaining('First: A document of it cannot be read'),
      expect.stringContaining('First: A knowledge base has at most 5 documents'),
      expect.stringContaining('First: The embedding model "nowhere:model" is not known here'),
      'document-2.md: It was left out: Another document of the knowledge base is the same, to the byte.',
      expect.stringContaining('document-3.md: It was left out: "document-3.md" has more than 1000 bytes'),
      'document-5.md: The document itself is not in the archive.',
      expect.stringContaining('https://example.org/page: It was left out: it has no address'),
    ]);
    const full = await bring(person, {
      [`knowledge/${idOf(2)}.json`]: base(2, [document(11), document(12), document(13)], { name: 'Second' }),
      ...Object.fromEntries(['c', 'd', 'e'].map((sign, index) => [`documents/${idOf(11 + index)}`, text(sign)])),
    });
    expect(full.counts.documents, 'as far as there is room').toBe(2);
    expect(reasonsOf(full)).toEqual([expect.stringContaining('document-13.md: It was left out: Your documents would have more than the 2500 bytes')]);
  });
});

import { describe, expect, it, vi } from 'vitest';
import { createGraphqlClient } from '../kit/graphql-client.ts';
import { followImport, postImport, zipOf } from '../kit/imports.ts';
import { createTemporaryFolder } from '../kit/leftovers.ts';
import { registerAt } from '../kit/registration.ts';
import { startServerProcess } from '../kit/server-process.ts';
import { subscribeSse } from '../kit/sse-client.ts';
import { chatgptMessage, mappingOf } from '../services/import/documents.ts';

const conversationCount = 150;
const messageCount = 12;

/** A large export: every conversation is a line of questions and answers. */
function largeExport(): string {
  const conversations = Array.from({ length: conversationCount }, (_entry, number) => {
    const nodes = Array.from({ length: messageCount }, (_node, index) => {
      const message = chatgptMessage(index % 2 === 0 ? 'user' : 'assistant', [`Message ${index} of ${number}`], { create_time: 1_700_000_000 + index });
      return [`${number}-${index}`, [index === 0 ? null : `${number}-${index - 1}`, message] as const];
    });
    return { id: `conversation-${number}`, title: `Number ${number}`, create_time: 1_700_000_000, mapping: mappingOf(Object.fromEntries(nodes)) };
  });
  return JSON.stringify(conversations);
}

const at = '2026-02-01T00:00:00.000Z';
const documentCount = 150;
const idOf = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

/** An archive of an account with a persona and a knowledge base of many documents. */
async function largeArchive(): Promise<Buffer> {
  const moments = { createdAt: at, updatedAt: at };
  const nothing = { description: null, emoji: null, color: null, systemPrompt: null, model: null, temperature: null, tools: null };
  const plain = { fallbacks: [], approvals: [], mcpServerIds: [], mayAsk: false, templateId: null, templateVariables: null, visibility: 'PRIVATE' };
  const persona = { id: idOf(1), name: 'Ada', handle: 'ada', ...nothing, ...plain, ...moments };
  const state = { status: 'READY', progress: 1, pageCount: null, chunkCount: 1, revision: 1, errorCode: null, errorMessage: null, indexedAt: at };
  const documents = Array.from({ length: documentCount }, (_, index) => ({
    id: idOf(1_000 + index),
    name: `${index}.md`,
    mediaType: 'text/markdown',
    source: 'UPLOAD',
    url: null,
    byteSize: 1,
    hash: null,
    ...state,
    ...moments,
  }));
  const embedding = { embeddingModel: null, vectorModel: null, embeddingProgress: 1, embeddingErrorCode: null, embeddingErrorMessage: null };
  const knowledgeBase = { id: idOf(2), name: 'Handbook', description: null, language: 'english', ...embedding, ...moments };
  return zipOf({
    'manifest.json': JSON.stringify({ format: 'colloquy-account/1', createdAt: at, counts: {}, missing: [], entries: [] }),
    'personas.json': JSON.stringify([persona]),
    [`knowledge/${idOf(2)}.json`]: JSON.stringify({ format: 'colloquy-knowledge/1', knowledgeBase, documents }),
    ...Object.fromEntries(documents.map(({ id }, index) => [`documents/${id}`, `# Chapter ${index}\n\nWhat stands in it.`])),
  });
}

describe('a server that is killed in the middle of an import', () => {
  it('goes on after its restart where it was: nothing is missing, nothing is there twice, and each is counted once', async () => {
    await using folder = await createTemporaryFolder();
    const environment = { DATA_FOLDER: folder.path };
    const first = await startServerProcess(environment);
    const { token } = await registerAt(first.url);
    const content = largeExport();
    const { body } = await postImport(first, token, content);
    const { id } = body.import;
    const query = 'subscription ($id: ID!) { importProgress(importId: $id) { status counts { conversations } } }';
    const events = await subscribeSse(first.url, { query, variables: { id }, token, timeoutMs: 60_000 });
    let done = 0;
    while (done < 5) {
      const event = await events.nextEvent();
      if (event.kind !== 'next') throw new Error(`the import was over before the server could be killed: ${JSON.stringify(event)}`);
      done = event.result.data.importProgress.counts.conversations;
    }
    await first.kill();
    expect(done).toBeLessThan(conversationCount);
    await using second = await startServerProcess(environment);
    const ended = (await followImport(second, { token }, id)).at(-1);
    expect(ended).toMatchObject({ status: 'COMPLETED', progress: 1, error: null, problems: [] });
    expect(ended.counts).toMatchObject({ conversations: conversationCount, messages: conversationCount * messageCount, presentConversations: 0 });
    const again = await postImport(second, token, content);
    const repeated = (await followImport(second, { token }, again.body.import.id)).at(-1);
    expect(repeated.counts).toMatchObject({ conversations: 0, messages: 0, extendedConversations: 0, presentConversations: conversationCount });
  });

  it('has every document of a knowledge base once, and reads them all', async () => {
    await using folder = await createTemporaryFolder();
    const environment = { DATA_FOLDER: folder.path };
    const first = await startServerProcess(environment);
    const { token } = await registerAt(first.url);
    const content = Uint8Array.from(await largeArchive());
    const { body } = await postImport(first, token, content, 'archive.zip');
    const { id } = body.import;
    const query = 'subscription ($id: ID!) { importProgress(importId: $id) { status counts { documents } } }';
    const events = await subscribeSse(first.url, { query, variables: { id }, token, timeoutMs: 60_000 });
    let done = 0;
    while (done < 5) {
      const event = await events.nextEvent();
      if (event.kind !== 'next') throw new Error(`the import was over before the server could be killed: ${JSON.stringify(event)}`);
      done = event.result.data.importProgress.counts.documents;
    }
    await first.kill();
    expect(done).toBeLessThan(documentCount);
    await using second = await startServerProcess(environment);
    const ended = (await followImport(second, { token }, id)).at(-1);
    expect(ended).toMatchObject({ status: 'COMPLETED', problems: [], counts: { personas: 1, knowledgeBases: 1, documents: documentCount } });
    const client = createGraphqlClient(second.url, { token });
    await vi.waitFor(
      async () => {
        const { knowledgeBases } = await client.request(
          '{ knowledgeBases(first: 5) { edges { node { documentCounts { ready queued processing failed } } } } }',
        );
        const counts = { ready: documentCount, queued: 0, processing: 0, failed: 0 };
        expect(knowledgeBases.edges.map((edge: any) => edge.node.documentCounts)).toEqual([counts]);
      },
      { timeout: 240_000, interval: 500 },
    );
    const again = await postImport(second, token, content, 'archive.zip');
    expect((await followImport(second, { token }, again.body.import.id)).at(-1).counts).toMatchObject({ personas: 0, knowledgeBases: 0, documents: 0 });
  });
});

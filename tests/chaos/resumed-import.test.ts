import { describe, expect, it } from 'vitest';
import { followImport, postImport } from '../kit/imports.ts';
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

describe('a server that is killed in the middle of an import', () => {
  it('goes on after its restart where it was: nothing is missing, nothing is there twice, and each is counted once', { timeout: 180_000 }, async () => {
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
    await using second = await startServerProcess({ ...environment, PORT: new URL(first.url).port });
    const ended = (await followImport(second, { token }, id)).at(-1);
    expect(ended).toMatchObject({ status: 'COMPLETED', progress: 1, error: null, problems: [] });
    expect(ended.counts).toMatchObject({ conversations: conversationCount, messages: conversationCount * messageCount, presentConversations: 0 });
    const again = await postImport(second, token, content);
    const repeated = (await followImport(second, { token }, again.body.import.id)).at(-1);
    expect(repeated.counts).toMatchObject({ conversations: 0, messages: 0, extendedConversations: 0, presentConversations: conversationCount });
  });
});

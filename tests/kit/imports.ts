import { finished } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { buffer } from 'node:stream/consumers';
import { PassThrough } from 'node:stream';
import type { TestApp, TestPerson } from './app.ts';
import { subscribeSse } from './sse-client.ts';

/** What `POST /imports` answers. */
export interface ImportAnswer {
  readonly status: number;
  readonly body: any;
}

/** Sends a file as the body. */
export async function postImport(
  app: Pick<TestApp, 'url'>,
  token: string | null,
  content: string | Uint8Array<ArrayBuffer>,
  name = 'export.json',
): Promise<ImportAnswer> {
  const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
  const response = await fetch(`${app.url}/imports?name=${encodeURIComponent(name)}`, { method: 'POST', headers, body: content });
  return { status: response.status, body: await response.json() };
}

const progress = `subscription ($id: ID!) { importProgress(importId: $id) {
  id name source status progress problemCount error { code message } problems { subject reason count }
  counts { conversations extendedConversations presentConversations messages attachments sessions files derivedTables verifiedQueries goals weeklyPlans dailyPlans recurrences planItems
    promptTemplates mcpServers personas knowledgeBases documents }
} }`;

/** Follows an import to its end; gives all that was told. */
export async function followImport(app: Pick<TestApp, 'url'>, person: Pick<TestPerson, 'token'>, id: string): Promise<readonly any[]> {
  const events = await subscribeSse(app.url, { query: progress, variables: { id }, token: person.token, timeoutMs: 60_000 });
  const told: any[] = [];
  for (let event = await events.nextEvent(); event.kind === 'next'; event = await events.nextEvent())
    told.push(event.result.data?.importProgress ?? event.result);
  return told;
}

/** Imports a file; gives the import when it is over. */
export async function importFile(app: TestApp, person: TestPerson, content: unknown, name?: string): Promise<any> {
  const bytes = content instanceof Uint8Array ? Uint8Array.from(content) : typeof content === 'string' ? content : JSON.stringify(content);
  const { status, body } = await postImport(app, person.token, bytes, name);
  if (status !== 202) throw new Error(JSON.stringify(body));
  return (await followImport(app, person, body.import.id)).at(-1);
}

/** A ZIP archive of these entries, in memory. */
export async function zipOf(entries: Readonly<Record<string, string | Uint8Array>>): Promise<Buffer> {
  const archive = new ZipFile();
  for (const [name, content] of Object.entries(entries)) archive.addBuffer(Buffer.from(content), name);
  archive.end();
  const stream = new PassThrough();
  archive.outputStream.pipe(stream);
  const [bytes] = await Promise.all([buffer(stream), finished(stream)]);
  return bytes;
}

import type { TestApp, TestPerson } from './app.ts';
import { subscribeSse } from './sse-client.ts';

/** What `POST /documents` answered. */
export interface SentDocument {
  readonly status: number;
  readonly answer: any;
}

/** Makes a knowledge base; without vectors by default, so that no model is started. */
export async function createBase(person: Pick<TestPerson, 'client'>, input: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const document = 'mutation ($input: CreateKnowledgeBaseInput!) { createKnowledgeBase(input: $input) { knowledgeBase { id } } }';
  return (await person.client.request(document, { input: { name: 'Handbook', embeddingModel: null, ...input } })).createKnowledgeBase.knowledgeBase.id;
}

/** Sends a document to a base. */
export async function sendDocument(
  app: Pick<TestApp, 'url'>,
  person: Pick<TestPerson, 'token'>,
  baseId: string,
  name: string,
  content: string | Uint8Array,
): Promise<SentDocument> {
  const form = new FormData();
  form.append('file', new Blob([typeof content === 'string' ? content : Uint8Array.from(content)]), name);
  const address = `${app.url}/documents?knowledgeBase=${encodeURIComponent(baseId)}`;
  const response = await fetch(address, { method: 'POST', headers: { authorization: `Bearer ${person.token}` }, body: form });
  return { status: response.status, answer: await response.json() };
}

const progress = `subscription ($id: ID!) {
  documentProgress(documentId: $id) { id name mediaType status progress pageCount passageCount revision sha256 byteSize error { code message } }
}`;

/** Follows a document until it is over, and gives all that was told. */
export async function followDocument(app: Pick<TestApp, 'url'>, person: Pick<TestPerson, 'token'>, id: string): Promise<readonly any[]> {
  const events = await subscribeSse(app.url, { query: progress, variables: { id }, token: person.token });
  const told: any[] = [];
  for (;;) {
    const event = await events.nextEvent();
    if (event.kind !== 'next') return told;
    const result: any = event.result;
    if (result.errors !== undefined) throw new Error(JSON.stringify(result.errors));
    told.push(result.data.documentProgress);
  }
}

/** Sends a document and waits until it is over; gives it as it is then. */
export async function indexDocument(
  app: Pick<TestApp, 'url'>,
  person: Pick<TestPerson, 'token'>,
  baseId: string,
  name: string,
  content: string | Uint8Array,
): Promise<any> {
  const { status, answer } = await sendDocument(app, person, baseId, name, content);
  if (status !== 202) throw new Error(JSON.stringify(answer));
  return (await followDocument(app, person, answer.document.id)).at(-1);
}

const search = `query ($input: SearchKnowledgeInput!) {
  searchKnowledge(input: $input) { mode problem rerankedBy hits { documentName text place page row headings score textRank vectorRank rerankRank excerpt { text marks { start end } } document { id } } }
}`;

/** Searches a base. */
export async function searchBase(
  person: Pick<TestPerson, 'client'>,
  baseId: string,
  query: string,
  input: Readonly<Record<string, unknown>> = {},
): Promise<any> {
  return (await person.client.request(search, { input: { query, knowledgeBaseIds: [baseId], ...input } })).searchKnowledge;
}

import { fromBufferPromise } from 'yauzl';
import type { TestApp, TestPerson } from './app.ts';

/** An archive, and what is in it. */
export interface Archive {
  readonly bytes: Buffer;
  readonly entries: ReadonlyMap<string, Buffer>;
}

/** Reads an archive. */
export async function readArchive(bytes: Buffer): Promise<Archive> {
  const archive = await fromBufferPromise(bytes);
  const entries = new Map<string, Buffer>();
  for await (const entry of archive.eachEntry()) {
    const chunks: Buffer[] = [];
    for await (const chunk of await archive.openReadStreamPromise(entry)) chunks.push(chunk);
    entries.set(entry.fileName, Buffer.concat(chunks));
  }
  return { bytes, entries };
}

/** Exports an account, and fetches it. */
export async function exportAccount(app: Pick<TestApp, 'url'>, person: Pick<TestPerson, 'client'>): Promise<Archive> {
  const { exportAccount: answer } = await person.client.request('mutation { exportAccount(input: { confirm: true }) { link { url } } }');
  const response = await fetch(new URL(answer.link.url, app.url));
  if (response.status !== 200) throw new Error(await response.text());
  return readArchive(Buffer.from(await response.arrayBuffer()));
}

/**
 * What must differ between an account and the same account imported again, with the reason. Everything else must not.
 */
export const mustDiffer: Readonly<Record<string, readonly string[]>> = {
  'the account is another one, which was made later': ['profile.json/createdAt'],
  'it says when it was exported': ['conversations/*/exportedAt', 'manifest.json/createdAt'],
  'it says that it was imported': ['conversations/*/conversation/importedFrom'],
  'what was used stays counted where it was used': ['usage.json', 'manifest.json/counts/usageEntries'],
  'Parquet is written anew': ['sessions/*/tables/*/byteSize', 'tables/*'],
  'documents are read anew': ['updatedAt', 'indexedAt', 'revision'].map((field) => `knowledge/*/documents/*/${field}`),
  'proposals are of then, and not taken over': ['planning/proposals.json', 'manifest.json/counts/planProposals'],
  'sums of what is compared itself': ['manifest.json/entries'],
};

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

function isLeftOut(path: string): boolean {
  return Object.values(mustDiffer)
    .flat()
    .some((pattern) => new RegExp(`^${pattern.replaceAll('.', String.raw`\.`).replaceAll('*', '[^/]+')}$`).test(path));
}

/** A document without what must differ. */
function reduced(value: unknown, path: string): unknown {
  if (Array.isArray(value)) return value.map((entry) => reduced(entry, `${path}/-`));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, inner]) => (isLeftOut(`${path}/${key}`) ? [] : [[key, reduced(inner, `${path}/${key}`)]])));
}

const withoutIds = (value: unknown): string => (JSON.stringify(value) ?? '').replaceAll(uuid, 'id');

/** What is planned stands in the order of its ids, which are new ones; it has its own order by its places and days. */
function sorted(name: string, value: unknown): unknown {
  if (!name.startsWith('planning/') || !Array.isArray(value)) return value;
  return value.toSorted((one, other) => (withoutIds(one) < withoutIds(other) ? -1 : 1));
}

/**
 * An archive in a form in which two of the same account are equal: ids become numbers, in the order in which they come, so that what refers to
 * the same thing does so in both.
 */
export function comparable({ entries }: Archive): unknown {
  const documents = [...entries].flatMap(([name, bytes]) => {
    if (isLeftOut(name)) return [];
    const value = name.endsWith('.json') ? sorted(name, reduced(JSON.parse(bytes.toString()), name)) : bytes.toString('base64');
    return [{ name, value }];
  });
  const ordered = documents.toSorted((one, other) => (withoutIds([one.name, one.value]) < withoutIds([other.name, other.value]) ? -1 : 1));
  const numbers = new Map<string, number>();
  const numbered = JSON.stringify(ordered.map(({ name, value }) => [name, value])).replaceAll(uuid, (id) => {
    if (!numbers.has(id)) numbers.set(id, numbers.size + 1);
    return `#${numbers.get(id)}`;
  });
  return JSON.parse(numbered);
}

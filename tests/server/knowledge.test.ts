import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp, type TestPerson } from '../kit/app.ts';
import { runSql } from '../kit/database.ts';
import { docx, pdf } from '../kit/documents.ts';
import { createBase, indexDocument, searchBase, sendDocument } from '../kit/knowledge.ts';
import { rowId } from '../kit/ids.ts';

let app: TestApp;
let person: TestPerson;
beforeAll(async () => {
  app = await startTestApp();
  person = await app.person();
});
afterAll(() => app[Symbol.asyncDispose]());

const isOnDisk = (id: string): Promise<boolean> =>
  access(join(app.dataFolder, 'files', rowId(id).slice(-2), rowId(id))).then(
    () => true,
    () => false,
  );

describe('documents', () => {
  it('are read by their bytes, cut by their structure, and found at their places', async () => {
    const baseId = await createBase(person);
    const pages = [[{ text: 'Returns', size: 20 }, '', 'Goods may be returned within thirty days of delivery.'], ['Shipping to islands takes twelve days.']];
    const page = '<!doctype html><title>Opening hours</title><nav>Menu</nav><main><h1>Hours</h1><p>The shop opens at nine.</p></main>';
    const documents: readonly (readonly [string, string | Uint8Array])[] = [
      ['policy.pdf', pdf(pages)],
      ['handbook.docx', await docx(['# Holidays', 'Everybody has thirty-one days of holiday.'])],
      ['page.html', page],
      ['notes.md', '# Kitchen\n\n## Coffee\n\nThe machine is cleaned on Fridays.'],
      ['prices.csv', 'item,price\nlamp,30\nchair,80\n'],
      ['misnamed.pdf', 'Plain text about parking under the name of a PDF.'],
    ];
    const read: any[] = [];
    for (const [name, content] of documents) read.push(await indexDocument(app, person, baseId, name, content));
    expect(read.map(({ status, mediaType, pageCount }) => [status, mediaType, pageCount])).toEqual([
      ['READY', 'application/pdf', 2],
      ['READY', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document', null],
      ['READY', 'text/html', null],
      ['READY', 'text/markdown', null],
      ['READY', 'text/csv', null],
      ['READY', 'text/plain', null],
    ]);
    const placeOf = async (query: string) => (await searchBase(person, baseId, query)).hits[0];
    expect(await placeOf('When are goods returned?')).toMatchObject({ documentName: 'policy.pdf', place: 'pages 1 to 2, Returns' });
    expect(await placeOf('holiday days')).toMatchObject({ documentName: 'handbook.docx', place: 'Holidays' });
    expect(await placeOf('shop opening')).toMatchObject({ documentName: 'page.html', headings: ['Hours'] });
    expect(await placeOf('cleaning the coffee machine')).toMatchObject({ place: 'Kitchen > Coffee', excerpt: { text: 'The machine is cleaned on Fridays.' } });
    expect(await placeOf('price of a chair')).toMatchObject({ documentName: 'prices.csv', row: 1 });
  });

  it('that come twice are told, and stored once', async () => {
    const baseId = await createBase(person);
    const first = await sendDocument(app, person, baseId, 'one.txt', 'The same text.');
    const second = await sendDocument(app, person, baseId, 'two.txt', 'The same text.');
    expect([first.status, first.answer.isDuplicate]).toEqual([202, false]);
    expect([second.status, second.answer.isDuplicate, second.answer.document.id]).toEqual([200, true, first.answer.document.id]);
    // Another base may have it as well.
    expect((await sendDocument(app, person, await createBase(person), 'one.txt', 'The same text.')).status).toBe(202);
  });

  it('are followed to their end, and indexed anew while the old passages are found', async () => {
    const baseId = await createBase(person);
    const { id } = await indexDocument(app, person, baseId, 'a.txt', 'Badgers sleep all day.');
    const { reindexDocument } = await person.client.request('mutation ($id: ID!) { reindexDocument(input: { id: $id }) { document { status } } }', { id });
    expect(['QUEUED', 'PROCESSING']).toContain(reindexDocument.document.status);
    await expect
      .poll(async () => (await person.client.request('query ($id: ID!) { document(id: $id) { status revision } }', { id })).document)
      .toEqual({ status: 'READY', revision: 2 });
    expect((await searchBase(person, baseId, 'badger')).hits).toHaveLength(1);
  });

  it('leave nothing behind when they are deleted, nor does their base', async () => {
    const baseId = await createBase(person, { embeddingModel: 'embedded:english' });
    const [one, other] = [await indexDocument(app, person, baseId, 'a.txt', 'Otters swim.'), await indexDocument(app, person, baseId, 'b.txt', 'Owls fly.')];
    const countAll = `SELECT (SELECT count(*) FROM chunks WHERE document_id = ANY('{${rowId(one.id)},${rowId(other.id)}}'))::int AS chunks,
      (SELECT count(*) FROM chunk_vectors WHERE document_id = ANY('{${rowId(one.id)},${rowId(other.id)}}'))::int AS vectors,
      (SELECT count(*) FROM documents WHERE id = ANY('{${rowId(one.id)},${rowId(other.id)}}'))::int AS documents`;
    expect(await runSql(app.connectionString, countAll)).toEqual([{ chunks: 2, vectors: 2, documents: 2 }]);
    await person.client.request('mutation ($id: ID!) { deleteDocument(input: { id: $id }) { deletedDocumentId } }', { id: one.id });
    expect(await Promise.all([isOnDisk(one.id), isOnDisk(other.id)])).toEqual([false, true]);
    expect((await searchBase(person, baseId, 'otters')).hits.map(({ text }: any) => text)).not.toContain('Otters swim.');
    await person.client.request('mutation ($id: ID!) { deleteKnowledgeBase(input: { id: $id }) { deletedKnowledgeBaseId } }', { id: baseId });
    expect(await runSql(app.connectionString, countAll)).toEqual([{ chunks: 0, vectors: 0, documents: 0 }]);
    expect(await isOnDisk(other.id)).toBe(false);
  });
});

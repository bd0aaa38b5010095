import { readdir } from 'node:fs/promises';
import { request as sendRequest } from 'node:http';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp, type TestPerson } from '../kit/app.ts';
import { attach, postAttachments } from '../kit/attachments.ts';
import { gif, jpeg, png, webp } from '../kit/pictures.ts';

const limits = { MAX_ATTACHMENT_BYTES: '300000', MAX_ATTACHMENT_TEXT_BYTES: '1000', MAX_ATTACHMENT_PIXELS: '1000000', MAX_ATTACHMENT_BYTES_PER_USER: '400000' };

describe('POST /attachments', () => {
  let app: TestApp;
  let ada: TestPerson;
  const entries = async (name: string): Promise<readonly string[]> => await readdir(join(app.dataFolder, name), { recursive: true }).catch(() => []);
  const kept = async (): Promise<number> => (await entries('files')).filter((path) => path.endsWith('original')).length;

  beforeAll(async () => {
    app = await startTestApp({ environment: limits });
    ada = await app.person();
  });
  afterEach(async () => expect(await entries('tmp')).toEqual([]));
  afterAll(() => app[Symbol.asyncDispose]());

  it('answers what the files are, and their links give them back to the byte', async () => {
    const picture = png(12, 7);
    const { status, body } = await postAttachments(app, ada.token, [
      ['grey.png', picture],
      ['notes.md', '# Notes\n'],
    ]);
    expect(status).toBe(201);
    expect(body.attachments).toEqual([
      { id: expect.any(String), name: 'grey.png', mediaType: 'image/png', byteSize: picture.length, width: 12, height: 7 },
      { id: expect.any(String), name: 'notes.md', mediaType: 'text/markdown', byteSize: 8, width: null, height: null },
    ]);
    const ids = body.attachments.map(({ id }: { id: string }) => id);
    const { nodes } = await ada.client.request('query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Attachment { name width downloadUrl } } }', { ids });
    const [first, second] = await Promise.all(nodes.map((node: { downloadUrl: string }) => fetch(`${app.url}${node.downloadUrl}`)));
    expect(new Uint8Array(await first.arrayBuffer())).toEqual(picture);
    expect(first.headers.get('content-type')).toBe('image/png');
    expect(first.headers.get('content-disposition')).toContain('attachment; filename="grey.png"');
    expect(await second.text()).toBe('# Notes\n');
    const { attachments } = await ada.client.request('{ attachments(isUnused: true, first: 2) { edges { node { name } } } }');
    expect(attachments.edges.map((edge: any) => edge.node.name).toSorted()).toEqual(['grey.png', 'notes.md']);
  });

  it.each([
    ['a JPEG behind a camera’s notes', 'x', jpeg(640, 480, 60_000), { mediaType: 'image/jpeg', width: 640, height: 480 }],
    ['a GIF', 'x.gif', gif(3, 4), { mediaType: 'image/gif', width: 3, height: 4 }],
    ['a WebP', 'x.webp', webp(500, 600), { mediaType: 'image/webp', width: 500, height: 600 }],
    ['a picture under a wrong name', 'x.csv', gif(3, 4), { mediaType: 'image/gif', name: 'x.csv' }],
    ['JSON', 'x.JSON', '{}', { mediaType: 'application/json', width: null }],
    ['source code', 'main.rs', 'fn main() {}', { mediaType: 'text/plain', width: null }],
    ['U05 a page under the name of a picture', 'x.png', '<!doctype html><script>alert(1)</script>', { mediaType: 'text/plain', width: null }],
    ['U05 SVG', 'x.svg', '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', { mediaType: 'text/plain', width: null }],
    ['U01 a name that is a path', '../../etc/x\u202Egnp.txt', 'words', { mediaType: 'text/plain', name: 'xgnp.txt' }],
  ])('takes %s for what it is by its bytes', async (_what, name, content, expected) => {
    const { status, body } = await postAttachments(app, ada.token, [[name, content]]);
    expect(status).toBe(201);
    expect(body.attachments[0]).toMatchObject(expected);
  });

  it.each([
    ['a PDF', '%PDF-1.7\nwords', 415, 'application/pdf, which no model is shown'],
    ['an archive', Uint8Array.from([0x50, 0x4b, 3, 4, 20, 0, 0, 0, 8, 0, 0xff, 0xfe, 0, 0]), 415, 'Pictures are PNG, JPEG, GIF or WebP'],
    ['what is no text', Uint8Array.from([0xc3, 0x28, 0x41]), 415, 'is no text in UTF-8'],
    ['control characters', 'a\u0000b', 415, 'is no text in UTF-8'],
    ['nothing', '', 415, 'is empty'],
    ['too much text', 'x'.repeat(1_001), 413, 'has 1001 bytes; a text file has at most 1000'],
    ['too many bytes', 'x'.repeat(300_001), 413, '300000 bytes'],
    [
      'U04 a picture of a few bytes and a billion pixels',
      png(32_000, 32_000, { pixels: false }),
      413,
      '32000 by 32000 pixels, which is 1024000000; 1000000 are the most',
    ],
    ['U04 a picture that ends before its size', png(10, 10).slice(0, 17), 415, 'has no size that can be read'],
    ['U04 a picture without pixels', png(0, 10, { pixels: false }), 415, 'has no size that can be read'],
  ])('refuses %s, and keeps nothing of the form', async (_what, content, status, message) => {
    const before = await kept();
    const answer = await postAttachments(app, ada.token, [
      ['good.txt', 'good'],
      ['bad.png', content],
    ]);
    expect(answer).toMatchObject({ status, body: { errors: [{ message: expect.stringContaining(message) }] } });
    expect(await kept()).toBe(before);
  });

  it('refuses forms without files, with other fields, bodies that are no forms, and nobody', async () => {
    const post = async (body: NonNullable<RequestInit['body']>, headers: Record<string, string> = {}) =>
      fetch(`${app.url}/attachments`, { method: 'POST', body, headers: { authorization: `Bearer ${ada.token}`, ...headers } });
    expect((await post(new FormData())).status).toBe(400);
    const other = new FormData();
    other.append('picture', new Blob(['x']), 'x.txt');
    expect(await (await post(other)).text()).toContain('"picture\\" is not a field of this form');
    expect((await post('words')).status).toBe(400);
    expect((await fetch(`${app.url}/attachments`, { headers: { authorization: `Bearer ${ada.token}` } })).status).toBe(405);
    expect(await postAttachments(app, null, [['x.txt', 'x']])).toMatchObject({ status: 401 });
  });

  it('U03 keeps nothing of a form whose client leaves half way', async () => {
    const before = await kept();
    const request = sendRequest(`${app.url}/attachments`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ada.token}`, 'content-type': 'multipart/form-data; boundary=edge' },
    });
    request.on('error', () => undefined);
    request.write('--edge\r\ncontent-disposition: form-data; name="file"; filename="a.txt"\r\n\r\nhalf of');
    await expect.poll(() => entries('tmp')).not.toEqual([]);
    request.destroy();
    await expect.poll(() => entries('tmp')).toEqual([]);
    expect(await kept()).toBe(before);
  });

  it('lets a person store so much and no more, until something is deleted', async () => {
    const person = await app.person();
    const bulk = Buffer.concat([gif(5, 5), Buffer.alloc(250_000)]);
    const [id = ''] = await attach(app, person, ['one.gif', Uint8Array.from(bulk)]);
    const refused = await postAttachments(app, person.token, [['two.gif', Uint8Array.from(bulk)]]);
    expect(refused).toMatchObject({
      status: 413,
      body: { errors: [{ message: expect.stringContaining('400000 are the most. Delete some with "deleteAttachment"') }] },
    });
    const before = await kept();
    await person.client.request('mutation ($id: ID!) { deleteAttachment(input: { id: $id }) { deletedAttachmentId } }', { id });
    expect(await kept()).toBe(before - 1);
    await attach(app, person, ['two.gif', Uint8Array.from(bulk)]);
  });
});

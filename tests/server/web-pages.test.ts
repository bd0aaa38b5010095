import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp, type TestPerson } from '../kit/app.ts';
import { createBase, followDocument, searchBase } from '../kit/knowledge.ts';

let app: TestApp;
let person: TestPerson;
let baseId: string;
let server: Server;
let url: string;
const requests: string[] = [];
let visits = 0;

beforeAll(async () => {
  server = createServer((request, response) => {
    requests.push(request.url ?? '');
    const send = (status: number, headers: Readonly<Record<string, string>>, body = ''): void => void response.writeHead(status, headers).end(body);
    const { url: path = '' } = request;
    switch (path) {
      case '/page':
        visits += 1;
        return send(
          200,
          { 'content-type': 'text/html; charset=utf-8' },
          `<!doctype html><title>Ferry times</title><p>The ferry leaves ${visits === 1 ? 'at noon' : 'at dusk'}.</p>`,
        );
      case '/moved':
        return send(302, { location: '/page?moved' });
      case '/page?moved':
        return send(200, { 'content-type': 'text/plain' }, 'The page has moved here.');
      case '/inwards':
        return send(302, { location: 'http://169.254.169.254/latest/meta-data/' });
      case '/by-name':
        return send(307, { location: `http://localhost:${(server.address() as AddressInfo).port}/page` });
      case '/ring':
        return send(302, { location: '/ring' });
      case '/missing':
        return send(404, { 'content-type': 'text/html' }, 'nothing');
      case '/picture':
        return send(200, { 'content-type': 'image/png' }, 'x');
      case '/packed':
        return send(200, { 'content-type': 'text/plain', 'content-encoding': 'gzip' }, 'x');
      case '/endless': {
        response.writeHead(200, { 'content-type': 'text/plain' });
        const more = (): void => {
          if (!response.destroyed) response.write('x'.repeat(64 * 1024), () => setImmediate(more));
        };
        return more();
      }
      default:
        // Never answers.
        return;
    }
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => void server.once('listening', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  app = await startTestApp({
    environment: { WEB_PAGE_ALLOWED_PRIVATE_HOSTS: '127.0.0.1', WEB_PAGE_TIMEOUT_MS: '10000', MAX_DOCUMENT_BYTES: String(512 * 1024) },
  });
  person = await app.person();
  baseId = await createBase(person);
});
afterAll(async () => {
  await app[Symbol.asyncDispose]();
  server.closeAllConnections();
  server.close();
});

const add = 'mutation ($input: AddWebPageInput!) { addWebPage(input: $input) { isDuplicate document { id name status } } }';

async function addPage(address: string): Promise<any> {
  const { addWebPage } = await person.client.request(add, { input: { knowledgeBaseId: baseId, url: address } });
  return (await followDocument(app, person, addWebPage.document.id)).at(-1);
}

describe('a web page', () => {
  it('is fetched, named by its title, and fetched anew when it is indexed anew', async () => {
    const page = await addPage(`${url}/page#times`);
    expect(page).toMatchObject({ status: 'READY', name: 'Ferry times', mediaType: 'text/html', byteSize: 73 });
    expect((await searchBase(person, baseId, 'When does the ferry leave?')).hits[0].text).toContain('at noon');
    await person.client.request('mutation ($id: ID!) { reindexDocument(input: { id: $id }) { document { id } } }', { id: page.id });
    expect((await followDocument(app, person, page.id)).at(-1)).toMatchObject({ status: 'READY', revision: 2 });
    expect((await searchBase(person, baseId, 'When does the ferry leave?')).hits[0].text).toContain('at dusk');
    const again = await person.client.request(add, { input: { knowledgeBaseId: baseId, url: `${url}/page` } });
    expect(again.addWebPage).toMatchObject({ isDuplicate: true, document: { id: page.id } });
  });

  it('is followed through redirects', async () => {
    expect(await addPage(`${url}/moved`)).toMatchObject({ status: 'READY', mediaType: 'text/plain' });
  });

  it.each([
    ['http://example.org/', 'must begin with https://'],
    ['https://10.0.0.1/', 'not an address of the internet'],
    ['https://[::1]/', 'not an address of the internet'],
    ['https://169.254.169.254/latest', 'not an address of the internet'],
    ['https://localhost/', 'not an address of the internet'],
    ['https://2852039166/', 'not an address of the internet'],
  ])('N03 at %s, an address that leads inwards or is not allowed, is refused and never connected to', async (address, reason) => {
    const before = requests.length;
    const page = await addPage(address);
    expect(page).toMatchObject({ status: 'FAILED', error: { code: 'PAGE_UNREACHABLE', message: expect.stringMatching(reason) } });
    expect(requests.length).toBe(before);
  });

  it('N03 that redirects inwards, by address or by name, is refused at the redirect', async () => {
    for (const path of ['/inwards', '/by-name']) {
      const page = await addPage(`${url}${path}`);
      expect(page).toMatchObject({
        status: 'FAILED',
        error: { code: 'PAGE_UNREACHABLE', message: expect.stringMatching(/not an address of the internet|must begin with https/) },
      });
      expect(requests.at(-1)).toBe(path);
    }
  });

  it.each([
    ['/endless', 'PAYLOAD_TOO_LARGE', 'larger than the limit'],
    ['/never', 'PAGE_UNREACHABLE', 'within 10000 ms'],
    ['/ring', 'PAGE_UNREACHABLE', 'redirects more than 5 times'],
    ['/missing', 'PAGE_UNREACHABLE', 'status 404'],
    ['/picture', 'UNSUPPORTED_FILE', 'sent image/png'],
    ['/packed', 'PAGE_UNREACHABLE', 'could not be reached'],
  ])('N04 at %s fails with the reason', async (path, code, reason) => {
    expect(await addPage(`${url}${path}`)).toMatchObject({ status: 'FAILED', error: { code, message: expect.stringContaining(reason) } });
  });

  it('whose address is none is refused at once', async () => {
    for (const address of ['ftp://example.org/', 'nonsense', 'javascript:alert(1)', 'file:///etc/passwd', 'https://user:secret@example.org/']) {
      const { body } = await person.client.ask(add, { input: { knowledgeBaseId: baseId, url: address } });
      expect(JSON.stringify(body)).toMatch(/is not the address of a web page|must not hold a user name/);
    }
  });
});

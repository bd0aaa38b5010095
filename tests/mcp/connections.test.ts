import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/base/config.ts';
import { createGuardedFetch } from '../../src/engines/guarded-fetch.ts';
import { createOutsideAddresses } from '../../src/engines/outside-address.ts';
import { createMcpConnections, type McpPlace } from '../../src/mcp/connections.ts';
import { eventually } from '../kit/eventually.ts';
import { startFakeMcp, type FakeMcp } from '../kit/fake-mcp.ts';
import { createTemporaryFolder } from '../kit/leftovers.ts';
import { giveUpMs } from '../kit/patience.ts';

let server: FakeMcp;
let disposal: AsyncDisposableStack;
beforeAll(async () => {
  disposal = new AsyncDisposableStack();
  server = disposal.use(await startFakeMcp());
});
afterEach(() => server.answerWith(null));
afterAll(() => disposal.disposeAsync());

const secret = 'Bearer secretOfTheTests0123456789';

/** What connects with a configuration, to this machine where it is allowed. */
function connectionsOf(environment: Readonly<Record<string, string>> = {}, allowedPrivateHosts: readonly string[] = ['127.0.0.1']) {
  const addresses = createOutsideAddresses({ allowedPrivateHosts, timeoutMs: giveUpMs });
  const config = parseConfig({ MCP_CONNECT_TIMEOUT_MS: String(giveUpMs), MCP_LIST_TIMEOUT_MS: String(giveUpMs), ...environment }).mcp;
  return createMcpConnections({ fetch: createGuardedFetch({ addresses, connectTimeoutMs: giveUpMs }), version: '0.0.0', config });
}

const place = (): McpPlace => ({ transport: 'STREAMABLE_HTTP', url: server.url, headers: { Authorization: secret } });

async function withServer(environment: Readonly<Record<string, string>> = {}) {
  const ending = new AbortController();
  const connection = await connectionsOf(environment).open(place(), ending.signal);
  return { ...connection, call: (name: string, args = {}, signal = ending.signal) => connection.call(name, args, signal) };
}

const failure = (open: Promise<unknown>): Promise<string> =>
  open.then(
    () => 'it was reached',
    (error: unknown) => String(error),
  );

describe('a server at an address', () => {
  it('lists its tools, and is called with the headers that were given', async () => {
    const connection = await withServer();
    expect(connection.tools.map(({ name, isReadOnly }) => [name, isReadOnly]).slice(0, 2)).toEqual([
      ['add', true],
      ['erase', false],
    ]);
    expect(connection.tools[0]?.parameters).toMatchObject({ type: 'object', required: ['a', 'b'] });
    expect(connection.tools[0]?.parameters).not.toHaveProperty('$schema');
    expect(await connection.call('add', { a: 2, b: 3 })).toEqual({ content: '5', isError: false });
    expect(server.headers.every(({ authorization }) => authorization === secret)).toBe(true);
    await connection.close();
  });

  it('tells errors and what is no text in words', async () => {
    const connection = await withServer();
    expect(await connection.call('fail.with.dots')).toEqual({ content: 'no such thing', isError: true });
    expect(await connection.call('picture')).toEqual({ content: '[image image/png, about 3 bytes, not shown]', isError: false });
    expect(await connection.call('nothing')).toMatchObject({ isError: true });
    expect(await connection.call('add', { a: 'x' })).toMatchObject({ isError: true });
    await connection.close();
  });

  it('X02: is read up to the limits of tools, definitions, results and answers', async () => {
    const connection = await withServer({ MCP_MAX_TOOLS: '3', MCP_MAX_RESULT_CHARACTERS: '1000' });
    expect(connection.tools).toHaveLength(3);
    const { content } = await connection.call('huge');
    expect(content).toBe(`${'x'.repeat(1_000)}\n[cut off: the first 1000 of 200000 characters]`);
    const short = await withServer({ MCP_MAX_DEFINITION_CHARACTERS: '100' });
    expect(short.tools.map(({ name }) => name)).not.toContain('add');
    const small = await withServer({ MCP_MAX_ANSWER_BYTES: '20000', MCP_CALL_TIMEOUT_MS: '1000' });
    expect(await small.call('huge')).toMatchObject({ isError: true });
  });

  it('X02: is given up when it takes too long to connect or to answer, and told so', async () => {
    const connection = await withServer({ MCP_CALL_TIMEOUT_MS: '1000' });
    expect(await connection.call('slow')).toEqual({ content: 'It did not answer in time.', isError: true });
    await eventually(() => expect(server.calls).toContain('slow was given up'));
    server.answerWith('NOTHING');
    expect(await failure(connectionsOf({ MCP_CONNECT_TIMEOUT_MS: '200' }).open(place(), new AbortController().signal))).toContain('did not answer in time');
  });

  it('ends a call with the reason of its signal', async () => {
    const connection = await withServer();
    const stop = new AbortController();
    const call = connection.call('slow', {}, stop.signal);
    const reason = new Error('stopped');
    stop.abort(reason);
    await expect(call).rejects.toBe(reason);
  });

  it('X01: is not reached inside the network, and its headers follow no redirect', async () => {
    expect(await failure(connectionsOf({}, []).open(place(), new AbortController().signal))).toContain('must begin with https://');
    const other = await startFakeMcp();
    server.answerWith({ status: 307, location: other.url });
    expect(await failure(connectionsOf().open(place(), new AbortController().signal))).toContain('redirect');
    expect(other.headers).toEqual([]);
    await other[Symbol.asyncDispose]();
  });

  it('X03: has nothing of its secrets in what it says', async () => {
    const connection = await withServer();
    expect(await connection.call('leak')).toEqual({ content: 'you sent [secret]', isError: false });
    server.answerWith({ status: 401, body: `who is ${secret}?` });
    expect(await failure(connectionsOf().open(place(), new AbortController().signal))).toBe(
      'McpUnreachableError: It answers with the status 401; sign in to it with "beginMcpSignIn", or check the headers that it is sent.',
    );
  });
});

describe('a server that is a command', () => {
  it('X04: sees no variable of this process, and is killed when its signal aborts', async () => {
    const folder = disposal.use(await createTemporaryFolder());
    const pidFile = join(folder.path, 'pid');
    const script = new URL('../kit/mcp-command.ts', import.meta.url).pathname;
    const ending = new AbortController();
    const command = { command: process.execPath, args: [script, pidFile], env: { GREETING: 'hello' } };
    const connection = await connectionsOf().open({ transport: 'STDIO', command }, ending.signal);
    const { content } = await connection.call('environment', {}, ending.signal);
    expect(Object.keys(JSON.parse(content)).filter((name) => !name.startsWith('__'))).toEqual(['GREETING']);
    const pid = Number(readFileSync(pidFile, 'utf8'));
    expect(existsSync(`/proc/${pid}`) || process.platform !== 'linux').toBe(true);
    ending.abort();
    await eventually(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'));
  });

  it('is one of few at once', async () => {
    const command = { command: process.execPath, args: ['-e', 'setTimeout(() => {}, 60_000)'], env: {} };
    const connections = connectionsOf({ MCP_MAX_COMMANDS: '1', MCP_CONNECT_TIMEOUT_MS: '2000' });
    const first = failure(connections.open({ transport: 'STDIO', command }, new AbortController().signal));
    expect(await failure(connections.open({ transport: 'STDIO', command }, new AbortController().signal))).toContain('Too many programs');
    expect(await first).toContain('did not answer in time');
    expect(await failure(connections.open({ transport: 'STDIO', command: { ...command, command: '/nothing' } }, new AbortController().signal))).toContain(
      'cannot be reached',
    );
  });
});

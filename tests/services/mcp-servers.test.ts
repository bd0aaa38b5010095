import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSealedTexts } from '../../src/auth/sealed-text.ts';
import { parseConfig } from '../../src/base/config.ts';
import { uuidv7 } from '../../src/base/id.ts';
import { createLogger } from '../../src/base/logger.ts';
import { resealServers } from '../../src/services/mcp/reseal.ts';
import { openHeaders, readSignIn, sealHeaders, sealSignIn } from '../../src/services/mcp/server-row.ts';
import { toolNameOf } from '../../src/services/mcp/tool-name.ts';
import { createDatabase, type Database } from '../../src/stores/database.ts';
import { createTestDatabase } from '../kit/database.ts';
import { patientDatabase } from '../kit/patience.ts';

const logger = createLogger({ level: 'silent' });
let disposal: AsyncDisposableStack;
let database: Database;
beforeAll(async () => {
  disposal = new AsyncDisposableStack();
  const { connectionString } = disposal.use(await createTestDatabase());
  database = createDatabase({ connectionString, poolSize: 2, ...patientDatabase, logger });
  disposal.defer(() => database.close());
});
afterAll(() => disposal.disposeAsync());

const [first, next] = ['the first secret of forty characters or so', 'the next secret of forty characters or so'];
const sealedBy = (secret: string, previousSecrets: readonly string[] = []) => createSealedTexts({ secret, previousSecrets, purpose: 'mcp-servers' });

const signIn = { redirectUri: 'https://example.org/', client: null, discovery: null, pending: null, tokens: null, tokenEndsAt: null };

describe('the headers and sign-ins of servers', () => {
  it('are all encrypted anew by house-keeping under a new secret, which tells of those that it cannot read', async () => {
    const { prisma } = database;
    const ownerId = uuidv7();
    const at = new Date();
    await prisma.user.create({ data: { id: ownerId, email: `${ownerId}@example.org` } });
    for (const name of ['one', 'two']) {
      const row = { id: uuidv7(), ownerId };
      const headers = await sealHeaders(sealedBy(first), row, [{ name: 'X-Key', value: name }]);
      const sealedSignIn = name === 'one' ? await sealSignIn(sealedBy(first), row, signIn) : null;
      await prisma.mcpServer.create({ data: { ...row, name, transport: 'STREAMABLE_HTTP', ...headers, sealedSignIn, createdAt: at, updatedAt: at } });
    }
    expect(await resealServers({ prisma, sealed: sealedBy(next), logger })).toEqual({ resealed: 0, unreadable: 3 });
    expect(await resealServers({ prisma, sealed: sealedBy(next, [first]), logger })).toEqual({ resealed: 3, unreadable: 0 });
    expect(await resealServers({ prisma, sealed: sealedBy(next), logger })).toEqual({ resealed: 0, unreadable: 0 });
    const [one, two] = await prisma.mcpServer.findMany({ orderBy: { name: 'asc' } });
    if (one === undefined || two === undefined) throw new Error('the servers are gone');
    expect(await openHeaders(sealedBy(next), one)).toMatchObject({ text: '{"X-Key":"one"}' });
    expect(await readSignIn(sealedBy(next), one)).toEqual(signIn);
    expect(await readSignIn(sealedBy(next), { ...two, sealedSignIn: one.sealedSignIn })).toBeNull();
    // Moved to another row they are nothing.
    expect(await openHeaders(sealedBy(next), { ...two, sealedHeaders: one.sealedHeaders })).toBeNull();
  });
});

describe('the names of tools', () => {
  it('are as providers take them, and differ where those of their servers do', () => {
    const tools = ['add', 'a.b', 'a b', 'x'.repeat(200), `${'x'.repeat(199)}y`, 'ä', '🦉'];
    const names = ['a', 'a-b', 'z'.repeat(24)].flatMap((server) => tools.map((tool) => toolNameOf(server, tool)));
    expect(names.filter((name) => !/^[a-zA-Z0-9_-]{1,64}$/.test(name))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
    expect(names[0]).toBe('mcp_a_add');
  });
});

describe('the commands of the configuration', () => {
  it.each([
    '{',
    '[{"name":"a"}]',
    '[{"name":"a","command":"node"}]',
    '[{"name":"A b","command":"/x"}]',
    '[{"name":"a","command":"/x"},{"name":"a","command":"/y"}]',
  ])('X03: are refused as %s, without a word of what was given', (text) => {
    const wrong = () => parseConfig({ MCP_STDIO_SERVERS: text.replace('"/x"', '"/x","env":{"KEY":"operatorsSecret"}') });
    expect(wrong).toThrow('MCP_STDIO_SERVERS: must be JSON such as');
    expect(wrong).not.toThrow('operatorsSecret');
  });

  it('are none by default', () => expect(parseConfig({}).mcp.commands).toEqual([]));
});

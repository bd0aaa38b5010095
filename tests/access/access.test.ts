import { isInputObjectType, getNamedType, type GraphQLInputType } from 'graphql';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSchema } from '../../src/schema/schema.ts';
import { createGraphqlClient } from '../kit/graphql-client.ts';
import { subscribeSse } from '../kit/sse-client.ts';
import { openSocket } from '../kit/websocket-client.ts';
import type { AccessOperation } from './operation.ts';
import { accessOperations } from './operations.ts';
import { openWorld, type Belongings, type World } from './world.ts';

let world: World;
let database: Client;

beforeAll(async () => {
  world = await openWorld();
  database = new Client({ connectionString: world.app.connectionString });
  await database.connect();
});

afterAll(async () => {
  await database.end();
  await world.app[Symbol.asyncDispose]();
});

/** What an operation answers, without what differs from request to request. */
async function answer(operation: AccessOperation, ids: Belongings, token: string | undefined, transport: 'http' | 'sse' | 'websocket'): Promise<any> {
  const { document: text } = operation;
  const variables = operation.variables(ids);
  const { url } = world.app;
  const clean = (value: unknown): unknown => JSON.parse(JSON.stringify(value, (key, inner: unknown) => (key === 'requestId' ? undefined : inner)));
  if (transport === 'websocket') {
    const socket = await openSocket(url, token === undefined ? {} : { token });
    try {
      const event = await socket.subscribe(text, variables).nextEvent();
      return clean(event.kind === 'next' ? event.result : event.kind === 'error' ? { errors: event.errors } : event);
    } finally {
      socket.close();
    }
  }
  if (transport === 'sse') {
    const subscription = await subscribeSse(url, { query: text, variables, ...(token === undefined ? {} : { token }) });
    try {
      const event = await subscription.nextEvent();
      return clean(event.kind === 'next' ? event.result : event);
    } finally {
      subscription.close();
    }
  }
  return clean((await createGraphqlClient(url, token === undefined ? {} : { token }).ask(text, variables)).body);
}

const transportsOf = (operation: AccessOperation) =>
  operation.field.startsWith('Subscription') ? (['sse', 'websocket'] as const) : (['http', 'websocket'] as const);

/** The tables of which nothing may change by what is refused. */
const tables = [
  'conversations',
  'messages',
  'parts',
  'runs',
  'sessions',
  'files',
  'uploads',
  'imports',
  'workspaces',
  'workspace_members',
  'knowledge_bases',
  'documents',
  'chunks',
  'conversation_knowledge',
  'conversation_events',
  'participants',
  'share_links',
  'invitations',
  'mentions',
  'avatars',
  'users',
  'logins',
  'api_keys',
  'identities',
  'provider_keys',
  'workspace_quotas',
  'preferences',
  'planner_settings',
  'goals',
  'weekly_plans',
  'daily_plans',
  'plan_items',
  'plan_proposals',
  'personas',
  'conversation_personas',
  'rounds',
  'run_pauses',
  'prompt_templates',
  'prompt_template_versions',
  'mcp_servers',
  'persona_mcp_servers',
  'persona_knowledge',
  'attachments',
  'speeches',
  'live_presences',
];
const allRows = `SELECT ${tables.map((table) => `(SELECT json_agg(t ORDER BY t::text) FROM ${table} t) AS ${table}`).join(', ')}`;

function takesIds(type: GraphQLInputType, seen: readonly string[] = []): boolean {
  const named = getNamedType(type);
  if (named.name === 'ID') return true;
  if (!isInputObjectType(named) || seen.includes(named.name)) return false;
  return Object.values(named.getFields()).some((field) => takesIds(field.type, [...seen, named.name]));
}

describe('A01 A02 A03 access by id', () => {
  it('is listed for every root field that takes an id', () => {
    const schema = createSchema();
    const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
    const fields = roots.flatMap((root) =>
      Object.values(root?.getFields() ?? {})
        .filter((field) => field.args.some((argument) => takesIds(argument.type)))
        .map((field) => `${root?.name}.${field.name}`),
    );
    expect([...new Set(accessOperations.map((operation) => operation.field))].toSorted()).toEqual(fields.toSorted());
  });

  it.each(
    accessOperations.flatMap((operation) =>
      transportsOf(operation).map((transport) => ({ operation, transport, title: `${operation.field} ${JSON.stringify(operation.variables)}` })),
    ),
  )('of a stranger over $transport answers like a missing object: $operation.field', async ({ operation, transport }) => {
    const before = (await database.query(allRows)).rows;
    const asked = world.engine.requests.length;
    const foreign = await answer(operation, world.belongings, world.stranger.token, transport);
    const missing = await answer(operation, world.nothing, world.stranger.token, transport);
    expect(JSON.stringify(foreign)).toBe(JSON.stringify(missing));
    if (operation.forStranger !== 'ABSENT') expect(foreign.errors[0].extensions.code).toBe(operation.forStranger);
    else expect(JSON.stringify(foreign)).not.toMatch(new RegExp(Object.values(world.belongings).join('|')));
    expect((await database.query(allRows)).rows).toEqual(before);
    expect(world.engine.requests, 'no model is asked').toHaveLength(asked);
  });

  it.each(accessOperations.flatMap((operation) => transportsOf(operation).map((transport) => ({ operation, transport }))))(
    'of nobody over $transport is refused: $operation.field',
    async ({ operation, transport }) => {
      const refused = await answer(operation, world.belongings, undefined, transport);
      expect(refused.errors[0].extensions.code).toBe('UNAUTHENTICATED');
    },
  );

  const harmless = accessOperations.filter(
    ({ field, forStranger }) =>
      forStranger !== 'FORBIDDEN' &&
      !/delete|cancel|respond|revoke|unlink|remove|addFiles|reingest|refreshPersonalSession|createSession|createPersona|ask|sendMessage|leave|acceptInvitation|declineInvitation|updateProfile|autoAnalyze|generateImage|synthesizeSpeech|McpSignIn/.test(
        field,
      ),
  );
  it.each(harmless.map((operation) => ({ operation })))('works for the owner: $operation.field', async ({ operation }) => {
    for (const transport of transportsOf(operation)) {
      const result = await answer(operation, world.belongings, world.owner.token, transport);
      expect(result.errors).toBeUndefined();
      expect(JSON.stringify(result.data)).not.toContain('null');
    }
  });
});

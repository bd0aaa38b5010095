import { expect, it } from 'vitest';
import type { TestPerson } from '../kit/app.ts';
import { createGraphqlClient } from '../kit/graphql-client.ts';
import { subscribeSse } from '../kit/sse-client.ts';
import type { AccessOperation } from './operation.ts';
import { accessOperations } from './operations.ts';
import type { Belongings, World } from './world.ts';

const roles = ['EDITOR', 'READER'] as const;

/** What somebody is who is no OWNER. */
export type LesserRole = (typeof roles)[number];

/** What somebody with a role gets: what they asked for, FORBIDDEN with the role that it takes, or what a stranger gets. */
export type ForRole = 'ALLOWED' | 'FORBIDDEN' | 'AS_STRANGER' | 'ELSEWHERE';

/** What each role gets. */
export type ByRole = Readonly<Record<LesserRole, ForRole>>;

/** The same for both. */
export const both = (answer: ForRole): ByRole => ({ EDITOR: answer, READER: answer });

/** What takes the role EDITOR. */
export const forEditors: ByRole = { EDITOR: 'ALLOWED', READER: 'FORBIDDEN' };

/** The kinds of the ids that an operation takes. */
function kindsOf(operation: AccessOperation): readonly string[] {
  const asked = JSON.stringify(operation.variables(new Proxy({} as Belongings, { get: (_target, kind) => `<${String(kind)}>` })));
  return [...asked.matchAll(/<(\w+)>/g)].map(([, kind = '']) => kind);
}

/** By the root field and, where a field is listed for several things, the kind of the thing. */
export type RoleTable = Readonly<Record<string, ByRole>>;

function expectedOf(table: RoleTable, operation: AccessOperation, role: LesserRole): ForRole {
  const [named] = kindsOf(operation).filter((kind) => table[`${operation.field} ${kind}`] !== undefined);
  const entry = table[named === undefined ? operation.field : `${operation.field} ${named}`];
  return entry?.[role] ?? 'AS_STRANGER';
}

async function answer(url: string, { document, field, variables }: AccessOperation, ids: Belongings, { token }: TestPerson): Promise<any> {
  const clean = (value: unknown): any => JSON.parse(JSON.stringify(value, (key, inner: unknown) => (key === 'requestId' ? undefined : inner)));
  if (!field.startsWith('Subscription')) return clean((await createGraphqlClient(url, { token }).ask(document, variables(ids))).body);
  const subscription = await subscribeSse(url, { query: document, variables: variables(ids), token });
  const event = await subscription.nextEvent();
  subscription.close();
  return clean(event.kind === 'next' ? event.result : event);
}

/** Two people who join something of the owner of a world, one in each role. */
export type PeopleByRole = Readonly<Record<LesserRole, TestPerson>>;

/** The tests that each operation there is does for each role what a table says. */
export function testRoles(table: RoleTable, opened: () => { readonly world: World; readonly people: PeopleByRole }): void {
  const cases = accessOperations
    .filter(({ forStranger }) => forStranger !== 'FORBIDDEN')
    .flatMap((operation) =>
      roles.map((role) => ({ operation, role, expected: expectedOf(table, operation, role), title: `${operation.field} ${kindsOf(operation).join(' ')}` })),
    );

  it('is decided for each field of the table, and for none that there is not', () => {
    const known = new Set(accessOperations.flatMap((operation) => [operation.field, ...kindsOf(operation).map((kind) => `${operation.field} ${kind}`)]));
    expect(Object.keys(table).filter((name) => !known.has(name))).toEqual([]);
  });

  // A READER may do no more than an EDITOR.
  it.each(cases.filter(({ expected, role }) => expected === 'AS_STRANGER' && role === 'EDITOR'))(
    'gets of $title what a stranger gets, as $role',
    async ({ operation, role }) => {
      const { world, people } = opened();
      const given = await answer(world.app.url, operation, world.belongings, people[role]);
      expect(JSON.stringify(given)).toBe(JSON.stringify(await answer(world.app.url, operation, world.nothing, people[role])));
    },
  );

  it.each(cases.filter(({ expected }) => expected === 'FORBIDDEN'))('is refused $title, with the role that it takes, as $role', async ({ operation, role }) => {
    const { world, people } = opened();
    const given = await answer(world.app.url, operation, world.belongings, people[role]);
    expect(given.errors?.[0].extensions.code).toBe('FORBIDDEN');
    expect(given.errors[0].message).toMatch(/OWNER|EDITOR|only its author/);
  });

  it.each(cases.filter(({ expected }) => expected === 'ALLOWED'))('gets $title, as $role', async ({ operation, role }) => {
    const { world, people } = opened();
    const given = await answer(world.app.url, operation, world.belongings, people[role]);
    expect(given.errors).toBeUndefined();
    expect(JSON.stringify(given.data)).not.toContain('null');
  });
}

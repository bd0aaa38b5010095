import { GraphQLError, buildSchema, type GraphQLResolveInfo, type GraphQLSchema, type ResponsePath } from 'graphql';
import { AppError } from '../../src/base/errors.ts';

/** Types of every kind, in every position that matters: nullable and not, alone and in lists, concrete and abstract. */
const typeDefs = `
  scalar Even
  enum Color { RED GREEN }
  interface Node { id: ID! name: String }
  input Filter { number: Int = 7 evens: [Even!] color: Color inner: Filter }
  type Leaf implements Node {
    id: ID! name: String text: String! number: Int even: Even color: Color flags: [Boolean!] matrix: [[Int]] parent: Tree echo(filter: Filter, color: Color = GREEN, text: String = "none", ids: [ID!]): String
  }
  type Tree implements Node {
    id: ID! name: String text: String! leaf: Leaf leafNonNull: Leaf! leaves: [Leaf] leavesNonNull: [Leaf!]! child: Tree children: [Tree!] node: Node nodes: [Node] thing: Thing things: [Thing!]!
  }
  union Thing = Leaf | Tree
  type Query { tree: Tree treeNonNull: Tree! trees: [Tree!] leaf: Leaf thing: Thing node: Node echo(filter: Filter, color: Color = GREEN, text: String = "none", ids: [ID!]): String wrong: Int later: String }
  type Mutation { first: Tree second: Leaf! third: Int }
  type Subscription { tree: Tree }
`;

/** How a field misbehaves. */
export type Fate = 'value' | 'later' | 'null' | 'null later' | 'throws' | 'rejects' | 'error' | 'wrong' | 'known';

const fates: readonly Fate[] = ['null', 'null later', 'throws', 'rejects', 'error', 'wrong', 'known'];

function pathOf(path: ResponsePath | undefined): string {
  return path === undefined ? '' : `${pathOf(path.prev)}/${path.key}`;
}

function hash(text: string): number {
  let value = 2_166_136_261;
  for (const character of text) value = Math.imul(value ^ character.charCodeAt(0), 16_777_619) >>> 0;
  return value;
}

const plainValues: Readonly<Record<string, unknown>> = {
  Int: 7,
  Even: 2,
  Color: 'GREEN',
  Boolean: true,
  Leaf: { kind: 'Leaf' },
  Tree: { kind: 'Tree' },
};

function valueOf(type: string, at: string): unknown {
  if (type.endsWith('!')) return valueOf(type.slice(0, -1), at);
  if (type.startsWith('[')) {
    const items = Array.from({ length: hash(at) % 4 }, (_, index) => valueOf(type.slice(1, -1), `${at}/${index}`));
    // Promises and nulls among the items, and lists that are no arrays.
    const mixed = items.map((item, index) => (hash(`${at}#${index}`) % 5 === 0 ? Promise.resolve(item) : hash(`${at}?${index}`) % 7 === 0 ? null : item));
    return hash(`${at}!`) % 4 === 0 ? new Set(mixed) : mixed;
  }
  if (type === 'Node' || type === 'Thing') return plainValues[hash(at) % 2 === 0 ? 'Leaf' : 'Tree'];
  return plainValues[type] ?? `text of ${at}`;
}

/**
 * A schema whose resolvers decide by the place where they are what they do, so that every executor gets the same from them.
 *
 * @param options.seed other places fare ill with another one
 * @param options.illPercent how many places do
 * @param options.seen gets every resolver call, with what it was given
 */
export function createTrickySchema(options: { readonly seed: number; readonly illPercent: number; readonly seen?: string[] }): GraphQLSchema {
  const schema = buildSchema(typeDefs);
  const fateAt = (at: string): Fate => {
    const value = hash(`${options.seed}${at}`);
    if (value % 100 < options.illPercent) return fates[hash(`${at}${options.seed}`) % fates.length] ?? 'value';
    return value % 3 === 0 ? 'later' : 'value';
  };
  const resolve = (_source: unknown, args: object, _context: unknown, info: GraphQLResolveInfo): unknown => {
    const at = pathOf(info.path);
    options.seen?.push(
      `${at} ${info.parentType.name}.${info.fieldName} ${JSON.stringify(args)} ${info.fieldNodes.length} ${Object.keys(info.fragments).join()}`,
    );
    const type = String(info.returnType);
    const value = info.fieldName === 'echo' ? JSON.stringify(args) : valueOf(type, at);
    switch (fateAt(at)) {
      case 'value':
        return value;
      case 'later':
        return Promise.resolve(value);
      case 'null':
        return null;
      case 'null later':
        return Promise.resolve(undefined);
      case 'throws':
        throw new Error(`thrown at ${at}`);
      case 'rejects':
        return Promise.reject(new AppError('NOT_FOUND', `rejected at ${at}`));
      case 'error':
        return new Error(`returned at ${at}`);
      case 'wrong':
        return type.includes('Leaf') || type.includes('Tree') ? { kind: 'Nobody' } : type.includes('Int') ? 'no number' : type.includes('Color') ? 'BLUE' : 1;
      case 'known':
        throw new GraphQLError(`told at ${at}`, { extensions: { code: 'FORBIDDEN' } });
    }
  };
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__')) continue;
    if ('getFields' in type && ['Leaf', 'Tree', 'Query', 'Mutation', 'Subscription'].includes(type.name)) {
      for (const field of Object.values(type.getFields())) Object.assign(field, { resolve });
    }
    if (type.name === 'Node' || type.name === 'Thing') {
      const kindOf = (value: { readonly kind?: string }): unknown => (hash(String(options.seed)) % 2 === 0 ? value.kind : Promise.resolve(value.kind));
      Object.assign(type, { resolveType: kindOf });
    }
    if (type.name === 'Tree') Object.assign(type, { isTypeOf: (value: { readonly kind?: string }) => value.kind === 'Tree' });
    if (type.name === 'Even') {
      const even = (value: unknown): unknown => {
        if (typeof value === 'number' && value % 2 === 0) return value;
        throw new GraphQLError(`${String(value)} is odd`);
      };
      Object.assign(type, { coerceOutputValue: even, coerceInputValue: even });
    }
  }
  return schema;
}

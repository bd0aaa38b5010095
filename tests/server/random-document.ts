import fc from 'fast-check';
import { getNamedType, isAbstractType, isCompositeType, isInterfaceType, isObjectType, type GraphQLCompositeType, type GraphQLSchema } from 'graphql';

const aliases = ['a', 'b', 'id', 'text'];
const conditions = ['', '', '', '', ' @include(if: $yes)', ' @skip(if: $yes)', ' @skip(if: true)', ' @include(if: true)'];

/** Draws numbers from a list of random ones, so that fast-check can shrink a document. */
function drawer(numbers: readonly number[]): (below: number) => number {
  let place = 0;
  return (below) => {
    const value = numbers[place % numbers.length] ?? 0;
    place += 1;
    return value % below;
  };
}

function selectionOf(schema: GraphQLSchema, type: GraphQLCompositeType, draw: (below: number) => number, depth: number): string {
  const fields = isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : [];
  const members = isAbstractType(type) ? schema.getPossibleTypes(type) : [];
  const selections = Array.from({ length: 1 + draw(4) }, () => {
    const condition = conditions[draw(conditions.length)] ?? '';
    const kind = draw(8);
    if (kind === 0 || fields.length === 0) {
      const member = members[draw(Math.max(members.length, 1))];
      if (member !== undefined && depth > 0) return `... on ${member.name}${condition} { ${selectionOf(schema, member, draw, depth - 1)} }`;
      return '__typename';
    }
    if (kind === 1 && isObjectType(type) && ['Leaf', 'Tree'].includes(type.name)) return `...${type.name}Parts${condition}`;
    if (kind === 2 && depth > 0) return `...${condition} { ${selectionOf(schema, type, draw, depth - 1)} }`;
    const field = fields[draw(fields.length)];
    if (field === undefined) return '__typename';
    const named = getNamedType(field.type);
    const alias = draw(4) === 0 ? `${aliases[draw(aliases.length)]}: ` : '';
    const args = field.args.length > 0 && draw(2) === 0 ? '(text: "given", filter: { number: 3 })' : '';
    if (!isCompositeType(named)) return `${alias}${field.name}${args}${condition}`;
    return depth === 0 ? '__typename' : `${alias}${field.name}${condition} { ${selectionOf(schema, named, draw, depth - 1)} }`;
  });
  return selections.join(' ');
}

/** Documents over a schema with the types Leaf and Tree; some of them are not valid, because their aliases collide. */
export function randomDocument(schema: GraphQLSchema): fc.Arbitrary<string> {
  const query = schema.getQueryType();
  if (query == null) throw new Error('The schema has no query type.');
  return fc.array(fc.nat(1_000), { minLength: 5, maxLength: 80 }).map((numbers) => {
    const draw = drawer(numbers);
    const body = selectionOf(schema, query, draw, 4);
    const parts = { LeafParts: 'fragment LeafParts on Leaf { id text parent { id } }', TreeParts: 'fragment TreeParts on Tree { id leaf { ...LeafParts } }' };
    const usesTree = body.includes('...TreeParts');
    const usesLeaf = usesTree || body.includes('...LeafParts');
    const variables = body.includes('$yes') ? '($yes: Boolean!)' : '';
    return [`query ${variables} { ${body} }`, usesTree ? parts.TreeParts : '', usesLeaf ? parts.LeafParts : ''].join('\n');
  });
}

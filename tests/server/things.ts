import {
  GraphQLEnumType,
  GraphQLID,
  GraphQLInputObjectType,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLString,
  type GraphQLFieldConfig,
} from 'graphql';

const thing = {};
const page = { nodes: [thing] };
const sizes = { first: { type: GraphQLInt }, last: { type: GraphQLInt } };

/** A type that nests for ever, with a connection to itself. */
const Thing: GraphQLObjectType = new GraphQLObjectType({
  name: 'Thing',
  fields: () => ({
    name: { type: GraphQLString, resolve: () => 'a thing' },
    other: { type: Thing, resolve: () => thing },
    things: { type: ThingConnection, args: sizes, resolve: () => page },
  }),
});

const ThingConnection = new GraphQLObjectType({
  name: 'ThingConnection',
  fields: () => ({ nodes: { type: new GraphQLList(Thing) } }),
});

const Color = new GraphQLEnumType({ name: 'Color', values: { CRIMSON: {}, AZURE: {} } });
const PaintInput = new GraphQLInputObjectType({ name: 'PaintInput', fields: { color: { type: Color }, layers: { type: GraphQLInt } } });

/**
 * Root fields for tests of limits and messages.
 *
 * @param onResolve hears that one ran
 */
export function thingFields(onResolve: () => void): Readonly<Record<string, GraphQLFieldConfig<unknown, never>>> {
  const answer = (value: object) => () => {
    onResolve();
    return value;
  };
  return {
    thing: { type: Thing, resolve: answer(thing) },
    things: { type: ThingConnection, args: sizes, resolve: answer(page) },
    paint: { type: GraphQLString, args: { input: { type: PaintInput }, color: { type: Color } }, resolve: () => 'painted' },
    nodes: {
      type: new GraphQLList(Thing),
      args: { ids: { type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(GraphQLID))) } },
      resolve: (_root, { ids }) => {
        onResolve();
        return ids.map(() => thing);
      },
    },
  };
}

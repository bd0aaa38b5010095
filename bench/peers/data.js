// What all peers answer with: the same data and the same schema as far as the benchmark asks for it.

/** 50 objects with 8 fields, as the product lists its models. */
export const models = Array.from({ length: 50 }, (_, index) => ({
  name: `bench:model-${index}`,
  provider: 'bench',
  model: `model-${index}`,
  displayName: `Model ${index}`,
  description: 'One of fifty models of the benchmark.',
  isDefault: index === 0,
  hasTools: index % 2 === 0,
  contextWindow: 128_000 + index,
}));

export const viewer = { id: 'VXNlcjowMTliMDAwMC0wMDAwLTcwMDAtODAwMC0wMDAwMDAwMDAwMDA=', displayName: 'Ada Lovelace' };

/** Access tokens and whose they are; a look-up is what authentication costs at least. */
export const people = new Map([['token-of-ada', viewer]]);

export function viewerOf(authorization) {
  const person = people.get((authorization ?? '').replace('Bearer ', ''));
  if (person === undefined) throw new Error('Sign in first.');
  return person;
}

export const typeDefs = `
  type User { id: ID! displayName: String! }
  type Model {
    name: String! provider: String! model: String! displayName: String! description: String! isDefault: Boolean! hasTools: Boolean! contextWindow: Int
  }
  type Query { viewer: User models: [Model!]! }
`;

export const resolvers = {
  Query: { viewer: (_root, _args, context) => context.viewer, models: () => models },
};

/** Tells the benchmark where this process serves. */
export function greet(port) {
  console.log(JSON.stringify({ url: `http://127.0.0.1:${port}` }));
}

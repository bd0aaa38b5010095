import type { Protection } from './protection.ts';

const addresses = { file: 'src/engines/outside-address.ts', test: 'tests/engines/outside-address.test.ts' };
const keys = { test: 'tests/services/provider-key.test.ts' };
const fetching = { file: 'src/engines/guarded-fetch.ts', test: 'tests/engines/guarded-fetch.test.ts' };

/** Those of the cases S01 to S08: addresses of models that people give, and their keys. */
export const providerProtections: readonly Protection[] = [
  {
    id: 'S01',
    what: 'the refusal of addresses that are set aside',
    ...addresses,
    find: "return address.range() === 'unicast' && address.toString() !== azureAgent;",
    replace: "return address.range() !== 'private' && address.toString() !== azureAgent;",
  },
  {
    id: 'S01',
    what: 'looking at the IPv4 address in one of NAT64',
    ...addresses,
    find: '  if (address.match(nat64))',
    replace: '  if (address.match(nat64)) return true;\n  if (address.match(nat64))',
  },
  {
    id: 'S01',
    what: 'checking what a name leads to',
    ...addresses,
    find: 'if (refused !== undefined) throw',
    replace: "if (refused?.address === 'nothing') throw",
  },
  { id: 'S01', what: 'checking what is written as an address', ...fetching, find: 'if (problem !== null) throw new RefusedAddressError(problem);' },
  {
    id: 'S02',
    what: 'connecting to the address that was checked',
    ...fetching,
    find: 'headers, lookup, signal: request.signal };',
    replace: 'headers, signal: request.signal };\n    await addresses.resolve(url.hostname);',
  },
  { id: 'S03', what: 'the refusal of redirects', ...fetching, find: '=> status >= 300 &&', replace: '=> status >= 600 &&' },
  {
    id: 'S04',
    what: 'showing no more than four characters of a key',
    ...keys,
    file: 'src/services/provider-key/keep-keys.ts',
    find: "? '' : key.slice(-4)",
    replace: "? '' : key",
  },
  {
    id: 'S04',
    what: 'what is told of a refused key',
    ...keys,
    file: 'src/services/provider-key/own-engine.ts',
    find: "part.failure.code !== 'ENGINE_BAD_KEY'",
    replace: "part.failure.code === 'ENGINE_BAD_KEY'",
  },
  {
    id: 'S04',
    what: 'cutting inputs out of errors about them',
    file: 'src/server/error-masking.ts',
    find: "return message.replace(/ Found: [{[].*$/s, '').replace(/(, found)?: [{[].*$/s, '.');",
    replace: 'return message;',
    test: 'tests/schema/providers.test.ts',
  },
  {
    id: 'S04',
    what: 'the scopes of keys of providers through node',
    file: 'src/services/provider-key/provider-keys.ts',
    find: "mayRead(known, 'Query.providerKeys')",
    replace: "mayRead(known, 'read')",
    test: 'tests/schema/providers.test.ts',
  },
  {
    id: 'S05',
    what: 'the place of a sealed key',
    ...keys,
    file: 'src/auth/sealed-text.ts',
    find: "if (protectedHeader['place'] !== JSON.stringify(place)) return null;",
  },
  {
    id: 'S06',
    what: 'asking for the key again',
    ...keys,
    file: 'src/services/provider-key/keep-keys.ts',
    find: 'const stays = apiKey === undefined && isSamePlace;',
    replace: 'const stays = apiKey === undefined && known !== null;',
  },
  {
    id: 'S07',
    what: 'a circuit for each key',
    ...keys,
    file: 'src/services/model-calls.ts',
    find: '`key ${ownEngine.version}`',
    replace: '`provider ${resolved.engine.id}`',
  },
  { id: 'S08', what: 'the limits of answers', ...fetching, find: 'if (bytes > most) {', replace: 'if (bytes > 100 * most) {' },
];

import SchemaBuilder from '@pothos/core';
import RelayPlugin from '@pothos/plugin-relay';
import SimpleObjectsPlugin from '@pothos/plugin-simple-objects';
import type { Json } from '../base/json.ts';
import type { Context } from './context.ts';

/**
 * The schema builder: settings and plugins, no types. Types stand in the files beside it and are loaded by `schema.ts`.
 *
 * Everything is non-null unless it says otherwise, and connections are named `ConversationConnection` and
 * `ConversationEdge`, so that Relay's generated names can be guessed.
 */
export const builder = new SchemaBuilder<{
  Context: Context;
  DefaultFieldNullability: false;
  DefaultEdgesNullability: false;
  DefaultNodeNullability: false;
  Scalars: {
    ID: { Input: string; Output: string | number | bigint };
    Date: { Input: string; Output: string };
    DateTime: { Input: Date; Output: Date };
    BigInt: { Input: bigint; Output: bigint };
    JSON: { Input: Json; Output: Json };
  };
}>({
  plugins: [RelayPlugin, SimpleObjectsPlugin],
  defaultFieldNullability: false,
  relay: {
    clientMutationId: 'omit',
    idFieldOptions: { description: 'The global id.' },
    cursorType: 'String',
    edgesFieldOptions: { nullable: false, description: 'The page, in order.' },
    nodeFieldOptions: { nullable: false, description: 'The object itself.' },
    nodeQueryOptions: {
      description: 'Any object by its global id; null when there is none that you may see.',
      args: { id: { description: 'The global id.' } },
    },
    nodesQueryOptions: {
      description: 'Several objects by their global ids, in the same order; null where there is none that you may see.',
      args: { ids: { description: 'The global ids.' } },
    },
    nodeTypeOptions: { description: 'Anything with a global id.' },
    pageInfoTypeOptions: { description: 'Where a page of a connection stands.' },
    hasNextPageFieldOptions: { description: 'Whether there are rows after this page.' },
    hasPreviousPageFieldOptions: { description: 'Whether there are rows before this page.' },
    startCursorFieldOptions: { description: 'The cursor of the first row; null for an empty page.' },
    endCursorFieldOptions: { description: 'The cursor of the last row; null for an empty page.' },
    pageInfoFieldOptions: { description: 'Where this page stands.' },
    cursorFieldOptions: { description: 'Where this row stands; give it as `after` or `before`.' },
    firstArgOptions: { description: 'How many rows from the start, 1 to 100; 20 when neither `first` nor `last` is given.' },
    lastArgOptions: { description: 'How many rows from the end, 1 to 100.' },
    afterArgOptions: { description: 'Only rows after this cursor.' },
    beforeArgOptions: { description: 'Only rows before this cursor.' },
    mutationInputArgOptions: { description: 'What to do.' },
  },
});

builder.queryType({ description: 'Everything that can be read.' });
builder.mutationType({ description: 'Everything that can be changed. Each takes one `input` and returns every object that it changed.' });
builder.subscriptionType({ description: 'Everything that streams, over SSE or WebSocket (graphql-ws) on the same path.' });

import type { GraphQLSchema } from 'graphql';
import { builder } from './builder.ts';
import './administration.ts';
import './api-key.ts';
import './audit.ts';
import './auth.ts';
import './conversation-event.ts';
import './conversation.ts';
import './data-parts.ts';
import './file.ts';
import './health.ts';
import './identity.ts';
import './login.ts';
import './message.ts';
import './model.ts';
import { resolveNodeIdsAtOnce } from './node-ids.ts';
import './run-event.ts';
import './run.ts';
import './scalars.ts';
import './session.ts';
import './user.ts';

/** The schema, made of every type that the files beside this one define. */
export function createSchema(): GraphQLSchema {
  const schema = builder.toSchema({ sortSchema: true });
  resolveNodeIdsAtOnce(schema);
  return schema;
}

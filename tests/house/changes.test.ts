import { expect, test } from 'vitest';
import { changedThings } from '../../src/events/change-feed.ts';
import { createSchema } from '../../src/schema/schema.ts';

const inAMessage = 'in a message, of which `conversationEvents` and `runEvents` tell';
const ofTheAccount = 'a setting of the account, which nobody keeps open';
const hasItsOwn = 'has a stream of its own';

/** Of what `changes` does not tell, with the reason. */
const untold: Readonly<Record<string, string>> = {
  ApiKey: ofTheAccount,
  CalendarFeed: ofTheAccount,
  Identity: ofTheAccount,
  Login: ofTheAccount,
  McpServer: ofTheAccount,
  ProviderKey: 'a setting of the account; of those of a workspace that tells',
  ShareLink: ofTheAccount,
  Attachment: inAMessage,
  AudioPart: inAMessage,
  CitationPart: inAMessage,
  FilePart: inAMessage,
  ImagePart: inAMessage,
  Message: inAMessage,
  PlanProposalPart: inAMessage,
  PlotPart: inAMessage,
  QueryResultPart: inAMessage,
  ReasoningPart: inAMessage,
  ToolCallPart: inAMessage,
  Document: hasItsOwn,
  Import: hasItsOwn,
  Run: hasItsOwn,
  Upload: hasItsOwn,
  Export: 'made by whoever waits for it',
  Speech: 'made by whoever waits for it',
  VerifiedQuery: 'found where it is asked for, and shown in no list that stays open',
};

test('everything with a global id is told of by `changes`, or has a reason not to be', () => {
  const schema = createSchema();
  const node = schema.getType('Node');
  if (node === undefined || !('resolveType' in node)) throw new Error('there is no interface Node');
  const types = schema.getPossibleTypes(node).map(({ name }) => name);
  expect([...changedThings, ...Object.keys(untold)].toSorted()).toEqual(types.toSorted());
});

import { describe, expect, it } from 'vitest';
import { accountFields, covers, planningFields } from '../../src/auth/scopes.ts';
import { rootFieldsOf } from '../../src/schema/root-fields.ts';
import { createSchema } from '../../src/schema/schema.ts';

const rootFields = [...rootFieldsOf(createSchema())];

describe('the fields about the account, which no short scope of an API key covers', () => {
  it('are all there', () => expect(accountFields.filter((field) => !rootFields.includes(field))).toEqual([]));

  it('are all that sound like it', () => {
    const suspects = rootFields.filter((field) =>
      /logins?\b|logout|revoke|password|account|apiKey|providerKey|mcpServer|identit|claim|credential|secret/i.test(field),
    );
    // Whoever calls these brings a password of their own, whatever else they come with.
    const withPassword = ['Mutation.login'];
    // What they take back is what others were given of a conversation, and no access to the account.
    const aboutOthers = ['Mutation.revokeInvitation', 'Mutation.revokeShareLink'];
    expect(suspects.filter((field) => covers(['*', 'read', 'write'], field))).toEqual([...withPassword, ...aboutOthers]);
  });
});

describe('the fields about planning, which have scopes of their own', () => {
  it('are all there', () => expect(planningFields.filter((field) => !rootFields.includes(field))).toEqual([]));

  it('are all that sound like it', () => {
    const suspects = rootFields.filter(
      (field) => /goal|plan|rollover|recurrence|proposal|(week|day)Review|timeSpent/i.test(field) && !accountFields.includes(field),
    );
    expect(suspects.filter((field) => !planningFields.includes(field))).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { covers, requireScope, roleOfKey } from '../../src/auth/scopes.ts';
import type { Viewer } from '../../src/auth/viewer.ts';

const keyWith = (...scopes: readonly string[]): Viewer => ({ userId: 'ada', role: 'MEMBER', apiKeyId: 'key', scopes, expiresAt: null });

describe('the scopes of an API key', () => {
  it.each([
    [['read'], 'Query.conversations', true],
    [['read'], 'Subscription.runEvents', true],
    [['read'], 'Query.node', true],
    [['read'], 'Mutation.sendMessage', false],
    [['read'], 'uploads', false],
    [['write'], 'Mutation.sendMessage', true],
    [['write'], 'uploads', true],
    [['write'], 'Query.conversations', false],
    [['*'], 'Query.conversations', true],
    [['*'], 'Mutation.sendMessage', true],
    [['*'], 'uploads', true],
    [['uploads'], 'uploads', true],
    [['uploads'], 'Mutation.sendMessage', false],
    [['planning:read'], 'Query.goals', true],
    [['planning:read'], 'Mutation.createGoal', false],
    [['planning:read'], 'Query.conversations', false],
    [['planning:read'], 'Query.node', false],
    [['planning:write'], 'Mutation.movePlanItem', true],
    [['planning:write'], 'Query.goals', false],
    [['planning:write'], 'Mutation.sendMessage', false],
    [['planning:write'], 'uploads', false],
    [['read'], 'Query.planItems', true],
    [['write'], 'Mutation.updatePlannerSettings', true],
    [['*'], 'Mutation.createPlanItem', true],
    [['Query.run'], 'Query.run', true],
    [['Query.run'], 'Query.runs', false],
    [['Query.run'], 'Mutation.run', false],
  ])('%j: %s is %s', (scopes, field, isCovered) => expect(covers(scopes, field)).toBe(isCovered));

  it.each([
    'createApiKey',
    'revokeApiKey',
    'changePassword',
    'deleteAccount',
    'claimAdmin',
    'linkIdentity',
    'unlinkIdentity',
    'revokeLogin',
    'logout',
    'logoutEverywhere',
  ])('reach Mutation.%s by its name alone', (field) => {
    expect(covers(['*', 'read', 'write', 'uploads'], `Mutation.${field}`)).toBe(false);
    expect(covers([`Mutation.${field}`], `Mutation.${field}`)).toBe(true);
  });

  it('are given on only as far as they reach', () => {
    expect(covers(['*'], 'read')).toBe(true);
    expect(covers(['*'], 'write')).toBe(true);
    expect(covers(['read', 'write'], '*')).toBe(false);
    expect(covers(['read'], 'write')).toBe(false);
    expect(covers(['read'], 'planning:read')).toBe(true);
    expect(covers(['*'], 'planning:write')).toBe(true);
    expect(covers(['planning:write'], 'planning:read')).toBe(false);
    expect(covers(['planning:read', 'planning:write'], 'read')).toBe(false);
  });

  it('are missed by a message that names the field and what would do', () => {
    expect(() => requireScope(keyWith('read'), 'Mutation.sendMessage')).toThrow(
      'This API key may not use Mutation.sendMessage: it lacks the scope "Mutation.sendMessage", or the wider "write". Its scopes are read.',
    );
    expect(() => requireScope(keyWith('planning:read'), 'Mutation.createGoal')).toThrow(
      'it lacks the scope "Mutation.createGoal", or the wider "planning:write" or "write". Its scopes are planning:read.',
    );
    expect(() => requireScope(keyWith('*'), 'Mutation.createApiKey')).toThrow('it lacks the scope "Mutation.createApiKey". Its scopes are *.');
    expect(() => requireScope(keyWith('read'), 'uploads')).toThrow('may not upload files: it lacks the scope "uploads", or the wider "write"');
  });

  it.each([
    ['nobody', null],
    ['a device', { userId: 'ada', role: 'MEMBER', loginId: 'login' }],
    ['an outside identity', { userId: 'ada', role: 'MEMBER', identityId: 'identity', expiresAt: new Date() }],
  ] as const)('do not bind %s', (_title, viewer) => {
    expect(() => requireScope(viewer, 'Mutation.createApiKey')).not.toThrow();
  });

  it('make the key of an administrator a member, unless each of them names a field', () => {
    for (const scope of ['read', 'write', '*', 'uploads', 'planning:read', 'planning:write'])
      expect(roleOfKey('ADMIN', ['Mutation.setUserRole', scope])).toBe('MEMBER');
    expect(roleOfKey('ADMIN', ['Mutation.setUserRole', 'Query.users'])).toBe('ADMIN');
    expect(roleOfKey('MEMBER', ['Mutation.setUserRole'])).toBe('MEMBER');
  });
});

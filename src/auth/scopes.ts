import { AppError } from '../base/errors.ts';
import type { Viewer } from './viewer.ts';

/** The scopes that stand for many fields. `uploads` is `POST /uploads`, which is no field. */
const shortForms = ['read', 'write', '*', 'uploads'] as const;

/**
 * Root fields about the account itself. No short form covers them, so that a key that got lost cannot make itself at home: they must be
 * named one by one. (Fields for administrators need no place here:
 * with a short form a key acts as a MEMBER.) Tests hold the list to the schema.
 */
export const accountFields: readonly string[] = [
  'Query.apiKeys',
  'Query.identities',
  'Query.logins',
  'Mutation.changePassword',
  'Mutation.claimAdmin',
  'Mutation.createApiKey',
  'Mutation.deleteAccount',
  'Mutation.linkIdentity',
  'Mutation.logout',
  'Mutation.logoutEverywhere',
  'Mutation.revokeApiKey',
  'Mutation.revokeLogin',
  'Mutation.unlinkIdentity',
];

/** The shape of a field scope: the root type and the field. */
const fieldScope = /^(Query|Mutation|Subscription)\.[A-Za-z][A-Za-z0-9_]*$/;

/** Whether a scope names one field. */
const isFieldScope = (scope: string): boolean => fieldScope.test(scope);

/** Whether a scope is a short form. */
export const isShortForm = (scope: string): boolean => shortForms.some((form) => form === scope);

/**
 * What an administrator's key may do: with any short form it acts as a MEMBER. Only a key whose every scope names a field is an ADMIN,
 * for then somebody chose each thing that it can do.
 */
export function roleOfKey(role: 'MEMBER' | 'ADMIN', scopes: readonly string[]): 'MEMBER' | 'ADMIN' {
  return scopes.every(isFieldScope) ? role : 'MEMBER';
}

/** The short form that covers a field, null where the field must be named. */
function shortFormOf(field: string): 'read' | 'write' | null {
  if (accountFields.includes(field)) return null;
  return field === 'uploads' || field.startsWith('Mutation.') ? 'write' : 'read';
}

/**
 * Whether scopes cover a field or another scope.
 *
 * @param wanted a root field such as `Query.conversations`, or a scope
 */
export function covers(scopes: readonly string[], wanted: string): boolean {
  if (scopes.includes(wanted)) return true;
  if (wanted === '*') return false;
  const short = wanted === 'read' || wanted === 'write' ? wanted : shortFormOf(wanted);
  return short !== null && (scopes.includes('*') || scopes.includes(short));
}

/**
 * Whether somebody may use a root field. Only API keys have scopes; all others may, as far as the scopes are concerned.
 *
 * @param wanted a root field such as `Mutation.sendMessage`, or `uploads`
 * @throws AppError FORBIDDEN with the field and the scope that is missing
 */
export function requireScope(viewer: Viewer | null, wanted: string): void {
  if (viewer === null || !('apiKeyId' in viewer) || covers(viewer.scopes, wanted)) return;
  const short = shortFormOf(wanted);
  const remedy = short === null || short === wanted ? `"${wanted}"` : `"${wanted}", or the wider "${short}"`;
  const subject = wanted === 'uploads' ? 'upload files' : `use ${wanted}`;
  throw new AppError('FORBIDDEN', `This API key may not ${subject}: it lacks the scope ${remedy}. Its scopes are ${viewer.scopes.join(', ')}.`);
}

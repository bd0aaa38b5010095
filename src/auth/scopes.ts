import { AppError } from '../base/errors.ts';
import type { Viewer } from './viewer.ts';

/** The scopes that stand for many fields. `uploads` is `POST /uploads`, `POST /attachments` and `POST /documents`, `imports` is `POST /imports`, which are no fields. */
const shortForms = ['read', 'write', '*', 'uploads', 'imports', 'planning:read', 'planning:write'] as const;

/**
 * Root fields about the account itself, about the keys and quotas of a workspace, and those that let somebody else into a conversation or a workspace for good. No short form covers them, so that a key that got lost cannot make itself at home: they must be
 * named one by one. (Fields for administrators need no place here:
 * with a short form a key acts as a MEMBER.) Tests hold the list to the schema.
 */
export const accountFields: readonly string[] = [
  'Query.apiKeys',
  'Query.calendarFeeds',
  'Query.identities',
  'Query.logins',
  'Query.mcpServers',
  'Query.providerKeys',
  'Query.workspaceProviderKeys',
  'Mutation.beginMcpSignIn',
  'Mutation.changePassword',
  'Mutation.checkMcpServer',
  'Mutation.claimAdmin',
  'Mutation.createApiKey',
  'Mutation.createCalendarFeed',
  'Mutation.createInvitationLink',
  'Mutation.createWorkspaceInvitationLink',
  'Mutation.deleteAccount',
  'Mutation.deleteMcpServer',
  'Mutation.deleteProviderKey',
  'Mutation.endMcpSignIn',
  'Mutation.deleteWorkspaceProviderKey',
  'Mutation.exportAccount',
  'Mutation.finishMcpSignIn',
  'Mutation.inviteToConversation',
  'Mutation.inviteToWorkspace',
  'Mutation.linkIdentity',
  'Mutation.logout',
  'Mutation.logoutEverywhere',
  'Mutation.removeWorkspaceQuota',
  'Mutation.revokeApiKey',
  'Mutation.revokeCalendarFeed',
  'Mutation.revokeLogin',
  'Mutation.saveMcpServer',
  'Mutation.saveProviderKey',
  'Mutation.saveWorkspaceProviderKey',
  'Mutation.setWorkspaceQuota',
  'Mutation.unlinkIdentity',
  'Mutation.updateMcpServer',
  'Mutation.updateParticipant',
  'Mutation.updateWorkspaceMember',
];

/** Root fields about goals, plans and items, which have short forms of their own besides the wider ones. Tests hold the list to the schema. */
export const planningFields: readonly string[] = [
  'Query.dailyPlan',
  'Query.dailyPlans',
  'Query.dayReview',
  'Query.goal',
  'Query.goals',
  'Query.planItem',
  'Query.planItems',
  'Query.timeSpent',
  'Query.weekReview',
  'Query.planProposal',
  'Query.planProposals',
  'Query.weeklyPlan',
  'Query.weeklyPlans',
  'Mutation.applyProposal',
  'Mutation.changePlanItems',
  'Mutation.createGoal',
  'Mutation.createPlanItem',
  'Mutation.deleteDailyPlan',
  'Mutation.deleteGoal',
  'Mutation.deletePlanItem',
  'Mutation.deleteWeeklyPlan',
  'Mutation.dismissProposal',
  'Mutation.movePlanItem',
  'Mutation.rolloverItems',
  'Mutation.saveDailyPlan',
  'Mutation.saveWeeklyPlan',
  'Mutation.stopRecurrence',
  'Mutation.undoProposal',
  'Mutation.updateDailyPlan',
  'Mutation.updateGoal',
  'Mutation.updatePlanItem',
  'Mutation.updatePlannerSettings',
  'Mutation.updateWeeklyPlan',
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

/** The short forms that cover a field or another scope, the narrowest first and without `*`; none where it must be named. */
function shortFormsOf(wanted: string): readonly string[] {
  if (wanted === '*' || accountFields.includes(wanted)) return [];
  if (wanted === 'planning:read' || wanted === 'planning:write') return [wanted, wanted.slice('planning:'.length)];
  const short = wanted === 'uploads' || wanted === 'imports' || wanted === 'write' || wanted.startsWith('Mutation.') ? 'write' : 'read';
  return planningFields.includes(wanted) ? [`planning:${short}`, short] : [short];
}

/**
 * Whether scopes cover a field or another scope.
 *
 * @param wanted a root field such as `Query.conversations`, or a scope
 */
export function covers(scopes: readonly string[], wanted: string): boolean {
  if (scopes.includes(wanted)) return true;
  const short = shortFormsOf(wanted);
  return short.length > 0 && (scopes.includes('*') || short.some((form) => scopes.includes(form)));
}

/**
 * Whether somebody may use a root field. Only API keys have scopes; all others may, as far as the scopes are concerned.
 *
 * @param wanted a root field such as `Mutation.sendMessage`, `uploads` or `imports`
 * @throws AppError FORBIDDEN with the field and the scope that is missing
 */
export function requireScope(viewer: Viewer | null, wanted: string): void {
  if (viewer === null || !('apiKeyId' in viewer) || covers(viewer.scopes, wanted)) return;
  const wider = shortFormsOf(wanted).filter((form) => form !== wanted);
  const remedy = wider.length === 0 ? `"${wanted}"` : `"${wanted}", or the wider ${wider.map((form) => `"${form}"`).join(' or ')}`;
  const subject = wanted === 'uploads' ? 'upload files' : wanted === 'imports' ? 'import' : `use ${wanted}`;
  throw new AppError('FORBIDDEN', `This API key may not ${subject}: it lacks the scope ${remedy}. Its scopes are ${viewer.scopes.join(', ')}.`);
}

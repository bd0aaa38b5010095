import { accessProtections } from './access.ts';
import { changeProtections } from './changes.ts';
import { dataProtections } from './data.ts';
import { faultProtections } from './faults.ts';
import { importProtections } from './imports.ts';
import { knowledgeProtections } from './knowledge.ts';
import { mcpProtections } from './mcp.ts';
import { mediaProtections } from './media.ts';
import { organisingProtections } from './organising.ts';
import { peopleProtections } from './people.ts';
import { personaProtections } from './personas.ts';
import { planningProtections } from './planning.ts';
import { plotProtections } from './plots.ts';
import type { Protection } from './protection.ts';
import { providerProtections } from './providers.ts';
import { quotaProtections } from './quotas.ts';
import { requestProtections } from './requests.ts';
import { roomProtections } from './rooms.ts';
import { sentimentProtections } from './sentiment.ts';
import { tableProtections } from './tables.ts';
import { uploadProtections } from './uploads.ts';
import { workspaceMemberProtections } from './workspace-members.ts';
import { workspaceProtections } from './workspaces.ts';
import { workspaceKeyProtections } from './workspace-keys.ts';

/** Every protection that is tried, in the order of docs/attacks.md. */
export const protections: readonly Protection[] = [
  ...requestProtections,
  ...accessProtections,
  ...peopleProtections,
  ...dataProtections,
  ...plotProtections,
  ...uploadProtections,
  ...tableProtections,
  ...providerProtections,
  ...organisingProtections,
  ...roomProtections,
  ...workspaceMemberProtections,
  ...workspaceProtections,
  ...workspaceKeyProtections,
  ...changeProtections,
  ...importProtections,
  ...knowledgeProtections,
  ...mediaProtections,
  ...planningProtections,
  ...faultProtections,
  ...personaProtections,
  ...mcpProtections,
  ...quotaProtections,
  ...sentimentProtections,
];

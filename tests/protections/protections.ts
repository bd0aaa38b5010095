import { accessProtections } from './access.ts';
import { dataProtections } from './data.ts';
import { faultProtections } from './faults.ts';
import { peopleProtections } from './people.ts';
import type { Protection } from './protection.ts';
import { requestProtections } from './requests.ts';

/** Every protection that is tried, in the order of docs/attacks.md. */
export const protections: readonly Protection[] = [...requestProtections, ...accessProtections, ...peopleProtections, ...dataProtections, ...faultProtections];

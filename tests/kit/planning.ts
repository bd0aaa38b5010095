import { randomUUID } from 'node:crypto';
import type { Viewer } from '../../src/auth/viewer.ts';
import type { Clock } from '../../src/base/clock.ts';
import type { Engine } from '../../src/engines/engine.ts';
import { openServices } from './services.ts';
import { rowId } from './ids.ts';

/** A clock that stands until it is moved. */
export interface HeldClock extends Clock {
  set(moment: string): void;
}

/** A clock that stands still. */
export function holdClock(moment: string): HeldClock {
  let now = new Date(moment);
  return { now: () => now, set: (next) => void (now = new Date(next)) };
}

/** Somebody who plans, and the ways to ask. */
export interface PlanningPerson {
  readonly viewer: Viewer;
  /** The data of an operation. */
  ask(document: string, variables?: Readonly<Record<string, unknown>>): Promise<any>;
  /** The payload of a mutation with one input. */
  change(mutation: string, input: object, selection: string): Promise<any>;
  /** Makes an item, and gives its global id. */
  item(title: string, place?: object): Promise<string>;
  /** Makes a goal, and gives its global id. */
  goal(title: string, facts?: object): Promise<string>;
}

/** The services with a clock that stands, on a Wednesday noon unless said otherwise, and people who plan. */
export async function openPlanning(moment = '2026-11-25T12:00:00.000Z', engines?: readonly Engine[]) {
  const clock = holdClock(moment);
  const opened = await openServices(engines, { clock });

  const personOf = (viewer: Viewer): PlanningPerson => {
    const ask: PlanningPerson['ask'] = async (document, variables) => (await opened.execute(viewer, document, variables)).result;
    const change: PlanningPerson['change'] = async (mutation, input, selection) => {
      const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input`;
      return (await ask(`mutation ($input: ${type}!) { ${mutation}(input: $input) { ${selection} } }`, { input }))[mutation];
    };
    return {
      viewer,
      ask,
      change,
      item: async (title, place = {}) => (await change('createPlanItem', { title, ...place }, 'planItem { id }')).planItem.id,
      goal: async (title, facts = {}) => (await change('createGoal', { title, ...facts }, 'goal { id }')).goal.id,
    };
  };
  const planner = async (settings: object = {}): Promise<PlanningPerson> => {
    const person = personOf(await opened.person());
    if (Object.keys(settings).length > 0) await person.change('updatePlannerSettings', settings, 'plannerSettings { id }');
    return person;
  };
  return { ...opened, clock, planner, personOf };
}

/** The services with people who plan. */
export type OpenPlanning = Awaited<ReturnType<typeof openPlanning>>;

/** The nodes of a connection. */
export const nodesOf = (connection: any): any[] => connection.edges.map((edge: any) => edge.node);

/** Writes down that an item was carried on. Ids are global ones. */
export async function carry(
  { prisma, clock }: Pick<OpenPlanning, 'prisma' | 'clock'>,
  { viewer }: PlanningPerson,
  itemId: string,
  from: string,
  to: string,
  { copyId = null, isAutomatic = false }: { readonly copyId?: string | null; readonly isAutomatic?: boolean } = {},
): Promise<void> {
  await prisma.itemCarry.create({
    data: {
      id: randomUUID(),
      ownerId: viewer.userId,
      itemId: rowId(itemId),
      fromDate: new Date(from),
      toDate: new Date(to),
      policy: copyId === null ? 'MOVE' : 'COPY',
      copyId: copyId === null ? null : rowId(copyId),
      isAutomatic,
      createdAt: clock.now(),
    },
  });
}

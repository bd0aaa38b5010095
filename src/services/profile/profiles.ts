import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import type { People } from '../people/index.ts';
import type { Person } from '../people/person.ts';
import type { PlannerSettingsInput, Planners } from '../planner/planners.ts';
import type { Avatars } from './avatars.ts';

/** What changes in a profile: what is absent stays, null clears. */
export interface ProfileChanges {
  readonly username?: string | null | undefined;
  readonly fullName?: string | null | undefined;
  readonly locale?: string | null | undefined;
  /** An attachment of the viewer that no message has. */
  readonly avatarId?: string | null | undefined;
  /** These are the planner's: there is one of each. */
  readonly timeZone?: PlannerSettingsInput['timeZone'];
  readonly firstDayOfWeek?: PlannerSettingsInput['firstDayOfWeek'];
}

/** How people are shown, and how things are shown to them. */
export type Profiles = ReturnType<typeof createProfiles>;

/** Creates the service, over those that keep the parts of a profile. */
export function createProfiles(dependencies: {
  readonly people: Pick<People, 'updateProfile'>;
  readonly planners: Pick<Planners, 'check' | 'update'>;
  readonly avatars: Pick<Avatars, 'check' | 'set'>;
}) {
  const { people, planners, avatars } = dependencies;
  return {
    /**
     * Changes the profile of the viewer. All of it is checked before any of it is changed.
     *
     * @throws AppError UNAUTHENTICATED; BAD_USER_INPUT; CONFLICT when the username is taken, or a message has the picture; NOT_FOUND for the picture
     */
    update: async (viewer: Viewer | null, { timeZone, firstDayOfWeek, avatarId, ...names }: ProfileChanges): Promise<Person> => {
      requireViewer(viewer);
      const settings: PlannerSettingsInput = { ...(timeZone === undefined ? {} : { timeZone }), ...(firstDayOfWeek === undefined ? {} : { firstDayOfWeek }) };
      const isPlanning = Object.keys(settings).length > 0;
      if (isPlanning) planners.check(settings);
      if (avatarId !== undefined) await avatars.check(viewer, avatarId);
      const person = await people.updateProfile(viewer, names);
      if (isPlanning) await planners.update(viewer, settings);
      if (avatarId !== undefined) await avatars.set(viewer, avatarId);
      return person;
    },
  };
}

import { Attachment } from './attachment.ts';
import { builder } from './builder.ts';
import { rowIdOf } from './input-ids.ts';
import { weekdayOf } from './planner.ts';
import { Weekday } from './planning-enums.ts';
import { User } from './user.ts';

const descriptions = {
  locale: 'In which language and form you want to read: a BCP 47 tag, for example `en` or `de-AT`.',
  timeZone: 'The IANA name of your time zone, for example `Europe/Berlin`; that of your planner, which is the same.',
  firstDayOfWeek: 'The day on which your weeks begin; that of your planner, which is the same.',
} as const;

builder.objectFields(User, (t) => ({
  avatarUrl: t.string({
    nullable: true,
    description:
      'A signed link to the picture of the person: a path on this server that works without signing in, for fifteen minutes unless it is configured otherwise. Null without a picture, and for whom you share no conversation with.',
    resolve: async (user, _arguments, { loaders, services, viewer }) => {
      const id = await loaders.avatarOf.load(user.id);
      return id === null ? null : services.downloads.linkTo(viewer, 'avatar', id).url;
    },
  }),
  locale: t.exposeString('locale', { nullable: true, description: `${descriptions.locale} Null for everybody but yourself.` }),
  timeZone: t.string({
    nullable: true,
    description: `${descriptions.timeZone} Null for everybody but yourself.`,
    resolve: async (user, _arguments, { loaders }) => (await loaders.plannerSettings.load(user.id))?.timeZone,
  }),
  firstDayOfWeek: t.field({
    type: Weekday,
    nullable: true,
    description: `${descriptions.firstDayOfWeek} Null for everybody but yourself.`,
    resolve: async (user, _arguments, { loaders }) => {
      const settings = await loaders.plannerSettings.load(user.id);
      return settings === null ? null : weekdayOf(settings.firstDayOfWeek);
    },
  }),
}));

builder.relayMutationField(
  'updateProfile',
  {
    description: 'What changes; what is absent stays as it is, null removes.',
    inputFields: (t) => ({
      username: t.string({ required: false, description: '3 to 32 letters (a to z), digits, `_`, `.` or `-`; unique whatever the case. Null removes it.' }),
      fullName: t.string({ required: false, description: 'The name that is shown, at most 120 characters. Null removes it.' }),
      locale: t.string({ description: `${descriptions.locale} Null removes it.` }),
      avatarId: t.globalID({
        for: Attachment,
        description:
          'A picture that you sent with `POST /attachments` and that no message has: at most 1 MB and 2,048 by 2,048 pixels. It becomes your avatar and is an attachment no more. Null removes the one that you have.',
      }),
      timeZone: t.string({ description: descriptions.timeZone }),
      firstDayOfWeek: t.field({ type: Weekday, description: descriptions.firstDayOfWeek }),
    }),
  },
  {
    description: 'Changes how you are shown to others, and how things are shown to you. `CONFLICT` when the username is taken.',
    resolve: async (_root, { input }, { services, viewer }) => ({
      user: await services.profiles.update(viewer, { ...input, avatarId: rowIdOf(input.avatarId) }),
    }),
  },
  {
    description: 'What changed.',
    outputFields: (t) => ({ user: t.expose('user', { type: User, description: 'You, as you are now.' }) }),
  },
);

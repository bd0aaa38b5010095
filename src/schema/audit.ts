import { auditKinds } from '../services/audit-kinds.ts';
import type { AuditEvent as AuditEventRow } from '../services/audit.ts';
import { builder } from './builder.ts';
import { paginate } from './pagination.ts';
import { User } from './user.ts';

const AuditKind = builder.enumType('AuditKind', {
  description: 'What the audit log tells of.',
  values: Object.fromEntries(Object.entries(auditKinds).map(([kind, description]) => [kind, { value: kind, description }])),
});

const AuditEvent = builder.objectRef<AuditEventRow>('AuditEvent').implement({
  description: 'Something that happened which an administrator may have to explain later. It holds ids and no names.',
  fields: (t) => ({
    kind: t.field({ type: AuditKind, description: 'What happened.', resolve: (event) => event.kind }),
    actorId: t.globalID({
      nullable: true,
      description: 'Who did it: the id of a `User`, who may be deleted by now. Null where nobody is known.',
      resolve: ({ actorId }) => (actorId === null ? null : { id: actorId, type: User }),
    }),
    subjectId: t.globalID({
      nullable: true,
      description: 'Whom it was done to: the id of a `User`, who may be deleted by now. Null where nobody is known.',
      resolve: ({ subjectId }) => (subjectId === null ? null : { id: subjectId, type: User }),
    }),
    address: t.exposeString('address', { nullable: true, description: 'The IP address that it came from; null where none is known.' }),
    userAgent: t.exposeString('userAgent', { nullable: true, description: 'How the program called itself; null when it did not.' }),
    data: t.field({ type: 'JSON', description: 'Further facts, in the shape that the kind promises.', resolve: (event) => event.data }),
    createdAt: t.field({ type: 'DateTime', description: 'When it happened.', resolve: (event) => event.createdAt }),
  }),
});

const AuditEventEdge = builder.edgeObject({ type: AuditEvent, name: 'AuditEventEdge', description: 'An audit event in a page.' });

const AuditEventConnection = builder.connectionObject(
  { type: AuditEvent, name: 'AuditEventConnection', description: 'A page of audit events.' },
  AuditEventEdge,
);

builder.queryField('auditEvents', (t) =>
  t.connection(
    {
      type: AuditEvent,
      description: 'Administrators alone: what happened, the newest first.',
      args: {
        kinds: t.arg({ type: [AuditKind], required: false, description: 'Only these kinds.' }),
        actorId: t.arg.globalID({ for: User, required: false, description: 'Only what this person did.' }),
        subjectId: t.arg.globalID({ for: User, required: false, description: 'Only what was done to this person.' }),
        since: t.arg({ type: 'DateTime', required: false, description: 'Only from this moment on.' }),
      },
      resolve: (_root, { kinds, actorId, subjectId, since, ...args }, context) =>
        paginate(
          args,
          (page) => context.services.audit.list(context.viewer, { kinds, actorId: actorId?.id, subjectId: subjectId?.id, since }, page),
          (event) => ({ at: event.createdAt, id: event.id }),
        ),
    },
    AuditEventConnection,
  ),
);

import type { Protection } from './protection.ts';

/** Those of the cases Q01 to Q05. */
export const quotaProtections: readonly Protection[] = [
  {
    id: 'Q01',
    what: 'letting one person through after the other',
    file: 'src/services/quota/gate.ts',
    find: 'pg_advisory_xact_lock(2026112801, hashtext($1))',
    replace: 'hashtext($1)',
    test: 'tests/services/quota/racing.test.ts',
  },
  {
    id: 'Q01',
    what: 'letting all together through one after the other',
    file: 'src/services/quota/gate.ts',
    find: 'pg_advisory_xact_lock(2026112802, 0)',
    replace: '0',
    test: 'tests/services/quota/racing.test.ts',
  },
  {
    id: 'Q01',
    what: 'counting what is kept free for others',
    file: 'src/services/quota/decide.ts',
    find: 'have + kept + need <= limit',
    replace: 'have + need <= limit',
    test: 'tests/services/quota/racing.test.ts',
  },
  {
    id: 'Q02',
    what: 'keeping nothing free for runs that have ended',
    file: 'src/services/quota/standing.ts',
    find: `r.status IN ('RUNNING', 'QUEUED') AND r.reserved_tokens`,
    replace: 'r.reserved_tokens',
    test: 'tests/chaos/usage-kill.test.ts',
  },
  {
    id: 'Q03',
    what: 'counting a call once, however often it is closed',
    file: 'src/services/usage/entry-statements.ts',
    find: '    WHERE e.is_open\n',
    test: 'tests/services/usage/metering.test.ts',
    title: 'of a process that died',
  },
  {
    id: 'Q04',
    what: 'looking at the quota before anything is stopped',
    file: 'src/services/run/starting.ts',
    find: '        await reservation?.look();\n',
    test: 'tests/services/quota/abuse.test.ts',
  },
  {
    id: 'Q05',
    what: 'reckoning with what was said before',
    file: 'src/services/quota/run-quotas.ts',
    find: 'input: input + (await shownBefore(conversationId))',
    replace: 'input: input + 0 * (await shownBefore(conversationId))',
    test: 'tests/services/quota/abuse.test.ts',
  },
  {
    id: 'Q05',
    what: 'holding each call to the quota, and not the start alone',
    file: 'src/services/quota/call-quotas.ts',
    find: 'if (begun.isOwnKey) return null;',
    replace: 'if (begun.createdAt.getTime() > 0) return null;',
    test: 'tests/services/quota/abuse.test.ts',
  },
];

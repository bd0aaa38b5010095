import type { Protection } from './protection.ts';

/** Those of the cases O01 to O03: search, shared conversations, temporary ones. */
export const organisingProtections: readonly Protection[] = [
  {
    id: 'O01',
    what: 'searching among the entries of the viewer alone',
    file: 'src/services/search/search-statement.ts',
    find: "'e.user_id = $1::uuid AND ARRAY[e.user_id] @> ARRAY[$1::uuid]'",
    replace: "'$1::uuid IS NOT NULL'",
    test: 'tests/services/search.test.ts',
  },
  {
    id: 'O01',
    what: 'asking again whether the viewer takes part in the conversation of a hit',
    file: 'src/services/search/kinds/message-kind.ts',
    find: "'EXISTS (SELECT 1 FROM participants a WHERE a.conversation_id = e.conversation_id AND a.user_id = e.user_id AND a.expires_at IS NULL)'",
    replace: "'e.conversation_id IS NOT NULL'",
    test: 'tests/services/search.test.ts',
  },
  {
    id: 'O02',
    what: 'the time of a share link',
    file: 'src/services/share-link/share-links.ts',
    find: "'(l.expires_at IS NULL OR l.expires_at > $2::timestamptz)'",
    replace: "'$2::timestamptz IS NOT NULL'",
    test: 'tests/schema/share-link.test.ts',
  },
  {
    id: 'O02',
    what: 'the limit of an address on shared conversations',
    file: 'src/services/share-link/share-links.ts',
    find: "requireAllowance(await limiter.consume(networkOf(device.address)), 'Too many shared conversations were asked for from your address');",
    replace: 'void [limiter, networkOf, requireAllowance, device];',
    test: 'tests/schema/share-link.test.ts',
  },
  {
    id: 'O03',
    what: 'the time of a temporary conversation, asked by its id',
    file: 'src/services/conversation.ts',
    find: 'JOIN participations a ON a.conversation_id = c.id AND a.user_id = $2 WHERE c.id = ANY($1::uuid[])`',
    replace: 'JOIN participants a ON a.conversation_id = c.id AND a.user_id = $2 WHERE c.id = ANY($1::uuid[])`',
    test: 'tests/services/temporary.test.ts',
  },
  {
    id: 'O03',
    what: 'the time of a temporary conversation, in the list',
    file: 'src/services/conversation/conversation-list.ts',
    find: '    isOpen,\n',
    test: 'tests/services/temporary.test.ts',
  },
  {
    id: 'O03',
    what: 'the time of a temporary conversation, asked by one of its messages',
    file: 'src/services/participation.ts',
    find: 'JOIN participations a ON a.conversation_id = m.conversation_id AND',
    replace: 'JOIN participants a ON a.conversation_id = m.conversation_id AND',
    test: 'tests/services/temporary-doors.test.ts',
  },
];

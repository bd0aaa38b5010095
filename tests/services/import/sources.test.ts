import { describe, expect, it } from 'vitest';
import type { DocumentMessage } from '../../../src/services/export-archive/formats.ts';
import { chatgptConversation } from '../../../src/services/import/sources/chatgpt.ts';
import { readChatgptFeedback } from '../../../src/services/import/sources/chatgpt-feedback.ts';
import { claudeConversation } from '../../../src/services/import/sources/claude.ts';
import type { SourceConversation } from '../../../src/services/import/sources/source-conversation.ts';
import { orderTree } from '../../../src/services/import/sources/tree.ts';
import { chatgptExport, chatgptMessage, claudeExport, mappingOf } from './documents.ts';

/** What was made of a conversation, and what was told of it. */
function read(convert: (tell: (reason: string) => void) => SourceConversation | null): {
  readonly conversation: SourceConversation;
  readonly told: readonly string[];
} {
  const told: string[] = [];
  const conversation = convert((reason) => told.push(reason));
  if (conversation === null) throw new Error('it is no conversation');
  return { conversation, told };
}

const chatgpt = (value: unknown) => read((tell) => chatgptConversation(value, new Map(), tell));
const claude = (value: unknown) => read((tell) => claudeConversation(value, tell));
const outline = ({ id, parentId, role, isActive, parts }: DocumentMessage) => [id, parentId, role, isActive, parts.map(({ kind, text }) => [kind, text])];

describe('a conversation of ChatGPT', () => {
  it('keeps its tree, its branch, its words, and makes one answer of all that an engine did', () => {
    const { conversation, told } = chatgpt(chatgptExport[0]);
    expect(told).toEqual([]);
    expect(conversation.head).toMatchObject({
      id: 'c0ffee00-0000-4000-8000-000000000001',
      title: 'A *trip*',
      createdAt: new Date(1_700_000_000_123),
      updatedAt: new Date(1_700_000_900_500),
      archivedAt: new Date(1_700_000_900_500),
      pinnedAt: null,
    });
    expect(conversation.messages.map(outline)).toEqual([
      ['q1', null, 'USER', false, [['TEXT', 'Where to?']]],
      ['a0', 'q1', 'ASSISTANT', false, [['TEXT', 'Oslo.']]],
      [
        'q2',
        null,
        'USER',
        true,
        [
          ['FILE', null],
          ['TEXT', 'Where to in\n\n* May?'],
          ['FILE', null],
        ],
      ],
      [
        't1',
        'q2',
        'ASSISTANT',
        true,
        [
          ['REASONING', '**Think**\n\nMay is mild.'],
          ['TOOL_EXCHANGE', null],
          ['TEXT', 'Lisbon, **surely**.\n'],
        ],
      ],
    ]);
    expect(conversation.messages[3]).toMatchObject({
      model: 'openai:o3',
      parts: [{}, { data: { name: 'python', arguments: '{"input":"print(1)"}', content: '1' } }, {}],
    });
    expect(conversation.files).toEqual([
      { id: 'file-Notes2', name: 'notes.md', text: null },
      { id: 'file-Cat1', name: 'file-Cat1', text: null },
    ]);
  });

  it('cuts a branch from an answer where it leaves it', () => {
    const { conversation } = chatgpt({
      id: 'x',
      mapping: mappingOf({
        q: [null, chatgptMessage('user', ['Hi'])],
        a: ['q', chatgptMessage('assistant', ['One'])],
        b: ['a', chatgptMessage('assistant', ['Two'])],
        c: ['a', chatgptMessage('assistant', ['Three'])],
      }),
      current_node: 'c',
    });
    expect(conversation.messages.map(({ id, parentId, isActive }) => [id, parentId, isActive])).toEqual([
      ['q', null, true],
      ['a', 'q', true],
      ['b', 'a', false],
      ['c', 'a', true],
    ]);
  });

  it('tells of what it does not understand, and keeps the rest', () => {
    const { conversation, told } = chatgpt({
      title: 7,
      mapping: {
        ...mappingOf({
          q: ['gone', chatgptMessage('user', ['Hi', { content_type: 'smell', what: 1 }, { content_type: 'audio_transcription', text: 'spoken' }])],
          s: ['q', chatgptMessage('system', ['Be brief.'])],
          a: ['s', chatgptMessage('assistant', [], { content: { content_type: 'hologram', cube: 1 } })],
          m: ['q', { author: 'me' }],
        }),
        bad: 3,
      },
    });
    expect(conversation.messages.map(outline)).toEqual([
      [
        'q',
        null,
        'USER',
        false,
        [
          ['TEXT', 'Hi'],
          ['TEXT', 'spoken'],
        ],
      ],
    ]);
    expect(told.toSorted()).toEqual([
      'A message cannot be read.',
      'A message of the kind "hologram" is not understood.',
      'A part of the kind "smell" is not understood.',
      'An entry of the tree cannot be read.',
      'Instructions to the model are not taken over.',
      'Messages that follow themselves, or a message that is not there, stand at the beginning of a branch of their own.',
    ]);
  });

  it('has what was thought of its answers', () => {
    const feedback = readChatgptFeedback(
      [
        { id: 'a3', conversation_id: 'c', rating: 'thumbs_down', content: '{"text":"Too far"}', create_time: '2024-01-02T03:04:05Z' },
        { message_id: 'a0', conversation_id: 'c', rating: 'thumbsUp' },
        { conversation_id: 'c', rating: 'sideways' },
      ],
      () => undefined,
    );
    const conversation = chatgptConversation(chatgptExport[0], feedback, () => undefined);
    expect(conversation?.messages.map((message) => message.feedback?.rating ?? null)).toEqual([null, 'UP', null, 'DOWN']);
    expect(conversation?.messages[3]?.feedback).toMatchObject({ comment: 'Too far', createdAt: new Date('2024-01-02T03:04:05Z') });
  });
});

describe('a conversation of Claude', () => {
  it('keeps its tree, its words, its thoughts and its calls of tools', () => {
    const { conversation, told } = claude(claudeExport[0]);
    expect(told).toEqual(['A part of the kind "hologram" is not understood.']);
    expect(conversation.messages.map(outline)).toEqual([
      [
        'h1',
        null,
        'USER',
        false,
        [
          ['TEXT', 'Will it rain?'],
          ['FILE', null],
          ['FILE', null],
        ],
      ],
      ['a1', 'h1', 'ASSISTANT', false, [['TEXT', 'No.']]],
      [
        'a2',
        'h1',
        'ASSISTANT',
        false,
        [
          ['REASONING', 'Let me look.'],
          ['TOOL_EXCHANGE', null],
          ['TEXT', 'No, *sunny*.'],
        ],
      ],
    ]);
    expect(conversation.messages[2]?.parts[1]?.data).toMatchObject({ name: 'web_search', arguments: '{"query":"rain"}', content: 'Sunny', isError: false });
    expect(conversation.files).toEqual([
      { id: 'h1/attachment/0', name: 'places.txt', text: 'Oslo\nRome\n' },
      { id: 'h1/file/0', name: 'map.png', text: null },
    ]);
  });

  it('is a line where it does not say which message follows which', () => {
    const { conversation } = claude({
      uuid: 'old',
      name: '',
      chat_messages: [
        { uuid: 'a', sender: 'human', text: 'Hi', created_at: '2023-08-01T00:00:00Z' },
        { uuid: 'b', sender: 'assistant', text: 'Hello', created_at: 'yesterday' },
        { sender: 'alien' },
      ],
    });
    expect(conversation.head).toMatchObject({ title: null, titleSource: 'NONE' });
    expect(conversation.messages.map(({ id, parentId }) => [id, parentId])).toEqual([
      ['a', null],
      ['b', 'a'],
    ]);
  });
});

describe('the order of a tree', () => {
  it('I02 has each node once and behind its parent, also of rings and of a hundred thousand levels', () => {
    const chain = Array.from({ length: 100_000 }, (_entry, index) => ({ id: String(index), parentId: index === 0 ? null : String(index - 1) })).toReversed();
    const ring = ['x', 'y', 'z'].map((id, index, all) => ({ id, parentId: all[(index + 1) % 3] ?? '' }));
    const { nodes, parents, cutCount } = orderTree([...chain, ...ring, { id: 'self', parentId: 'self' }, { id: 'lost', parentId: 'nowhere' }]);
    expect(nodes).toHaveLength(100_005);
    expect(cutCount).toBe(3);
    const seen = new Set<string | null>([null]);
    for (const { id } of nodes) {
      expect(seen.has(parents.get(id) ?? null)).toBe(true);
      seen.add(id);
    }
  });
});

/** A message of ChatGPT's export, as it writes them. */
export function chatgptMessage(role: string, parts: readonly unknown[], more: Readonly<Record<string, unknown>> = {}) {
  const { content, ...rest } = more;
  return {
    author: { role, name: null, metadata: {} },
    create_time: 1_700_000_000.5,
    content: content ?? { content_type: 'text', parts },
    recipient: 'all',
    weight: 1,
    metadata: {},
    ...rest,
  };
}

/** A tree of ChatGPT's export: of each node its parent and its message. */
export function mappingOf(nodes: Readonly<Record<string, readonly [parent: string | null, message: unknown]>>) {
  const entries = Object.entries(nodes);
  return Object.fromEntries(
    entries.map(([id, [parent, message]]) => [id, { id, parent, message, children: entries.filter(([, [above]]) => above === id).map(([child]) => child) }]),
  );
}

/** A conversation of ChatGPT with an edited question, an answer with thoughts, code and its result, and a picture. */
export const chatgptExport = [
  {
    title: 'A *trip*',
    create_time: 1_700_000_000.123,
    update_time: 1_700_000_900.5,
    conversation_id: 'c0ffee00-0000-4000-8000-000000000001',
    current_node: 'a3',
    is_archived: true,
    is_starred: null,
    mapping: mappingOf({
      root: [null, null],
      system: ['root', chatgptMessage('system', [''])],
      q1: ['system', chatgptMessage('user', ['Where to?'])],
      q2: [
        'system',
        chatgptMessage('user', [], {
          create_time: 1_700_000_100,
          content: {
            content_type: 'multimodal_text',
            parts: [
              { content_type: 'image_asset_pointer', asset_pointer: 'file-service://file-Cat1', size_bytes: 70, width: 1, height: 1 },
              'Where to in\n\n* May?',
            ],
          },
          metadata: { attachments: [{ id: 'file-Notes2', name: 'notes.md', size: 8, mimeType: 'text/markdown' }] },
        }),
      ],
      a0: ['q1', chatgptMessage('assistant', ['Oslo.'], { metadata: { model_slug: 'gpt-4' } })],
      t1: [
        'q2',
        chatgptMessage('assistant', [], {
          create_time: 1_700_000_150,
          content: { content_type: 'thoughts', thoughts: [{ summary: 'Think', content: 'May is mild.' }] },
          metadata: { model_slug: 'o3' },
        }),
      ],
      call: ['t1', chatgptMessage('assistant', [], { content: { content_type: 'code', language: 'unknown', text: 'print(1)' }, recipient: 'python' })],
      result: ['call', chatgptMessage('tool', [], { author: { role: 'tool', name: 'python' }, content: { content_type: 'execution_output', text: '1' } })],
      a3: ['result', chatgptMessage('assistant', ['Lisbon, **surely**.\n'], { create_time: 1_700_000_200, metadata: { model_slug: 'o3' } })],
    }),
  },
];

const claudeMessage = (uuid: string, sender: string, parent: string | undefined, more: Readonly<Record<string, unknown>> = {}) => ({
  uuid,
  sender,
  text: '',
  content: [],
  created_at: '2025-03-01T10:00:00.123456Z',
  updated_at: '2025-03-01T10:00:00.123456Z',
  attachments: [],
  files: [],
  ...(parent === undefined ? {} : { parent_message_uuid: parent }),
  ...more,
});

/** A conversation of Claude with two answers, thoughts, a call of a tool, an attachment and a file. */
export const claudeExport = [
  {
    uuid: 'c1a0de00-0000-4000-8000-000000000001',
    name: 'Weather',
    created_at: '2025-03-01T10:00:00.000000Z',
    updated_at: '2025-03-01T11:00:00.000000Z',
    account: { uuid: 'someone' },
    chat_messages: [
      claudeMessage('h1', 'human', '00000000-0000-4000-8000-000000000000', {
        text: 'Will it rain?',
        content: [{ type: 'text', text: 'Will it rain?', citations: [] }],
        attachments: [{ file_name: 'places.txt', file_size: 9, file_type: 'txt', extracted_content: 'Oslo\nRome\n' }],
        files: [{ file_name: 'map.png' }],
      }),
      claudeMessage('a1', 'assistant', 'h1', { text: 'No.', content: [{ type: 'text', text: 'No.' }], created_at: '2025-03-01T10:01:00Z' }),
      claudeMessage('a2', 'assistant', 'h1', {
        created_at: '2025-03-01T10:02:00Z',
        content: [
          { type: 'thinking', thinking: 'Let me look.' },
          { type: 'tool_use', id: 'tool-1', name: 'web_search', input: { query: 'rain' } },
          { type: 'tool_result', tool_use_id: 'tool-1', name: 'web_search', content: [{ type: 'text', text: 'Sunny' }], is_error: false },
          { type: 'token_budget' },
          { type: 'text', text: 'No, *sunny*.' },
          { type: 'hologram', data: 1 },
        ],
      }),
    ],
  },
];

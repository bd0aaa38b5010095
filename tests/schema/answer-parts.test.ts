import { describe, expect, it } from 'vitest';
import { uuidv7 } from '../../src/base/id.ts';
import { openServices } from '../kit/services.ts';
import { conversationWith } from '../services/context/context-kit.ts';

const document = `{ conversations { edges { node { messages { edges { node { text parts {
  __typename ... on TextPart { text } ... on ReasoningPart { id thoughts: text } ... on ToolCallPart { id name arguments isError resultText }
} } } } } } } }`;

describe('the parts of an answer', () => {
  it('have thoughts and calls of tools among them, which are not in its text', async () => {
    await using opened = await openServices();
    const viewer = await opened.person();
    const { ids } = await conversationWith(opened, viewer, [{ role: 'ASSISTANT', text: 'It is 45.' }]);
    const [messageId = ''] = ids;
    const call = { id: 'call-1', name: 'run_sql', arguments: '{"sql":"SELECT 45"}', content: 'x'.repeat(3_000), isError: false };
    await opened.prisma.part.createMany({
      data: [
        { id: uuidv7(), messageId, position: 1, kind: 'REASONING', text: 'Let me count.' },
        { id: uuidv7(), messageId, position: 2, kind: 'TOOL_EXCHANGE', data: call },
        { id: uuidv7(), messageId, position: 3, kind: 'TOOL_EXCHANGE', data: { ...call, content: 'No such column.', isError: true } },
      ],
    });
    const { result, statements } = await opened.execute(viewer, document);
    expect(statements).toHaveLength(2);
    const [{ node }] = result.conversations.edges[0].node.messages.edges;
    expect(node.text).toBe('It is 45.');
    expect(node.parts).toMatchObject([
      { __typename: 'TextPart', text: 'It is 45.' },
      { __typename: 'ReasoningPart', thoughts: 'Let me count.' },
      { __typename: 'ToolCallPart', name: 'run_sql', arguments: '{"sql":"SELECT 45"}', isError: false, resultText: `${'x'.repeat(2_000)}…` },
      { __typename: 'ToolCallPart', isError: true, resultText: 'No such column.' },
    ]);
    const byId = await opened.execute(viewer, 'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename ... on ToolCallPart { resultText } } }', {
      ids: [node.parts[1].id, node.parts[2].id],
    });
    expect(byId.result.nodes).toEqual([{ __typename: 'ReasoningPart' }, { __typename: 'ToolCallPart', resultText: `${'x'.repeat(2_000)}…` }]);
    // The parts of both kinds, together.
    expect(byId.statements).toHaveLength(1);
  });
});

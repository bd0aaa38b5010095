/**
 * What the built-in engine says in a plain chat.
 *
 * @param question what the person wrote
 */
export function notConnectedText(question: string): string {
  const asked = question.replaceAll(/\s+/g, ' ').trim();
  const quoted = asked.length > 120 ? `${asked.slice(0, 117)}...` : asked;
  return [
    'No language model is connected to this server yet, so I cannot answer that.',
    quoted === ''
      ? 'Nothing is lost.'
      : `Nothing is lost: your message ("${quoted}") is kept in this conversation, and can be answered later by asking for it again.`,
    '\n\nTo connect a model, whoever runs this server sets one of these and restarts it:\n\n',
    '- `OPENAI_API_KEY` for OpenAI\n',
    '- `ANTHROPIC_API_KEY` for Anthropic\n\n',
    'You can also bring a key of your own, by the mutation `saveProviderKey`.\n\n',
    'Without any key a data session works already: upload a CSV or Parquet file, and I analyse it and answer questions about it.',
  ]
    .join(' ')
    .replaceAll('\n ', '\n');
}

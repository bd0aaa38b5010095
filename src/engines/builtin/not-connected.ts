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
    '- `OPENAI_API_KEY`, `ANTHROPIC_API_KEY` or `GEMINI_API_KEY`\n',
    '- `OLLAMA_BASE_URL` for Ollama, or `OPENAI_COMPATIBLE` for a server of your own\n\n',
    'You can also bring a key of your own, by the mutation `saveProviderKey`.\n\n',
    'Without any key I work by rules: in a data session I analyse CSV and Parquet files and answer questions about them, in a conversation with knowledge bases I quote the documents, and in one about a week I plan it.',
  ]
    .join(' ')
    .replaceAll('\n ', '\n');
}

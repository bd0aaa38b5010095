/** A server that cannot be used now; the message is a whole sentence, without any secret. */
export class McpUnreachableError extends Error {
  override readonly name = 'McpUnreachableError';
  /** Whether it does not know who asks, so that another token may help. */
  readonly isUnauthorized: boolean;

  constructor(message: string, isUnauthorized = false) {
    super(message);
    this.isUnauthorized = isUnauthorized;
  }
}

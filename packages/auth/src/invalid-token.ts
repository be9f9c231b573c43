/** The token is invalid. The message is sent to the client, so it contains only what the client knows. */
export class InvalidTokenError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'InvalidTokenError'
  }
}

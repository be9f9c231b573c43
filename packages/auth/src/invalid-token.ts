/** A token that is at fault, and not its verifier. The message is for its sender, and says nothing that it does not know. */
export class InvalidTokenError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'InvalidTokenError'
  }
}

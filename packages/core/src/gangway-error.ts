/** The error class for mistakes that the developer or operator of a server can fix. Each error has a stable code. */

export type GangwayErrorCode = `GANGWAY_E_${string}`

/** The message is one line: the problem, where it is, and the change or command that fixes it. */
export class GangwayError extends Error {
  readonly code: GangwayErrorCode

  constructor(code: GangwayErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'GangwayError'
    this.code = code
  }
}

/** Whether a value is a `GangwayError`, including those of another copy of this package in the process. */
export function isGangwayError(value: unknown): value is GangwayError {
  return value instanceof Error && 'code' in value && typeof value.code === 'string' && value.code.startsWith('GANGWAY_E_')
}

/** Faults that the developer or operator of a server can mend, each with a stable code. */

export type GangwayErrorCode = `GANGWAY_E_${string}`

/** Its message is one line: what is wrong, where, and the change or command that mends it. */
export class GangwayError extends Error {
  readonly code: GangwayErrorCode

  constructor(code: GangwayErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'GangwayError'
    this.code = code
  }
}

/** Knows the errors of every copy of this package in the process. */
export function isGangwayError(value: unknown): value is GangwayError {
  return value instanceof Error && 'code' in value && typeof value.code === 'string' && value.code.startsWith('GANGWAY_E_')
}

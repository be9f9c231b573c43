/** An object that `JSON.stringify` writes member by member: of no class, and with no say of its own in how it is written. */
export const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype && !('toJSON' in value)

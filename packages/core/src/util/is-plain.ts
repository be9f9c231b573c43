/** Whether `JSON.stringify` writes the object member by member: it is not an instance of a class and has no `toJSON` method. */
export const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype && !('toJSON' in value)

/** Paths with and without a trailing slash, which are one. */

const trimmed = (path: string): string => path.replace(/\/+$/, '')

/** Both spellings. */
export const spellings = (path: string): ReadonlySet<string> => new Set([trimmed(path) || '/', `${trimmed(path)}/`])

/** Without a path of its own, the endpoint is wherever its host sends requests from. */
export const isEndpointPath = (path: string | undefined, asked: string): boolean => path === undefined || trimmed(path) === trimmed(asked)

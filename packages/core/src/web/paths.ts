/** Paths with and without a trailing slash, which are one. */
import { GangwayError } from '../gangway-error.ts'
import type { ServerDefinition } from '../server/definition.ts'

/** No pattern: at a path of nothing but slashes, and then something, one takes a time that grows with the square of their number. */
function trimmed(path: string): string {
  let end = path.length
  while (path[end - 1] === '/') end--
  return path.slice(0, end)
}

/** Both spellings. */
export const spellings = (path: string): ReadonlySet<string> => new Set([trimmed(path) || '/', `${trimmed(path)}/`])

/** Without a path of its own, the endpoint is wherever its host sends requests from. */
export const isEndpointPath = (path: string | undefined, asked: string): boolean => path === undefined || trimmed(path) === trimmed(asked)

/** The endpoint goes before routes whose variables would take its path. */
export const isOwnPath = (path: string | undefined, asked: string): boolean => path !== undefined && isEndpointPath(path, asked)

/** A route there would never be asked. Throws `GANGWAY_E_ROUTE`. */
export function checkRoutePaths({ routes }: ServerDefinition, path: string | undefined): void {
  const hidden = routes.find((route) => isOwnPath(path, route.path))
  if (hidden) throw new GangwayError('GANGWAY_E_ROUTE', `The route ${hidden.method} ${hidden.path} is where the endpoint is: choose another path for one of them`)
}

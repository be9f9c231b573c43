/** Compares paths, ignoring slashes at the end. */
import { GangwayError } from '../gangway-error.ts'
import type { ServerDefinition } from '../definition/server-definition.ts'

/** Uses a loop, because a regular expression would take quadratic time for a path with many slashes. */
function trimmed(path: string): string {
  let end = path.length
  while (path[end - 1] === '/') end--
  return path.slice(0, end)
}

/** Returns the path without and with a trailing slash. */
export const spellings = (path: string): ReadonlySet<string> => new Set([trimmed(path) || '/', `${trimmed(path)}/`])

/** Whether a request is for the endpoint. Without the option `path`, the endpoint handles every request that its host application passes to it. */
export const isEndpointPath = (path: string | undefined, asked: string): boolean => path === undefined || trimmed(path) === trimmed(asked)

/** Whether a path is that of the endpoint. The endpoint takes precedence over routes whose variables also match its path. */
export const isOwnPath = (path: string | undefined, asked: string): boolean => path !== undefined && isEndpointPath(path, asked)

/** Throws `GANGWAY_E_ROUTE` for a route with the path of the endpoint, because no request could reach it. */
export function checkRoutePaths({ routes }: ServerDefinition, path: string | undefined): void {
  const hidden = routes.find((route) => isOwnPath(path, route.path))
  if (hidden) throw new GangwayError('GANGWAY_E_ROUTE', `The route ${hidden.method} ${hidden.path} has the path of the MCP endpoint: choose another path for one of them`)
}

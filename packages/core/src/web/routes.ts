/** Serving custom routes: which one is meant, and what comes of it. */
import { GangwayError } from '../gangway-error.ts'
import { InternalError } from '../jsonrpc/errors.ts'
import type { AuthInfo } from '../protocol/types/base.ts'
import type { ServerDefinition } from '../server/definition.ts'
import type { Route } from '../server/route.ts'
import { HttpError, refusalOf } from './http-error.ts'

export interface FoundRoute {
  readonly route: Route
  readonly params: Readonly<Record<string, string>>
}

/** For hosts that have no router. Fixed segments go before variable ones. Throws `HttpError` 405 for a path that has other methods only. */
export function findRoute(routes: readonly Route[], method: string, path: string): FoundRoute | undefined {
  const found = routes.flatMap((route) => {
    const params = match(route.path, path)
    return params ? [{ route, params }] : []
  })
  if (found.length === 0) return undefined
  const wanted = method === 'HEAD' ? 'GET' : method
  const [best] = found.filter(({ route }) => route.method === wanted).toSorted((a, b) => Object.keys(a.params).length - Object.keys(b.params).length)
  if (best) return best
  const allow = found.map(({ route }) => route.method).join(', ')
  throw new HttpError(405, `${path} is served for ${allow}`, { headers: { allow } })
}

/** Answers with 500 what the handler throws. */
export async function runRoute({ logger }: ServerDefinition, { route, params }: FoundRoute, request: Request, auth: AuthInfo | undefined): Promise<Response> {
  try {
    return await route.handler(request, { params, auth })
  } catch (error) {
    logger.error({ method: route.method, path: route.path, err: error }, 'A route failed')
    return Response.json(refusalOf(new InternalError()).body, { status: 500 })
  }
}

/** Nobody is to find out in production that a route was open. Throws `GANGWAY_E_ROUTE_AUTH`. */
export function checkRoutes({ routes }: ServerDefinition, authenticates: boolean): void {
  const silent = authenticates && routes.find(({ auth }) => auth === undefined)
  if (silent) throw new GangwayError('GANGWAY_E_ROUTE_AUTH', `The route ${silent.method} ${silent.path} does not say whether it is public, and the server is not: give it auth: 'public' or auth: 'required'`)
}

function match(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split('/')
  const given = path.split('/')
  if (wanted.length !== given.length) return undefined
  const params: Record<string, string> = {}
  for (const [index, segment] of wanted.entries()) {
    const value = decode(given[index] ?? '')
    if (segment.startsWith(':') && value) params[segment.slice(1)] = value
    else if (segment !== value) return undefined
  }
  return params
}

function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment)
  } catch {
    return undefined // Matches nothing.
  }
}

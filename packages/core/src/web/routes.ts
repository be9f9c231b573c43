/** Serving custom routes: which one is meant, and what comes of it. */
import { GangwayError } from '../gangway-error.ts'
import { InternalError } from '../jsonrpc/errors.ts'
import type { AuthInfo } from '../protocol/types/base.ts'
import type { ServerDefinition } from '../server/definition.ts'
import type { Route } from '../server/route.ts'
import { loggable } from '../server/thrown.ts'
import { HttpError, refusalOf } from './http-error.ts'

export interface FoundRoute {
  readonly route: Route
  readonly params: Readonly<Record<string, string>>
}

/** Those at a path, whatever their methods, for hosts that have no router. */
export function routesAt(routes: readonly Route[], path: string): FoundRoute[] {
  return routes.flatMap((route) => {
    const params = match(route.path, path)
    return params ? [{ route, params }] : []
  })
}

/** Of those at one path. A fixed segment goes before a variable one, the first that differs. Throws `HttpError` 405 where there are other methods only. */
export function chooseRoute(found: readonly FoundRoute[], method: string): FoundRoute {
  const [best] = found.filter(({ route }) => isFor(route, method)).toSorted((a, b) => (variablesOf(a) < variablesOf(b) ? -1 : 1))
  if (best) return best
  const allow = allowed(found.map(({ route }) => route))
  throw new HttpError(405, `${method} is not served here: use ${allow}`, { headers: { allow } })
}

/** Whether one of them answers this method, or a preflight. */
export const serves = (found: readonly FoundRoute[], method: string): boolean => found.some(({ route }) => method === 'OPTIONS' || isFor(route, method))

const isFor = (route: Route, method: string): boolean => route.method === (method === 'HEAD' ? 'GET' : method)

/** The methods of these routes, as headers list them. */
export const allowed = (routes: readonly Route[]): string => [...new Set(routes.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method])))].join(', ')

/** Answers with 500 what the handler throws. */
export async function runRoute({ logger }: ServerDefinition, { route, params }: FoundRoute, request: Request, auth: AuthInfo | undefined): Promise<Response> {
  try {
    const response: unknown = await route.handler(auth ? withoutToken(request) : request, { params, auth })
    if (!isResponse(response)) throw new TypeError('A route must return a Response')
    if (response.bodyUsed || response.body?.locked) throw new TypeError('A route must return a new Response each time: the body of this one has been read')
    return response
  } catch (error) {
    logger.error({ method: route.method, path: route.path, err: loggable(error) }, 'A route failed')
    return Response.json(refusalOf(new InternalError()).body, { status: 500 })
  }
}

/** It was for us: whoever passes the request on must not speak in the caller's name by accident. */
function withoutToken(request: Request): Request {
  const own = new Request(request)
  own.headers.delete('authorization')
  return own
}

/** Nobody is to find out in production that a route was open. Throws `GANGWAY_E_ROUTE_AUTH`. */
export function checkRoutes({ routes }: ServerDefinition, authenticates: boolean): void {
  const silent = authenticates && routes.find(({ auth }) => auth === undefined)
  if (silent) throw new GangwayError('GANGWAY_E_ROUTE_AUTH', `The route ${silent.method} ${silent.path} does not say whether it is public, and the server is not: give it auth: 'public' or auth: 'required'`)
}

/** Those of other realms and libraries, too. */
const isResponse = (value: unknown): value is Response => Object.prototype.toString.call(value) === '[object Response]'

/** A digit for each segment, 1 where it is variable. */
const variablesOf = ({ route }: FoundRoute): string => route.path.split('/').map((segment) => (segment.startsWith(':') ? 1 : 0)).join('')

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

/** Selects and runs custom routes. */
import { GangwayError } from '../gangway-error.ts'
import { InternalError } from '../jsonrpc/rpc-errors.ts'
import type { AuthInfo } from '../protocol/types/base-types.ts'
import type { ServerDefinition } from '../definition/server-definition.ts'
import type { Route } from '../definition/route.ts'
import { logLimited } from '../logging/limited-log.ts'
import { loggable } from '../logging/thrown-value.ts'
import { HttpError, refusalOf } from './http-error.ts'

export interface FoundRoute {
  readonly route: Route
  readonly params: Readonly<Record<string, string>>
}

/** Returns the routes that match a path, for any method. Used by hosts without a router. */
export function routesAt(routes: readonly Route[], path: string): FoundRoute[] {
  return routes.flatMap((route) => {
    const params = match(route.path, path)
    return params ? [{ route, params }] : []
  })
}

/** Selects a route from those that match a path. At the first segment that differs, a fixed segment takes precedence over a variable. Throws `HttpError` 405 if no route has this method. */
export function chooseRoute(found: readonly FoundRoute[], method: string): FoundRoute {
  const [best] = found.filter(({ route }) => isFor(route, method)).toSorted((a, b) => (variablesOf(a) < variablesOf(b) ? -1 : 1))
  if (best) return best
  const allow = allowed(found.map(({ route }) => route))
  throw new HttpError(405, `${method} is not supported for this path: use ${allow}`, { headers: { allow } })
}

/** Whether one of the routes handles this method. Every route handles preflights. */
export const serves = (found: readonly FoundRoute[], method: string): boolean => found.some(({ route }) => method === 'OPTIONS' || isFor(route, method))

const isFor = (route: Route, method: string): boolean => route.method === (method === 'HEAD' ? 'GET' : method)

/** Returns the methods of the routes as the value of an Allow header. */
export const allowed = (routes: readonly Route[]): string => [...new Set(routes.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method])))].join(', ')

/** Runs the handler of a route. If it throws, the error is logged and the response is 500. */
export async function runRoute({ logger }: ServerDefinition, { route, params }: FoundRoute, request: Request, auth: AuthInfo | undefined): Promise<Response> {
  try {
    const response: unknown = await route.handler(auth ? withoutToken(request) : request, { params, auth })
    if (!isResponse(response)) throw new TypeError('A route must return a Response')
    if (response.bodyUsed || response.body?.locked) throw new TypeError('A route must return a new Response each time: the body of this one has been read')
    return response
  } catch (error) {
    logLimited(logger, 'error', { method: route.method, path: route.path, err: loggable(error) }, 'A route failed')
    return Response.json(refusalOf(new InternalError()).body, { status: 500 })
  }
}

/** Removes the access token, which is meant for this server: a handler that forwards the request must not send it to another server by accident. */
function withoutToken(request: Request): Request {
  const own = new Request(request)
  own.headers.delete('authorization')
  return own
}

/** Throws `GANGWAY_E_ROUTE_AUTH` if the server requires authentication and a route does not state whether it does. Otherwise a route could be public by mistake. */
export function checkRoutes({ routes }: ServerDefinition, authenticates: boolean): void {
  const silent = authenticates && routes.find(({ auth }) => auth === undefined)
  if (silent) throw new GangwayError('GANGWAY_E_ROUTE_AUTH', `The route ${silent.method} ${silent.path} has no auth option, but the server requires authentication. Set auth: 'public' or auth: 'required'`)
}

/** Also recognizes responses of other realms and of libraries, for which `instanceof` fails. */
const isResponse = (value: unknown): value is Response => Object.prototype.toString.call(value) === '[object Response]'

/** Returns one digit for each segment, 1 if it is a variable. Comparing these strings sorts routes by precedence. */
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
    return undefined // An invalid escape sequence matches no segment.
  }
}

/** Custom routes: plain HTTP endpoints next to the MCP endpoint, on every HTTP host that serves the server. */
import { GangwayError } from '../gangway-error.ts'
import { checkOptions, shown, type OptionNames } from '../util/check-options.ts'
import type { AuthInfo } from '../protocol/types/base-types.ts'
import type { Awaitable } from '../util/awaitable.ts'

export const ROUTE_METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
export type RouteMethod = (typeof ROUTE_METHODS)[number]

export interface RouteOptions<Path extends string = string> {
  /** A GET route also answers HEAD. */
  method: RouteMethod
  /** Starts with `/` and is relative to the prefix of the host. A segment `:name` matches any value. */
  path: Path
  /**
   * `required`: only callers that the host's `authenticate` accepts reach the handler. It finds the caller in `context.auth`; the `Authorization` header is removed.
   * Must be set if the host has an `authenticate` option. Without that option, `required` is not enforced, and a warning is logged.
   */
  auth?: 'public' | 'required'
}

/** The names of the variables in a path. */
type Names<Path extends string> = Path extends `${infer Segment}/${infer Rest}` ? Names<Segment> | Names<Rest> : Path extends `:${infer Name}` ? Name : never

export interface RouteContext<Path extends string = string> {
  /** The variables of the path, decoded. */
  readonly params: string extends Path ? Readonly<Record<string, string>> : { readonly [Name in Names<Path>]: string }
  /** The authenticated caller, on a route with `auth: 'required'`. */
  readonly auth: AuthInfo | undefined
}

/** Errors that the handler throws are logged, and the client gets 500. */
export type RouteHandler<Path extends string = string> = (request: Request, context: RouteContext<Path>) => Awaitable<Response>

export interface Route extends RouteOptions {
  readonly handler: RouteHandler
}

/** Each segment is literal text or `:name`. */
const PATH = /^\/$|^(\/(:[A-Za-z_]\w*|[^/:*?#{}\s]+))+$/

const OPTIONS: OptionNames<RouteOptions> = { method: true, path: true, auth: true }

/**
 * Throws `GANGWAY_E_ROUTE` for an invalid path, method or `auth`: a misspelled `auth` would leave the route open.
 * Throws `GANGWAY_E_USAGE` for unknown options.
 */
export function defineRoute(options: RouteOptions, handler: RouteHandler): Route {
  checkOptions('route()', options, OPTIONS)
  const { method, path, auth } = options
  if (auth !== undefined && auth !== 'public' && auth !== 'required') throw new GangwayError('GANGWAY_E_ROUTE', `"auth" of the route ${method} ${path} must be 'public' or 'required', not ${shown(auth)}`)
  if (!ROUTE_METHODS.includes(method)) throw new GangwayError('GANGWAY_E_ROUTE', `The method of a route must be one of ${ROUTE_METHODS.join(', ')}, not ${JSON.stringify(method)}`)
  if (!PATH.test(path)) throw new GangwayError('GANGWAY_E_ROUTE', `${JSON.stringify(path)} is not a valid route path. Start it with /, use :name for parameters, and omit the trailing slash`)
  return { ...options, handler }
}

/** Two routes that match the same requests have equal keys, whatever their parameters are called. */
export const routeKey = ({ method, path }: RouteOptions): string => `${method} ${path.replaceAll(/:\w+/g, ':')}`

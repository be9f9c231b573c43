/** Custom routes: plain HTTP beside the protocol, on whichever HTTP host serves the server. */
import { GangwayError } from '../gangway-error.ts'
import type { AuthInfo } from '../protocol/types/base.ts'
import type { Awaitable } from '../jsonrpc/awaitable.ts'

export const ROUTE_METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
export type RouteMethod = (typeof ROUTE_METHODS)[number]

export interface RouteOptions<Path extends string = string> {
  /** GET answers HEAD as well. */
  method: RouteMethod
  /** Begins with `/`, below the prefix of the host. A segment `:name` takes whatever stands there. */
  path: Path
  /** Whether the host's `authenticate` must know who is asking; the handler finds that in `auth`, and no `Authorization` header. To be said where there is one; where there is none, it keeps nobody out, and a warning says so. */
  auth?: 'public' | 'required'
}

/** The names of the variables in a path. */
type Names<Path extends string> = Path extends `${infer Segment}/${infer Rest}` ? Names<Segment> | Names<Rest> : Path extends `:${infer Name}` ? Name : never

export interface RouteContext<Path extends string = string> {
  /** The variables of the path, decoded. */
  readonly params: string extends Path ? Readonly<Record<string, string>> : { readonly [Name in Names<Path>]: string }
  /** Who is asking, on a route that requires it. */
  readonly auth: AuthInfo | undefined
}

/** What it throws is logged and answered with 500. */
export type RouteHandler<Path extends string = string> = (request: Request, context: RouteContext<Path>) => Awaitable<Response>

export interface Route extends RouteOptions {
  readonly handler: RouteHandler
}

/** A segment is text, or the name of a variable. */
const PATH = /^\/$|^(\/(:[A-Za-z_]\w*|[^/:*?#{}\s]+))+$/

/** Throws `GANGWAY_E_ROUTE` for a path or a method that cannot be served. */
export function defineRoute(options: RouteOptions, handler: RouteHandler): Route {
  const { method, path } = options
  if (!ROUTE_METHODS.includes(method)) throw new GangwayError('GANGWAY_E_ROUTE', `A route is for one of ${ROUTE_METHODS.join(', ')}, not ${JSON.stringify(method)}`)
  if (!PATH.test(path)) throw new GangwayError('GANGWAY_E_ROUTE', `${JSON.stringify(path)} is no path for a route: begin it with /, put :name for a segment that varies, and leave out a trailing slash`)
  return { ...options, handler }
}

/** Equal for two routes that would answer the same requests. */
export const routeKey = ({ method, path }: RouteOptions): string => `${method} ${path.replaceAll(/:\w+/g, ':')}`

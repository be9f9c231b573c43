/** Decides what the client sees of an error, and logs every error that is a bug exactly once. */
import { ErrorCode } from '../jsonrpc/rpc-error-codes.ts'
import { InternalError, isRpcError, RpcError } from '../jsonrpc/rpc-errors.ts'
import { isObject } from '../util/is-object.ts'
import type { RequestMessage } from '../jsonrpc/message.ts'
import { isLater } from '../util/awaitable.ts'
import { brief, shorten } from '../util/shorten.ts'
import type { Context } from '../context/context.ts'
import type { ServerDefinition } from '../definition/server-definition.ts'
import type { FailureInfo } from '../definition/error-policy.ts'
import { logLimited } from './limited-log.ts'
import { loggable, thrownMessage } from './thrown-value.ts'
import { isToolError } from '../definition/tool-error.ts'

/** The tool, prompt, resource, completion or request whose code failed. */
interface Item {
  readonly kind: FailureInfo['kind']
  readonly name: string
  /** The item as members of the log line. */
  readonly fields: object
}

const MASKED = 'Internal error'

/** Errors that the client caused. Clients can cause them at will, and operators need not act on them, so they are logged at debug level only. */
const CLIENT_FAULTS: ReadonlySet<number> = new Set([ErrorCode.ParseError, ErrorCode.InvalidRequest, ErrorCode.MethodNotFound, ErrorCode.InvalidParams])

/** The error to send for a value that was thrown while a request was served. `ToolError` and `McpError` keep their messages; anything else is a bug. */
export function errorFor(server: ServerDefinition, request: RequestMessage, ctx: Context<unknown>, thrown: unknown): RpcError {
  if (isToolError(thrown)) {
    server.logger.debug({ ...placeOf(request, ctx), err: loggable(thrown) }, 'An expected failure')
    return new RpcError(ErrorCode.InternalError, String(thrown.message))
  }
  if (!isRpcError(thrown) || !Number.isSafeInteger(thrown.code)) return reportBug(server, request, ctx, thrown)
  if (thrown.cause === undefined) return thrown
  if (thrown instanceof InternalError) return reportBug(server, request, ctx, thrown.cause)
  if (ctx.exchange.abandoned || CLIENT_FAULTS.has(thrown.code)) server.logger.debug({ ...placeOf(request, ctx), err: loggable(thrown.cause) }, thrown.message)
  else logLimited(server.logger, 'error', { ...placeOf(request, ctx), err: loggable(thrown.cause) }, thrown.message)
  return thrown
}

/**
 * Logs a bug with a new error id, and returns the error for the client. `logLimited` writes only a few equal errors in full.
 * If the request was canceled before and `message` is not set, the line has debug level: most of these errors only report the aborted signal.
 */
export function reportBug(server: ServerDefinition, request: RequestMessage, ctx: Context<unknown>, thrown: unknown, message?: string): RpcError {
  const item = itemOf(request)
  const details = { ...placeOf(request, ctx, item), errorId: crypto.randomUUID().slice(0, 8), err: loggable(thrown) }
  if (ctx.exchange.abandoned && message === undefined) {
    server.logger.debug(details, 'A request failed after it was canceled')
    return new InternalError()
  }
  logLimited(server.logger, 'error', details, message ?? FAILED[item.kind])
  const { errorId } = details
  return new RpcError(ErrorCode.InternalError, describe(server, thrown, { errorId, kind: item.kind, name: item.name }), { data: { errorId } })
}

const FAILED: Readonly<Record<FailureInfo['kind'], string>> = {
  tool: 'A tool failed',
  prompt: 'A prompt failed',
  resource: 'A resource failed',
  completion: 'A completion failed',
  request: 'A request failed',
}

/** The message for the client, according to the server's `errors` option. If that option is a function and it fails, the error stays masked. */
function describe({ errors = 'masked', logger }: ServerDefinition, thrown: unknown, info: FailureInfo): string {
  const masked = `${MASKED} (error id ${info.errorId})`
  if (errors === 'masked') return masked
  if (errors === 'message') return thrownMessage(thrown) ?? masked
  try {
    const described: unknown = errors(thrown, info)
    if (typeof described === 'string') return described
    if (described === undefined) return masked
    if (isLater(described)) void described.then(undefined, () => {}) // Without a handler, its rejection would end the process.
    throw new TypeError(`It returned ${isLater(described) ? 'a promise' : `a value of type ${typeof described}`}: return a string, or undefined to mask the error`)
  } catch (error) {
    logLimited(logger, 'error', { errorId: info.errorId, err: loggable(error) }, `The server's "errors" function failed`)
    return masked
  }
}

/** The members of a log line that identify the request. Values that the client chose are shortened. */
function placeOf(request: RequestMessage, { session, revision }: Context<unknown>, { fields }: Item = itemOf(request)): object {
  const { method, id } = request
  const { id: sessionId } = isObject(session) ? session : {}
  return { ...fields, method: shorten(method), id: brief(id), ...(typeof sessionId === 'string' && { session: sessionId.slice(0, 8) }), revision }
}

function itemOf({ method, params = {} }: RequestMessage): Item {
  const named = (kind: Item['kind'], value: unknown, field: string = kind, more?: object): Item => ({ kind, name: String(value), fields: { [field]: brief(value), ...more } })
  if (method === 'tools/call') return named('tool', params.name)
  if (method === 'prompts/get') return named('prompt', params.name)
  if (method === 'resources/read') return named('resource', params.uri, 'uri')
  if (method !== 'completion/complete') return { kind: 'request', name: method, fields: {} }
  const { ref, argument } = params
  const { name, uri } = isObject(ref) ? ref : {}
  const more = { argument: brief(isObject(argument) ? argument.name : undefined) }
  return uri === undefined ? named('completion', name, 'prompt', more) : named('completion', uri, 'uri', more)
}

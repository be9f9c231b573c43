/** HTTP requests for the client transports: credentials, redirects, size limits, and errors that quote the response. */
import { GangwayError } from '../gangway-error.ts'
import { BoundedMap } from '../util/bounded-map.ts'
import type { OptionNames } from '../util/check-options.ts'
import { checkNumbers, limitOf, type NumberRules } from '../util/check-numbers.ts'
import { redact, secretsOfUrl, withoutScheme } from '../util/redact.ts'
import { ClientError, excerpt } from './client-errors.ts'

export interface FetchOptions {
  /** Headers to send with every request. */
  headers?: Readonly<Record<string, string>>
  /** Returns the bearer token. Called before every request, and again after a 401 with the rejected token as its argument. */
  token?: (rejected?: string) => string | undefined | Promise<string | undefined>
  /** The `fetch` implementation to use. @default the global one */
  fetch?: typeof fetch
  /** Maximum size of one message in bytes. @default 10 MiB */
  messageLimit?: number
}

export interface FetchRequest {
  readonly url: string
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly signal: AbortSignal
}

/** Returns the URL as a string. Throws `GANGWAY_E_URL` unless it is an HTTP or HTTPS URL. `path` completes the example URL in the error message. */
export function checkUrl(url: string | URL, path: string): string {
  const text = String(url)
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) throw new GangwayError('GANGWAY_E_URL', `${JSON.stringify(redact(text))} is not an HTTP URL. Write it as http://host:port${path}`)
  return text
}

/** The option names, for the `checkOptions` call of transports that accept these options. */
export const FETCH_OPTIONS: OptionNames<FetchOptions> = { headers: true, token: true, fetch: true, messageLimit: true }

const NUMBERS: NumberRules<FetchOptions> = { messageLimit: limitOf('bytes') }

/** Number of recent tokens to mask. Errors of requests that used an older token can still arrive. */
const MAX_TOKENS = 8

/** Returns the options, and a function that lists the secrets to mask in errors: header values, recent tokens, and the secret parts of the URL. */
export function withSecrets<O extends FetchOptions>(url: string, options: O): { options: O; secrets: () => string[] } {
  const { token, headers = {} } = options
  const tokens = new BoundedMap<string, true>(MAX_TOKENS)
  const remembering = async (rejected?: string): Promise<string | undefined> => {
    const given = await token?.(rejected)
    if (given !== undefined) tokens.set(given, true)
    return given
  }
  const values = Object.values(headers).flatMap((value) => [value, withoutScheme(value)])
  return { options: token ? { ...options, token: remembering } : options, secrets: () => [...values, ...secretsOfUrl(url), ...tokens.keys()] }
}

const DEFAULT_MAX_MESSAGE = 10 * 1024 * 1024
const MAX_REDIRECTS = 5

export class Fetcher {
  readonly messageLimit: number
  readonly #options: FetchOptions

  /** Throws `GANGWAY_E_USAGE` if `messageLimit` is out of range. */
  constructor(options: FetchOptions) {
    checkNumbers(options, NUMBERS)
    this.#options = options
    this.messageLimit = options.messageLimit ?? DEFAULT_MAX_MESSAGE
  }

  /** Resolves with the response, whatever its status. Rejects with `ClientError`, or with the signal's reason. */
  async fetch(request: FetchRequest): Promise<Response> {
    const token = await this.#options.token?.()
    const reply = await this.#follow(request, token)
    if (reply.status !== 401 || !this.#options.token) return reply
    const other = await this.#options.token(token)
    if (other === undefined) return reply
    await drop(reply)
    return this.#follow(request, other)
  }

  /** Follows only redirects to the same origin that keep the request unchanged, so that credentials and arguments reach no other server. */
  async #follow(request: FetchRequest, token: string | undefined): Promise<Response> {
    let { url } = request
    for (let hop = 0; ; hop++) {
      const reply = await this.#once({ ...request, url }, token)
      if (reply.type !== 'opaqueredirect' && (reply.status < 300 || reply.status > 399 || reply.status === 304)) return reply
      const location = reply.headers.get('location') ?? ''
      const target = URL.canParse(location, url) ? new URL(location, url) : undefined
      await drop(reply)
      const isSame = target?.origin === new URL(url).origin && (reply.status === 307 || reply.status === 308 || request.method === 'GET')
      if (!target || !isSame || hop === MAX_REDIRECTS) {
        throw new ClientError('GANGWAY_E_REDIRECT', `${url} redirects (HTTP ${reply.status || '3xx'}) to ${excerpt(location)}, which is not followed. Use that URL if you trust it`, { status: reply.status })
      }
      url = target.href
    }
  }

  async #once({ url, method, headers, body, signal }: FetchRequest, token: string | undefined): Promise<Response> {
    const { fetch = globalThis.fetch, headers: own } = this.#options
    const all = { ...own, ...headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) }
    try {
      return await fetch(url, { method, headers: all, signal, redirect: 'manual', ...(body !== undefined && { body }) })
    } catch (error) {
      throw signal.aborted ? signal.reason : networkError(url, error)
    }
  }
}

/** Error codes of a connection that broke after it was established. The server may have received the request. */
const HANG_UPS = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'])

/** Builds an error from the cause: the message of `fetch`'s own error is only "fetch failed". */
function networkError(url: string, error: unknown): ClientError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  const reason = cause instanceof Error ? cause.message || code : String(cause)
  if (HANG_UPS.has(code)) return new ClientError('GANGWAY_E_CLOSED', `${url} closed the connection before responding (${reason})`, { cause: error })
  return new ClientError('GANGWAY_E_UNREACHABLE', `${url} cannot be reached (${reason}). Check the address, and that the server is running`, { cause: error })
}

/** Builds the error for a response with an error status: the status, the authentication challenge, and the first part of the body. */
export async function statusError(url: string, reply: Response, text?: string): Promise<ClientError> {
  const challenge = reply.headers.get('www-authenticate')
  const said = text ?? (await beginning(reply))
  const guess = reply.status === 404 && new URL(url).pathname === '/' ? '. Is a path such as /mcp missing?' : ''
  return new ClientError('GANGWAY_E_HTTP_STATUS', `${url} answered HTTP ${reply.status}${challenge ? ` (${challenge})` : ''}${said.trim() ? `: ${excerpt(said)}` : ''}${guess}`, { status: reply.status })
}

/** Reads the body as text. Throws `GANGWAY_E_TOO_LARGE` above `messageLimit` bytes, and `GANGWAY_E_CLOSED` if the body is incomplete. */
export async function readText(reply: Response, url: string, messageLimit: number): Promise<string> {
  let bytes = 0
  let text = ''
  await eachChunk(reply, url, (chunk, length) => {
    bytes += length
    if (bytes > messageLimit) throw tooLarge(url, messageLimit)
    text += chunk
  })
  return text
}

export const tooLarge = (from: string, messageLimit: number): ClientError =>
  new ClientError('GANGWAY_E_TOO_LARGE', `${from} sent a message of more than ${messageLimit} bytes. Raise messageLimit to accept it`)

/** Calls `take` with each chunk of decoded text, and resolves at the end. Throws `GANGWAY_E_CLOSED` if the body is incomplete. An error from `take` stops reading. */
export async function eachChunk(reply: Response, url: string, take: (text: string, bytes: number) => void): Promise<void> {
  const reader = reply.body?.getReader()
  if (!reader) return
  const decoder = new TextDecoder()
  for (;;) {
    const { done, value } = await reader.read().catch((error: unknown) => {
      throw incompleteBody(url, error)
    })
    if (done) return take(decoder.decode(), 0)
    try {
      take(decoder.decode(value, { stream: true }), value.length)
    } catch (error) {
      await reader.cancel().catch(() => {})
      throw error
    }
  }
}

const incompleteBody = (url: string, cause: unknown): ClientError => {
  const { message } = cause instanceof Error && cause.cause instanceof Error ? cause.cause : (cause as Error)
  return new ClientError('GANGWAY_E_CLOSED', `${url} closed the connection in the middle of a response (${message})`, { cause })
}

/** Cancels a body that will not be read, so that the connection is freed. */
export async function drop(reply: Response): Promise<void> {
  await reply.body?.cancel().catch(() => {})
}

const MAX_EXCERPT = 2048

async function beginning(reply: Response): Promise<string> {
  let text = ''
  try {
    await eachChunk(reply, '', (chunk) => {
      text += chunk
      if (text.length > MAX_EXCERPT) throw new RangeError()
    })
  } catch {
    // Too long, or incomplete: return what has been read.
  }
  return text
}

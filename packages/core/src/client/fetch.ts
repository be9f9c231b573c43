/** What the HTTP client transports share: credentials, redirects, bounds, and errors that say what was seen. */
import { GangwayError } from '../gangway-error.ts'
import { checkNumbers, limitOf, type NumberRules } from '../option-numbers.ts'
import { redact, secretsOfUrl } from '../redact.ts'
import { ClientError, excerpt } from './errors.ts'

export interface FetchOptions {
  /** Sent with every request. */
  headers?: Readonly<Record<string, string>>
  /** Gives the bearer token, before every request. After a 401 it is asked once more, with the token that was turned down. */
  token?: (rejected?: string) => string | undefined | Promise<string | undefined>
  /** @default the global one */
  fetch?: typeof fetch
  /** Bytes that one message may have. @default 10 MiB */
  maxMessage?: number
}

export interface FetchRequest {
  readonly url: string
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly signal: AbortSignal
}

/** The address as text. Throws `GANGWAY_E_URL` for what is no HTTP address; `path` is that of an example. */
export function checkUrl(url: string | URL, path: string): string {
  const text = String(url)
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) throw new GangwayError('GANGWAY_E_URL', `${JSON.stringify(redact(text))} is not an HTTP address: write it as http://host:port${path}`)
  return text
}

const NUMBERS: NumberRules<FetchOptions> = { maxMessage: limitOf('bytes') }

/** Tokens to remember: those of requests whose errors may still come. */
const MAX_TOKENS = 8

/** The options, and what errors must not show: the values of headers, the last tokens, and the secret parts of the URL. */
export function withSecrets<O extends FetchOptions>(url: string, options: O): { options: O; secrets: () => string[] } {
  const { token, headers = {} } = options
  const tokens = new Set<string>()
  const remembering = async (rejected?: string): Promise<string | undefined> => {
    const given = await token?.(rejected)
    if (given !== undefined) tokens.add(given)
    for (const oldest of tokens) if (tokens.size > MAX_TOKENS) tokens.delete(oldest)
    return given
  }
  const values = Object.values(headers).flatMap((value) => [value, value.replace(/^(?:bearer|basic) +/i, '')])
  return { options: token ? { ...options, token: remembering } : options, secrets: () => [...values, ...secretsOfUrl(url), ...tokens] }
}

const DEFAULT_MAX_MESSAGE = 10 * 1024 * 1024
const MAX_REDIRECTS = 5

export class Fetcher {
  readonly maxMessage: number
  readonly #options: FetchOptions

  /** Throws `GANGWAY_E_USAGE`. */
  constructor(options: FetchOptions) {
    checkNumbers(options, NUMBERS)
    this.#options = options
    this.maxMessage = options.maxMessage ?? DEFAULT_MAX_MESSAGE
  }

  /** Resolves with the reply, whatever its status. Rejects with `ClientError`, or with the signal's reason. */
  async fetch(request: FetchRequest): Promise<Response> {
    const token = await this.#options.token?.()
    const reply = await this.#follow(request, token)
    if (reply.status !== 401 || !this.#options.token) return reply
    const other = await this.#options.token(token)
    if (other === undefined) return reply
    await drop(reply)
    return this.#follow(request, other)
  }

  /** Only to where it came from, and only where the request stays the same: credentials, and arguments, are for nobody else. */
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
        throw new ClientError('GANGWAY_E_REDIRECT', `${url} redirects (HTTP ${reply.status || '3xx'}) to ${excerpt(location)}, which is not followed: use that address if you trust it`, { status: reply.status })
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

/** The connection was there once: it may have been the request that ended it. */
const HANG_UPS = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'])

/** `fetch` itself says no more than that it failed. */
function networkError(url: string, error: unknown): ClientError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  const reason = cause instanceof Error ? cause.message || code : String(cause)
  if (HANG_UPS.has(code)) return new ClientError('GANGWAY_E_CLOSED', `${url} hung up before it had answered (${reason})`, { cause: error })
  return new ClientError('GANGWAY_E_UNREACHABLE', `${url} cannot be reached (${reason}): is the server running, and the address right?`, { cause: error })
}

/** For a reply that is no success: what HTTP says, and the beginning of what the server says. */
export async function statusError(url: string, reply: Response, text?: string): Promise<ClientError> {
  const challenge = reply.headers.get('www-authenticate')
  const said = text ?? (await beginning(reply))
  const guess = reply.status === 404 && new URL(url).pathname === '/' ? ': is its path, such as /mcp, missing?' : ''
  return new ClientError('GANGWAY_E_HTTP_STATUS', `${url} answered HTTP ${reply.status}${challenge ? ` (${challenge})` : ''}${said.trim() ? `: ${excerpt(said)}` : ''}${guess}`, { status: reply.status })
}

/** The reply as text. Throws `GANGWAY_E_TOO_LARGE`, and `GANGWAY_E_CLOSED` if it breaks off. */
export async function readText(reply: Response, url: string, maxMessage: number): Promise<string> {
  let bytes = 0
  let text = ''
  await eachChunk(reply, url, (chunk, length) => {
    bytes += length
    if (bytes > maxMessage) throw tooLarge(url, maxMessage)
    text += chunk
  })
  return text
}

export const tooLarge = (from: string, maxMessage: number): ClientError =>
  new ClientError('GANGWAY_E_TOO_LARGE', `${from} sent a message of more than ${maxMessage} bytes: raise maxMessage if that is meant to be`)

/** Takes the text as it comes. Resolves at its end; throws `GANGWAY_E_CLOSED` if it breaks off. What `take` throws ends the reading. */
export async function eachChunk(reply: Response, url: string, take: (text: string, bytes: number) => void): Promise<void> {
  const reader = reply.body?.getReader()
  if (!reader) return
  const decoder = new TextDecoder()
  for (;;) {
    const { done, value } = await reader.read().catch((error: unknown) => {
      throw brokenOff(url, error)
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

const brokenOff = (url: string, cause: unknown): ClientError => {
  const { message } = cause instanceof Error && cause.cause instanceof Error ? cause.cause : (cause as Error)
  return new ClientError('GANGWAY_E_CLOSED', `${url} broke off in the middle of its answer (${message})`, { cause })
}

/** Frees the connection of a reply that nobody reads. */
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
    // What there is has to do.
  }
  return text
}

/** An event stream that is taken up again where it broke off. Specification 2025-11-25: basic/transports, resumability. */
import { ClientError, drop, statusError, type Fetcher } from '@gangway/core/client'
import { toDelay } from '@gangway/core/jsonrpc'
import { readEvents } from './events.ts'
import { EVENTS } from './headers.ts'

export interface RetryOptions {
  /** Milliseconds. */
  readonly retry: number
  readonly maxRetries: number
}

const MAX_WAIT = 30_000
/** These are about what was read, not about the connection: to read it again would not help. */
const FINAL = new Set(['GANGWAY_E_TOO_LARGE', 'GANGWAY_E_NOT_MCP', 'GANGWAY_E_SESSION_ENDED'])

/** Milliseconds after which a connection counts as one that stood. */
const STEADY = 10_000

export interface Resumption {
  /** Of a request that resumes. */
  readonly headers: Readonly<Record<string, string>>
  /** Looks at its reply, and may throw. */
  check(reply: Response): Promise<void>
  /**
   * For a stream that is worth something without what was missed: it is opened anew where there is no event to go on from, and tried for as long as it takes.
   * Hears why that has been in vain so far, once there have been as many attempts as another stream gets.
   */
  readonly standing?: (error: ClientError) => void
}

export class ResumableStream {
  readonly #url: string
  readonly #fetcher: Fetcher
  readonly #maxRetries: number
  readonly #resumption: Resumption | undefined
  #retry: number
  #lastEventId: string | undefined
  /** In a row, without anything having come. */
  #attempts = 0

  /** Without `resumption` the stream has one life. */
  constructor(url: string, fetcher: Fetcher, { retry, maxRetries }: RetryOptions, resumption: Resumption | undefined) {
    this.#url = url
    this.#fetcher = fetcher
    this.#retry = retry
    this.#maxRetries = maxRetries
    this.#resumption = resumption
  }

  /** Resolves when `take` has said that this was all, and the stream has ended. Rejects if it cannot be taken up again. */
  async read(first: Response, signal: AbortSignal, take: (data: string) => boolean): Promise<void> {
    let isAll = false
    for (let reply: Response | ClientError = first; ; ) {
      const begun = Date.now()
      const error = reply instanceof ClientError ? reply : await this.#once(reply, (data) => (isAll = take(data)))
      if (Date.now() - begun > STEADY) this.#attempts = 0
      if (isAll) return
      signal.throwIfAborted()
      if (error && FINAL.has(error.code)) throw error
      const resumption = this.#lastEventId !== undefined || this.#resumption?.standing ? this.#resumption : undefined
      const reason = error ?? new ClientError('GANGWAY_E_CLOSED', `${this.#url} ended its stream before the answer came`)
      if (!resumption || (this.#attempts >= this.#maxRetries && !resumption.standing)) throw reason
      if (this.#attempts === this.#maxRetries) resumption.standing?.(reason)
      await wait(Math.min(this.#retry * 2 ** this.#attempts++, Math.max(MAX_WAIT, this.#retry)), signal)
      reply = await this.#again(resumption, signal)
    }
  }

  /** What broke it off; undefined if it ended. */
  async #once(reply: Response, take: (data: string) => void): Promise<ClientError | undefined> {
    try {
      await readEvents(reply, this.#url, this.#fetcher.maxMessage, {
        event: (data, id) => {
          if (id !== undefined) this.#lastEventId = id
          this.#attempts = 0
          if (data !== '') take(data)
        },
        retry: (time) => (this.#retry = time),
      })
      return undefined
    } catch (error) {
      if (error instanceof ClientError) return error
      throw error
    }
  }

  /** Why nobody was there, if that is so: there may be somebody the next time. */
  async #again({ headers, check }: Resumption, signal: AbortSignal): Promise<Response | ClientError> {
    const from = this.#lastEventId === undefined ? {} : { 'last-event-id': this.#lastEventId }
    const reply = await this.#fetcher.fetch({ url: this.#url, method: 'GET', headers: { ...headers, accept: EVENTS, ...from }, signal }).catch((error: unknown) => {
      if (error instanceof ClientError) return error
      throw error
    })
    if (reply instanceof ClientError) return reply
    await check(reply)
    if (reply.status >= 500) return statusError(this.#url, reply) // As while a server is replaced.
    if (!reply.ok) throw await statusError(this.#url, reply)
    if (reply.headers.get('content-type')?.startsWith(EVENTS)) return reply
    await drop(reply)
    throw new ClientError('GANGWAY_E_CLOSED', `${this.#url} does not resume the stream that it ended before the answer came`)
  }
}

function wait(time: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      clearTimeout(timer)
      reject(signal.reason as Error)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', abort)
      resolve()
    }, toDelay(time))
    signal.addEventListener('abort', abort, { once: true })
  })
}

/** An event stream that reconnects and resumes after its last event. Specification 2025-11-25: basic/transports, resumability. */
import { ClientError, drop, EVENT_STREAM, LAST_EVENT_HEADER, readEvents, statusError, type Fetcher } from '@gangway/core/client'
import { toDelay } from '@gangway/core/internal'
import { createParser } from 'eventsource-parser'

export interface RetryOptions {
  /** Milliseconds before the first attempt to resume. */
  readonly retryDelay: number
  readonly maxRetries: number
}

const MAX_WAIT = 30_000
/** Errors about the content of the stream. Resuming would not help. */
const FINAL = new Set(['GANGWAY_E_TOO_LARGE', 'GANGWAY_E_NOT_MCP', 'GANGWAY_E_SESSION_ENDED'])

/** Milliseconds after which a connection is treated as stable and resets the number of attempts. */
const STEADY = 10_000

export interface Resumption {
  /** Headers of the request that resumes. */
  readonly headers: Readonly<Record<string, string>>
  /** Inspects the reply of that request, and may throw. */
  check(reply: Response): Promise<void>
  /**
   * Set for a standalone stream. Such a stream is reopened even without an event to resume after, and retried without a limit.
   * Called once with the current error when `maxRetries` attempts in a row have failed.
   */
  readonly standalone?: (error: ClientError) => void
}

export class ResumableStream {
  readonly #url: string
  readonly #fetcher: Fetcher
  readonly #maxRetries: number
  readonly #resumption: Resumption | undefined
  #retry: number
  #lastEventId: string | undefined
  /** Consecutive attempts that have received no event. */
  #attempts = 0

  /** Without `resumption`, the stream is not resumed. */
  constructor(url: string, fetcher: Fetcher, { retryDelay, maxRetries }: RetryOptions, resumption: Resumption | undefined) {
    this.#url = url
    this.#fetcher = fetcher
    this.#retry = retryDelay
    this.#maxRetries = maxRetries
    this.#resumption = resumption
  }

  /** Passes each event to `take`. Resolves once `take` has returned true and the stream has ended. Rejects if the stream breaks before that and cannot be resumed. */
  async read(first: Response, signal: AbortSignal, take: (data: string) => boolean): Promise<void> {
    let isAll = false
    for (let reply: Response | ClientError = first; ; ) {
      const begun = Date.now()
      const error = reply instanceof ClientError ? reply : await this.#once(reply, (data) => (isAll = take(data)))
      if (Date.now() - begun > STEADY) this.#attempts = 0
      if (isAll) return
      signal.throwIfAborted()
      if (error && FINAL.has(error.code)) throw error
      const resumption = this.#lastEventId !== undefined || this.#resumption?.standalone ? this.#resumption : undefined
      const reason = error ?? new ClientError('GANGWAY_E_CLOSED', `${this.#url} ended its stream before the response arrived`)
      if (!resumption || (this.#attempts >= this.#maxRetries && !resumption.standalone)) throw reason
      if (this.#attempts === this.#maxRetries) resumption.standalone?.(reason)
      await wait(Math.min(this.#retry * 2 ** this.#attempts++, Math.max(MAX_WAIT, this.#retry)), signal)
      reply = await this.#again(resumption, signal)
    }
  }

  /** Reads one connection. Resolves with the error that broke it, or with undefined if it ended normally. */
  async #once(reply: Response, take: (data: string) => void): Promise<ClientError | undefined> {
    try {
      await readEvents(createParser, reply, this.#url, this.#fetcher.messageLimit, {
        event: (name, data, id) => {
          if (name !== 'message') return
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

  /** Reconnects. Resolves with the reply, or with an error that may be temporary, such as an unreachable server. Rejects with other errors. */
  async #again({ headers, check }: Resumption, signal: AbortSignal): Promise<Response | ClientError> {
    const from = this.#lastEventId === undefined ? {} : { [LAST_EVENT_HEADER]: this.#lastEventId }
    const reply = await this.#fetcher.fetch({ url: this.#url, method: 'GET', headers: { ...headers, accept: EVENT_STREAM, ...from }, signal }).catch((error: unknown) => {
      if (error instanceof ClientError) return error
      throw error
    })
    if (reply instanceof ClientError) return reply
    await check(reply)
    if (reply.status >= 500) return statusError(this.#url, reply) // For example, while the server is being replaced.
    if (!reply.ok) throw await statusError(this.#url, reply)
    if (reply.headers.get('content-type')?.startsWith(EVENT_STREAM)) return reply
    await drop(reply)
    throw new ClientError('GANGWAY_E_CLOSED', `${this.#url} does not resume the stream that it ended before the response`)
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

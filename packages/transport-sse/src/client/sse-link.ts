/** The link to one server over HTTP+SSE: all messages arrive on one event stream, whose first event names the URL to post to. */
import { ClientError, drop, EVENT_STREAM, excerpt, parseMessages, readEvents, readText, statusError, type Fetcher, type Link, type Receiver, type SendOptions } from '@gangway/core/client'
import type { Message } from '@gangway/core/internal'
import { createParser } from 'eventsource-parser'

/** Resolves once the server has sent the URL for messages. */
export async function openSse(url: string, receiver: Receiver, fetcher: Fetcher, signal: AbortSignal): Promise<Link> {
  const leaving = new AbortController()
  const leave = (): void => leaving.abort(signal.reason)
  signal.addEventListener('abort', leave, { once: true })
  try {
    const reply = await fetcher.fetch({ url, method: 'GET', headers: { accept: EVENT_STREAM }, signal: leaving.signal })
    if (!reply.ok) throw await statusError(url, reply)
    const type = reply.headers.get('content-type') ?? 'no content type'
    if (!type.startsWith(EVENT_STREAM)) throw new ClientError('GANGWAY_E_NOT_MCP', `${url} answered with ${type}, which is not an event stream: ${excerpt(await readText(reply, url, fetcher.messageLimit))}`)
    return await new Promise<Link>((resolve, reject) => {
      const link = new SseLink(url, receiver, fetcher, leaving, (endpoint) => (endpoint === undefined ? reject(foreign(url)) : resolve(link)))
      void link.read(reply).then((error) => {
        reject(signal.aborted ? signal.reason : error) // Has no effect once the promise has resolved; then `link.ended()` notifies the receiver.
        link.ended(error)
      })
    })
  } catch (error) {
    leaving.abort()
    throw error
  } finally {
    signal.removeEventListener('abort', leave)
  }
}

const foreign = (url: string): ClientError => new ClientError('GANGWAY_E_REDIRECT', `${url} redirects messages to another server, which is not followed. Use the URL of that server if you trust it`)

class SseLink implements Link {
  readonly exchanges = false
  readonly #url: string
  readonly #receiver: Receiver
  readonly #fetcher: Fetcher
  readonly #leaving: AbortController
  readonly #onEndpoint: (endpoint: string | undefined) => void
  #endpoint: string | undefined

  constructor(url: string, receiver: Receiver, fetcher: Fetcher, leaving: AbortController, onEndpoint: (endpoint: string | undefined) => void) {
    this.#url = url
    this.#receiver = receiver
    this.#fetcher = fetcher
    this.#leaving = leaving
    this.#onEndpoint = onEndpoint
  }

  async send(message: Message, { signal }: SendOptions = {}): Promise<void> {
    const either = signal ? AbortSignal.any([signal, this.#leaving.signal]) : this.#leaving.signal
    const reply = await this.#fetcher.fetch({ url: this.#endpoint ?? this.#url, method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(message), signal: either })
    if (!reply.ok) throw await statusError(this.#url, reply)
    await drop(reply)
  }

  async close(): Promise<void> {
    this.#leaving.abort(new DOMException('The client was closed', 'AbortError'))
  }

  /** Resolves with the error that ended the stream. */
  async read(reply: Response): Promise<ClientError> {
    try {
      await readEvents(createParser, reply, this.#url, this.#fetcher.messageLimit, {
        event: (name, data) => {
          if (name === 'endpoint') this.#found(data)
          else if (name === 'message' && data !== '') this.#take(data)
        },
      })
      return new ClientError('GANGWAY_E_CLOSED', `${this.#url} ended its event stream`)
    } catch (error) {
      return error instanceof ClientError ? error : new ClientError('GANGWAY_E_CLOSED', String(error), { cause: error })
    }
  }

  ended(error: ClientError): void {
    if (this.#leaving.signal.aborted || this.#endpoint === undefined) return
    this.#leaving.abort()
    this.#receiver.closed(error)
  }

  /** Accepts only a URL of the same origin, because messages are sent with credentials. */
  #found(data: string): void {
    const target = URL.canParse(data, this.#url) ? new URL(data, this.#url) : undefined
    if (target?.origin !== new URL(this.#url).origin) return this.#onEndpoint(undefined)
    this.#endpoint = target.href
    this.#onEndpoint(target.href)
  }

  #take(data: string): void {
    try {
      for (const message of parseMessages(data, this.#url)) this.#receiver.receive(message)
    } catch (error) {
      this.#receiver.fault(error as ClientError)
    }
  }
}

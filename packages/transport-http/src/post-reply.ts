/** The reply to one POST: a JSON body, or an event stream from the first message that is sent before the answer. */
import { encodeMessage, type ServerDefinition } from '@gangway/core'
import { failure, RpcError, type Awaitable, type Message, type RequestId, type ResponseMessage, type Send } from '@gangway/core/jsonrpc'
import { EventStream, SSE_HEADERS, type EventStreamOptions } from '@gangway/core/web'
import type { Accept } from './accept.ts'
import type { Channel } from './channel.ts'
import type { HttpReply } from './http-message.ts'
import { emptyReply, jsonReply } from './reply.ts'

export interface PostReplyOptions {
  headers?: Readonly<Record<string, string>>
  /** Of the stream, if it comes to one. */
  stream: EventStreamOptions
  /** Runs if the client reads so slowly that its stream is cut off. */
  onCut?: () => void
  /** Carries the stream, if it comes to one, so that the client can resume it. */
  openChannel?: () => Channel
}

/** Where the messages of a stream go. */
interface Sink {
  /** Whether what is sent is for nobody. */
  readonly lost: boolean
  send(data: string): void
  end(): void
}

/** Outside of the codes that JSON-RPC and MCP reserve. */
const REQUEST_CANCELLED = -32800

export class PostReply {
  readonly #server: ServerDefinition
  readonly #accept: Accept
  readonly #options: PostReplyOptions
  #begun: HttpReply | undefined
  #awaited: Promise<HttpReply> | undefined
  #resolve: ((reply: HttpReply) => void) | undefined
  #sink: Sink | undefined

  constructor(server: ServerDefinition, accept: Accept, options: PostReplyOptions) {
    this.#server = server
    this.#accept = accept
    this.#options = options
  }

  /** There as soon as it is known which of the two it is. */
  get reply(): Awaitable<HttpReply> {
    return this.#begun ?? (this.#awaited ??= new Promise((resolve) => (this.#resolve = resolve)))
  }

  /** What comes before the answer is lost on a client that accepts JSON alone. */
  readonly send: Send = (message) => {
    if (this.#accept.events) this.#write(message)
  }

  /** `status` counts for a JSON body only: a stream has begun with 200. */
  end(response: ResponseMessage | ResponseMessage[], status = 200): void {
    if (!this.#sink && this.#accept.json) return this.#begin(jsonReply(encodeMessage(this.#server, response), status, this.#options.headers))
    for (const message of [response].flat()) this.#write(message)
    this.#sink?.end()
  }

  /** The server gave the request up, by ending the session or itself. The client still waits for a response, so it gets an error. */
  giveUp(id: RequestId): void {
    if (this.#sink) this.#sink.end()
    else this.end(failure(id, new RpcError(REQUEST_CANCELLED, 'The request was cancelled')))
  }

  /**
   * The client cancelled the request, so no message is due, but the HTTP exchange has to end: with an event stream without events,
   * or with 202 for a client that accepts JSON only. Specification 2025-11-25: basic/utilities/cancellation.
   */
  cancel(): void {
    if (this.#sink) this.#sink.end()
    else if (this.#accept.events) this.#begin(emptyStream(this.#options.stream))
    else this.#begin(emptyReply(202))
  }

  /** The answers to a batch. Without any, none was due: there was no request in it. */
  endAll(responses: ResponseMessage[]): void {
    if (responses.length > 0) this.end(responses)
    else if (this.#sink) this.#sink.end()
    else this.#begin(emptyReply(202))
  }

  /** Makes the reply a stream if it is none yet. False if the client takes none. */
  openStream(): boolean {
    if (this.#accept.events) this.#sink ??= this.#open()
    return this.#accept.events
  }

  #write(message: Message): void {
    this.#sink ??= this.#open()
    if (!this.#sink.lost) this.#sink.send(encodeMessage(this.#server, message))
  }

  #begin(reply: HttpReply): void {
    this.#begun = reply
    this.#resolve?.(reply)
  }

  #open(): Sink {
    const { headers, onCut, openChannel } = this.#options
    const channel = openChannel?.()
    const stream = channel?.connect() ?? new EventStream(this.#options.stream)
    if (onCut) stream.onCancel(onCut)
    this.#begin({ status: 200, headers: { ...SSE_HEADERS, ...headers }, body: stream })
    return channel ?? { get lost() { return stream.ended }, send: (data) => stream.send({ data }), end: () => stream.end() }
  }
}

/** It belongs to no channel: a client that saw an event id would come back for more. */
function emptyStream(options: EventStreamOptions): HttpReply {
  const body = new EventStream(options)
  body.end()
  return { status: 200, headers: SSE_HEADERS, body }
}

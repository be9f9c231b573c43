/** Reads the body of a response as Server-Sent Events, with a size limit for each event. */
import { eachChunk, tooLarge } from './http-fetch.ts'

interface ParsedEvent {
  readonly event?: string | undefined
  readonly id?: string | undefined
  /** Empty for an event that only carries an id to resume from. */
  readonly data: string
}

/** `createParser` of the package eventsource-parser. Transports pass it, because core has no dependencies. */
type CreateParser = (config: {
  maxBufferSize: number
  onEvent: (event: ParsedEvent) => void
  onRetry: (milliseconds: number) => void
  onError: (error: { readonly type: string }) => void
}) => { feed(text: string): void }

export interface EventSink {
  event(name: string, data: string, id: string | undefined): void
  /** Receives the reconnection time in milliseconds. @default it is ignored */
  retry?(milliseconds: number): void
}

/** Resolves at the end of the stream. Throws `GANGWAY_E_TOO_LARGE`, `GANGWAY_E_CLOSED` if the stream breaks, and errors of the sink. */
export async function readEvents(createParser: CreateParser, reply: Response, url: string, messageLimit: number, sink: EventSink): Promise<void> {
  const parser = createParser({
    maxBufferSize: messageLimit,
    onEvent: ({ event = 'message', data, id }) => sink.event(event, data, id),
    onRetry: (milliseconds) => sink.retry?.(milliseconds),
    onError: ({ type }) => {
      if (type === 'max-buffer-size-exceeded') throw tooLarge(url, messageLimit)
    },
  })
  await eachChunk(reply, url, (text) => parser.feed(text))
}

/** Reads the body of a reply as Server-Sent Events, with a bound on how large one may be. */
import { eachChunk, tooLarge } from '@gangway/core/client'
import { createParser } from 'eventsource-parser'

export interface EventSink {
  /** `data` may be empty: then the event is there for its id. */
  event(data: string, id: string | undefined): void
  /** Milliseconds. */
  retry(time: number): void
}

/** Resolves at the end of the stream. Throws `GANGWAY_E_TOO_LARGE`, `GANGWAY_E_CLOSED` if it breaks off, and what the sink throws. */
export async function readEvents(reply: Response, url: string, maxMessage: number, sink: EventSink): Promise<void> {
  const parser = createParser({
    maxBufferSize: maxMessage,
    onEvent: ({ event = 'message', data, id }) => {
      if (event === 'message') sink.event(data, id)
    },
    onRetry: (time) => sink.retry(time),
    onError: ({ type }) => {
      if (type === 'max-buffer-size-exceeded') throw tooLarge(url, maxMessage)
    },
  })
  await eachChunk(reply, url, (text) => parser.feed(text))
}

/** Parses the body of a response as Server-Sent Events, with a size limit for each event. */
import { eachChunk, tooLarge } from '@gangway/core/client'
import { createParser } from 'eventsource-parser'

export interface EventSink {
  /** `data` is empty for an event that only carries an id to resume from. */
  event(data: string, id: string | undefined): void
  /** `time` is the reconnection time in milliseconds. */
  retry(time: number): void
}

/** Resolves at the end of the stream. Throws `GANGWAY_E_TOO_LARGE`, `GANGWAY_E_CLOSED` if the stream breaks, and errors of the sink. */
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

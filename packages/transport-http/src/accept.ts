/** What a client is ready to receive. */
import { remembered } from '@gangway/core/web'

export interface Accept {
  readonly json: boolean
  /** An event stream. */
  readonly events: boolean
}

/** A client that says nothing takes anything. Specification: RFC 9110, 12.5.1; quality values other than zero are all the same here. */
export const parseAccept = (header = '*/*'): Accept => readAccept(header)

const readAccept = remembered((header): Accept => {
  const ranges = header.toLowerCase().split(',').filter((range) => !/;\s*q=0(\.0*)?\s*(;|$)/.test(range))
  const types = new Set(ranges.map((range) => (range.split(';')[0] ?? '').trim()))
  const any = types.has('*/*')
  return {
    json: any || types.has('application/*') || types.has('application/json'),
    events: any || types.has('text/*') || types.has('text/event-stream'),
  }
})

/** Of two kinds, the one that is preferred here. A client that takes one gets that one. */
export function prefer(accept: Accept, kind: 'auto' | 'json' | 'events'): Accept {
  return kind === 'auto' || !accept.json || !accept.events ? accept : { json: kind === 'json', events: kind === 'events' }
}

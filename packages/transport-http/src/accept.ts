/** Parses the `Accept` header of a request. */
import { memoize } from '@gangway/core/internal'
import { EVENT_STREAM } from '@gangway/core/internal/http'

export interface Accept {
  readonly json: boolean
  /** Whether the client accepts `text/event-stream`. */
  readonly events: boolean
}

/** A missing header accepts everything. Quality values are ignored, except zero. Specification: RFC 9110, 12.5.1. */
export const parseAccept = (header = '*/*'): Accept => readAccept(header)

const readAccept = memoize((header): Accept => {
  const ranges = header.toLowerCase().split(',').filter((range) => !/;\s*q=0(\.0*)?\s*(;|$)/.test(range))
  const types = new Set(ranges.map((range) => (range.split(';')[0] ?? '').trim()))
  const any = types.has('*/*')
  return {
    json: any || types.has('application/*') || types.has('application/json'),
    events: any || types.has('text/*') || types.has(EVENT_STREAM),
  }
})

/** If the client accepts both types, keeps only the preferred one. Otherwise returns `accept` unchanged. */
export function prefer(accept: Accept, kind: 'auto' | 'json' | 'events'): Accept {
  return kind === 'auto' || !accept.json || !accept.events ? accept : { json: kind === 'json', events: kind === 'events' }
}

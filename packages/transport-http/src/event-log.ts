/** The events of a session's streams, kept for clients that lost one and come back. Bounded in bytes. */
import { byteLength, encodeEvent } from '@gangway/core/web'
import { toEventId } from './event-id.ts'

interface Entry {
  readonly stream: string
  readonly sequence: number
  /** The event as it goes over the wire, with its id. */
  readonly text: string
  readonly bytes: number
}

/** What all logs of an endpoint share: over its bound, the log that was written to longest ago loses its oldest event. */
export class LogBudget {
  /** Bytes in one session's log. */
  readonly perSession: number
  /** Bytes in all logs together. */
  readonly total: number
  /** Those that hold something, the one that was written to last at the end. */
  readonly #logs = new Set<EventLog>()
  #latest: EventLog | undefined
  #used = 0

  constructor(perSession: number, total: number) {
    this.perSession = perSession
    this.total = total
  }

  /** Bytes that are kept now. */
  get used(): number {
    return this.#used
  }

  written(log: EventLog, bytes: number): void {
    this.#used += bytes
    if (log !== this.#latest) {
      this.#logs.delete(log)
      this.#logs.add(log)
      this.#latest = log
    }
    while (this.#used > this.total) {
      const [longestAgo] = this.#logs
      longestAgo?.drop()
    }
  }

  freed(log: EventLog, bytes: number, isEmpty: boolean): void {
    this.#used -= bytes
    if (!isEmpty) return
    this.#logs.delete(log)
    if (this.#latest === log) this.#latest = undefined
  }
}

export class EventLog {
  readonly #budget: LogBudget
  #entries: Entry[] = []
  #dropped = 0
  #used = 0
  #closed = false

  constructor(budget: LogBudget) {
    this.#budget = budget
  }

  /** The place of the next event among all that were ever appended. */
  get next(): number {
    return this.#dropped + this.#entries.length
  }

  /** Whether the event at a place, or the one that will be there, is not dropped. */
  keeps(place: number): boolean {
    return place >= this.#dropped
  }

  /** Gives the event as it goes over the wire. Its id names the stream and the place in it. */
  append(stream: string, sequence: number, data: string): string {
    const text = encodeEvent({ id: toEventId(stream, sequence), data })
    if (this.#closed) return text
    const bytes = byteLength(text)
    this.#entries.push({ stream, sequence, text, bytes })
    this.#used += bytes
    this.#budget.written(this, bytes)
    while (this.#used > this.#budget.perSession) this.drop()
    return text
  }

  /** What is still there of the events of one stream after that with the number. */
  after(stream: string, sequence: number): string[] {
    return this.#entries.filter((entry) => entry.stream === stream && entry.sequence > sequence).map(({ text }) => text)
  }

  /** Forgets the oldest event. */
  drop(): void {
    const bytes = this.#entries.shift()?.bytes ?? 0
    this.#dropped++
    this.#used -= bytes
    this.#budget.freed(this, bytes, this.#entries.length === 0)
  }

  /** Forgets everything, and keeps nothing that still comes. */
  close(): void {
    this.#closed = true
    while (this.#entries.length > 0) this.drop()
  }
}

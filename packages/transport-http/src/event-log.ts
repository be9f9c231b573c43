/** Stores the events of a session's streams, so that a client that lost its connection can resume. Limited in bytes. */
import { byteLength } from '@gangway/core/internal'
import { encodeEvent } from '@gangway/core/internal/http'
import { toEventId } from './event-id.ts'

interface Entry {
  readonly stream: string
  readonly sequence: number
  /** The encoded event, including its id. */
  readonly text: string
  readonly bytes: number
}

/** The memory limit that all logs of an endpoint share. Above it, the log that was written to least recently drops its oldest event. */
export class LogBudget {
  /** Maximum bytes of one session's log. */
  readonly perSession: number
  /** Maximum bytes of all logs together. */
  readonly total: number
  /** Logs that are not empty, least recently written first. */
  readonly #logs = new Set<EventLog>()
  #latest: EventLog | undefined
  #used = 0

  constructor(perSession: number, total: number) {
    this.perSession = perSession
    this.total = total
  }

  /** Bytes that all logs currently hold. */
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

  /** Position of the next event, counted from the first event that was ever appended. */
  get next(): number {
    return this.#dropped + this.#entries.length
  }

  /** Whether the event at this position has not been dropped. Also true for positions of future events. */
  keeps(place: number): boolean {
    return place >= this.#dropped
  }

  /** Stores an event and returns it encoded. Its id consists of the stream's name and the sequence number. */
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

  /** Returns the stored events of a stream that follow the given sequence number. */
  after(stream: string, sequence: number): string[] {
    return this.#entries.filter((entry) => entry.stream === stream && entry.sequence > sequence).map(({ text }) => text)
  }

  /** Removes the oldest event. */
  drop(): void {
    const bytes = this.#entries.shift()?.bytes ?? 0
    this.#dropped++
    this.#used -= bytes
    this.#budget.freed(this, bytes, this.#entries.length === 0)
  }

  /** Removes all events. Later events are encoded but not stored. */
  close(): void {
    this.#closed = true
    while (this.#entries.length > 0) this.drop()
  }
}

/** The events of a session's streams, kept for clients that lost one and come back. Bounded in bytes. */
import { byteLength, encodeEvent } from '@gangway/core/web'

/** What all logs of an endpoint share. */
export interface LogBudget {
  /** Bytes in one session's log. */
  readonly perSession: number
  /** Bytes in all logs together. */
  readonly total: number
  used: number
}

interface Entry {
  readonly stream: string
  readonly sequence: number
  /** The event as it goes over the wire, with its id. */
  readonly text: string
  readonly bytes: number
}

export class EventLog {
  readonly #budget: LogBudget
  #entries: Entry[] = []
  #used = 0
  #closed = false

  constructor(budget: LogBudget) {
    this.#budget = budget
  }

  /** Gives the event as it goes over the wire. Its id names the stream and the place in it. */
  append(stream: string, sequence: number, data: string): string {
    const text = encodeEvent({ id: `${stream}_${sequence}`, data })
    if (this.#closed) return text
    const bytes = byteLength(text)
    this.#entries.push({ stream, sequence, text, bytes })
    this.#count(bytes)
    while (this.#entries.length > 0 && (this.#used > this.#budget.perSession || this.#budget.used > this.#budget.total)) this.#drop()
    return text
  }

  /** What is still there of the events of one stream after that with the number. */
  after(stream: string, sequence: number): string[] {
    return this.#entries.filter((entry) => entry.stream === stream && entry.sequence > sequence).map(({ text }) => text)
  }

  /** Forgets everything, and keeps nothing that still comes. */
  close(): void {
    this.#closed = true
    this.#count(-this.#used)
    this.#entries = []
  }

  #drop(): void {
    const oldest = this.#entries.shift()
    this.#count(-(oldest?.bytes ?? 0))
  }

  #count(bytes: number): void {
    this.#used += bytes
    this.#budget.used += bytes
  }
}

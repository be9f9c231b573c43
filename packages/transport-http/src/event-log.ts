/** The events of a session's streams, kept for clients that lost one and come back. Bounded in characters. */
import { encodeEvent } from '@gangway/core/web'

/** What all logs of an endpoint share. */
export interface LogBudget {
  /** Characters in one session's log. */
  readonly perSession: number
  /** Characters in all logs together. */
  readonly total: number
  used: number
}

interface Entry {
  readonly stream: string
  readonly sequence: number
  /** The event as it goes over the wire, with its id. */
  readonly text: string
}

export class EventLog {
  readonly #budget: LogBudget
  #entries: Entry[] = []
  #used = 0

  constructor(budget: LogBudget) {
    this.#budget = budget
  }

  /** Gives the event as it goes over the wire. Its id names the stream and the place in it. */
  append(stream: string, sequence: number, data: string): string {
    const text = encodeEvent({ id: `${stream}_${sequence}`, data })
    this.#entries.push({ stream, sequence, text })
    this.#count(text.length)
    while (this.#entries.length > 0 && (this.#used > this.#budget.perSession || this.#budget.used > this.#budget.total)) this.#drop()
    return text
  }

  /** The events of one stream after that with the id; undefined if it is not, or no longer, known what they are. */
  after(stream: string, sequence: number): string[] | undefined {
    const entries = this.#entries.filter((entry) => entry.stream === stream)
    const [oldest] = entries
    const next = entries.findIndex((entry) => entry.sequence > sequence)
    if (oldest && oldest.sequence > sequence + 1) return undefined
    return next < 0 ? [] : entries.slice(next).map(({ text }) => text)
  }

  clear(): void {
    this.#count(-this.#used)
    this.#entries = []
  }

  #drop(): void {
    const oldest = this.#entries.shift()
    this.#count(-(oldest?.text.length ?? 0))
  }

  #count(characters: number): void {
    this.#used += characters
    this.#budget.used += characters
  }
}

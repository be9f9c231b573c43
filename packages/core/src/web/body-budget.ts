/** Bounds the memory for large request bodies, from before they are read until their requests are answered. */
import { tooBusy } from './http-error.ts'

/** Bodies up to this size always find room: the bounds on connections and requests in flight cover them. In bytes. */
const SMALL = 64 * 1024

/** A part of the budget that one request holds. */
export interface BodyReservation {
  /** Gives back what the body did not need, once it is read. */
  shrink(bytes: number): void
  /** Frees the reservation, or lets `holdUntil` free it. */
  release(): void
  /** Keeps the reservation while work goes on after the reply: HTTP+SSE replies before it answers. */
  holdUntil(work: Promise<unknown>): void
}

const hasNoBody = (method: string): boolean => method === 'GET' || method === 'HEAD' || method === 'OPTIONS' || method === 'DELETE'

export class BodyBudget {
  readonly #max: number
  #used = 0

  /** `max` is in bytes. */
  constructor(max: number) {
    this.#max = max
  }

  get used(): number {
    return this.#used
  }

  /**
   * Reserves what the body may take: its announced length, or `maxBody` if it announces none. Undefined for small bodies, which need no reservation.
   * Throws `HttpError` 503 if the budget is used up.
   */
  reserve(method: string, announced: string | undefined, maxBody: number): BodyReservation | undefined {
    if (hasNoBody(method)) return undefined
    let held = Math.min(announced === undefined ? maxBody : Number(announced), maxBody)
    if (!(held > SMALL)) return undefined
    if (this.#used + held > this.#max) throw tooBusy(503, `The bodies of the requests in flight take up ${this.#max} bytes: try again later`, 'too_many_bytes')
    this.#used += held
    const change = (bytes: number): void => {
      this.#used += bytes - held
      held = bytes
    }
    let isReleased = false
    let holds = 0
    const free = (): void => {
      if (isReleased && holds === 0) change(0)
    }
    return {
      shrink: (bytes) => {
        if (bytes < held) change(bytes > SMALL ? bytes : 0)
      },
      release: () => {
        isReleased = true
        free()
      },
      holdUntil: (work) => {
        holds++
        const end = (): void => {
          holds--
          free()
        }
        work.then(end, end)
      },
    }
  }
}

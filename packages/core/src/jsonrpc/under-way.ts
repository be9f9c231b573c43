import { toDelay } from './delay.ts'

/** A number of things under way, and a promise of there being none. */
export class UnderWay {
  #count = 0
  #waiting: (() => void)[] = []

  get count(): number {
    return this.#count
  }

  begin(): void {
    this.#count++
  }

  end(): void {
    this.#count--
    if (this.#count === 0 && this.#waiting.length > 0) for (const wake of this.#waiting.splice(0)) wake()
  }

  /** Resolves when nothing is under way. */
  none(): Promise<void> {
    return this.#count === 0 ? Promise.resolve() : new Promise((resolve) => this.#waiting.push(resolve))
  }
}

/** Resolves with the promise, or after so many milliseconds without it. */
export async function atMost(milliseconds: number, promise: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const expired = new Promise<void>((resolve) => (timer = setTimeout(resolve, toDelay(milliseconds))))
  try {
    await Promise.race([expired, promise])
  } finally {
    clearTimeout(timer)
  }
}

/** What the servers that were started write to stderr: passed on line by line, but for the complaints of our own `run`. */
import { GangwayError, type GangwayErrorCode } from '@gangway/core'
import { say } from '../output.ts'

export class ServerLog {
  readonly #open = new Map<string, string>()
  readonly #onRefusal: ((refusal: GangwayError) => void) | undefined

  /** `onRefusal` is told why `gangway run` does not serve the file, where there is one. */
  constructor(onRefusal: ((refusal: GangwayError) => void) | undefined) {
    this.#onRefusal = onRefusal
  }

  readonly take = (text: string, name: string): void => {
    const lines = `${this.#open.get(name) ?? ''}${text}`.split(/\r?\n/)
    this.#open.set(name, lines.pop() ?? '')
    for (const line of lines) this.#line(line, name)
  }

  end(): void {
    for (const [name, line] of this.#open) if (line !== '') this.#line(line, name)
    this.#open.clear()
  }

  #line(line: string, name: string): void {
    const [, code, message] = (this.#onRefusal && /^gangway: (GANGWAY_E_\w+): (.*)/.exec(line)) || []
    if (code !== undefined && message !== undefined) this.#onRefusal?.(new GangwayError(code as GangwayErrorCode, message))
    else say(name === '' ? line : `${name}: ${line}`)
  }
}

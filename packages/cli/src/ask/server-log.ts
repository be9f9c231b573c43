/** What the servers that were started write to stderr: passed on line by line, but for the complaints of our own `run`. */
import { GangwayError, type GangwayErrorCode } from '@gangway/core'
import { tell } from './screen.ts'

export class ServerLog {
  /** Why `gangway run` did not serve the file. */
  refusal: GangwayError | undefined
  readonly #open = new Map<string, string>()
  readonly #expectsRefusal: boolean

  constructor(expectsRefusal: boolean) {
    this.#expectsRefusal = expectsRefusal
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
    const [, code, message] = (this.#expectsRefusal && /^gangway: (GANGWAY_E_\w+): (.*)/.exec(line)) || []
    if (code !== undefined && message !== undefined) this.refusal = new GangwayError(code as GangwayErrorCode, message)
    else tell(name === '' ? line : `${name}: ${line}`)
  }
}

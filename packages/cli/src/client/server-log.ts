/** Forwards the stderr of started servers line by line. Errors of `gangway run` are reported as errors of this command. */
import { GangwayError, type GangwayErrorCode } from '@gangway/core'
import { logLine } from '../output.ts'

export class ServerLog {
  readonly #open = new Map<string, string>()
  readonly #onRefusal: ((refusal: GangwayError) => void) | undefined

  /** `onRefusal` receives the error of `gangway run`, if the target is a file. */
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
    else logLine(name === '' ? line : `${name}: ${line}`)
  }
}

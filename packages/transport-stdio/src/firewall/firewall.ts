/** Reserves stdout for protocol messages: anything else that this process writes there goes to stderr, and is reported. */
import { syncBuiltinESMExports } from 'node:module'
import process from 'node:process'
import type { Writable } from 'node:stream'
import { callSite } from './call-site.ts'
import { Children, mayHaveChildren } from './redirect-children.ts'
import { redirectFs } from './redirect-fs.ts'
import type { Callable } from './replace.ts'
import { redirectStdout } from './redirect-stdout.ts'
import { openDescriptor } from './descriptor-stream.ts'

export interface FirewallOptions {
  /** The value of `--strict-stdout`, which overrides the option in code. */
  readonly strict?: boolean | undefined
  /** The descriptor that carries messages. @default 1 */
  readonly wire?: number | undefined
}

/** Places that are reported, at most. */
const MOST_PLACES = 1000

export class Firewall {
  readonly strict: boolean | undefined
  /** The stream that carries messages. */
  readonly wire: Writable
  /** The original `write` of that stream. */
  readonly write: Writable['write']
  readonly children: Children
  /** The code that wrote to stdout: `file:line:column`, or a description if the location is unknown. */
  readonly places: Set<string> = new Set<string>()
  readonly #restore: readonly (() => void)[]
  #hear: ((place: string) => void) | undefined

  constructor({ strict, wire }: FirewallOptions) {
    this.strict = strict
    this.wire = wire === undefined ? process.stdout : openDescriptor(wire)
    this.write = this.wire.write.bind(this.wire)
    // The stream first: Node.js creates it on first use, from functions that are replaced next.
    this.#restore = [redirectStdout(this.#onStrayWrite), redirectFs(this.#onStrayWrite)]
    this.children = new Children(this.#onStrayWrite)
    if (mayHaveChildren()) this.children.redirect()
    syncBuiltinESMExports()
    process.stderr.on('error', ignore) // The reader of stderr may be gone.
  }

  /** Whether no server listens yet. */
  get idle(): boolean {
    return this.#hear === undefined
  }

  /** Calls `hear` once for each place, past ones included. */
  listen(hear: (place: string) => void): void {
    this.#hear = hear
    for (const place of this.places) hear(place)
  }

  /** Restores stdout. */
  release(): void {
    for (const restore of this.#restore) restore()
    this.children.restore()
    syncBuiltinESMExports()
    process.stderr.off('error', ignore)
  }

  readonly #onStrayWrite = (called: Callable): void => {
    if (this.places.size === MOST_PLACES) return
    const place = callSite(called) ?? 'Code at an unknown location'
    if (this.places.has(place)) return
    this.places.add(place)
    this.#hear?.(place)
  }
}

const ignore = (): void => {}

/** Keeps standard output for protocol messages: whatever else in this process writes there goes to stderr, and is told of. */
import { syncBuiltinESMExports } from 'node:module'
import process from 'node:process'
import type { Writable } from 'node:stream'
import { callSite } from './call-site.ts'
import { Children, mayHaveChildren } from './children.ts'
import { divertFiles } from './files.ts'
import type { Callable } from './replace.ts'
import { divertStream } from './stream.ts'
import { openWire } from './wire.ts'

export interface FirewallOptions {
  /** What a command line says of stray prints, whatever the code says. */
  readonly strict?: boolean | undefined
  /** The descriptor that carries messages instead of 1, where that is somebody else's. */
  readonly wire?: number | undefined
}

/** More than anybody reads. */
const MOST_PLACES = 1000

export class Firewall {
  readonly strict: boolean | undefined
  /** What carries messages. */
  readonly wire: Writable
  /** Its own, which nobody else reaches. */
  readonly write: Writable['write']
  readonly children: Children
  /** What wrote to stdout so far: `file:line:column`, or words where that cannot be known. */
  readonly places: Set<string> = new Set<string>()
  readonly #restore: readonly (() => void)[]
  #hear: ((place: string) => void) | undefined

  constructor({ strict, wire }: FirewallOptions) {
    this.strict = strict
    this.wire = wire === undefined ? process.stdout : openWire(wire)
    this.write = this.wire.write.bind(this.wire)
    // The stream comes first: Node may make it only now, out of what is replaced next.
    this.#restore = [divertStream(this.#stray), divertFiles(this.#stray)]
    this.children = new Children(this.#stray)
    if (mayHaveChildren()) this.children.divert()
    syncBuiltinESMExports()
    process.stderr.on('error', ignore) // Nobody may be left to read it.
  }

  /** Whether nobody has asked yet to hear of what happens here. */
  get idle(): boolean {
    return this.#hear === undefined
  }

  /** Hears of each place once, also of what happened before. */
  listen(hear: (place: string) => void): void {
    this.#hear = hear
    for (const place of this.places) hear(place)
  }

  /** Gives stdout back. */
  release(): void {
    for (const restore of this.#restore) restore()
    this.children.restore()
    syncBuiltinESMExports()
    process.stderr.off('error', ignore)
  }

  readonly #stray = (called: Callable): void => {
    if (this.places.size === MOST_PLACES) return
    const place = callSite(called) ?? 'Code at an unknown location'
    if (this.places.has(place)) return
    this.places.add(place)
    this.#hear?.(place)
  }
}

const ignore = (): void => {}

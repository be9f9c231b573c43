/** The one firewall of this process, whichever copy of this package has put it up. */
import { Firewall, type FirewallOptions } from './firewall.ts'

const KEY = Symbol.for('gangway.stdout')
const holder = globalThis as { [KEY]?: Firewall | undefined }

/** Puts it up, unless it is. */
export function guardStdout(options: FirewallOptions = {}): Firewall {
  return (holder[KEY] ??= new Firewall(options))
}

export function releaseStdout(): void {
  holder[KEY]?.release()
  holder[KEY] = undefined
}

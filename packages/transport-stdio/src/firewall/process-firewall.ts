/** The firewall of this process. All copies of this package share it. */
import { Firewall, type FirewallOptions } from './firewall.ts'

const KEY = Symbol.for('gangway.stdout')
const holder = globalThis as { [KEY]?: Firewall | undefined }

/** Creates the firewall on the first call. */
export function guardStdout(options: FirewallOptions = {}): Firewall {
  return (holder[KEY] ??= new Firewall(options))
}

export function releaseStdout(): void {
  holder[KEY]?.release()
  holder[KEY] = undefined
}

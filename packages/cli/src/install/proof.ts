/** Says whether a server that was just installed starts there. */
import { parse } from 'node:path'
import { GangwayError, redactor } from '@gangway/core'
import { say } from '../output.ts'
import type { Entry } from './entry.ts'
import { handshake } from './handshake.ts'
import { hostEnvironment } from './host-environment.ts'
import type { Place } from './place.ts'

export interface Installed {
  readonly entry: Entry
  /** Who starts it. */
  readonly host: string
  /** The folder that the host starts it in, if that is known. */
  readonly folder: string | undefined
  /** What has become of the entry, should the server not start. */
  readonly state: string
}

/** Throws `GANGWAY_E_CHECK` if it does not and shows the end of its log. */
export async function prove({ entry, host, folder, state }: Installed, place: Place): Promise<void> {
  const outcome = await handshake(entry, { cwd: folder ?? parse(place.home).root, env: hostEnvironment(place) })
  if ('tools' in outcome) return say(`Started as ${host} will start it: ${outcome.tools} ${outcome.tools === 1 ? 'tool' : 'tools'}, ${outcome.milliseconds} ms`)
  const hide = redactor(Object.values(entry.env ?? {}))
  for (const line of outcome.log) say(`  ${hide(line)}`)
  throw new GangwayError('GANGWAY_E_CHECK', `${state}, but as ${host} will start it the server does not answer, ${hide(outcome.fault)}: ${advice(entry)}`)
}

const advice = ({ env }: Entry): string => `mend it${env ? '' : ', or give it the variables that it needs with --env'}, and install again; hosts do not give it your shell's variables or PATH`

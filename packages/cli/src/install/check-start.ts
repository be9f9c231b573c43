/** Checks that an installed server starts the way its host starts it. */
import { parse } from 'node:path'
import { GangwayError, redactor } from '@gangway/core'
import { logLine } from '../output.ts'
import type { Entry } from './host-entry.ts'
import { handshake } from './handshake.ts'
import { hostEnvironment } from './host-environment.ts'
import type { Place } from './platform.ts'

export interface Installed {
  readonly entry: Entry
  /** The name of the host. */
  readonly host: string
  /** The working directory in the host, if known. */
  readonly folder: string | undefined
  /** A description of what was installed, for the error. */
  readonly state: string
}

/** Throws `GANGWAY_E_CHECK`, and prints the end of the server's log, if it does not start. */
export async function checkStart({ entry, host, folder, state }: Installed, place: Place): Promise<void> {
  const outcome = await handshake(entry, { cwd: folder ?? parse(place.home).root, env: hostEnvironment(place) })
  if ('tools' in outcome) return logLine(`Checked: the server starts in ${host}'s environment (${outcome.tools} ${outcome.tools === 1 ? 'tool' : 'tools'}, ${outcome.milliseconds} ms)`)
  const hide = redactor(Object.values(entry.env ?? {}))
  for (const line of outcome.log) logLine(`  ${hide(line)}`)
  throw new GangwayError('GANGWAY_E_CHECK', `${state}, but the server does not start in ${host}'s environment: ${hide(outcome.fault)}. ${advice(entry)}`)
}

const advice = ({ env }: Entry): string => `Hosts do not pass on the variables and PATH of your shell. Fix the server${env ? '' : ', or add variables with --env'}, and install again`

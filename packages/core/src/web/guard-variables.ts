/** What variables say of who may call, for a transport that listens by itself. */
import { variable } from '../server/host.ts'
import type { GuardOptions } from './guard.ts'

/** `GANGWAY_ALLOWED_HOSTS` and `GANGWAY_ALLOWED_ORIGINS`: names with commas between them, or 'any'. To be laid under the options in code. */
export function guardVariables(): GuardOptions {
  const allowedHosts = listIn('GANGWAY_ALLOWED_HOSTS')
  const allowedOrigins = listIn('GANGWAY_ALLOWED_ORIGINS')
  return { ...(allowedHosts && { allowedHosts }), ...(allowedOrigins && { allowedOrigins }) }
}

function listIn(name: string): readonly string[] | 'any' | undefined {
  const names = variable(name)
    ?.split(',')
    .map((text) => text.trim())
    .filter((text) => text !== '')
  return names?.includes('any') ? 'any' : names
}

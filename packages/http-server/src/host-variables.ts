/** Reads the allowed hosts and origins from environment variables, for transports that listen on a port. */
import { variable } from '@gangway/core/internal'
import type { HostValidationOptions } from '@gangway/core/internal/http'

/** Reads `GANGWAY_ALLOWED_HOSTS` and `GANGWAY_ALLOWED_ORIGINS`: comma-separated names, or 'any'. Options that are set in code override them. */
export function hostVariables(): HostValidationOptions {
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

/** The environment that desktop hosts give to servers: far smaller than that of a shell. */
import type { Place } from './platform.ts'

/** From the official SDK, which most hosts use. */
const POSIX = ['HOME', 'LOGNAME', 'SHELL', 'TERM', 'USER']
const WINDOWS = ['APPDATA', 'HOMEDRIVE', 'HOMEPATH', 'LOCALAPPDATA', 'PROCESSOR_ARCHITECTURE', 'SYSTEMDRIVE', 'SYSTEMROOT', 'TEMP', 'USERNAME', 'USERPROFILE', 'PROGRAMFILES']

type Origin = Pick<Place, 'platform' | 'env'>

export function hostEnvironment(origin: Origin): Record<string, string> {
  const names = new Set(origin.platform === 'win32' ? WINDOWS : POSIX)
  const kept = Object.entries(origin.env).filter((entry): entry is [string, string] => entry[1] !== undefined && names.has(origin.platform === 'win32' ? entry[0].toUpperCase() : entry[0]))
  return { ...Object.fromEntries(kept), PATH: systemPath(origin) }
}

/** Without folders that shell profiles and version managers add. */
export function systemPath({ platform, env }: Origin): string {
  if (platform !== 'win32') return '/usr/bin:/bin:/usr/sbin:/sbin'
  const root = env['SystemRoot'] || env['SYSTEMROOT'] || String.raw`C:\Windows`
  return `${root}\\System32;${root}`
}

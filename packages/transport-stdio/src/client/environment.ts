/** The environment variables that a started server inherits: what programs need to run, and no secrets. The list is that of the official SDK. */
import process from 'node:process'

const NAMES: Readonly<Record<'win32' | 'other', readonly string[]>> = {
  win32: ['APPDATA', 'HOMEDRIVE', 'HOMEPATH', 'LOCALAPPDATA', 'PATH', 'PATHEXT', 'PROCESSOR_ARCHITECTURE', 'SYSTEMDRIVE', 'SYSTEMROOT', 'TEMP', 'USERNAME', 'USERPROFILE', 'PROGRAMFILES'],
  other: ['HOME', 'LOGNAME', 'PATH', 'SHELL', 'TERM', 'USER'],
}

/** Leaves out exported shell functions, which are code. */
export function defaultEnvironment(source: NodeJS.ProcessEnv = process.env, platform: NodeJS.Platform = process.platform): Record<string, string> {
  const entries = NAMES[platform === 'win32' ? 'win32' : 'other'].map((name) => [name, source[name]] as const)
  return Object.fromEntries(entries.filter((entry): entry is readonly [string, string] => entry[1] !== undefined && !entry[1].startsWith('()')))
}

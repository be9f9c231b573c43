/** The platform facts that paths of configuration files depend on. Passed as an argument, so that tests cover every platform. */
import { readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { posix, win32, type PlatformPath } from 'node:path'
import process from 'node:process'

export interface Place {
  readonly platform: NodeJS.Platform
  readonly env: Readonly<Record<string, string | undefined>>
  readonly home: string
  /** The working directory. */
  readonly cwd: string
  /** Names in a folder; empty if it does not exist. */
  readonly list: (folder: string) => readonly string[]
}

export const thisPlace = (): Place => ({ platform: process.platform, env: process.env, home: homedir(), cwd: process.cwd(), list: namesIn })

export const pathsOf = ({ platform }: Place): PlatformPath => (platform === 'win32' ? win32 : posix)

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

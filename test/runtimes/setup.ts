/** Before the slow tests: installs the runtimes, and an empty project with our packages as users get them. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'
import { pack } from '../../scripts/packed.mjs'
import { pnpm } from '../../scripts/pnpm.mjs'
import { emptyProject, install, isUnreachable } from '../projects.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The project; or why there is none. */
    packed: { directory: string } | { skipped: string }
  }
}

const OTHERS = ['zod@4', '@types/node@20', 'express@5', 'hono@4']

export default async function setup({ provide }: TestProject): Promise<() => void> {
  const cwd = fileURLToPath(new URL('.', import.meta.url))
  const { status, stdout, stderr } = pnpm(['install', '--frozen-lockfile'], { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  if (status !== 0) console.warn(`The runtimes could not be installed\n${stdout}\n${stderr}`)

  const directory = mkdtempSync(join(realpathSync(tmpdir()), 'gangway-runtimes-'))
  const project = join(directory, 'project')
  emptyProject(project)
  mkdirSync(join(directory, 'tarballs'))
  try {
    await install(project, [...pack(join(directory, 'tarballs')).map(({ tarball }) => tarball), ...OTHERS])
    provide('packed', { directory: project })
  } catch (error) {
    if (!isUnreachable(error)) throw error
    provide('packed', { skipped: `SKIPPED: the npm registry cannot be reached (${error.code}), so our packages cannot be installed` })
  }
  return () => rmSync(directory, { recursive: true, maxRetries: 3 })
}

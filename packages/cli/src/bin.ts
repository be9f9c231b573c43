#!/usr/bin/env node
/** The `gangway` command. */
import module from 'node:module'
import process from 'node:process'
import { cacheDirectory } from './cache-directory.ts'

// A Node that is older cannot load the rest, and would say so with a stack.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`gangway: GANGWAY_E_NODE_VERSION: This is Node ${process.versions.node}, and gangway needs 20.19 or later: install a newer one, from https://nodejs.org`)
  process.exit(6) // As errors.ts has it.
}

// From Node 22.8 on, what it makes of the files that it loads from here on is kept, TypeScript without its types included, which halves a start.
// A server that is loaded over and over would be kept as often.
const keeps = process.argv[2] === 'run' && !process.argv.some((argument) => argument.startsWith('--reload'))
const folder = keeps ? cacheDirectory('compiled') : undefined
if (folder !== undefined) (module as { enableCompileCache?: (folder: string) => unknown }).enableCompileCache?.(folder)

// Started under another Node than the user's: see environment/reexecute.ts. Elsewhere, nothing of it is loaded.
if (process.env['GANGWAY_STARTED_BY'] !== undefined) (await import('./environment/lifeline.ts')).followParent()

// Not awaited: Node would report a server file that hangs while it loads before the command can.
void (await import('./cli.ts')).main(process.argv.slice(2))

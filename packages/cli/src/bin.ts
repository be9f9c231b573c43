#!/usr/bin/env node
/** The `gangway` command. */
import module from 'node:module'
import process from 'node:process'
import { cacheDirectory } from './cache-directory.ts'

// Checked before anything else is imported: an older Node.js cannot parse the rest and would print a stack trace.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`gangway: GANGWAY_E_NODE_VERSION: Node.js ${process.versions.node} is too old: gangway needs 20.19 or later. Install a newer version from https://nodejs.org`)
  process.exit(6) // The same as in errors.ts.
}

// Caching compiled code (Node.js 22.8 and later) halves the startup time. It is off with --reload, which would cache every version of a file.
const cachesCode = process.argv[2] === 'run' && !process.argv.some((argument) => argument.startsWith('--reload'))
const folder = cachesCode ? cacheDirectory('compiled') : undefined
if (folder !== undefined) (module as { enableCompileCache?: (folder: string) => unknown }).enableCompileCache?.(folder)

// Set only if this process runs instead of another one of the command (process/child-process.ts).
if (process.env['GANGWAY_STARTED_BY'] !== undefined) (await import('./process/parent-link.ts')).followParent()

// Not awaited: for a server file that never finishes loading, Node.js would print its own warning before the command reports the error.
void (await import('./cli.ts')).main(process.argv.slice(2))

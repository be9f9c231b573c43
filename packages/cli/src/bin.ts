#!/usr/bin/env node
/** The `gangway` command. */
import process from 'node:process'
import { main } from './cli.ts'

// Started under another Node than the user's: see environment/reexecute.ts. Elsewhere, nothing of it is loaded.
if (process.env['GANGWAY_STARTED_BY'] !== undefined) (await import('./environment/lifeline.ts')).followParent()

// Not awaited: Node would report a server file that hangs while it loads before the command can.
void main(process.argv.slice(2))

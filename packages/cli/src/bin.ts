#!/usr/bin/env node
/** The `gangway` command. */
import process from 'node:process'
import { main } from './cli.ts'

// Not awaited: Node would report a server file that hangs while it loads before the command can.
void main(process.argv.slice(2))

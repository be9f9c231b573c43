/** `--explain`: a table of every setting, where it comes from, and what it overrode. */
import process from 'node:process'
import { redact } from '@gangway/core'
import { wantedNode } from '../environment/node-version.ts'
import type { EnvironmentRequest } from '../environment/request.ts'
import type { Resolved, Source } from './settings.ts'

const HEAD = ['setting', 'value', 'from', 'instead of']
const NOTE = "Arguments that the server's own code gives to run() stand under flags, and over all else."

export function explain(resolved: Resolved, environment: EnvironmentRequest | undefined): string {
  const rows = Array.from(resolved, ([name, [source, ...others]]) => [name, show(source?.value), source?.origin ?? '', others.map(instead).join(', ')])
  const table = [HEAD, ...rows.filter(([name]) => name !== 'node'), nodeRow(environment)]
  const widths = HEAD.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)))
  const lines = table.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd())
  return `${lines.join('\n')}\n\n${NOTE}\n`
}

/** Whose wish it is, or this one. */
function nodeRow(environment: EnvironmentRequest | undefined): readonly string[] {
  const here = process.versions.node
  const wanted = environment && wantedNode(environment.node, environment.project ?? environment.folder)
  return wanted && wanted.otherwise !== 'warn' ? ['node', wanted.range, wanted.origin, `${here} by default`] : ['node', here, 'default', '']
}

const instead = ({ value, origin }: Source): string => (origin === 'default' ? `${show(value)} by default` : `${show(value)} of ${origin}`)

/** Masks secrets. */
const show = (value: unknown): string => (typeof value === 'string' && value !== '' ? redact(value) : JSON.stringify(value, (key, inner: unknown) => (key === 'clientSecret' ? '…' : inner)))

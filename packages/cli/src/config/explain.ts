/** `--explain`: a table of every setting, its source, and the values it overrides. */
import process from 'node:process'
import { redact, redactor, secretsOfArguments } from '@gangway/core/client'
import { wantedNode } from '../environment/node-version.ts'
import type { EnvironmentRequest } from '../environment/environment-request.ts'
import type { Resolved, Source } from './settings.ts'

const HEAD = ['setting', 'value', 'from', 'overrides']
const NOTE = "Flags override the options that the server's code passes to run(). Those options override everything else."

export function explain(resolved: Resolved, environment: EnvironmentRequest | undefined): string {
  const rows = Array.from(resolved, ([name, [source, ...others]]) => [name, show(source?.value), source?.origin ?? '', others.map(overridden).join(', ')])
  const table = [HEAD, ...rows.filter(([name]) => name !== 'node'), nodeRow(environment)]
  const widths = HEAD.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)))
  const lines = table.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd())
  return `${lines.join('\n')}\n\n${NOTE}\n`
}

/** The requested Node.js version, or the running one. */
function nodeRow(environment: EnvironmentRequest | undefined): readonly string[] {
  const here = process.versions.node
  const wanted = environment && wantedNode(environment.node, environment.project ?? environment.folder)
  return wanted && wanted.otherwise !== 'warn' ? ['node', wanted.range, wanted.origin, `${here} (default)`] : ['node', here, 'default', '']
}

const overridden = ({ value, origin }: Source): string => `${show(value)} (${origin})`

/** Masks secrets. */
function show(value: unknown): string {
  if (typeof value === 'string' && value !== '') return redact(value)
  if (Array.isArray(value)) return redactor(secretsOfArguments(value.map(String)))(JSON.stringify(value))
  return JSON.stringify(value, (key, inner: unknown) => (key === 'clientSecret' ? '…' : inner))
}

/** Signals and child processes: the servers that a command starts end with it, even if they ignore the end of stdin. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { ended, project, start } from './gangway.ts'

const options = { timeout: 60_000 }

/** Never responds, and keeps running when stdin ends. */
const server = (onTerm: string): string => `
const { appendFileSync, writeFileSync } = require('node:fs')
process.on('SIGTERM', () => { ${onTerm} })
setInterval(() => {}, 1000)
writeFileSync(__dirname + '/pid', String(process.pid))
`
const stubborn = { 'server.cjs': server(''), 'mcp.json': JSON.stringify({ mcpServers: { one: { command: process.execPath, args: ['server.cjs'] } } }) }

/** `expect.poll` does not work in concurrent tests. */
async function until(isMet: () => boolean): Promise<void> {
  while (!isMet()) await sleep(50)
}

/** Starts the command, and resolves with the id of its server's process once that runs. */
async function started(args: readonly string[], files: Readonly<Record<string, string>>) {
  const cwd = project(files)
  const child = start(args, { cwd })
  const end = ended(child)
  const file = join(cwd, 'pid')
  const failed = end.then(({ stderr }) => Promise.reject(new Error(stderr)))
  failed.catch(() => {}) // Later, it is expected to exit.
  await Promise.race([failed, until(() => existsSync(file) && readFileSync(file, 'utf8') !== '')])
  return { child, end, pid: Number(readFileSync(file, 'utf8')) }
}

/** A process that has exited, but whose parent has not asked for its exit code, does not count. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return process.platform !== 'linux' || !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

const commands = {
  list: ['list', '--', process.execPath, 'server.cjs'],
  call: ['call', 'hang', '--command', `'${process.execPath}' server.cjs`],
  inspect: ['inspect', 'mcp.json'],
  'run --require-upstreams': ['run', 'mcp.json', '--require-upstreams'],
  install: ['install', 'cursor', 'server.cjs', '--config-path', 'hosts.json'],
}

describe.skipIf(process.platform === 'win32').concurrent('a signal', options, () => {
  test.each(Object.entries(commands))('to %s stops its server gracefully, and the exit code is that of the signal', async (_name, args) => {
    const { child, end, pid } = await started(args, { ...stubborn, 'server.cjs': server("appendFileSync(__dirname + '/stopped', 'x'); process.exit()") })
    child.kill('SIGINT')
    expect(await end).toMatchObject({ stdout: '', code: 130 })
    await until(() => !isRunning(pid))
  })

  test.each(Object.entries(commands))('that is followed by another to %s kills its server', async (_name, args) => {
    const { child, end, pid } = await started(args, stubborn)
    child.kill('SIGINT')
    await sleep(300) // The two might arrive in the other order.
    child.kill('SIGTERM')
    expect(await end).toMatchObject({ stdout: '', code: 143 })
    await until(() => !isRunning(pid))
  })
})

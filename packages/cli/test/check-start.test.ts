/** The check of `gangway install`, with programs that are not servers. */
import process from 'node:process'
import { describe, expect, test } from 'vitest'
import { handshake } from '../src/install/check-start.ts'

const run = (script: string, timeout = 30_000) => handshake({ command: process.execPath, args: ['--eval', script] }, { cwd: '/', env: {}, timeout })
/** A server that responds to each request with these members, by its method or else by `any`. */
const responds = (members: Readonly<Record<string, object>>): string =>
  `require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => { const { id, method } = JSON.parse(line); const members = ${JSON.stringify(members)}; if (id !== undefined) console.log(JSON.stringify({ jsonrpc: '2.0', id, ...(members[method] ?? members.any) })) })`
const initialized = { result: { protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo: { name: 'odd', version: '1' } } }

describe.concurrent('an entry', { timeout: 60_000 }, () => {
  test.each([
    ['that exits', 'process.exit(3)', /code 3$/],
    ['that is killed', 'process.kill(process.pid, "SIGKILL")', /SIGKILL$/],
    ['that prints to stdout', 'console.log("Listening"); setInterval(() => {}, 1000)', /Listening/],
    ['that writes JSON which is not a message', 'console.log(5); setInterval(() => {}, 1000)', /: "5"/],
    ['that responds with an error', responds({ any: { error: { code: -32603, message: 'no database' } } }), /no database/],
    ['that responds without a result', responds({ any: {} }), /Neither .* response/],
    ['that responds without tools', responds({ initialize: initialized, any: { result: {} } }), /tools\/list.*tools/],
  ])('%s', async (_what, script, fault) => {
    expect(await run(script)).toMatchObject({ fault: expect.stringMatching(fault) as string })
  })

  test('that never responds, and does not exit', async () => {
    expect(await run('console.error("waiting"); process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)', 1500)).toEqual({ fault: expect.stringMatching(/initialize.*1500 ms/) as string, log: ['waiting'] })
  })

  test('that leaves a process that holds its pipes', async () => {
    const script = `const { spawn } = require('node:child_process'); spawn(process.execPath, ['--eval', 'setTimeout(() => {}, 4000)'], { stdio: 'inherit' }); console.log('x'); setInterval(() => {}, 1000)`
    expect(await run(script)).toMatchObject({ fault: expect.stringMatching(/"x"/) as string })
  })

  test('that cannot be started', async () => {
    expect(await handshake({ command: '/nowhere/node', args: [] }, { cwd: '/', env: {} })).toEqual({ fault: expect.stringContaining('/nowhere/node') as string, log: [] })
  })

  test('quotes the end of its stderr', async () => {
    expect(await run('for (let i = 0; i < 20; i++) console.error("line", i, "\\n"); process.exitCode = 1; process.stdin.destroy()')).toMatchObject({ log: Array.from({ length: 8 }, (_, index) => `line ${index + 12} `) })
  })
})

/** Starting an entry as a host would, where what is started is no orderly server. */
import process from 'node:process'
import { describe, expect, test } from 'vitest'
import { handshake } from '../src/install/handshake.ts'

const run = (script: string, timeout = 30_000) => handshake({ command: process.execPath, args: ['--eval', script] }, { cwd: '/', env: {}, timeout })
/** Answers the first request with this. */
const answer = (text: string): string => `process.stdin.once('data', () => console.log(${JSON.stringify(text)}))`

describe.concurrent('an entry', { timeout: 60_000 }, () => {
  test.each([
    ['that ends', 'process.exit(3)', /code 3$/],
    ['that is killed', 'process.kill(process.pid, "SIGKILL")', /SIGKILL$/],
    ['that talks on standard output', 'console.log("Listening"); setInterval(() => {}, 1000)', /stdout.*: Listening$/],
    ['that writes JSON which is not a message', 'console.log(5); setInterval(() => {}, 1000)', /stdout.*: 5$/],
    ['that answers with an error', answer('{"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"no"}}'), /initialize.*\{"code":-32603,"message":"no"\}/],
    ['that answers with nothing', answer('{"jsonrpc":"2.0","id":1}'), /initialize.*result/],
    ['that lists no list', `${answer('{"jsonrpc":"2.0","id":1,"result":{"capabilities":{"tools":{}}}}')}; setTimeout(() => console.log('{"jsonrpc":"2.0","id":2,"result":{}}'), 500)`, /tools\/list.*tools$/],
  ])('%s', async (_what, script, fault) => {
    expect(await run(script)).toMatchObject({ fault: expect.stringMatching(fault) as string })
  })

  test('that never responds, and does not exit', async () => {
    expect(await run('console.error("waiting"); process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)', 1500)).toEqual({ fault: expect.stringContaining('1.5 s') as string, log: ['waiting'] })
  })

  test('that leaves a process that holds its pipes', async () => {
    const script = `const { spawn } = require('node:child_process'); spawn(process.execPath, ['--eval', 'setTimeout(() => {}, 4000)'], { stdio: 'inherit' }); console.log('x'); setInterval(() => {}, 1000)`
    expect(await run(script)).toMatchObject({ fault: expect.stringMatching(/stdout.*: x$/) as string })
  })

  test('that cannot be started', async () => {
    expect(await handshake({ command: '/nowhere/node', args: [] }, { cwd: '/', env: {} })).toEqual({ fault: 'spawn /nowhere/node ENOENT', log: [] })
  })

  test('quotes the end of its stderr', async () => {
    expect(await run('for (let i = 0; i < 20; i++) console.error("line", i, "\\n"); process.exitCode = 1; process.stdin.destroy()')).toMatchObject({ log: Array.from({ length: 8 }, (_, index) => `line ${index + 12} `) })
  })
})

/** Starting an entry as a host would, where what is started is no orderly server. */
import process from 'node:process'
import { describe, expect, test } from 'vitest'
import { handshake } from '../src/install/handshake.ts'

const run = (script: string, patience = 30_000) => handshake({ command: process.execPath, args: ['--eval', script] }, { cwd: '/', env: {}, patience })
/** Answers the first request with this. */
const answer = (text: string): string => `process.stdin.once('data', () => console.log(${JSON.stringify(text)}))`

describe.concurrent('an entry', { timeout: 60_000 }, () => {
  test.each([
    ['that ends', 'process.exit(3)', 'it ended (exit code 3)'],
    ['that is killed', 'process.kill(process.pid, "SIGKILL")', 'it ended (SIGKILL)'],
    ['that talks on standard output', 'console.log("Listening"); setInterval(() => {}, 1000)', 'it wrote to standard output what is no message: Listening'],
    ['that writes JSON that is no message', 'console.log(5); setInterval(() => {}, 1000)', 'it wrote to standard output what is no message: 5'],
    ['that answers with an error', answer('{"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"no"}}'), 'it answered initialize with {"code":-32603,"message":"no"}'],
    ['that answers with nothing', answer('{"jsonrpc":"2.0","id":1}'), 'it answered initialize with no result'],
    ['that lists no list', `${answer('{"jsonrpc":"2.0","id":1,"result":{"capabilities":{"tools":{}}}}')}; setTimeout(() => console.log('{"jsonrpc":"2.0","id":2,"result":{}}'), 500)`, 'it answered tools/list without tools'],
  ])('%s', async (_what, script, fault) => {
    expect(await run(script)).toMatchObject({ fault })
  })

  test('that never answers, and will not end', async () => {
    expect(await run('console.error("waiting"); process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)', 1500)).toEqual({ fault: 'it did not answer within 1.5 s', log: ['waiting'] })
  })

  test('that leaves somebody behind who holds its pipes', async () => {
    const script = `const { spawn } = require('node:child_process'); spawn(process.execPath, ['--eval', 'setTimeout(() => {}, 4000)'], { stdio: 'inherit' }); console.log('x'); setInterval(() => {}, 1000)`
    expect(await run(script)).toMatchObject({ fault: 'it wrote to standard output what is no message: x' })
  })

  test('that cannot be started', async () => {
    expect(await handshake({ command: '/nowhere/node', args: [] }, { cwd: '/', env: {} })).toEqual({ fault: 'spawn /nowhere/node ENOENT', log: [] })
  })

  test('says its last words', async () => {
    expect(await run('for (let i = 0; i < 20; i++) console.error("line", i, "\\n"); process.exitCode = 1; process.stdin.destroy()')).toMatchObject({ log: Array.from({ length: 8 }, (_, index) => `line ${index + 12} `) })
  })
})

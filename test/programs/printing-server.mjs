/** A server that prints to stdout in every way there is: one tool each, whose name is what it prints. */
import { execFileSync, execSync, fork, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import fs, { appendFileSync, createWriteStream, fstatSync, writeFileSync, writeSync } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Worker } from 'node:worker_threads'
import { isMain, McpServer } from '@gangway/core'
import { talk } from './printing-dependency.cjs'

const node = process.execPath
/** More than a pipe takes at once. */
const filler = Array.from({ length: 1000 }, () => `${'.'.repeat(1000)}\n`)
/** @param {string} text */
const say = (text) => `process.stdout.write(${JSON.stringify(`${text}\n`)})`

/**
 * By the name of the tool; each is a line of its own.
 * @type {Record<string, (text: string) => unknown>}
 */
const ways = {
  'console.log': (text) => console.log(text),
  'console.table': (text) => console.table([text]),
  'process.stdout.write': (text) => void process.stdout.write(`${text}\n`),
  'process.stdout.end': (text) => void process.stdout.end(`${text}\n`),
  'a dependency': (text) => talk(text),
  'a stream into stdout': (text) => once(Readable.from([...filler, `${text}\n`]).pipe(process.stdout, { end: false }), 'unpipe'),
  'a pipeline into stdout': (text) => pipeline(Readable.from([...filler, `${text}\n`]), process.stdout),
  'writeSync by name': (text) => void writeSync(1, `${text}\n`),
  'fs.writeSync': (text) => void fs.writeSync(1, Buffer.from(`${text}\n`)),
  'fs.write': (text) => new Promise((resolve) => fs.write(1, `${text}\n`, resolve)),
  'a promise of fs.write': async (text) => void (await promisify(fs.write)(1, `${text}\n`)),
  'fs.writeFileSync': (text) => writeFileSync(1, `${text}\n`),
  'fs.appendFileSync': (text) => appendFileSync(1, `${text}\n`),
  'a file stream on 1': (text) => once(createWriteStream('', { fd: 1, autoClose: false }).end(`${text}\n`), 'finish'),
  'spawn inherit': (text) => once(spawn(node, ['-e', say(text)], { stdio: 'inherit' }), 'close'),
  'spawn 1': (text) => once(spawn(node, ['-e', say(text)], { stdio: ['ignore', 1, 'ignore'] }), 'close'),
  'spawn stdout': (text) => once(spawn(node, ['-e', say(text)], { stdio: ['ignore', process.stdout, 'ignore'] }), 'close'),
  'spawn 1 as 2': (text) => once(spawn('sh', ['-c', `echo '${text}' >&2`], { stdio: ['ignore', 'ignore', 1] }), 'close'),
  'fork': (text) => once(fork(fileURLToPath(new URL('printing-dependency.cjs', import.meta.url)), [text]), 'close'),
  'spawnSync inherit': (text) => void spawnSync(node, ['-e', say(text)], { stdio: 'inherit' }),
  'execFileSync inherit': (text) => void execFileSync(node, ['-e', say(text)], { stdio: ['ignore', 'inherit', 'inherit'] }),
  'execSync inherit': (text) => void execSync(`echo '${text}'`, { stdio: 'inherit' }),
  "a worker's console.log": (text) => once(new Worker(`console.log(${JSON.stringify(text)})`, { eval: true }), 'exit'),
}

/**
 * What only a process of its own keeps from stdout.
 * @type {typeof ways}
 */
const isolated = {
  "a worker's writeSync": (text) => once(new Worker(`require('node:fs').writeSync(1, ${JSON.stringify(`${text}\n`)})`, { eval: true }), 'exit'),
  '/dev/stdout': (text) => appendFileSync('/dev/stdout', `${text}\n`),
  'a child that opens /dev/stdout': (text) => void execSync(`echo '${text}' > /dev/stdout`, { stdio: ['ignore', 'inherit', 'inherit'] }),
  // Node's report is written by C++.
  'native code': () => void Object.assign(process.report, { excludeNetwork: true }).writeReport('stdout'),
}

console.log('<at import>')
process.on('exit', () => console.log('<at exit>'))

const server = new McpServer({ name: 'printing', version: '1.0.0' }).onClose(() => console.log('<at close>'))
for (const [name, print] of Object.entries(process.env.ISOLATED ? { ...ways, ...isolated } : ways)) {
  server.tool(name.replaceAll(/[^\w.-]/g, '_'), {}, async () => {
    await print(`<${name}>`)
    return 'printed'
  })
}
server.tool('kinds', {}, () => [1, 3].map((descriptor) => kindOf(descriptor)).join())

/** @param {number} descriptor */
function kindOf(descriptor) {
  try {
    const status = fstatSync(descriptor)
    return status.isFIFO() ? 'pipe' : status.isSocket() ? 'socket' : status.isFile() ? 'file' : 'other'
  } catch {
    return 'none'
  }
}

export default server
if (isMain(import.meta)) await server.run()

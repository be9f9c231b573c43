/** A host that starts a server, whose program is its arguments, and passes on what the two sides say. */
import { spawn } from 'node:child_process'

const server = spawn(process.execPath, process.argv.slice(2), { stdio: 'pipe' })
process.stdin.pipe(server.stdin)
server.stdout.pipe(process.stdout)
server.stderr.pipe(process.stderr)

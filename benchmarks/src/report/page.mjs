/** docs/benchmarks.md, from the numbers of a run. */

import { peerVersions } from '../contenders/index.mjs'
import { mustReach } from './must-reach.mjs'
import { toMarkdown } from './table.mjs'

/**
 * @typedef {{ machine: import('../machine.mjs').Machine, rounds: number, seconds: number, outcomes: Record<string, import('../work/index.mjs').Outcome> }} Run
 */

/** @param {Run} run */
export function page({ machine, rounds, seconds, outcomes }) {
  const { date, node, processor, system, pinning, load, commit } = machine
  const versions = Object.entries(peerVersions()).map(([name, version]) => `${name} ${version}`)
  return `# Benchmarks

Gangway beside its peers, and beside the least that the platform can do. \`npm run bench -- --write\` wrote this page; nothing in it is written by hand.

- Measured on ${date} at ${commit}: Node ${node}, ${processor}, ${system}; ${pinning}. Load average when it began: ${load}.
- Peers: ${versions.join(', ')}.
- Every figure is the median of at least ${rounds} rounds of ${seconds} s; the spread is the distance of the quartiles, as a part of the median.

## How it is measured

Every contender is a process of its own and has the same tools, with zod schemas and the same handlers. All are started and warmed up; then rounds take turns, one of each contender after the other, so that whatever else the machine does meets all alike.
The load comes over raw sockets from a client that costs less than bare node:http does, and that reads an answer in full before it measures, and one of 64 while it does: who answers wrongly is not measured. Over HTTP it never sleeps, where it has a core of its own: servers would pay for waking it, the slower ones with each answer.
Server CPU is what the process used for one request, all threads and the kernel's work included. It moves less than the rate does when the machine is busy.

Peers run as their own documentation sets them up, and where it leaves a choice, the faster one: the SDKs' schemas are made once instead of for each request, their session servers and fastmcp answer with JSON, nobody logs. Ours has all of its defaults, and stands alone, as \`run()\` has it, unless a door is named: the plugin in a bare application of Fastify's, or a handler.
Floors do what no server of MCP can leave out: the body is read and parsed, the answer made and sent; nothing is checked. Messages of 2026 are longer, in both directions, so there is a floor that has those. On stdio, the line loop gathers the answers to all that one read brought into one write.

${toMarkdown(mustReach(outcomes)).replace('### ', '## ')}
## Results

${Object.values(outcomes)
  .flatMap(({ tables }) => tables.map(toMarkdown))
  .join('\n')}
## Once more

\`\`\`sh
npm run bench -- --write             # all of it, and this page: half an hour, on a machine that does nothing else
npm run bench -- --plots --write     # the pictures of docs/performance
npm run bench -- http-call --quick   # one work
npm run bench -- --help              # the others, and what can be set
\`\`\`

The peers are installed into \`benchmarks/peers\` the first time, at the versions of the lockfile there.
`
}

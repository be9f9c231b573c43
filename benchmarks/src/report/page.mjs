/** Writes docs/benchmarks.md from the results of a run. */

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

This page compares Gangway with other MCP libraries, and with *floors*: the smallest programs that do the same work on the platform. \`npm run bench -- --write\` writes the page.

- Measured on ${date} at ${commit}: Node ${node}, ${processor}, ${system}; ${pinning}. Load average at the start: ${load}.
- Other libraries: ${versions.join(', ')}.
- Every figure is the median of at least ${rounds} rounds of ${seconds} s. *Spread* is the interquartile range relative to the median.
- *Server CPU* is the CPU time of the server process for one request, including all threads and the kernel. It varies less than the rate when the machine is busy.

## How it is measured

Every contender runs in a separate process, and has the same tools, with zod schemas and the same handlers. All contenders are started and warmed up first. Then each runs one round in turn, so that other load on the machine affects all of them alike.

The client uses raw sockets and needs less CPU than bare node:http. Before a measurement, it checks a whole response, and during the measurement one of 64. A contender that responds wrongly is not measured. Over HTTP, the client never sleeps if it has a separate core. Otherwise servers would pay for waking it, and slow servers would pay with each response.

Other libraries run as their documentation shows. If it leaves a choice, the faster one is used: the SDKs build their schemas once instead of for each request, session servers of the SDKs and fastmcp respond with JSON, and logging is off. Gangway has its default options. It listens on its own port, as with \`run()\`, unless the row names another entry point: the plugin in a bare Fastify application, \`nodeHandler\` or \`fetchHandler\`.

Floors do the work that no MCP server can avoid. They read and parse the body, build the response, and send it. They check nothing. Messages of the modern era (2026) are longer in both directions, so a separate floor uses those. On stdio, the line loop collects the responses to all lines of one read in one write.

In the column *fastest Gangway*, "2.0 ×" means that the fastest mode of Gangway handles twice as many requests per second as this row.

${toMarkdown(mustReach(outcomes)).replace('### ', '## ')}
## Results

${Object.values(outcomes)
  .flatMap(({ tables }) => tables.map(toMarkdown))
  .join('\n')}
## Run the benchmarks

\`\`\`sh
npm run bench -- --write             # all workloads and this page: half an hour, on an otherwise idle machine
npm run bench -- --plots --write     # the pictures in docs/performance
npm run bench -- http-call --quick   # one workload
npm run bench -- --help              # all workloads and options
\`\`\`

The first run installs the other libraries into \`benchmarks/peers\`, at the versions of the lockfile there.
`
}
